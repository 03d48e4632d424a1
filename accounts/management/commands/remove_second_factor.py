"""Remove the second factors of an account, for somebody who has lost all of them."""

from argparse import RawDescriptionHelpFormatter

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.factors import remove_factors

HELP = """Remove all second factors of an account: passkeys, authenticator app and recovery codes.

Somebody who has lost them cannot sign in at the desk (/desk/, where editors work). Afterwards they sign in
without one, until they add a new factor on the page "Security" of the desk. If the site requires factors
(SECOND_FACTOR_FROM), they are led there at once.

Make sure first that it is they who ask: see or ring them, and do not rely on a mail. It is recorded among the events of
accounts, which administrators see at the desk.

  manage.py remove_second_factor ann

Exit status: 0 the factors are removed, or there were none; 1 there is no such account."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args, **options) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "username", metavar="USERNAME", help="the user name of the account, as typed to sign in"
        )

    def handle(self, *args, username: str, **options) -> None:
        account = get_user_model().objects.filter(username=username).first()
        if not account:
            raise CommandError(
                f"There is no account “{username}”. Administrators see all user names at the desk."
            )
        if remove_factors(account):
            self.stdout.write(f"The second factors of “{username}” are removed: signing in needs none now.")
        else:
            self.stdout.write(f"“{username}” has no second factor: nothing was removed.")
