"""Edit conflicts of a draft: what only one of two users changed is merged, the rest is shown side by side.

A form carries the version that it was opened with. That revision is the base, the draft is `stored`, the values of the
form are `incoming` (see `merge_fields`). What both changed is a conflict, resolved by a choice in the form. The name of
the choice depends on what is stored, so that a third save asks again.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter

from django import forms
from django.utils.translation import gettext

from publications import manuscript, markup
from publications.diff import BaseValues, FieldConflict, FieldMerge, MergeGuard, NoBase, Values, merge_fields
from publications.draft_content import unsaved_publication
from publications.models import Publication, RevisionReason
from publications.publication_fields import FIELDS, FieldType, MergeRule, PublicationField, RedactionRule

from .redacted_passages import RedactedPassages, load_redacted_passages

MERGED_FIELDS = tuple(field for field in FIELDS if field.merge_rule and field.name != "related_links")
"""Fields of a draft. Related links are not: `PublicationForm.merge_related_links` merges them."""
FORM_FIELD_NAMES = {"cover": "cover_choice", "translation_of": "translation_choice"}
"""Names of form fields that differ from those of the publication's fields."""


def form_field_name(name: str) -> str:
    """Return the name of the form field for a field of the publication."""
    return FORM_FIELD_NAMES.get(name, name)


def form_values(publication: Publication) -> Values:
    """Return the merged fields of a draft, stored or not, as its form holds them."""
    return {field.name: _form_value(publication, field) for field in MERGED_FIELDS}


def _form_value(publication: Publication, field: PublicationField) -> object:
    if field.name == "bylines":
        return [(line.author, line.role) for line in publication.bylines_with_authors()]
    if field.name == "tags":
        return [tag.name for tag in publication.tags.all()]
    value = getattr(publication, field.name)
    if field.name in FORM_FIELD_NAMES:
        return [(value, "")] if value else []
    return _normalize_text(value) if isinstance(value, str) else value


def _normalize_text(value: object) -> str:
    return str(value or "").replace("\r\n", "\n").strip()


def base_values(publication: Publication, version: int | None) -> Values:
    """Return the form values of the revision of a version, without what was redacted since; {} without one."""
    revision = publication.revisions.filter(number=version).first() if version else None
    if not revision:
        return {}
    return form_values(unsaved_publication(manuscript.loads(revision.manuscript), publication=publication))


def conflict_choices(
    merged: FieldMerge | None,
    labels: Mapping[str, object],
    posted: Mapping[str, str],
    *,
    key: Callable[[FieldConflict], str] = attrgetter("key"),
) -> list[dict[str, object]]:
    """Return the conflicts of a merge for templates; [] if all are resolved.

    Args:
        labels: the labels of fields, by name.
        posted: the choices so far, by key.
        key: returns the name of the choice of a conflict in the form.
    """
    return [
        {
            "conflict": conflict,
            "key": key(conflict),
            "label": labels[conflict.name],
            "chosen": posted.get(key(conflict), ""),
        }
        for conflict in (merged.all_conflicts if merged and merged.conflicts else ())
    ]


class RedactionGuard(MergeGuard):
    """Makes the user choose for every text that may contain a redacted passage."""

    def __init__(self, passages: RedactedPassages) -> None:
        self.passages = passages

    def covers(self, field: PublicationField) -> bool:
        return bool(field.redaction_rule) and field.type is not FieldType.RELATED_ROWS

    def needs_decision(self, field: PublicationField, base: object, incoming: object) -> bool:
        base_text, submitted = _normalize_text(base), _normalize_text(incoming)
        if base is None and not submitted:
            return False
        if self.passages.contains_passage(submitted):
            return True
        if base is None or field.redaction_rule is not RedactionRule.PASSAGE:
            return not base_text
        if field.merge_rule is MergeRule.PARAGRAPHS:
            return self.passages.is_ambiguous(submitted, base_text)
        return self.passages.may_be_redacted(base_text) or self.passages.may_contain_passage([submitted])

    def needs_decision_on_paragraph(self, paragraph: str) -> bool:
        return self.passages.may_be_redacted(paragraph)

    def redact(self, base: Values, stored: Values, incoming: Values) -> Values:
        """Return the submitted values with the redaction marks of the base, as far as the passage can be located."""
        redacted = {
            field.name: self._redact(field, base.get(field.name), incoming[field.name])
            for field in MERGED_FIELDS
            if field.name in incoming
        }
        if not base.get("slug") and self.passages.is_in_address(redacted.get("slug", "")):
            # Redaction has given up the address that was made from the passage.
            redacted["slug"] = stored["slug"]
        return redacted

    def _redact(self, field: PublicationField, base: object, incoming: object) -> object:
        if not self.covers(field) or field.redaction_rule is not RedactionRule.PASSAGE:
            return incoming
        by_paragraph = field.merge_rule is MergeRule.PARAGRAPHS
        redact = self.passages.redact_paragraphs if by_paragraph else self.passages.redact
        return redact(_normalize_text(incoming), _normalize_text(base))


