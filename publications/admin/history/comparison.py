"""Comparison of two versions of a publication, stored or not: its text word by word, and its other fields."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.encoding import uri_to_iri
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from publications import manuscript, markup, snapshot
from publications.draft_content import label_field, unsaved_publication
from publications.models import BylineRole, Edition, EditionWithRows, Publication, Revision
from publications.presentation import compare_editions, comparison_context
from publications.publication_fields import FIELDS, PublicationField

COMPARED_FIELDS = tuple(field for field in FIELDS if field.shown_beside_text)


@dataclass(frozen=True)
class FieldChange:
    """A changed field other than the text, with its values before and after."""

    name: str
    label: str
    before: str
    after: str


def build_draft_snapshot(publication: Publication) -> EditionWithRows | None:
    """Return the edition that a draft, stored or not, would become, or None if it cannot be rendered."""
    try:
        return snapshot.build_snapshot(publication).with_translations()
    except markup.Unrenderable:
        return None


def build_revision_snapshot(publication: Publication, revision: Revision) -> EditionWithRows | None:
    return build_draft_snapshot(
        unsaved_publication(manuscript.loads(revision.manuscript), publication=publication)
    )


def build_comparison(before: EditionWithRows | None, after: EditionWithRows | None) -> dict[str, object]:
    """Return the context of `desk/difference.html`, or {} if one of the two is None."""
    if not before or not after:
        return {}
    difference = compare_editions(before, after)
    text_context = comparison_context(difference, after.edition.language)
    field_changes = list_field_changes(before, after)
    is_same = not text_context["difference_summary"] and not field_changes
    language_context = {"language": after.edition.language, "direction": after.edition.direction}
    return {
        "compared": {**text_context, **language_context, "field_changes": field_changes, "is_same": is_same},
        "difference": difference,
    }


def list_field_changes(before: EditionWithRows, after: EditionWithRows) -> list[FieldChange]:
    """Return the changed fields other than the text, such as tags, date, kind and address, and roles in the byline."""
    changes = [
        FieldChange(
            field.name, capfirst(label_field(field.name)), _value_of(field, before), _value_of(field, after)
        )
        for field in COMPARED_FIELDS
    ]
    changes.append(
        FieldChange("roles", _("Roles"), _roles_besides_author(before), _roles_besides_author(after))
    )
    is_edition_compared = bool(before.edition.pk or after.edition.pk)
    return [
        change
        for change in changes
        if change.before != change.after and not (is_edition_compared and _lacks_date(change))
    ]


def _lacks_date(change: FieldChange) -> bool:
    """Return whether one side has no date: a draft gets one when it is published, so that it differs from none."""
    return change.name == "published_at" and not (change.before and change.after)


def _value_of(field: PublicationField, rows: EditionWithRows) -> str:
    if field.name in FIELD_GETTERS:
        return FIELD_GETTERS[field.name](rows)
    return str(getattr(rows.edition, field.name) or "")


FIELD_GETTERS = {
    "language": lambda rows: rows.edition.language_name,
    "published_at": lambda rows: _date_of(rows.edition),
    "slug": lambda rows: uri_to_iri(rows.edition.get_absolute_url()),
    "tags": lambda rows: ", ".join(sorted((tag.name for tag in rows.tags), key=str.casefold)),
}
"""Functions for fields that are not shown as the edition stores them."""


def _date_of(edition: Edition) -> str:
    """Return the date of an edition, stored or of a draft; "" for a draft without one, never the current time."""
    date = edition.published_at if edition.pk else snapshot.known_date(edition.publication)
    return date_format(timezone.localtime(date), "DATETIME_FORMAT") if date else ""


def _roles_besides_author(rows: EditionWithRows) -> str:
    lines = (line for line in rows.bylines if line.role != BylineRole.AUTHOR)
    return ", ".join(f"{line.name}: {line.get_role_display()}" for line in lines)
