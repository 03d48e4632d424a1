"""Remove the link between an account and a person at the OpenID provider."""

from argparse import RawDescriptionHelpFormatter

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.provider_accounts import unlink_account

HELP = """Remove the link between an account and a person at the OpenID provider (OIDC_ISSUER).

Accounts are linked once, by a confirmed mail address. Use this if the wrong person was linked, or if somebody has a new
account at the provider. The next person who signs in there with the mail address of the account is then linked, if the
settings allow it. Sessions of the account end. It is recorded among the events of accounts.

  manage.py unlink_provider ann

Exit status: 0 the link is removed, or there was none; 1 there is no such account."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args, **options) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME", help="the user name of the account")

    def handle(self, *args, username: str, **options) -> None:
        account = get_user_model().objects.filter(username=username).first()
        if not account:
            raise CommandError(
                f"There is no account “{username}”. Administrators see all user names at the desk."
            )
        if unlink_account(account):
            self.stdout.write(f"“{username}” is no longer linked to a person at the provider.")
        else:
            self.stdout.write(f"“{username}” is linked to nobody at the provider.")
