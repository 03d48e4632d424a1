"""The press links of a publication, for those who publish it: new ones, what was opened, new passwords, closing."""

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from publications.locales import absolute_url, datetime_with_zone
from publications.models import Edition, PressLink, PressLinkEvent, PressLinkState, Publication, SiteSettings

from .form_data import RedisplayMixin
from .form_fields import LocalDateTimeField
from .planning.entries import planned_publication_time
from .shown_once import keep_secret, take_secret
from .site import get_publication_or_404, render_publication_page, require_permissions

MAX_PRESS_LINKS = 50
"""How many links of one publication may wait or be open."""
PRESS_LINKS_PER_PAGE = 20
MAX_SHOWN_OPENINGS = 20
INVISIBLE_CATEGORIES = ("Cc", "Cf")
"""Of Unicode: control and format characters."""


class PressLinkForm(RedisplayMixin, forms.Form):
    """The form of a new press link. It has a field for the end of the embargo unless an edition is scheduled."""

    recipient = forms.CharField(
        label=gettext_lazy("Who is to read it"),
        max_length=100,
        help_text=gettext_lazy("A person and where they work. It is printed on the page and on the PDF."),
    )
    embargoed_until = LocalDateTimeField(label=gettext_lazy("Embargoed until"))
    opens_at = LocalDateTimeField(
        label=gettext_lazy("Not to be read before"), help_text=gettext_lazy("Leave empty for at once.")
    )

    def __init__(self, data=None, *, publication: Publication, scheduled: Edition | None) -> None:
        date = publication.published_at
        is_to_come = date and date > timezone.now()
        proposed = date if is_to_come else planned_publication_time(publication)
        super().__init__(data, label_suffix="", initial={"embargoed_until": proposed})
        self.scheduled = scheduled
        if scheduled:
            del self.fields["embargoed_until"]
        else:
            self.fields["embargoed_until"].help_text = _(
                "Time zone: %(zone)s. The text can no longer be read at the link then."
            ) % {"zone": timezone.get_current_timezone_name()}

    def clean_recipient(self) -> str:
        """Refuse invisible characters, which could reverse the line about the embargo or be the whole name."""
        recipient = self.cleaned_data["recipient"]
        if any(unicodedata.category(character) in INVISIBLE_CATEGORIES for character in recipient):
            raise forms.ValidationError(_("The name has an invisible character. Type it anew."))
        return recipient

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.scheduled:
            cleaned["embargoed_until"] = self.scheduled.visible_from
        until, opens_at = cleaned.get("embargoed_until"), cleaned.get("opens_at")
        if until is None:
            if "embargoed_until" not in self.errors:
                self.add_error("embargoed_until", _("Say when the embargo ends."))
        elif until <= timezone.now():
            self.add_error(
                None if self.scheduled else "embargoed_until", _("This time has passed. Choose a later one.")
            )
        elif opens_at and opens_at >= until:
            self.add_error("opens_at", _("The embargo has ended by then. Choose an earlier time."))
        return cleaned


@dataclass(frozen=True)
class NewSecrets:
    """What is shown once: the address of a new link, a new password, and the text to send.

    Attributes:
        address, message: "" for a new password of a link that has been sent.
        language: the language of the message.
    """

    recipient: str
    password: str
    address: str = ""
    message: str = ""
    language: str = ""


@dataclass(frozen=True)
class PressLinkRow:
    """A press link in the list of its publication."""

    link: PressLink
    openings: list[PressLinkEvent]
    failures: int
    last_failure: datetime | None
    is_outdated: bool

    @property
    def has_buttons(self) -> bool:
        return self.link.state in (PressLinkState.OPEN, PressLinkState.WAITING)


@require_permissions("change_publication", "publish_publication")
def press_links_page(request: HttpRequest, pk: int) -> HttpResponse:
    """List the press links of a publication with what was opened, and make another."""
    publication = get_publication_or_404(pk)
    scheduled = publication.editions.scheduled().first()
    form = PressLinkForm(request.POST or None, publication=publication, scheduled=scheduled)
    if request.method == "POST" and form.is_valid() and (secrets := _make_link(request, publication, form)):
        return _show_once(request, publication, secrets)
    links = publication.press_links.values_list("pk", flat=True)
    page = Paginator(links, PRESS_LINKS_PER_PAGE).get_page(request.GET.get("page"))
    return render_publication_page(
        request,
        "press_links",
        publication,
        title=_("Press links"),
        form=form,
        scheduled_for=datetime_with_zone(form.scheduled.visible_from) if form.scheduled else "",
        secrets=take_secret(request, _secret_name(publication)),
        rows=_build_rows(publication, page.object_list),
        page=page,
    )


