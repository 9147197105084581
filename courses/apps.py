from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from accounts import people

        from . import keeping, merging

        people.register("courses", holds=keeping.HOLDS, merge=merging.merge, unmerge=merging.unmerge)
