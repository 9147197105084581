"""create_administrator EMAIL: the first administrator of the city; asks for the password."""

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.models import Role, User
from accounts.roles import grant
from places.models import Place

SHORTEST = 12


class Command(BaseCommand):
    help = (
        "Make an administrator. The password comes from ADMIN_PASSWORD or is asked for; there is no default."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="her name, as screens show it")

    def handle(self, *, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"“{email}” không phải địa chỉ thư điện tử.") from None
        city = Place.objects.current().filter(code=settings.PROVINCE_CODE).first()
        if city is None:
            raise CommandError("Chưa có thành phố trong dữ liệu: hãy chạy lệnh seed trước.")
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            user = User.objects.create_user(email=email, password=self._password(), name=name)
        grant(by=None, user=user, kind=Role.Kind.ADMINISTRATOR, place=city)
        self.stdout.write(f"{email} là quản trị của {city.name}.")

    def _password(self) -> str:
        password = os.environ.get("ADMIN_PASSWORD") or (
            getpass("Mật khẩu: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        )
        if len(password) < SHORTEST:
            raise CommandError(f"Mật khẩu cần ít nhất {SHORTEST} ký tự.")
        try:
            CommonPasswordValidator().validate(password)
        except ValidationError:
            raise CommandError("Mật khẩu này quá phổ biến, hãy chọn mật khẩu khác.") from None
        return password
