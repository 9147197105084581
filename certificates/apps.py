from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = "Giấy ghi nhận"

    def ready(self) -> None:
        from ledger import readers

        from . import catching_up

        readers.register(catching_up.READER, catching_up.KINDS)
