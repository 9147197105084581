"""reset_administrator EMAIL: a link for one day by which an administrator chooses another password.

For the last one, whom no colleague can help. Whoever may run commands on the server may do this.
"""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from accounts import staffing
from accounts.inviting import link
from accounts.models import Role, User


class Command(BaseCommand):
    help = "Print a link, for 24 hours and one use, by which this administrator chooses another password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--second-factor", action="store_true", help="also forget her app and keys: she sets up new ones"
        )

    def handle(self, *, email: str, second_factor: bool, **options: Any) -> None:
        user = User.objects.filter(email=email.lower(), is_active=True).first()
        held = Role.objects.active().filter(user=user, kind=Role.Kind.ADMINISTRATOR)
        if user is None or not held.exists():
            raise CommandError(f"“{email}” không phải là quản trị đang làm việc.")
        made = staffing.reset_by_operator(user=user)
        if second_factor:
            Authenticator.objects.filter(user=user).delete()
        self.stdout.write(f"Dùng một lần, đến {made.expires_at:%H:%M %d/%m/%Y} UTC:\n{link(made)}")
