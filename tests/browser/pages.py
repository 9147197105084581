"""The pages that every check of the whole site walks, by who may see them."""

PUBLIC = [
    "/",
    "/khoa-hoc/",
    "/khoa-hoc/an-toan-tren-mang/",
    "/khoa-hoc/an-toan-tren-mang/nhan-dien-cuoc-goi-tin-nhan-gia-danh/",
    "/khoa-hoc/dien-thoai-va-internet/",
    "/tim/",
    "/tim/?q=lua+dao",
    "/tim/?q=kh%C3%B4ng+c%C3%B3+g%C3%AC",
    "/dang-ky/",
    "/dang-nhap/",
    "/thong-ke/",
    "/thong-ke/31/",
    "/thong-ke/10750/",
    "/thong-ke/10750/cach-tinh/learning/",
    "/thong-ke/10750/cach-tinh/rate/",
    "/giay/",
    "/giay/0000000000/",
    "/khong-co-trang-nay/",
]
LEARNER = [
    "/hoc-tap/",
    "/hoc-tap/an-toan-tren-mang/nhan-dien-cuoc-goi-tin-nhan-gia-danh/xong/",
    "/kiem-tra/an-toan-tren-mang/",
    "/du-lieu-cua-toi/",
    "/dang-ky/them/",
    "/dang-xuat/",
]
OFFICIAL = ["/quan-ly/", "/quan-ly/giay/"]
