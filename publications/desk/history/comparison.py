"""What changed between two states of a piece, stored or not, word by word, and in what stands beside the text."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from publications import composing, manuscript, prose
from publications.models import EditionWithRows, Publication, Revision
from publications.presentation.comparison import comparison_context, difference_of


@dataclass(frozen=True)
class FieldChange:
    """Something beside the text, before and after. `name` is the field it comes from."""

    name: str
    label: str
    before: str
    after: str


def content_of_draft(publication: Publication) -> EditionWithRows | None:
    """A working copy, or a sketch of one, as the piece that it would be; nothing where it cannot be rendered."""
    try:
        return composing.compose(publication).with_translations()
    except prose.Unrenderable:
        return None


def content_of_revision(publication: Publication, revision: Revision) -> EditionWithRows | None:
    return content_of_draft(composing.sketch(manuscript.loads(revision.manuscript), of=publication))


def build_comparison(before: EditionWithRows | None, after: EditionWithRows | None) -> dict[str, object]:
    """For `desk/difference.html`: what changed, or nothing where one of the two is not there."""
    if not before or not after:
        return {}
    difference = difference_of(before, after)
    shown = comparison_context(difference)
    beside = list_field_changes(before, after)
    is_same = not shown["figures"] and not beside
    about = {"language": after.edition.language, "direction": after.edition.direction}
    return {
        "compared": {**shown, **about, "facts": beside, "is_same": is_same},
        "difference": difference,
        "tree": get_language(),
    }


def list_field_changes(before: EditionWithRows, after: EditionWithRows) -> list[FieldChange]:
    """What differs beside the text: kind, date, address, tags and the like."""
    was, now = _field_values(before), _field_values(after)
    return [
        FieldChange(name, label, was[name], now[name])
        for name, label in _field_labels().items()
        if was[name] != now[name]
    ]


def _field_labels() -> dict[str, str]:
    return {
        "kind": _("Kind"),
        "language": _("Language of the text"),
        "slug": _("Address"),
        "published_at": _("Date readers see"),
        "tags": _("Tags"),
        "cover": _("Cover"),
        "external_url": _("Address of a text elsewhere"),
        "doi": "DOI",
        "isbn": "ISBN",
        "roles": _("Roles"),
    }


def _field_values(piece: EditionWithRows) -> dict[str, str]:
    edition = piece.edition
    return {
        "kind": str(edition.kind),
        "language": edition.language_name,
        "slug": edition.get_absolute_url(),
        "published_at": date_format(timezone.localtime(edition.published_at), "DATETIME_FORMAT"),
        "tags": ", ".join(sorted((tag.name for tag in piece.tags), key=str.casefold)),
        "cover": str(edition.cover or ""),
        "external_url": edition.external_url,
        "doi": edition.doi,
        "isbn": edition.isbn,
        "roles": ", ".join(f"{line.name}: {line.get_role_display()}" for line in _unusual_roles(piece)),
    }


def _unusual_roles(piece: EditionWithRows) -> list:
    return [line for line in piece.bylines if line.role != "author"]
