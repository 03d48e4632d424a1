"""Find to whom mails have named a text before it ended: nobody else reads in a mail that it has.

A mail that a text is withdrawn names it. So it goes to those to whom a mail has named the text (`MailedEvent`, which is
kept for a year), and to whoever follows this very text; not to those whose mails had not left, nor to those who have
subscribed since. That an edition was published by mistake goes to those who were mailed about this edition.

The rule is stated once, for whatever asks: the queue and the desk about all readers, a mail about its own reader.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from publications.models.prepared_queries import INTEGER, INTEGERS, InList, PreparedQuery

from .models import AlertEvent, AlertMail, AlertMailPurpose, AlertState, AlertType, MailedEvent, Subscription

SENT = Q(sent_at__isnull=False)
COVERED_BY: Mapping[AlertType, Collection[AlertType]] = {
    AlertType.NEW: tuple(AlertType),
    AlertType.REPUBLISHED: tuple(AlertType),
    AlertType.CONCERN: (AlertType.LIFTED,),
}
"""What no mail names once one has named to its reader a later event of the text, by the types of that event. All other
changes are named in any case.
"""


class Ending(NamedTuple):
    """What a query asks about: values, or references to the query that it is a part of.

    Attributes:
        edition, publication: what has ended.
    """

    reader: Any
    edition: Any
    publication: Any

    @classmethod
    def of(cls, event: AlertEvent) -> "Ending":
        """Return an event, stored or not, for a query of subscribers."""
        return cls(OuterRef("pk"), event.edition_id, event.edition.publication_id)

    @classmethod
    def refer_to(cls, lookup: str = "", *, reader: Any) -> "Ending":
        """Return an event of a query of others.

        Args:
            lookup: of the event, with its underscores; none for a query of events.
        """
        return cls(
            reader=reader,
            edition=OuterRef(f"{lookup}edition"),
            publication=OuterRef(f"{lookup}edition__publication"),
        )


def sent_or_leaving() -> Q:
    """Return which mails are sent, or may be with a relay at this moment; while mails are stopped none is."""
    is_stopped = Exists(AlertState.objects.filter(stopped_at__isnull=False))
    return SENT | (Q(next_attempt_at__isnull=False) & ~is_stopped)


def is_matched_with(event: AlertEvent) -> Q:
    """Return which subscriptions a stored event is matched with."""
    return Q(condition__matches__event=event.pk)


def is_informed(ending: Ending, event_type: AlertType) -> Q:
    """Return the condition that a reader, who has chosen an event of this type, reads that a text has ended.

    Whoever has left has chosen nothing any more; their row may not be deleted yet.
    """
    mailed = MailedEvent.objects.filter(subscriber=ending.reader)
    own = Subscription.objects.confirmed().filter(subscriber=ending.reader)
    if event_type == AlertType.TAKEN_BACK:
        return Q(Exists(mailed.filter(event__edition=ending.edition))) & Q(Exists(own))
    is_named = Exists(mailed.filter(event__edition__publication=ending.publication))
    return Q(is_named) | Q(Exists(own.filter(condition__publication=ending.publication)))


def is_informed_of(ending: Ending, lookup: str = "") -> Q:
    """Return the same for a query of events of either type.

    Args:
        lookup: of the event, with its underscores.
    """
    types = (AlertType.WITHDRAWN, AlertType.TAKEN_BACK)
    return reduce(or_, (Q(**{f"{lookup}type": each}) & is_informed(ending, each) for each in types))


def find_mailed_at_once(ending: Ending, event_type: AlertType, mails: Q = SENT) -> Q:
    """Return who has a mail of its own about what has ended.

    Args:
        mails: which mails count.
    """
    own = AlertMail.objects.filter(mails, subscriber=ending.reader, purpose=AlertMailPurpose.ALERT)
    if event_type == AlertType.TAKEN_BACK:
        return Q(Exists(own.filter(event__edition=ending.edition)))
    return Q(Exists(own.filter(event__edition__publication=ending.publication)))


def find_informed(subscriber: int, endings: Sequence[int]) -> frozenset[int]:
    """Return of which of these events a subscriber reads, all given by primary key."""
    if not endings:
        return frozenset()
    return frozenset(_informed.flat_list(subscriber=subscriber, endings=endings))


def _list_informed(*, subscriber: Any, endings: Any) -> QuerySet:
    ending = Ending.refer_to(reader=subscriber)
    events = AlertEvent.objects.filter(InList(F("pk"), endings))
    return events.filter(is_informed_of(ending)).values_list("pk")


_informed = PreparedQuery(_list_informed, subscriber=INTEGER, endings=INTEGERS)
