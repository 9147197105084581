"""Every part of the design in its states, for eyes and for axe. Only there with DEBUG."""

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

LONG_NAME = "Công Tằng Tôn Nữ Nguyễn Thị Khánh Huyền Phương Thảo Nghiêm Trang"


class SampleForm(forms.Form):
    """One field of each sort, with hints."""

    name = forms.CharField(label="Họ và tên", help_text="Viết như trên giấy tờ. Tên này sẽ in trên giấy.")
    phone = forms.CharField(
        label="Số điện thoại",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "username"}),
        help_text="Ví dụ: 0912 345 678",
    )
    year = forms.IntegerField(
        label="Năm sinh", widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"})
    )
    group = forms.ChoiceField(
        label="Bạn thuộc nhóm nào?",
        widget=forms.RadioSelect,
        choices=[
            ("citizen", "Người dân"),
            ("pupil", "Học sinh, sinh viên"),
            ("official", "Cán bộ, công chức, viên chức"),
            ("worker", "Người lao động trong doanh nghiệp"),
        ],
    )
    pin = forms.CharField(
        label="Mã 6 số",
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "maxlength": 6, "class": "pin", "autocomplete": "new-password"}
        ),
        help_text="Giống như mật khẩu, nhưng chỉ gồm 6 chữ số. Đừng dùng năm sinh.",
    )
    village = forms.CharField(label="Thôn, tổ dân phố", required=False)
    note = forms.CharField(label="Lời nhắn", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agree = forms.BooleanField(label="Tôi đồng ý để Học Vụ Số ghi lại việc học của tôi.")


SHEETS = {
    "": "lms/ui/sheets/parts.html",
    "bieu-mau": "lms/ui/sheets/form.html",
    "bai-hoc": "lms/ui/sheets/lesson.html",
    "cau-hoi": "lms/ui/sheets/quiz.html",
    "ban-lam-viec": "lms/ui/sheets/desk.html",
    "giay": "lms/ui/sheets/paper.html",
    "400": "400.html",
    "403": "403.html",
    "403-csrf": "403_csrf.html",
    "404": "404.html",
    "429": "429.html",
    "500": "500.html",
}


def sheet(request: HttpRequest, name: str = "") -> HttpResponse:
    """One sheet of parts."""
    if name not in SHEETS:
        raise Http404
    context = {
        "sheets": [(f"/ui/{key}/" if key else "/ui/", key or "parts") for key in SHEETS],
        "form": SampleForm(),
        "wrong": SampleForm({"name": LONG_NAME, "phone": "12", "year": "x", "group": "citizen"}),
        "page": Paginator(range(300), 10).page(7),
        "crumbs": [("/khoa-hoc/", "Khóa học"), ("/ui/", "An toàn trên mạng và phòng chống lừa đảo")],
        "proof": [
            ("Cách tính", "Đếm mỗi người một lần"),
            ("Lần đếm lại gần nhất", "21/11/2026, 03:10"),
            ("Chênh lệch", "0"),
        ],
        "long_name": LONG_NAME,
        "tiles": [(level, 4 + level * 92, 18 + level * 92 + 28) for level in range(6)],
        "desk": "manage",
        "icons": ICONS.split(),
    }
    return render(request, SHEETS[name], context)


ICONS = (
    "lamp play next back check cross warning info tip search menu user users home book paper chart map phone"
    " message print download share link clock lock unlock sound text-size moon sun place calendar edit trash"
    " undo plus filter sort external qr help logout offline sync star flag file settings eye"
)

urlpatterns = [path("", sheet), path("<slug:name>/", sheet)]
