"""Subscribers at the desk: their numbers, what goes and went out, and the button that stops it.

No page shows an address.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.events import record_event
from accounts.mail import can_send_mail
from accounts.models import EventType
from accounts.names import full_name_of
from publications.locales import LANGUAGE_LABELS, LOCALES
from publications.models import Edition
from subscriptions.addresses import MAX_ADDRESS_CHARACTERS, clean_address
from subscriptions.audience import (
    count_held,
    count_subscribers,
    find_uncounted_since,
    list_upcoming,
)
from subscriptions.condition_counts import ChoiceCount, ConditionKind, count_conditions
from subscriptions.delivery_log import (
    COUNTED_MAILS,
    RECENT_DAYS,
    CountedMails,
    Delivery,
    count_delivery,
    count_sent,
    list_deliveries,
)
from subscriptions.labels import NEWSLETTER_LABEL, describe_conditions, describe_facet
from subscriptions.models import AlertMail, AlertType, Timing
from subscriptions.refusals import allow_sign_ups
from subscriptions.retention import MAIL_DAYS
from subscriptions.sending import find_stop, is_sender_late, resume_sending, stop_sending

from .form_data import RedisplayMixin
from .site import render_desk_page, require_permissions

CHANGE = "subscriptions.change_subscriber"
KIND_LABELS = {
    ConditionKind.NEWSLETTER: NEWSLETTER_LABEL,
    ConditionKind.ALL: gettext_lazy("All publications"),
    ConditionKind.SEVERAL: gettext_lazy("Several of these together"),
    ConditionKind.SEARCH: gettext_lazy("Searches"),
    ConditionKind.PUBLICATION: gettext_lazy("Changes to one publication"),
}


class AllowedAddressForm(RedisplayMixin, forms.Form):
    """An address to which the form for alerts sends mails again."""

    address = forms.CharField(label=gettext_lazy("Mail address"), max_length=4 * MAX_ADDRESS_CHARACTERS)

    def clean_address(self) -> str:
        return clean_address(self.cleaned_data["address"])


@require_permissions("view_subscriber", app="subscriptions")
def subscribers_page(request: HttpRequest) -> HttpResponse:
    """Show numbers of subscribers, what goes out next and how delivery goes; stop and resume all mails to them."""
    may_change = request.user.has_perm(CHANGE)
    form = AllowedAddressForm(request.POST if "address" in request.POST else None, label_suffix="")
    if request.method == "POST" and may_change and form.is_valid():
        with transaction.atomic():
            allow_sign_ups(form.cleaned_data["address"])
            record_event(EventType.SIGN_UPS_ALLOWED, request.user, by=request.user, request=request)
        messages.success(request, _("Whoever enters this address in the form for alerts is mailed again."))
        return HttpResponseRedirect(reverse("desk:subscribers"))
    if request.method == "POST" and not (may_change and form.is_bound):
        if not may_change:
            raise PermissionDenied
        _change_sending(request)
        return HttpResponseRedirect(reverse("desk:subscribers"))
    by_locale, counted, is_mail_on = count_subscribers(), CountedMails.find(), can_send_mail()
    waiting = [delivery for delivery in _list_deliveries(counted) if delivery.pending]
    uncounted_since, stop = find_uncounted_since(), find_stop()
    return render_desk_page(
        request,
        "subscribers",
        title=_("Subscribers"),
        total=sum(by_locale.values()),
        by_locale=[(LANGUAGE_LABELS[code], count) for code, count in by_locale.items()],
        **_describe_chosen(),
        waiting=waiting,
        uncounted_since=uncounted_since,
        is_sender_late=is_mail_on and is_sender_late(uncounted_since),
        has_waiting=bool(waiting or uncounted_since),
        upcoming=list_upcoming(),
        delivery=count_delivery(counted),
        counted_mails=COUNTED_MAILS,
        recent_days=RECENT_DAYS,
        kept_days=MAIL_DAYS,
        stop=stop,
        held=_describe_held() if stop else "",
        may_change=may_change,
        form=form,
        is_mail_on=is_mail_on,
    )


@require_permissions("view_subscriber", app="subscriptions")
def subscriber_log(request: HttpRequest) -> HttpResponse:
    """Show what was sent when and to how many, and what mail servers replied."""
    counted = CountedMails.find()
    return render_desk_page(
        request, "subscriber_log", title=_("What was sent"), deliveries=_list_deliveries(counted), days=MAIL_DAYS,
        sent=count_sent(counted), is_cut=counted.after > 0, counted_mails=COUNTED_MAILS,
    )  # fmt: skip


def _list_deliveries(counted: CountedMails) -> list[Delivery]:
    """Return the last deliveries; `mailed_number` of each event is the number of the edition that readers got.

    A text that is published again has a new edition, and its event the one that was withdrawn.
    """
    deliveries = list_deliveries(counted)
    events = [delivery.event for delivery in deliveries if delivery.event]
    again = [event.edition_id for event in events if event.type == AlertType.REPUBLISHED]
    copies = Edition.objects.filter(restored_from__in=again)
    numbers = {
        (pk, at): number for pk, at, number in copies.values_list("restored_from", "visible_from", "number")
    }
    for event in events:
        event.mailed_number = numbers.get((event.edition_id, event.happens_at), event.edition.number)
    return deliveries


def _describe_chosen() -> dict[str, object]:
    """Return what subscribers have chosen as label, number, locales and timings: by kind, and by condition."""
    chosen = count_conditions()
    labels = describe_conditions([condition for condition, _count in chosen.conditions])
    return {
        "kinds": [
            (KIND_LABELS.get(kind) or describe_facet(kind), *_describe_count(count))
            for kind, count in chosen.by_kind
        ],
        "conditions": [
            (label, *_describe_count(count))
            for label, (_condition, count) in zip(labels, chosen.conditions, strict=True)
        ],
        "other_searches": chosen.other_searches,
        "has_details": bool(chosen.conditions or chosen.other_searches),
    }


def _describe_count(count: ChoiceCount) -> tuple[int, str, str]:
    locales = (
        f"{LANGUAGE_LABELS[code]} {count.by_locale[code]}" for code in LOCALES if count.by_locale[code]
    )
    timings = (f"{timing.label}: {count.by_timing[timing]}" for timing in Timing if count.by_timing[timing])
    return count.total, ", ".join(locales), " · ".join(timings)


@transaction.atomic
def _change_sending(request: HttpRequest) -> None:
    """Stop or resume all mails, and record who has done so; whoever comes second changes nothing."""
    user = request.user
    if "stop" in request.POST:
        type, is_changed = EventType.MAILS_STOPPED, stop_sending(by=full_name_of(user))
        message = _(
            "Stopped: until somebody sends them again, only mails that ask to confirm go out to subscribers."
        )
    elif "resume" in request.POST:
        type, is_changed = EventType.MAILS_RESUMED, resume_sending()
        held = _describe_held()
        message = _("Resumed. What goes out with the next run: %(held)s.") % {"held": held}
        message = message if held else _("Resumed: no mail has waited.")
    else:
        return
    if is_changed:
        record_event(type, user, by=user, request=request, **_count_pending())
    messages.success(request, message)


def _count_pending() -> dict[str, object]:
    """Return how many mails wait, and whether more do of what has happened since the sender has run."""
    return {"waiting": AlertMail.objects.pending().count(), "is_partial": bool(find_uncounted_since())}


def _describe_held() -> str:
    """Return how many mails leave once they are sent again, and to how many; "" for none."""
    mails, readers = count_held()
    if not mails:
        return ""
    texts = {
        "mails": ngettext("%d mail", "%d mails", mails) % mails,
        "readers": ngettext("%d reader", "%d readers", readers) % readers,
    }
    return _("%(mails)s to %(readers)s") % texts
