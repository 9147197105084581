from django.apps import AppConfig


class CampaignConfig(AppConfig):
    name = "campaign"

    def ready(self) -> None:
        from ledger import readers

        from . import hinting, measures

        readers.register(measures.READER, measures.KINDS, hint=hinting.send)
