"""The first page of the desk: what waits for whoever has come in, who else is here, and what they did last."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from publications.models import AuditLine, Presence, Publication, Revision, Typed

from . import carried_forms
from .handing import said
from .lines import Told, told
from .people import account_managers
from .recovering import each_once
from .site import desk
from .waiting import Waiting, for_person, waiting

SHOWN = 5
DEEDS = 6
LATEST = 8
RECENT = 100  # saves among which the latest pieces are looked for, and unsaved forms


@dataclass(frozen=True)
class Waits:
    """One heading of what waits: how many there are, the first of them, and where all are listed."""

    what: Waiting
    number: int
    first: list[Publication]
    url: str

    @property
    def label(self) -> str:
        return self.what.label

    @property
    def more(self) -> int:
        return self.number - len(self.first)


def context(request: HttpRequest) -> dict[str, object]:
    person = request.user
    return {
        "unsaved": _unsaved(person),
        "waits": [each for what in for_person(person) if (each := _waits(what, person)).number],
        "here": _here(person),
        "worked_on": _worked_on(person),
        "deeds": _deeds(person),
        "ask": [] if person.get_all_permissions() else list(account_managers().filter(is_active=True)),
    }


def _unsaved(person) -> list[Typed]:
    """What this person typed and did not save: every form, the same words once."""
    shown = each_once(Typed.objects.unsaved().filter(owner=person).select_related("publication")[:RECENT])
    for each in shown:
        each.address = carried_forms.address_of(each, each.path) if each.path else ""
    return shown


def _waits(what: Waiting, person) -> Waits:
    order = "updated_at" if what is Waiting.OLD else "-updated_at"
    pieces = waiting(what, person).order_by(order, "pk")
    if what is Waiting.GONE:  # each question takes a look at every text, so one is asked
        found = list(pieces)
        first, number = found[:SHOWN], len(found)
    else:
        first = list(pieces[:SHOWN])
        number = len(first) if len(first) < SHOWN else pieces.count()
    for piece in first:
        piece.said = said(piece)
    listed = reverse("desk:publications_publication_changelist")
    return Waits(what, number, first, f"{listed}?{urlencode({'waits': what.value})}")


def _here(person) -> list[Presence]:
    """Who else has what open."""
    if not person.has_perm("publications.change_publication"):
        return []
    return list(Presence.objects.now().exclude(person=person).select_related("publication")[:SHOWN])


def _worked_on(person) -> list[Publication]:
    """What this person saved last, each piece once."""
    if not person.has_perm("publications.change_publication"):
        return []
    newest = Revision.objects.filter(saved_by=person).order_by("-saved_at", "-pk")
    numbers = list(dict.fromkeys(newest.values_list("publication", flat=True)[:RECENT]))[:LATEST]
    pieces = Publication.objects.in_bulk(numbers)
    return [pieces[number] for number in numbers]


def _deeds(person) -> list[Told]:
    """What anybody changed for readers last, for those who may know."""
    if not person.has_perm("publications.view_auditline"):
        return []
    return [told(line) for line in AuditLine.objects.select_related("publication")[:DEEDS]]


desk.at_home = context
