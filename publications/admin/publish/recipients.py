"""How many subscribers will be informed of a draft once it is published, in sentences."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.mail import can_send_mail
from publications.models import FACETS, KIND, NEWSLETTER, Change, Edition, EditionWithRows, Publication
from subscriptions.audience import RecipientNumbers, count_recipients
from subscriptions.events import TYPE_OF_CHANGE, is_old_text
from subscriptions.expansion import list_mailed
from subscriptions.models import AlertEvent, AlertMail, Timing
from subscriptions.sending import find_stop

MAX_CHOICES = 3


def describe_recipients(edition: EditionWithRows | None) -> list[str]:
    """Return who will be informed of a draft; [] where nobody is, or the text cannot be rendered.

    Args:
        edition: the one that the draft would become. Where its publication has been public before, even if it is not
            now, what the edition is to readers is still to be chosen.
    """
    recipients = count_recipients(edition) if edition and can_send_mail() else None
    if not recipients or not (recipients.total or recipients.searches):
        return []
    now = timezone.now()
    is_first = not edition.edition.publication.editions.last_public_by(now)
    if is_first and is_old_text(edition.edition, now):
        return [_("It is dated more than a week ago: no reader is mailed about it.")]
    return list(_describe(recipients, is_chosen=is_first, is_public=False))


def describe_mails(edition: Edition) -> list[str]:
    """Return to how many mails about an edition have gone or will go, once it is published or scheduled."""
    if not can_send_mail() or edition.change not in TYPE_OF_CHANGE:
        return []
    event = AlertEvent.objects.filter(edition=edition, type__in=TYPE_OF_CHANGE.values()).first()
    if not (event and event.matched_at):
        is_first = edition.change == Change.FIRST
        if is_first and is_old_text(edition, edition.visible_from):
            return []
        recipients = count_recipients(EditionWithRows.get(edition))
        if not (recipients.total or recipients.searches):
            return []
        return list(_describe(recipients, is_chosen=True, is_public=edition.is_live))
    return _describe_sent(event)


def _describe_sent(event: AlertEvent) -> list[str]:
    mails = AlertMail.objects.filter(event=event)
    sent, pending = mails.filter(sent_at__isnull=False).count(), mails.pending().count()
    texts = [ngettext("%d reader was mailed.", "%d readers were mailed.", sent) % sent]
    if pending:
        texts.append(ngettext("%d mail waits.", "%d mails wait.", pending) % pending)
    return texts


def describe_withdrawn(edition: Edition) -> list[str]:
    """Return who is mailed when the publication of an edition that readers see is withdrawn."""
    if not can_send_mail():
        return []
    count = count_recipients(EditionWithRows.get(edition), is_ending=True).counts[Timing.AT_ONCE]
    text = ngettext(
        "%d reader is mailed at once that it is withdrawn, with the reason.",
        "%d readers are mailed at once that it is withdrawn, with the reason.",
        count,
    )
    return [text % count] if count else []


def describe_issues_with(publication: Publication) -> list[str]:
    """Return whose readers are not mailed of a correction: the issue of the newsletter that has the publication."""
    issues = Edition.objects.live().filter(
        kind__slug=NEWSLETTER, publication__related_links__target=publication
    )
    issue = issues.order_by("-published_at", "-pk").first() if can_send_mail() else None
    if not issue:
        return []
    text = _(
        "Readers who know it from the issue “%(title)s” alone are not mailed: to inform them, correct the issue too."
    )
    return [text % {"title": issue.title}]


def describe_taken_back(edition: Edition) -> list[str]:
    """Return who is mailed when an edition that readers see is taken back."""
    if not can_send_mail():
        return []
    count = list_mailed(edition.pk).count()
    if not count:
        return [_("Nobody has been mailed about it alone so far, and mails that have not left are not sent.")]
    text = ngettext(
        "%d reader was mailed about it, and gets one more mail: that it was published by mistake.",
        "%d readers were mailed about it, and get one more mail: that it was published by mistake.",
        count,
    )
    return [text % count, _("Mails that have not left are not sent.")]


def _describe(recipients: RecipientNumbers, *, is_chosen: bool, is_public: bool) -> Iterator[str]:
    """Yield who is informed of an edition, of which it may still be to be chosen whether it is a silent fix."""
    if find_stop():
        yield _(
            "Mails to subscribers are stopped: what is published now is mailed once somebody resumes them."
        )
    if not is_chosen:
        yield _("Unless it is a silent fix:")
    if count := recipients.counts.get(Timing.AT_ONCE, 0):
        yield _describe_at_once(count, is_public=is_public)
    if count := recipients.counts.get(Timing.DAILY, 0):
        text = ngettext("%d reader gets it in the daily mail.", "%d readers get it in the daily mail.", count)
        yield text % count
    if count := recipients.counts.get(Timing.WEEKLY, 0):
        text = ngettext(
            "%d reader gets it in the weekly mail.", "%d readers get it in the weekly mail.", count
        )
        yield text % count
    choices = [choice for choice in recipients.choices if choice[:2] != (KIND, NEWSLETTER)]
    for name, value, count in choices[:MAX_CHOICES]:
        facet = FACETS[name]
        row = facet.find(value)
        if row:
            text = ngettext("%(count)d of them chose %(label)s.", "%(count)d of them chose %(label)s.", count)
            yield text % {"count": count, "label": f"{facet.label}: {facet.label_of(row)}"}
    if recipients.searches:
        yield _("Whoever has saved a search that finds it is informed as well.")


def _describe_at_once(count: int, *, is_public: bool) -> str:
    if is_public:
        text = ngettext("%d reader is informed at once.", "%d readers are informed at once.", count)
    else:
        text = ngettext(
            "%d reader is informed as soon as it is public.",
            "%d readers are informed as soon as it is public.",
            count,
        )
    return text % count
