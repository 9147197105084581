"""The pages that every check of the whole site walks, by who may see them.

{serial} is the paper of `finished`, who has just passed; {revoked} one that was taken back.
`fresh` has an open test, `failed` has just failed one.
"""

COURSE = "/khoa-hoc/an-toan-tren-mang/"
TEST = "/kiem-tra/an-toan-tren-mang/"

PAGES = {
    "public": [
        "/",
        "/khoa-hoc/",
        COURSE,
        f"{COURSE}nhan-dien-cuoc-goi-tin-nhan-gia-danh/",
        "/khoa-hoc/dien-thoai-va-internet/",
        "/tim/",
        "/tim/?q=lua+dao",
        "/tim/?q=kh%C3%B4ng+c%C3%B3+g%C3%AC",
        "/hoc-tap/",
        "/hoc-tap/an-toan-tren-mang/nhan-dien-cuoc-goi-tin-nhan-gia-danh/xong/",
        "/dang-ky/",
        "/dang-nhap/",
        "/dang-nhap/?cach=thu",
        "/thong-ke/",
        "/thong-ke/?tu=2026-10-31&den=2026-10-01",
        "/thong-ke/31/",
        "/thong-ke/10750/",
        "/thong-ke/10750/cach-tinh/learning/",
        "/thong-ke/10750/cach-tinh/rate/",
        "/giay/",
        "/giay/?so=7Q3",
        "/giay/0000000000/",
        "/giay/{serial}/",
        "/giay/{revoked}/",
        "/khong-co-trang-nay/",
    ],
    "learner": [
        "/hoc-tap/",
        "/hoc-tap/an-toan-tren-mang/nhan-dien-cuoc-goi-tin-nhan-gia-danh/xong/",
        TEST,
        "/du-lieu-cua-toi/",
        "/du-lieu-cua-toi/ma/",
        "/dang-ky/them/",
        "/dang-ky/",
        "/dang-xuat/",
        "/quan-ly/",
    ],
    "fresh": ["/hoc-tap/", TEST],
    "failed": [TEST, "{failed}"],
    "finished": ["/hoc-tap/", "/hoc-tap/an-toan-tren-mang/hoan-thanh/", TEST, "{passed}", "/giay/{serial}/"],
    "trainer": ["/du-lieu-cua-toi/", "/hoc-tap/", "/dang-nhap/?next=/quan-ly/"],
    "official": [
        "/hai-buoc/",
        "/hai-buoc/ung-dung/",
        "/hai-buoc/khoa/",
        "/hai-buoc/xac-nhan/",
        "/quan-ly/",
        "/quan-ly/?tu=2026-10-31&den=2026-10-01",
        "/quan-ly/?q=kh%C3%B4ng+c%C3%B3",
        "/quan-ly/10750/",
        "/quan-ly/99999/",
        "/quan-ly/giay/",
        "/quan-ly/giay/?q=kh%C3%B4ng+c%C3%B3",
        "/quan-ly/giay/{serial}/",
        "/quan-ly/giay/{revoked}/",
        "/quan-ly/giay/{serial}/thu-hoi/",
        "/quan-ly/giay/{serial}/cap-lai/",
    ],
}
# The editor's screens that we make or extend; {course} and {lesson} are pages' numbers.
SCREENS = {
    "editor": [
        "/admin/",
        "/admin/pages/{course}/",
        "/admin/pages/{course}/edit/",
        "/admin/pages/{lesson}/edit/",
        "/admin/khoa-hoc/{course}/phat-hanh/",
        "/admin/ngan-hang/",
        "/admin/ngan-hang/new/",
        "/admin/ngan-hang/edit/{question}/",
        "/admin/mau-giay/",
        "/admin/mau-giay/new/",
        "/admin/images/add/",
    ],
    "administrator": ["/admin/users/", "/admin/users/new/", "/admin/users/edit/{staff}/"],
}
