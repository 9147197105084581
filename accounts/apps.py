from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import keeping, keeping_staff, keeping_times, people, retention

        people.register(
            "accounts",
            export=keeping.export,
            erase=keeping.erase,
            merge=one_person,
            unmerge=two_again,
            holds=(*keeping.HOLDS, *keeping_staff.HOLDS),
            words=keeping_staff.WORDS,
        )
        retention.register("accounts", *keeping_times.RULES)
        register(check_sms)


def one_person(merge: Any) -> None:
    from . import display, merged_doors

    merged_doors.merge(merge)
    display.merge(merge)


def two_again(merge: Any) -> None:
    from . import display, leaving, merged_doors

    leaving.unmerge(merge)
    display.unmerge(merge)
    merged_doors.unmerge(merge)


def check_sms(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Settings that describe no carrier are said at the start, not at the first text."""
    from common.sms import BadSettings, gateway

    try:
        gateway(settings.SMS)
    except BadSettings as error:
        return [Error(str(error), id="accounts.E001")]
    return []
