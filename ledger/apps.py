from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        from accounts import people

        from . import erasing, keeping, merging
        from .registering import consented

        people.register(
            "ledger",
            consented=consented,
            export=keeping.export,
            words=keeping.WORDS,
            erase=erasing.erase,
            merge=merging.merge,
            unmerge=merging.unmerge,
        )
