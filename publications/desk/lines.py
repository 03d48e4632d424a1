"""Audit lines in words: who did what, with the numbers that lead to what they mean."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from publications.models import AuditLine, Change, DeedKind

NUMBERS = ("edition", "replaced", "kept", "cancelled", "restored")


@dataclass(frozen=True)
class Told:
    """One deed as it is shown: the line, what it did in words, and its editions as links."""

    line: AuditLine
    what: str
    words: str = ""
    editions: list[tuple[int, str]] = field(default_factory=list)


def told(line: AuditLine) -> Told:
    detail = line.detail if isinstance(line.detail, dict) else {}
    return Told(line, str(line.get_deed_display()), _words(line, detail), _editions(line, detail))


def _words(line: AuditLine, detail: dict) -> str:
    say = WORDS.get(line.deed)
    parts = [say(detail) if say else "", str(detail.get("note") or detail.get("why") or "")]
    return ": ".join(part for part in parts if part)


def _published(detail: dict) -> str:
    change = detail.get("change", "")
    return str(Change(change).label) if change in Change.values else ""


def _undone(detail: dict) -> str:
    if restored := detail.get("restored"):
        return _("readers see the text of edition %(number)s again") % {"number": restored}
    return _("nothing of it is public now")


def _related(detail: dict) -> str:
    before, after = (set(detail.get(name, ())) for name in ("before", "after"))
    return _("%(added)d added, %(removed)d removed") % {
        "added": len(after - before),
        "removed": len(before - after),
    }


def _apart(detail: dict) -> str:
    return _("suggested together again") if detail.get("together") else _("not to be suggested together")


def _amended(detail: dict) -> str:
    if detail.get("removed"):
        return _("deleted")
    return ", ".join(str(name) for name in detail.get("changed", ()) or ())


WORDS = {
    DeedKind.PUBLISH: _published,
    DeedKind.SCHEDULE: _published,
    DeedKind.UNDO: _undone,
    DeedKind.RELATE: _related,
    DeedKind.APART: _apart,
    DeedKind.AMEND: _amended,
}


def _editions(line: AuditLine, detail: dict) -> list[tuple[int, str]]:
    """The editions that the deed was about: their numbers, and where each is shown at the desk."""
    if not line.publication_id:
        return []
    numbers = [detail.get(name) for name in NUMBERS]
    if isinstance(detail.get("editions"), list):
        numbers += detail["editions"]
    found = dict.fromkeys(number for number in numbers if isinstance(number, int) and number)
    return [(number, reverse("desk:published", args=[line.publication_id, number])) for number in found]