def _show_once(request: HttpRequest, publication: Publication, secrets: NewSecrets) -> HttpResponse:
    keep_secret(request, _secret_name(publication), asdict(secrets))
    return HttpResponseRedirect(reverse("desk:press-links", args=[publication.pk]))


def _secret_name(publication: Publication) -> str:
    return f"press link of {publication.pk}"


def _make_link(request: HttpRequest, publication: Publication, form: PressLinkForm) -> NewSecrets | None:
    """Make a link and return what is shown once, or None with an error of the form."""
    if reason := _refusal(publication):
        form.add_error(None, reason)
        return None
    cleaned = form.cleaned_data
    if not form.scheduled and (errors := publication.publish_errors()):
        form.add_error(None, [message for _field, message in errors])
        return None
    link, token, password = PressLink.objects.make(
        publication.revisions.first(),
        recipient=cleaned["recipient"],
        embargoed_until=cleaned["embargoed_until"],
        opens_at=cleaned["opens_at"],
        by=request.user,
    )
    address = absolute_url(reverse("desk:press", args=[token]))
    return NewSecrets(
        link.recipient,
        password,
        address,
        render_press_message(link, address),
        language=(link.scheduled_edition or publication).locale,
    )


def _refusal(publication: Publication) -> str:
    """Return why no link can be made now, or ""."""
    if publication.editions.live().exists():
        return _("This publication is public: send its address instead.")
    if publication.press_links.open().count() >= MAX_PRESS_LINKS:
        return _("%(most)d press links are open. Close one first.") % {"most": MAX_PRESS_LINKS}
    return ""


def render_press_message(link: PressLink, address: str) -> str:
    """Return the text to send with the address of a link, in the language of what it shows, without its password."""
    shown = link.scheduled_edition or link.publication
    with override(shown.locale):
        return render_to_string(
            "desk/press_message.txt",
            {
                "title": shown.title,
                "site": SiteSettings.current().name,
                "embargo_end": datetime_with_zone(link.embargo_end),
                "opens_at": datetime_with_zone(link.opens_at) if link.opens_at else "",
                "address": address,
            },
        ).strip()


def _build_rows(publication: Publication, pks: Iterable[int]) -> list[PressLinkRow]:
    links = PressLink.objects.filter(pk__in=list(pks)).list_of(publication)
    openings = PressLinkEvent.objects.openings()[:MAX_SHOWN_OPENINGS]
    prefetch_related_objects(links, Prefetch("events", openings, to_attr="shown_openings"))
    return [
        PressLinkRow(
            link,
            link.shown_openings,
            link.failures,
            link.last_failure,
            not link.scheduled_edition and link.revision.number < publication.version,
        )
        for link in links
    ]


@require_permissions("change_publication", "publish_publication")
@require_POST
def press_link_update(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Perform a button of a press link: close it, give it a new password, or show the draft as it is saved now."""
    publication = get_publication_or_404(pk)
    link = get_object_or_404(PressLink, pk=number, publication=publication, revoked_at=None)
    if "close" in request.POST:
        PressLink.objects.filter(pk=link.pk).revoke()
        messages.success(
            request, _("The press link of %(recipient)s is closed.") % {"recipient": link.recipient}
        )
    elif "password" in request.POST:
        return _show_once(request, publication, NewSecrets(link.recipient, link.renew_password()))
    elif "refresh" in request.POST and (errors := publication.publish_errors()):
        for _field, message in errors:
            messages.error(request, message)
    elif "refresh" in request.POST:
        link.revision = publication.revisions.first()
        link.save(update_fields=["revision"])
        messages.success(
            request, _("%(recipient)s now reads the draft as it is saved.") % {"recipient": link.recipient}
        )
    return HttpResponseRedirect(reverse("desk:press-links", args=[pk]))
