"""demo_accounts --json: one sign-in of every kind, only where DEMO=1."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.demo import NoDemo, as_json, ensure_demo_accounts


class Command(BaseCommand):
    help = "Make (or mend) the demo sign-ins and print them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="[{role, login, secret, totp, place}]")

    def handle(self, **options: Any) -> None:
        try:
            accounts = ensure_demo_accounts()
        except NoDemo as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(as_json(accounts), ensure_ascii=False, indent=2))
            return
        for account in accounts:
            self.stdout.write(f"{account.role:15} {account.login:28} {account.secret:18} {account.place}")
