"""The menu of the staff's desk: what her roles reach, in groups, with the place where she is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import template

from accounts import trust
from accounts.models import Role
from accounts.templatetags.staff import has_role, open_alarms, sees_alarms

register = template.Library()

_VIEW, _MANAGE = Role.Kind.OFFICIAL_VIEW, Role.Kind.OFFICIAL_MANAGE
_TRAINER, _EDITOR = Role.Kind.TRAINER, Role.Kind.EDITOR


@dataclass(frozen=True)
class Entry:
    """`key`: the `desk` of the screens' context. Shown to whoever holds one of `kinds`; to all without."""

    key: str
    url: str
    icon: str
    words: str
    kinds: tuple[str, ...] = ()
    waits: int = 0  # things to see to


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Số liệu",
        (
            Entry("manage", "/quan-ly/", "chart", "Tình hình", (_VIEW,)),
            Entry("public", "/thong-ke/", "map", "Trang công khai"),
        ),
    ),
    (
        "Người học",
        (
            Entry("papers", "/quan-ly/giay/", "paper", "Giấy đã cấp", (_VIEW,)),
            Entry("cards", "/quan-ly/the/", "qr", "Thẻ học", (_MANAGE,)),
            Entry("back", "/quan-ly/giup-vao-lai/", "unlock", "Giúp vào lại", (_MANAGE,)),
            Entry("twins", "/quan-ly/trung-nhau/", "user", "Hồ sơ trùng", (_MANAGE,)),
        ),
    ),
    (
        "Người dân hỏi",
        (
            Entry("messages", "/quan-ly/tin-nhan/", "message", "Lời nhắn", (_MANAGE,)),
            Entry("feedback", "/quan-ly/gop-y/", "help", "Ý kiến", (_MANAGE, _EDITOR)),
        ),
    ),
    (
        "Dữ liệu cá nhân",
        (
            Entry("requests", "/quan-ly/yeu-cau/", "edit", "Yêu cầu về dữ liệu", (_MANAGE,)),
            Entry("data", "/quan-ly/so-du-lieu/", "file", "Sổ dữ liệu", (_MANAGE,)),
            Entry("alarms", "/quan-ly/bao-dong/", "warning", "Báo động", (_VIEW,)),
            Entry("texts", "/quan-ly/tin-da-gui/", "phone", "Tin nhắn đã gửi", (_VIEW,)),
        ),
    ),
    (
        "Cán bộ",
        (
            Entry("roles", "/quan-ly/vai-tro/", "users", "Vai trò", (_MANAGE,)),
            Entry("editor", "/admin/", "book", "Viết bài", (_EDITOR,)),
        ),
    ),
)


@register.simple_tag(takes_context=True)
def desk_menu(context: dict[str, Any]) -> dict[str, Any]:
    """{"groups": [(heading, entries)], "here": the words of the present one, "works": where to begin}.

    `works`: the first screen that needs a role. At most two queries a page.
    """
    groups = []
    for heading, entries in GROUPS:
        shown = [_with_number(context, entry) for entry in entries if _shown(context, entry)]
        if shown:
            groups.append((heading, shown))
    here = [entry.words for _, entries in GROUPS for entry in entries if entry.key == context.get("desk")]
    works = next((entry.url for _, shown in groups for entry in shown if entry.kinds), "")
    return {"groups": groups, "here": here[0] if here else "", "works": works}


def _shown(context: dict[str, Any], entry: Entry) -> bool:
    if entry.key in {"alarms", "texts"}:  # of the whole site
        return sees_alarms(context)
    kinds = entry.kinds
    if entry.key in {"back", "cards"} and trust.anybody_may():  # a trainer: for whom a room lets her vouch
        kinds = (*kinds, _TRAINER)
    return not kinds or has_role(context, *kinds)


def _with_number(context: dict[str, Any], entry: Entry) -> Entry:
    return replace(entry, waits=open_alarms(context)) if entry.key == "alarms" else entry
