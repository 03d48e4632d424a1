"""What changed between two states of a publication, stored or not, word by word, and in what stands beside the text."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from publications import manuscript, markup, snapshot
from publications.draft_content import unsaved_publication
from publications.models import BylineRole, EditionWithRows, Publication, Revision
from publications.presentation.history import comparison_context, difference_of
from publications.publication_fields import FIELDS, PublicationField

SHOWN = tuple(field for field in FIELDS if field.shown_beside_text)


@dataclass(frozen=True)
class FieldChange:
    """Something beside the text, before and after. `name` is the field it comes from."""

    name: str
    label: str
    before: str
    after: str


def content_of_draft(publication: Publication) -> EditionWithRows | None:
    """Return a draft, stored or not, as the edition that it would be, or None where it cannot be rendered."""
    try:
        return snapshot.build_snapshot(publication).with_translations()
    except markup.Unrenderable:
        return None


def content_of_revision(publication: Publication, revision: Revision) -> EditionWithRows | None:
    return content_of_draft(unsaved_publication(manuscript.loads(revision.manuscript), of=publication))


def build_comparison(before: EditionWithRows | None, after: EditionWithRows | None) -> dict[str, object]:
    """For `desk/difference.html`: what changed, or nothing where one of the two is not there."""
    if not before or not after:
        return {}
    difference = difference_of(before, after)
    shown = comparison_context(difference, after.edition.language)
    beside = list_field_changes(before, after)
    is_same = not shown["figures"] and not beside
    about = {"language": after.edition.language, "direction": after.edition.direction}
    return {
        "compared": {**shown, **about, "facts": beside, "is_same": is_same},
        "difference": difference,
    }


def list_field_changes(before: EditionWithRows, after: EditionWithRows) -> list[FieldChange]:
    """Return what differs beside the text: tags, date, kind, address and the like, and unusual roles."""
    changes = [
        FieldChange(field.name, _label_of(field), _value_of(field, before), _value_of(field, after))
        for field in SHOWN
    ]
    changes.append(FieldChange("roles", _("Roles"), _unusual_roles(before), _unusual_roles(after)))
    return [change for change in changes if change.before != change.after]


def _label_of(field: PublicationField) -> str:
    return capfirst(str(Publication._meta.get_field(field.name).verbose_name))


def _value_of(field: PublicationField, rows: EditionWithRows) -> str:
    if field.name in VALUES:
        return VALUES[field.name](rows)
    value = getattr(rows.edition, field.name)
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return str(value or "")


VALUES = {
    "language": lambda rows: rows.edition.language_name,
    "slug": lambda rows: rows.edition.get_absolute_url(),
    "tags": lambda rows: ", ".join(sorted((tag.name for tag in rows.tags), key=str.casefold)),
}
"""Fields that are not shown as the edition stores them."""


def _unusual_roles(rows: EditionWithRows) -> str:
    lines = (line for line in rows.bylines if line.role != BylineRole.AUTHOR)
    return ", ".join(f"{line.name}: {line.get_role_display()}" for line in lines)
