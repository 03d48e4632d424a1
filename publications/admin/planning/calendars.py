"""The planning in the calendar programs of staff: the page of the secret address, and the calendar behind it.

The token in the address is the only authorization. The calendar has what its owner may see at the desk, while they may.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.events import record_event
from accounts.models import EventType
from publications.locales import absolute_url, current_locale
from publications.models import CalendarAddress, SiteSettings

from ..form_data import RedisplayMixin
from ..shown_once import keep_secret, take_secret
from ..site import render_desk_page, require_permissions
from .entries import PlanEntry, PlanningFilters, list_entries
from .icalendar import CalendarEvent, render_calendar

PAST_DAYS, COMING_DAYS = 60, 366
"""Which days the calendar has. Late plans are in it however old they are."""
ALL, OWN = "all", "own"
NEW_URL = "calendar address"


class CalendarForm(RedisplayMixin, forms.Form):
    scope = forms.ChoiceField(
        label=gettext_lazy("What the calendar has"),
        choices=[
            (ALL, gettext_lazy("Everything that is planned, due, scheduled and published")),
            (OWN, gettext_lazy("What I write or edit")),
        ],
        initial=ALL,
        widget=forms.RadioSelect,
    )


@require_permissions("view_publication")
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Make a calendar address, which is shown once, or revoke it."""
    if "_revoke" in request.POST:
        return _revoke(request)
    form = CalendarForm(request.POST or None, label_suffix="")
    if form.is_bound and form.is_valid():
        keep_secret(request, NEW_URL, _make_url(request, form))
        return HttpResponseRedirect(reverse("desk:planning-calendar"))
    return render_desk_page(
        request,
        "planning_calendar",
        title=_("Planning in your calendar"),
        form=form,
        new_url=take_secret(request, NEW_URL),
        address=CalendarAddress.objects.filter(owner=request.user).first(),
    )


@transaction.atomic
def _make_url(request: HttpRequest, form: CalendarForm) -> str:
    """Create the address in place of an earlier one; return it."""
    token = CalendarAddress.objects.replace(
        request.user, language=current_locale(get_language()), is_own=form.cleaned_data["scope"] == OWN
    )
    record_event(EventType.CALENDAR_CREATED, request.user, by=request.user, request=request)
    return absolute_url(reverse("desk:calendar", args=[token]))


@transaction.atomic
def _revoke(request: HttpRequest) -> HttpResponse:
    deleted, _by_model = CalendarAddress.objects.filter(owner=request.user).delete()
    if deleted:
        record_event(EventType.CALENDAR_REVOKED, request.user, by=request.user, request=request)
    messages.success(request, _("The address is revoked: calendars that read it get nothing more."))
    return HttpResponseRedirect(reverse("desk:planning-calendar"))


@require_http_methods(["GET", "HEAD"])
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """Return the calendar of a token; 404 for one that is wrong, revoked, or whose owner may not read drafts."""
    address = CalendarAddress.objects.get_by_token(token)
    if not address:
        return _make_private(
            HttpResponseNotFound("There is no such calendar.\n", content_type="text/plain; charset=utf-8")
        )
    with override(address.language):
        calendar = render_calendar(map(_build_event, _entries_of(address)), name=_calendar_name())
    response = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="planning.ics"'
    response.headers["Content-Language"] = address.language
    return _make_private(response)


def _make_private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _calendar_name() -> str:
    return _("%(site)s: planning") % {"site": SiteSettings.current().short_name}


def _entries_of(address: CalendarAddress) -> list[PlanEntry]:
    today = timezone.localdate()
    filters = PlanningFilters(person=address.owner_id if address.is_own else 0)
    first, last = today - timedelta(days=PAST_DAYS), today + timedelta(days=COMING_DAYS)
    return list_entries(first, last, filters, include_late=True)


def _build_event(entry: PlanEntry) -> CalendarEvent:
    url = absolute_url(reverse("desk:publications_publication_change", args=[entry.publication_pk]))
    texts = [", ".join(entry.details), entry.note, url]
    return CalendarEvent(
        uid=_uid_of(entry),
        start=entry.at or entry.day,
        changed_at=_changed_at(entry),
        summary=f"{entry.name}: {entry.title}",
        description="\n".join(filter(None, texts)),
        url=url,
    )


def _uid_of(entry: PlanEntry) -> str:
    """Return the UID of an entry: one for each day of a plan and for each edition, whatever becomes of them."""
    edition = entry.edition
    publication = edition.publication if edition else entry.content
    part = f"edition-{edition.number}" if edition else entry.type.value
    return f"{publication.uid}-{part}@{urlsplit(settings.SITE_URL).hostname}"


def _changed_at(entry: PlanEntry) -> datetime:
    if entry.edition:
        return entry.edition.record_changed_at or entry.edition.created_at
    return max(entry.plan.changed_at, entry.content.updated_at)
