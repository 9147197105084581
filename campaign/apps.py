from django.apps import AppConfig


class CampaignConfig(AppConfig):
    name = "campaign"

    def ready(self) -> None:
        from accounts import people
        from ledger import readers

        from . import erasing, hinting, measures

        readers.register(measures.READER, measures.KINDS, hint=hinting.send)
        people.register("campaign", erase=erasing.erase)
