"""retention: erase what is over its time now, and print how many rows went by each rule."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import retention


class Command(BaseCommand):
    help = "Erase personal data that is over its time. The nightly task does the same."

    def handle(self, **options: Any) -> None:
        for key, erased in retention.run().items():
            self.stdout.write(f"{key}: {erased}")
