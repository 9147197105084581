from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"

    def ready(self) -> None:
        from accounts import people, retention

        from . import keeping

        people.register(
            "quizzes",
            holds=keeping.HOLDS,
            merge=keeping.merge,
            unmerge=keeping.unmerge,
            erase=keeping.erase,
            export=keeping.export,
        )
        retention.register("quizzes", *keeping.TIMES)
