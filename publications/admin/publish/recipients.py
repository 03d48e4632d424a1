"""How many subscribers are mailed of what is published, in sentences; or why nobody is."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.mail import can_send_mail
from publications.locales import datetime_with_zone
from publications.models import (
    KIND,
    NEWSLETTER,
    Edition,
    EditionWithRows,
)
from subscriptions.audience import (
    RecipientNumbers,
    count_digests,
    count_readers_of_mistake,
    count_readers_of_withdrawal,
    count_recipients,
    find_uncounted_since,
)
from subscriptions.events import TYPE_OF_CHANGE, is_news
from subscriptions.labels import describe_choice
from subscriptions.models import AlertEvent, AlertMail, AlertMailPurpose, AlertType, RemovedMails, Timing
from subscriptions.periods import PERIODS, next_end
from subscriptions.retention import find_start_of_log
from subscriptions.sending import find_stop, is_sender_late

MAX_CHOICES = 3
MAILED_TYPES = (*TYPE_OF_CHANGE.values(), AlertType.REPUBLISHED)
"""Events by which a public text is mailed."""


class Lead(str):
    """A sentence that leads to those after it: the box shows the next one in bold."""

    is_lead = True


def describe_recipients(edition: EditionWithRows | None) -> list[str]:
    """Return who will be mailed of a draft, or why nobody is.

    Args:
        edition: the one that the draft would become; None where the text cannot be rendered. Where its publication has
            been public before, even if it is not now, what the edition is to readers is still to be chosen.

    Returns:
        Sentences; [] for a text that cannot be rendered.
    """
    if not edition:
        return []
    now = timezone.now()
    is_first = not edition.edition.publication.editions.last_public_by(now)
    if refusal := _find_reason(
        edition.edition, is_old=is_first and not is_news(AlertType.NEW, edition.edition, now)
    ):
        return [refusal]
    recipients = count_recipients(edition)
    if not recipients.has_any:
        return [_describe_nobody(edition.edition)]
    return list(_describe(recipients, is_chosen=is_first, is_public=False))


def describe_mails(edition: Edition) -> list[str]:
    """Return to how many and when mails about an edition have gone or will go, once it is published or scheduled.

    Args:
        edition: live or scheduled.

    Returns:
        Sentences; [] for an edition that was public before there were mails.
    """
    is_old = not is_news(TYPE_OF_CHANGE.get(edition.change), edition, edition.visible_from)
    event = AlertEvent.objects.filter(edition=edition, type__in=TYPE_OF_CHANGE.values()).first()
    if event and event.matched_at:
        return list(_describe_sent(event))
    if refusal := _find_reason(edition, is_old=is_old):
        return [refusal]
    if edition.change not in TYPE_OF_CHANGE:
        return [_("It is a silent fix: no reader is mailed.")]
    uncounted_since = find_uncounted_since()
    if edition.is_live and not (uncounted_since and edition.visible_from >= uncounted_since):
        return []
    recipients = count_recipients(EditionWithRows.get(edition))
    if not recipients.has_any:
        return [_describe_nobody(edition)]
    at = max(timezone.now(), edition.visible_from)
    sentences = list(_describe(recipients, is_chosen=True, is_public=edition.is_live, at=at))
    return sentences + _describe_late_sender(edition)


def describe_issue_mails(live: Edition) -> list[str]:
    """Return to how many an issue of the newsletter has been mailed, or is: of each mailing, if there are several.

    Args:
        live: the edition that readers see, which may be a correction.
    """
    events = AlertEvent.objects.filter(edition__publication=live.publication_id, type__in=MAILED_TYPES)
    mailings = [
        (_name_mailing(event.type, event.happens_at), list(_describe_sent(event)))
        for event in events.filter(matched_at__isnull=False).order_by("happens_at")
    ]
    is_silent = mailings and live.change not in TYPE_OF_CHANGE
    if not is_silent and not events.filter(edition=live, matched_at__isnull=False).exists():
        name = _name_mailing(TYPE_OF_CHANGE.get(live.change, AlertType.NEW), live.visible_from)
        mailings.append((name, describe_mails(live)))
    mailings = [mailing for mailing in mailings if mailing[1]]
    if len(mailings) > 1:
        return [f"{name}: {' '.join(sentences)}" for name, sentences in mailings]
    return [sentence for _mailing, sentences in mailings for sentence in sentences]


def _name_mailing(event_type: str, at: datetime) -> str:
    """Return the name of one of several mailings: "Corrected (1 December 2026 01:32)"."""
    return f"{AlertType(event_type).label} ({datetime_with_zone(at)})"


def _find_reason(edition: Edition, *, is_old: bool) -> str:
    """Return why nobody is mailed of an edition, whoever has chosen it, or ""."""
    if not can_send_mail():
        return _("Mail is off on this server: no reader is mailed.")
    if is_old:
        return _("It is dated more than a week ago: no reader is mailed about it.")
    return ""


def _describe_nobody(edition: Edition) -> str:
    if edition.kind.is_newsletter:
        return _("No reader is mailed: nobody subscribes to the newsletter so far.")
    return _("No reader is mailed: nobody has chosen a topic, author or anything else that it has.")


def _describe_sent(event: AlertEvent) -> Iterator[str]:
    """Yield to how many the mails about an event have gone, and go; nothing once those that were sent are deleted."""
    mails = AlertMail.objects.filter(event=event)
    sent, pending = mails.filter(sent_at__isnull=False).count(), mails.pending().count()
    sent += RemovedMails.objects.count_sent(event, AlertMailPurpose.ALERT)
    given_up = mails.filter(sent_at=None, next_attempt_at=None).count()
    if not pending and event.happens_at < find_start_of_log():
        return
    digests = {timing: count_digests(event, timing) for timing in PERIODS}
    if sent or not (pending or any(each.sent or each.pending for each in digests.values())):
        yield ngettext("%d reader was mailed.", "%d readers were mailed.", sent) % sent
    if pending:
        yield ngettext("%d mail waits.", "%d mails wait.", pending) % pending
    if given_up:
        yield ngettext("%d mail was given up.", "%d mails were given up.", given_up) % given_up
    for timing, digest in digests.items():
        if digest.sent:
            yield _describe_sent_digest(timing, digest.sent, digest.at)
        if digest.pending:
            yield _describe_digest(timing, digest.pending, digest.at)
    if find_stop() and (pending or any(each.pending for each in digests.values())):
        yield _describe_stop()


def _describe_sent_digest(timing: Timing, count: int, at: datetime) -> str:
    if timing == Timing.DAILY:
        text = ngettext("%d reader got it in the daily mail", "%d readers got it in the daily mail", count)
    else:
        text = ngettext("%d reader got it in the weekly mail", "%d readers got it in the weekly mail", count)
    return f"{text % count} ({datetime_with_zone(at)})."


def _describe_late_sender(edition: Edition) -> list[str]:
    """Return that mails have not left that should have, if the sender does not run."""
    if edition.is_live and is_sender_late(edition.visible_from):
        return [_("The sender has not run since: tell whoever runs the server.")]
    return []


def describe_notice(edition: Edition) -> list[str]:
    """Return who is mailed when a publication is retracted, a concern is expressed or lifted, or it is public again.

    Args:
        edition: that readers see, or saw last.
    """
    if refusal := _find_reason(edition, is_old=False):
        return [refusal]
    recipients = count_recipients(EditionWithRows.get(edition))
    if not recipients.has_any:
        return [_describe_nobody(edition)]
    return list(_describe(recipients, is_chosen=True, is_public=True, at=timezone.now()))


def describe_withdrawn(edition: Edition) -> list[str]:
    """Return who is mailed when a publication is withdrawn.

    Args:
        edition: that readers see.
    """
    if refusal := _find_reason(edition, is_old=False):
        return [refusal]
    recipients = count_readers_of_withdrawal(edition)
    sentences = list(_describe(recipients, is_chosen=True, is_public=True, at=timezone.now()))
    if recipients.has_any:
        sentences = [Lead(_("Mails say that it is withdrawn, with the reason:")), *sentences]
    else:
        sentences = [_("No reader is mailed that it is withdrawn: nobody has been mailed about it so far.")]
    if AlertMail.objects.pending().filter(event__edition__publication=edition.publication_id).exists():
        sentences.append(_("Mails that have not left are not sent."))
    return sentences


def describe_taken_back(edition: Edition) -> list[str]:
    """Return who is mailed when an edition is taken back.

    Args:
        edition: that readers see.
    """
    if refusal := _find_reason(edition, is_old=False):
        return [refusal]
    recipients = count_readers_of_mistake(edition)
    if not recipients.has_any:
        return [_("Nobody has been mailed about it so far, and mails that have not left are not sent.")]
    sentences = _describe(recipients, is_chosen=True, is_public=True, at=timezone.now())
    return [
        Lead(_("Mails say that it was published by mistake:")),
        *sentences,
        _("Mails that have not left are not sent."),
    ]


def _describe(
    recipients: RecipientNumbers, *, is_chosen: bool, is_public: bool, at: datetime | None = None
) -> Iterator[str]:
    """Yield who is mailed of an edition, of which it may still be to be chosen whether it is a silent fix.

    Args:
        at: when it is public, if that is known.
    """
    is_stopped = bool(find_stop())
    if is_stopped:
        yield _describe_stop()
    if not is_chosen:
        yield Lead(_("Unless it is a silent fix:"))
    if count := recipients.counts[Timing.AT_ONCE]:
        yield _describe_at_once(count, is_public=is_public, is_stopped=is_stopped)
    for timing in (Timing.DAILY, Timing.WEEKLY):
        if count := recipients.counts[timing]:
            yield _describe_digest(timing, count, next_end(timing, at) if at and not is_stopped else None)
    choices = [choice for choice in recipients.choices if choice[:2] != (KIND, NEWSLETTER)]
    for name, value, count in choices[:MAX_CHOICES]:
        text = _("Of all these readers, %(count)d chose %(label)s.")
        yield text % {"count": count, "label": describe_choice(name, value)}
    if recipients.searches and any(recipients.counts.values()):
        yield _("Whoever has saved a search that finds it is informed as well.")
    elif recipients.searches:
        yield _("Only whoever has saved a search that finds it is informed.")


def _describe_stop() -> str:
    return _("Mails to subscribers are stopped: no reader is mailed until somebody sends them again.")


def _describe_at_once(count: int, *, is_public: bool, is_stopped: bool) -> str:
    if is_stopped:
        text = ngettext("%d reader is mailed then.", "%d readers are mailed then.", count)
    elif is_public:
        text = ngettext(
            "%d reader is mailed within a minute.", "%d readers are mailed within a minute.", count
        )
    else:
        text = ngettext(
            "%d reader is mailed within a minute after it becomes public.",
            "%d readers are mailed within a minute after it becomes public.",
            count,
        )
    return text % count


def _describe_digest(timing: Timing, count: int, at: datetime | None) -> str:
    if timing == Timing.DAILY:
        text = ngettext("%d reader gets it in the daily mail", "%d readers get it in the daily mail", count)
    else:
        text = ngettext("%d reader gets it in the weekly mail", "%d readers get it in the weekly mail", count)
    return f"{text % count} ({datetime_with_zone(at)})." if at else f"{text % count}."
