"""What a person calls a page of this site: its title, or what the screen is for."""

from __future__ import annotations

from collections.abc import Iterable

from wagtail.models import Page

# Screens of ours by the beginning of their address, the longest first.
SCREENS = {
    "/du-lieu-cua-toi/": "Dữ liệu của tôi",
    "/ai-dang-hoc/": "Ai đang học",
    "/dang-nhap/": "Đăng nhập",
    "/thong-ke/": "Thống kê",
    "/kiem-tra/": "Bài kiểm tra",
    "/tro-giup/": "Trợ giúp",
    "/quan-ly/": "Trang quản lý",
    "/hoc-tap/": "Việc học của tôi",
    "/dang-ky/": "Đăng ký học",
    "/quen-ma/": "Quên mã 6 số",
    "/giay/": "Giấy ghi nhận",
    "/tim/": "Tìm bài học",
    "/the/": "Vào học bằng thẻ",
}


def of(paths: Iterable[str]) -> dict[str, str]:
    """Path → words; the path itself where nothing better is known. At most one query."""
    asked = set(paths)
    slugs = {path.rstrip("/").rpartition("/")[2] for path in asked} - {""}
    pages = Page.objects.live().public().filter(slug__in=slugs).values_list("url_path", "title")
    below_home = ((url.split("/", 2), title) for url, title in pages)  # "/home/khoa-hoc/a/"
    titles = {f"/{parts[2]}": title for parts, title in below_home if len(parts) == 3}
    return {path: _words(path, titles) for path in asked}


def _words(path: str, titles: dict[str, str]) -> str:
    if path == "/":
        return "Trang đầu"
    if path in titles:
        return titles[path]
    return next((words for start, words in SCREENS.items() if path.startswith(start)), path)
