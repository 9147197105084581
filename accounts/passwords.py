"""Which passwords staff may choose: what is said when one is refused is said in Vietnamese."""

from __future__ import annotations

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError

from common.text import fold

from .models import User

SHORTEST, LONGEST = 10, 200


def check_password(password: str, *, user: User) -> str:
    """The password as it was typed; ValidationError when it is easy to guess."""
    if len(password) < SHORTEST:
        raise ValidationError(f"Mật khẩu cần ít nhất {SHORTEST} ký tự.", code="short")
    if len(password) > LONGEST:
        raise ValidationError(f"Mật khẩu dài nhất là {LONGEST} ký tự.", code="long")
    if password.isdecimal() or len(set(password)) < 5:
        raise ValidationError("Mật khẩu này quá dễ đoán: hãy dùng nhiều chữ khác nhau.", code="plain")
    _refuse(CommonPasswordValidator(), password, user, "Mật khẩu này quá phổ biến, hãy chọn mật khẩu khác.")
    likeness = UserAttributeSimilarityValidator(user_attributes=("email", "name"))
    for spelling in (password, fold(password).replace(" ", "")):
        alike = "Mật khẩu này quá giống tên hoặc thư điện tử của bạn, hãy chọn mật khẩu khác."
        _refuse(likeness, spelling, User(email=user.email, name=fold(user.name)), alike)
    return password


def _refuse(validator: object, password: str, user: User, words: str) -> None:
    try:
        validator.validate(password, user)  # type: ignore[attr-defined]
    except ValidationError:
        raise ValidationError(words, code="easy") from None
