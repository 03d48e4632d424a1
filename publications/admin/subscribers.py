"""Subscribers at the desk: their numbers, what goes and went out, the button that stops it, and lists to import.

No page shows an address.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.events import record_event
from accounts.mail import can_send_mail
from accounts.models import EventType
from accounts.names import full_name_of
from publications.locales import LANGUAGE_LABELS, LOCALES, current_locale
from publications.models import FACETS, KIND, NEWSLETTER, Kind
from subscriptions.addresses import MAX_ADDRESS_CHARACTERS, clean_address
from subscriptions.audience import (
    count_held,
    count_subscribers,
    find_uncounted_since,
    list_upcoming,
)
from subscriptions.condition_counts import ChoiceCount, ConditionKind, count_conditions
from subscriptions.conditions import Choice
from subscriptions.delivery_log import (
    COUNTED_MAILS,
    RECENT_DAYS,
    CountedMails,
    count_delivery,
    count_sent,
    list_deliveries,
)
from subscriptions.labels import NEWSLETTER_LABEL, describe_conditions, describe_facet
from subscriptions.list_import import (
    MAX_CONSENT_CHARACTERS,
    MAX_LIST_BYTES,
    MAX_REQUEST_LINES,
    ListImport,
    import_list,
)
from subscriptions.list_rows import count_entries
from subscriptions.models import AlertMail, Timing
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


FILE_AGAIN = gettext_lazy("Choose the file again: browsers forget it when a page is shown anew.")


LISTED_LINES = {
    "unsubscribed": ngettext_lazy(
        "%(count)d line says that its owner has unsubscribed or not agreed, and is left out: %(lines)s.",
        "%(count)d lines say that their owners have unsubscribed or not agreed, and are left out: %(lines)s.",
        "count",
    ),
    "refused": ngettext_lazy(
        "%(count)d line has no mail address, or one that no reader has (line %(lines)s).",
        "%(count)d lines have no mail address, or one that no reader has (lines %(lines)s).",
        "count",
    ),
    "shortened": ngettext_lazy(
        "%(count)d line has several mail addresses, of which the first was read (line %(lines)s).",
        "%(count)d lines have several mail addresses, of which the first was read (lines %(lines)s).",
        "count",
    ),
}
"""What is said of the lines of a list, by the attribute of `ListImport` that has them."""


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
    waiting = [delivery for delivery in list_deliveries(counted) if delivery.pending]
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
        request, "subscriber_log", title=_("What was sent"), deliveries=list_deliveries(counted), days=MAIL_DAYS,
        sent=count_sent(counted), is_cut=counted.after > 0, counted_mails=COUNTED_MAILS,
    )  # fmt: skip


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
        record_event(type, user, by=user, request=request, waiting=AlertMail.objects.pending().count())
    messages.success(request, message)


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


class SubscriberListForm(RedisplayMixin, forms.Form):
    """A list of addresses, what they are informed of, and what proves that their owners have agreed."""

    file = forms.FileField(
        label=gettext_lazy("List of addresses"),
        help_text=gettext_lazy(
            "A text or a table (.csv, .txt) with one address in each line. The file is not kept. "
            "Rows that say that somebody has unsubscribed are left out."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What they are informed of"), required=False,
        help_text=gettext_lazy("They can change it themselves by the link in each mail."),
    )  # fmt: skip
    timing = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Timing.choices, initial=Timing.WEEKLY,
        help_text=gettext_lazy("The newsletter comes as soon as an issue is published, whatever is chosen here."),
    )  # fmt: skip
    locale = forms.ChoiceField(
        label=gettext_lazy("Language of the mails"),
        choices=[(code, LANGUAGE_LABELS[code]) for code in LOCALES],
    )
    consent = forms.CharField(
        label=gettext_lazy("What proves that they have agreed"), max_length=MAX_CONSENT_CHARACTERS,
        help_text=gettext_lazy(
            "Such as “Newsletter of the old site, confirmed by mail, 2019 to 2026; list kept by Ann Berg”. It is kept "
            "with each of them."
        ),
    )  # fmt: skip

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        facet = FACETS[KIND]
        kinds = [(row.slug, _label_of_kind(row)) for row in facet.model.objects.all()]
        self.fields["kind"].choices = [("", _("All publications")), *kinds]
        self.fields["kind"].initial = NEWSLETTER
        self.fields["locale"].initial = current_locale()
        if self.is_redisplay:
            self.fields["file"].help_text = f"{FILE_AGAIN} {self.fields['file'].help_text}"

    def clean(self) -> dict:
        """Mark the file wherever anything is wrong: no browser keeps it."""
        cleaned = super().clean()
        if self.errors and "file" in cleaned:
            self.add_error("file", str(FILE_AGAIN))
        return cleaned

    def clean_file(self) -> str:
        """Return the text of the file."""
        file = self.cleaned_data["file"]
        if file.size > MAX_LIST_BYTES:
            text = _("The file is larger than %(size)d MB: divide it.")
            raise forms.ValidationError(text % {"size": MAX_LIST_BYTES // 1_000_000})
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is no text in UTF-8: save it as such.")) from error
        if (count := count_entries(text.splitlines())) > MAX_REQUEST_LINES:
            message = _(
                "The list has %(count)d lines or addresses, and this page takes %(limit)d at a time: divide it. Or run "
                "the command manage.py import_subscribers on the server, which takes lists of any length."
            )
            raise forms.ValidationError(message % {"count": count, "limit": MAX_REQUEST_LINES})
        return text


def _label_of_kind(kind: Kind) -> str:
    return str(NEWSLETTER_LABEL if kind.is_newsletter else FACETS[KIND].label_of(kind))


@require_permissions("change_subscriber", app="subscriptions")
def subscriber_list_page(request: HttpRequest) -> HttpResponse:
    """Import a list of addresses whose owners have agreed to mails."""
    data = request.POST or None  # a form that was restored is filled in, whatever the method
    form = SubscriberListForm(data, None if data is None else request.FILES)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        filters = {KIND: chosen["kind"]} if chosen["kind"] else {}
        result = import_list(
            chosen["file"], Choice(filters), timing=Timing(chosen["timing"]), locale=chosen["locale"],
            consent_note=chosen["consent"], by=request.user, request=request,
        )  # fmt: skip
        messages.success(request, " ".join(_describe_result(result)))
        return HttpResponseRedirect(reverse("desk:subscribers"))
    return render_desk_page(request, "subscriber_list", title=_("Import a list of subscribers"), form=form)


def _describe_result(result: ListImport) -> list[str]:
    sentences = [
        ngettext("%d subscriber was added.", "%d subscribers were added.", result.added) % result.added,
    ]
    if result.known:
        sentences.append(
            ngettext("%d was subscribed to it before.", "%d were subscribed to it before.", result.known)
            % result.known
        )
    if result.suppressed:
        text = ngettext(
            "%d has left before, and stays away.", "%d have left before, and stay away.", result.suppressed
        )
        sentences.append(text % result.suppressed)
    for name, text in LISTED_LINES.items():
        if (lines := getattr(result, name)).count:
            sentences.append(text % {"count": lines.count, "lines": lines})
    return sentences
