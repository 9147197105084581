from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import keeping, keeping_staff, keeping_times, merged_doors, people, retention

        people.register(
            "accounts",
            export=keeping.export,
            erase=keeping.erase,
            merge=merged_doors.merge,
            unmerge=two_again,
            holds=(*keeping.HOLDS, *keeping_staff.HOLDS),
            words=keeping_staff.WORDS,
        )
        retention.register("accounts", *keeping_times.RULES)
        register(check_sms)


def two_again(merge: Any) -> None:
    from . import leaving, merged_doors

    leaving.unmerge(merge)
    merged_doors.unmerge(merge)


def check_sms(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Settings that describe no carrier are said at the start, not at the first text."""
    from common.sms import BadSettings, gateway

    try:
        gateway(settings.SMS)
    except BadSettings as error:
        return [Error(str(error), id="accounts.E001")]
    return []
