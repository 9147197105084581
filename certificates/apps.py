from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = "Giấy ghi nhận"

    def ready(self) -> None:
        from accounts import people
        from ledger import readers

        from . import catching_up, erasing, keeping

        readers.register(catching_up.READER, catching_up.KINDS)
        people.register(
            "certificates",
            holds=keeping.HOLDS,
            words=keeping.WORDS,
            erase=erasing.erase,
            unmerge=keeping.unmerge,
            guarded=keeping.guarded,
        )
