"""How many subscribers will be informed of a draft once it is published, in sentences."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.mail import can_send_mail
from publications.models import FACETS, EditionWithRows
from subscriptions.audience import RecipientNumbers, count_recipients
from subscriptions.events import is_old_text
from subscriptions.models import Timing
from subscriptions.sending import find_stop

MAX_CHOICES = 3


def describe_recipients(edition: EditionWithRows | None, *, is_first: bool) -> list[str]:
    """Return who will be informed of an edition; [] where nobody is, or the text cannot be rendered.

    Args:
        is_first: it is the first one of its publication; otherwise what it changes is still to be chosen.
    """
    recipients = count_recipients(edition) if edition and can_send_mail() else None
    if not recipients or not (recipients.total or recipients.searches):
        return []
    if is_first and is_old_text(edition.edition, timezone.now()):
        return [_("It is dated more than a week ago: no reader is mailed about it.")]
    return list(_describe(recipients, is_first))


def _describe(recipients: RecipientNumbers, is_first: bool) -> Iterator[str]:
    if find_stop():
        yield _(
            "Mails to subscribers are stopped: what is published now is mailed once somebody resumes them."
        )
    if not is_first:
        yield _("Unless it is a silent fix:")
    if count := recipients.counts.get(Timing.AT_ONCE, 0):
        yield ngettext("%d reader is informed at once.", "%d readers are informed at once.", count) % count
    if count := recipients.counts.get(Timing.DAILY, 0):
        text = ngettext("%d reader gets it in the daily mail.", "%d readers get it in the daily mail.", count)
        yield text % count
    if count := recipients.counts.get(Timing.WEEKLY, 0):
        text = ngettext(
            "%d reader gets it in the weekly mail.", "%d readers get it in the weekly mail.", count
        )
        yield text % count
    for name, value, count in recipients.choices[:MAX_CHOICES]:
        facet = FACETS[name]
        row = facet.find(value)
        if row:
            text = ngettext("%(count)d of them chose %(label)s.", "%(count)d of them chose %(label)s.", count)
            yield text % {"count": count, "label": f"{facet.label}: {facet.label_of(row)}"}
    if recipients.searches:
        yield _("Whoever has saved a search that finds it is informed as well.")
