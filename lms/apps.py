from django.apps import AppConfig


class LmsConfig(AppConfig):
    name = "lms"

    def ready(self) -> None:
        from cms import weighing

        from . import invalidation, offline

        invalidation.connect()
        weighing.count_too(offline.brought)
