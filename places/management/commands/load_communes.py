"""load_communes FILE --province CODE [--former FILE] [--tiles FILE]"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from places.csvfiles import BadRow
from places.loading import Refused, load


class Command(BaseCommand):
    help = "Nạp xã, phường của một tỉnh từ tệp CSV; có dòng sai thì từ chối và không ghi gì."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--province", required=True, metavar="CODE", help="hai chữ số")
        parser.add_argument("--former", type=Path, metavar="FILE")
        parser.add_argument("--tiles", type=Path, metavar="FILE")

    def handle(
        self, *, file: Path, province: str, former: Path | None, tiles: Path | None, **options: Any
    ) -> None:
        try:
            done = load(communes=file, province=province, former=former, tiles=tiles)
        except (BadRow, Refused) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{done.communes} xã, phường, đặc khu; {done.former} đơn vị cũ, {done.successions} cặp cũ – mới; "
            f"{done.changed} dòng đã thay đổi."
        )
