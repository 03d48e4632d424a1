"""The page after publishing: where the edition stands, and texts to copy."""

from html import unescape

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from publications import actions, metadata
from publications.locales import datetime_with_zone
from publications.models import FOREVER, AuditEntry, Edition, EditionWithRows, SiteSettings
from publications.presentation import absolute_url
from publications.presentation.authors import names_in_line

from ..site import get_publication_or_404, render_publication_page, require_permissions
from .withdraw import undo_label, undo_name

MAX_SOCIAL_CHARACTERS = 300
"""Characters of a post on Bluesky, the shortest of the networks where a whole post still fits (X: 280 counts
addresses as 23)."""


def address_of(edition: Edition) -> str:
    """The address to copy."""
    return absolute_url(edition.get_absolute_url())


def social_post(edition: Edition) -> str:
    """A post: title, as much of the summary as fits, address."""
    address = address_of(edition)
    room = MAX_SOCIAL_CHARACTERS - len(address) - len("\n\n" * 2)
    title = shortened(edition.title, room)
    summary = shortened(edition.summary, room - len(title)) if room - len(title) > 40 else ""
    return "\n\n".join(part for part in (title, summary, address) if part)


def newsletter_entry(edition: Edition) -> str:
    """An entry of a newsletter as plain text, in the language of the publication."""
    with override(edition.locale):
        day = date_format(timezone.localtime(edition.published_at), "DATE_FORMAT")
        line = " · ".join(
            part for part in (names_in_line(edition.bylines.all()), edition.kind_label, day) if part
        )
        read = _("Read it: %(address)s") % {"address": address_of(edition)}
    return "\n\n".join(part for part in (f"{edition.title}\n{line}", edition.summary, read) if part)


def citation_text(edition: Edition) -> str:
    """One reference in plain words, in the language of the publication."""
    with override(edition.locale):
        site = SiteSettings.current()
        record = metadata.build_record(EditionWithRows.get(edition), site=site)
        first, *_others = metadata.citations(record)
        return unescape(strip_tags(first.html))


def shortened(text: str, room: int) -> str:
    """The text within so many characters, cut after a word, with an ellipsis where something was cut."""
    whole = " ".join(text.split())
    if len(whole) <= room:
        return whole
    cut = whole[: max(room - 1, 0)]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–—") + "…"


TITLES = {
    "live": gettext_lazy("Published"),
    "waits": gettext_lazy("Scheduled"),
    "over": gettext_lazy("No longer public"),
}


@require_permissions("publish_publication")
def publish_result(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What became of an edition, with all that can be copied, and Undo where it can be undone."""
    publication = get_publication_or_404(pk)
    edition = get_object_or_404(publication.editions.select_related("kind"), number=number)
    stands, plan = _status_of(edition), _undo_of(publication, edition)
    return render_publication_page(
        request, "publish_result", publication,
        title=TITLES[stands],
        stands=stands,
        edition=edition,
        from_moment=datetime_with_zone(edition.visible_from),
        until=datetime_with_zone(edition.expires_at) if edition.expires_at < FOREVER and stands != "over" else "",
        texts=_texts_to_copy(edition) if stands != "over" else [],
        plan=plan,
        undo_name=undo_name(plan),
        undo_label=undo_label(plan),
        state=actions.public_state(publication),
        before=edition.previous,
        schedule_note=_schedule_note(publication.audit_entries.filter(detail__edition=number).first()),
    )  # fmt: skip


def _status_of(edition: Edition) -> str:
    """Whether readers see it, will see it, or no longer do."""
    if edition.is_live:
        return "live"
    return "waits" if not edition.end_reason and edition.visible_from > timezone.now() else "over"


def _texts_to_copy(edition: Edition) -> list[dict[str, str]]:
    """Each with its name and how many lines it wants."""
    found = {
        _("Address"): address_of(edition),
        _("For social media"): social_post(edition),
        _("For the newsletter"): newsletter_entry(edition),
        _("Citation"): citation_text(edition),
    }
    return [
        {
            "id": f"text-{place}",
            "label": label,
            "text": text,
            "language": edition.language,
            "lines": _text_rows(text),
        }
        for place, (label, text) in enumerate(found.items())
    ]


def _text_rows(text: str) -> int:
    """Lines that a text fills in a box of some eighty characters."""
    return sum(1 + len(line) // 80 for line in text.split("\n"))


def _schedule_note(line: AuditEntry | None) -> str:
    """Return what became of a scheduled edition that this one replaced."""
    replaced, kept = (line.detail.get(name) if line else None for name in ("replaced", "kept"))
    if not replaced:
        return ""
    if kept:
        return _("The edition that waited goes public at its moment, as edition %(kept)s.") % {"kept": kept}
    return _("It replaces edition %(replaced)s, which waited.") % {"replaced": replaced}


def _undo_of(publication, edition: Edition):
    """The plan of an undo, where it takes back this very edition."""
    plan = actions.plan_undo(publication)
    return plan if plan and plan.edition.pk == edition.pk else None
