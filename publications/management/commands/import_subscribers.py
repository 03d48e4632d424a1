"""Import a list of subscribers that is too long for the desk."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from publications.importers.report_text import Progress
from publications.locales import LOCALES
from publications.management.option_types import non_empty_path
from publications.models import KIND, NEWSLETTER, Kind
from subscriptions.conditions import Choice
from subscriptions.list_import import MAX_CONSENT_CHARACTERS, import_list
from subscriptions.models import Timing

ALL_KINDS = "all"
HELP = """Import a list of mail addresses whose owners have agreed to mails, such as the newsletter of an old site.

For lists that are too long for the desk (Subscribers, Import a list). A text or a table in UTF-8, with one address in
each line. Rows that say that their owners have unsubscribed in another system, or never confirmed, are left out.
Whoever has left stays away; whoever is subscribed already keeps what they chose. Nobody is mailed by the import
itself. The desk lists the import, in numbers, under Account events.

It may be stopped at any moment: the same command goes on where it stopped, and adds nobody twice.

  manage.py import_subscribers list.csv --locale sv --consent "Newsletter of the old site, confirmed, 2019 to 2026"

Exit status: 0 it is done; 1 nothing was done, and a sentence says why; 2 the command was mistyped;
130 it was stopped."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args, **kwargs):
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", type=non_empty_path, metavar="FILE", help="the list")
        parser.add_argument(
            "--consent", required=True, help="what proves that they have agreed; it is kept with each of them"
        )
        parser.add_argument("--locale", required=True, choices=LOCALES, help="the language of their mails")
        parser.add_argument(
            "--kind",
            default=NEWSLETTER,
            help=f"the kind of publications that they are informed of, or “{ALL_KINDS}” (default: {NEWSLETTER})",
        )
        parser.add_argument(
            "--timing",
            default=Timing.WEEKLY,
            choices=Timing.values,
            help="when they are mailed (default: weekly; issues of the newsletter always at once)",
        )
        parser.add_argument(
            "--by", metavar="USER", help="the account in whose name it is done (default: the command line)"
        )

    def handle(self, *args, **options) -> None:
        consent, user = _read_consent(options["consent"]), _find_user(options["by"])
        choice = Choice(_read_filters(options["kind"]))
        try:
            result = import_list(
                _read_text(options["path"]),
                choice,
                timing=Timing(options["timing"]),
                locale=options["locale"],
                consent_note=consent,
                by=user,
                progress=Progress(message="%(done)d of %(total)d lines") if options["verbosity"] else _ignore,
            )
        except KeyboardInterrupt as error:
            raise CommandError(
                "Broken off. The same command goes on where this one stopped.", returncode=130
            ) from error
        if options["verbosity"]:
            self.stdout.write(
                f"Added: {result.added}. Subscribed before: {result.known}. Left before, and stay away: "
                f"{result.suppressed}. Lines without a mail address, or with one that no reader has: "
                f"{result.refused.count}."
            )
            if result.unsubscribed.count:
                self.stdout.write(
                    f"Lines left out, as their owners have unsubscribed or not agreed: {result.unsubscribed.count}. "
                    f"These lines: {result.unsubscribed}."
                )
            if result.refused.count:
                self.stdout.write(f"These lines: {result.refused}.")
            if result.shortened.count:
                self.stdout.write(
                    f"Lines with several mail addresses, of which the first was read: {result.shortened.count}. "
                    f"These lines: {result.shortened}."
                )


def _ignore(done: int, total: int) -> None:
    """Show no progress."""


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"“{path}” is no text in UTF-8. Save it as such.") from error
    except OSError as error:
        raise CommandError(f"“{path}” cannot be read: {error.strerror}. Name the file of a list.") from error


def _read_filters(slug: str) -> dict[str, str]:
    if slug == ALL_KINDS:
        return {}
    slugs = list(Kind.objects.order_by("slug").values_list("slug", flat=True))
    if slug not in slugs:
        raise CommandError(f"--kind: there is no kind “{slug}”. There are: {ALL_KINDS}, {', '.join(slugs)}.")
    return {KIND: slug}


def _read_consent(text: str) -> str:
    if not 0 < len(text.strip()) <= MAX_CONSENT_CHARACTERS:
        raise CommandError(
            f"--consent: give up to {MAX_CONSENT_CHARACTERS} characters that say what proves their consent."
        )
    return text.strip()


def _find_user(username: str | None):
    user = get_user_model().objects.filter(username=username).first() if username else None
    if username and not user:
        raise CommandError(
            f"--by: there is no account “{username}”. The desk lists the accounts under Users."
        )
    return user
