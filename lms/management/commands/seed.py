"""What a new site needs before its first visitor: communes, the site, the curriculum."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from certificates import designs
from cms import authoring
from cms.importing.landing import land
from cms.importing.problems import PackageRefused
from cms.importing.reading import read_path
from places.loading import Refused, load_city
from places.models import Place

CONTENT = settings.BASE_DIR / "content"


def packages(folder: Path) -> Iterator[Path]:
    """The course packages of a folder, in the order of their names."""
    yield from sorted(place for place in folder.iterdir() if (place / "course.yaml").is_file())


class Command(BaseCommand):
    help = "Nạp xã, phường, trang và các khóa học có sẵn. Chạy lại thì không đổi gì."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--content", type=Path, default=CONTENT, help="thư mục chứa các gói khóa học")

    def handle(self, *args: Any, content: Path, **options: Any) -> None:
        try:
            loaded = load_city()
            self.stdout.write(f"communes: {loaded.communes}, changed {loaded.changed}")
        except Refused as error:  # another city loads its own file: `load_communes`
            self.stderr.write(str(error))
        authoring.ensure_site()
        if province := Place.objects.current().filter(code=settings.PROVINCE_CODE).first():
            designs.seed(province)
        if not content.is_dir():
            raise CommandError(f"Không có thư mục “{content}”.")
        for place in packages(content):
            self.bring(place)

    def bring(self, place: Path) -> None:
        """Import, publish and release one package; pages that a person edited are kept."""
        try:
            report = land(read_path(place), publish=True)
        except PackageRefused as error:
            raise CommandError(f"{place.name}: {error.summary}") from error
        self.stdout.write(f"course {report.course}: {len(report.pages)} lessons, changed {report.changed}")
        for line in report.refused_lines:
            self.stdout.write(f"  left aside {line.origin}: {line.reason}")
