"""Static files named as production names them."""

from django.contrib.staticfiles.storage import StaticFilesStorage


class HashingStorage(StaticFilesStorage):
    def url(self, name: str) -> str:
        stem, _, extension = name.rpartition(".")
        return super().url(f"{stem}.0123456789ab.{extension}")
