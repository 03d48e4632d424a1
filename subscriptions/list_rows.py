"""Rows of a list from another system: the address of each, and whether its owner has left there.

The words are those of the tables that Brevo, Ghost, Mailchimp, MailerLite and MailPoet export, and Swedish ones. In
doubt nobody is mailed: a row with an unknown status is left out.
"""

import csv
import re
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError

from .addresses import clean_address

SEPARATORS = re.compile(r"[\s,;\"<>“”„«»]+")
ODD_LINE_BREAKS = dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\0")
"""No program ends a line with them: within an address they are a mistake, whose end is no address of its own."""
QUOTES = "'‘’`"
DELIMITERS = ",;\t"
LEFT_HEADING = re.compile(
    r"(?!.*(link|url|länk))"
    r".*(unsub|bounc|complain|blocklist|blacklist|avregistr|avprenum|avanm|"
    r"\b(clean|opt(ed)?[ -]?out|avslut|studs|spärr))"
)
"""Of a column that says who has left, or when; one of links to do so is none."""
SUBSCRIBED_HEADING = re.compile(r"(is )?subscribed|prenumer(ant|erar)")
STATUS_HEADING = re.compile(r"status$|^(email )?(subscriber )?state$|^tillstånd$")
NO = {"", "0", "-", "no", "n", "false", "never", "null", "nej", "falskt", "aldrig"}
STAYING = {
    "", "subscribed", "subscriber", "active", "confirmed", "enabled", "opted in", "opt-in",
    "prenumerant", "prenumererar", "aktiv", "bekräftad",
}  # fmt: skip
LEFT = {
    "unsubscribed", "unsubscribe", "unsub", "non-subscribed", "nonsubscribed", "not subscribed", "cleaned", "bounced",
    "hard bounced", "soft bounced", "hard bounce", "soft bounce", "complained", "complaint", "spam complaint",
    "blocklisted", "blacklisted", "opted out", "opted-out", "opt-out", "suppressed", "unconfirmed",
    "avregistrerad", "avregistrerat", "avprenumererad", "avprenumererat", "avanmäld", "avslutad", "studsad", "studsat",
    "spärrad", "blockerad", "obekräftad", "ej bekräftad",
}  # fmt: skip
"""Of a cell, in whatever column."""


class ListRows:
    """The columns of a list, if it is a table: then its first line has their headings.

    Args:
        lines: all of the list.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        heading = next((line for line in lines if line.strip() and not line.startswith("sep=")), "")
        self._delimiter = max(DELIMITERS, key=heading.count)
        is_table = not read_line_addresses(heading)
        headings = map(_normalize_heading, self._split(heading)) if is_table else ()
        self._checks = {index: check for index, name in enumerate(headings) if (check := _find_check(name))}

    def has_left(self, line: str) -> bool:
        """Return whether a row says that its owner has left, or has never agreed."""
        cells = [cell.strip(f" {QUOTES}").casefold() for cell in self._split(line)]
        by_column = ((self._checks.get(index), cell) for index, cell in enumerate(cells))
        return not LEFT.isdisjoint(cells) or any(check(cell) for check, cell in by_column if check)

    def _split(self, line: str) -> list[str]:
        if self._delimiter not in line:
            return line.split()
        try:
            return next(csv.reader([line], delimiter=self._delimiter), [])
        except csv.Error:  # a cell of more than 131,072 characters
            return line.split(self._delimiter)


def _normalize_heading(cell: str) -> str:
    return cell.strip(f" {QUOTES}").casefold().replace("_", " ")


def _find_check(heading: str) -> Callable[[str], bool] | None:
    """Return what says of a cell below a heading that its row is left out; None for another column."""
    if LEFT_HEADING.match(heading):
        return lambda cell: cell not in NO
    if STATUS_HEADING.search(heading):
        return lambda cell: cell not in STAYING
    if SUBSCRIBED_HEADING.match(heading):
        return lambda cell: cell in NO - {""}
    return None


def split_lines(text: str) -> list[str]:
    """Return the lines of a list, numbered as a spreadsheet or an editor shows them."""
    return text.translate(ODD_LINE_BREAKS).splitlines()


def read_line_addresses(line: str) -> list[str]:
    """Return the mail addresses of a line, without the quotes that some programs put around them."""
    return list(filter(None, map(_clean_or_empty, list_candidates(line))))


def list_candidates(line: str) -> list[str]:
    """Return the parts of a line that look like addresses."""
    return [part for part in SEPARATORS.split(line) if "@" in part]


def _clean_or_empty(text: str) -> str:
    name, _mark, host = text.strip(QUOTES).rpartition("@")
    try:
        return clean_address(f"{name.strip(QUOTES)}@{host}")
    except ValidationError:
        return ""


def count_entries(lines: Iterable[str]) -> int:
    """Return how many lines there are to read, where a line with several addresses counts as several."""
    return sum(max(1, line.count("@")) for line in lines)
