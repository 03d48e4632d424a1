"""What an editor does next with a piece that is public: its address, and texts ready to be pasted elsewhere."""

from html import unescape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications import metadata
from publications.models import Edition, EditionWithRows, Site
from publications.presentation import absolute
from publications.presentation.parts import names_in_line

SOCIAL = 300
"""Characters of a post on Bluesky, the shortest of the networks where a whole post still fits (X: 280 counts
addresses as 23)."""


def address_of(edition: Edition) -> str:
    """The address to copy."""
    return absolute(edition.get_absolute_url())


def social(edition: Edition) -> str:
    """A post: title, as much of the summary as fits, address."""
    address = address_of(edition)
    room = SOCIAL - len(address) - len("\n\n" * 2)
    title = shortened(edition.title, room)
    summary = shortened(edition.summary, room - len(title)) if room - len(title) > 40 else ""
    return "\n\n".join(part for part in (title, summary, address) if part)


def newsletter(edition: Edition) -> str:
    """An entry of a newsletter as plain text, in the language of the piece."""
    with override(edition.tree):
        day = date_format(timezone.localtime(edition.published_at), "DATE_FORMAT")
        line = " · ".join(
            part for part in (names_in_line(edition.bylines.all()), edition.kind_label, day) if part
        )
        read = _("Read it: %(address)s") % {"address": address_of(edition)}
    return "\n\n".join(part for part in (f"{edition.title}\n{line}", edition.summary, read) if part)


def citation(edition: Edition) -> str:
    """One reference in plain words, in the language of the piece."""
    with override(edition.tree):
        record = metadata.record_of(EditionWithRows.get(edition), site=Site.objects.first() or Site())
        first, *_others = metadata.references(record)
        return unescape(strip_tags(first.html))


def shortened(text: str, room: int) -> str:
    """The text within so many characters, cut after a word, with an ellipsis where something was cut."""
    whole = " ".join(text.split())
    if len(whole) <= room:
        return whole
    cut = whole[: max(room - 1, 0)]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–—") + "…"