class MergeFormMixin:
    """A form of a draft that merges what others have saved since it was opened.

    It keeps the version that it was opened with until every conflict is resolved.
    """

    merged: FieldMerge | None = None
    notice = ""
    """What the form asks the user to do, in place of a count of errors."""
    other_editor_names = ""
    """Names of the users who have saved since the form was opened."""
    is_redacted = False
    """Whether something was redacted since the form was opened."""

    def merge_stored(self, cleaned: dict) -> None:
        """Merge the submitted values with what others have saved since; report conflicts."""
        publication = Publication.objects.get(pk=self.instance.pk)
        version = cleaned.get("version") or 0
        newer_revisions = publication.revisions.filter(number__gt=version)
        self.is_redacted = newer_revisions.filter(reason=RevisionReason.REDACTED).exists()
        self.other_editor_names = self._name_editors(newer_revisions)
        self.merged = self._merge(publication, version, cleaned)
        if self.merged.conflicts:
            self._report_conflicts()
            return
        cleaned.update({form_field_name(name): value for name, value in self.merged.values.items()})
        self._check_merged_text(cleaned)

    def _merge(self, publication: Publication, version: int, cleaned: dict) -> FieldMerge:
        guard = RedactionGuard(load_redacted_passages(publication)) if self.is_redacted else None
        base, stored = base_values(publication, version), form_values(publication)
        names = [field.name for field in MERGED_FIELDS if form_field_name(field.name) in cleaned]
        submitted = {name: cleaned[form_field_name(name)] for name in names}
        incoming = guard.redact(base, stored, submitted) if guard else submitted
        base_side = BaseValues(base) if base else NoBase()
        merged = merge_fields(
            MERGED_FIELDS, base_side, stored, incoming, choose=self._get_choice, guard=guard
        )
        merged.from_stored = [
            field.name
            for field in MERGED_FIELDS
            if field.name in merged.from_stored
            or (field.name in submitted and not field.is_equal(incoming[field.name], submitted[field.name]))
        ]
        return merged

    def _get_choice(self, conflict: FieldConflict) -> str:
        return self.data.get(conflict.key, "")

    def _report_conflicts(self) -> None:
        if not self.errors:
            self.notice = gettext("Choose what is to stand.")
        if self.is_redacted:
            self.add_error(None, gettext(
                "A name or passage has been redacted since you opened this form, and your text may still have it. Take "
                "what is stored wherever you did not change it yourself, and leave the redacted words out."
            ))  # fmt: skip
        text = gettext(
            "%(who)s has saved this publication since you opened it. Nothing of yours has been stored yet, and all "
            "you typed is still here. Choose what is to stand, then save again."
        )
        self.add_error(None, forms.ValidationError(text % {"who": self.other_editor_names}, code="outdated"))

    def _check_merged_text(self, cleaned: dict) -> None:
        try:
            markup.render_markdown(cleaned.get("body", ""), language=cleaned.get("language", "en"))
        except markup.Unrenderable as reason:
            self.add_error("body", str(reason))

    def _name_editors(self, revisions) -> str:
        """Return the names of the users who saved the revisions, each once."""
        names = [
            str(revision.saved_by or gettext("the command line"))
            for revision in revisions.select_related("saved_by")[:20]
        ]
        return ", ".join(dict.fromkeys(names))

    @property
    def conflicts(self) -> list[dict[str, object]]:
        """The conflicts with the choices so far, for the template."""
        labels = {
            field.name: self.fields[form_field_name(field.name)].label
            for field in MERGED_FIELDS
            if form_field_name(field.name) in self.fields
        }
        return conflict_choices(self.merged, labels, self.data)

    @property
    def labels_from_stored(self) -> list[str]:
        """The labels of fields in which the result has changes of others."""
        names = self.merged.from_stored if self.merged else ()
        return [str(self.fields[form_field_name(name)].label) for name in names]
