"""An overtaken form of a draft: what only one of two people changed is merged, the rest is laid side by side.

A form says by its version which save it started from. That revision is the base, the stored draft is `stored`, what was
typed is `incoming` (see `merge_fields`). What both changed is a conflict: a choice in the form settles it. The choice
is named for what is stored, so that a third save asks anew.
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

from .redacted_base import Redactions, redactions_of

MERGED = tuple(field for field in FIELDS if field.merged and field.name != "related_links")
"""Related links are no part of a draft: their form merges them by itself (see `PublicationForm.related_targets`)."""
FORM_NAMES = {"cover": "cover_choice", "translation_of": "translation_choice"}
"""What fields are called in forms, where that is not their own name."""


def form_name(name: str) -> str:
    """Return what a field of a publication is called in its form."""
    return FORM_NAMES.get(name, name)


def form_values(publication: Publication) -> Values:
    """Return the merged fields of a draft, stored or not, as its form holds them."""
    return {field.name: _form_value(publication, field) for field in MERGED}


def _form_value(publication: Publication, field: PublicationField) -> object:
    if field.name == "bylines":
        return [(line.author, line.role) for line in publication.bylines_with_authors()]
    if field.name == "tags":
        return [tag.name for tag in publication.tags.all()]
    value = getattr(publication, field.name)
    if field.name in FORM_NAMES:
        return [(value, "")] if value else []
    return _plain(value) if isinstance(value, str) else value


def _plain(value: object) -> str:
    return str(value or "").replace("\r\n", "\n").strip()


def base_values(publication: Publication, version: int | None) -> Values:
    """Return the draft as it stood at the save of that number, without what was redacted since; {} without one."""
    revision = publication.revisions.filter(number=version).first() if version else None
    if not revision:
        return {}
    return form_values(unsaved_publication(manuscript.loads(revision.manuscript), of=publication))


def conflict_choices(
    merged: FieldMerge | None,
    labels: Mapping[str, object],
    posted: Mapping[str, str],
    *,
    key: Callable[[FieldConflict], str] = attrgetter("key"),
) -> list[dict[str, object]]:
    """Return the conflicts of a merge for templates; none where all are decided.

    Args:
        labels: of fields, by their name.
        posted: what was chosen so far, by key.
        key: what the choice of a conflict is called in the form.
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
    """Lets no text that may hold a redacted passage be followed without a choice."""

    def __init__(self, redactions: Redactions) -> None:
        self.redactions = redactions

    def covers(self, field: PublicationField) -> bool:
        return bool(field.redacted) and field.type is not FieldType.ROWS

    def needs_decision(self, field: PublicationField, base: object, incoming: object) -> bool:
        was, typed = _plain(base), _plain(incoming)
        if base is None and not typed:
            return False
        if self.redactions.holds_passage(typed):
            return True
        if base is None or field.redacted is not RedactionRule.PASSAGE:
            return not was
        if field.merged is MergeRule.PARAGRAPHS:
            return self.redactions.is_hard_to_tell(typed, was)
        return self.redactions.may_touch(was) or self.redactions.may_hold_passage([typed])

    def needs_decision_on_paragraph(self, paragraph: str) -> bool:
        return self.redactions.may_touch(paragraph)

    def redact(self, base: Values, stored: Values, incoming: Values) -> Values:
        """Return what was typed with the marks of the redacted base, as far as the passage can be told."""
        redacted = {
            field.name: self._redact(field, base.get(field.name), incoming[field.name])
            for field in MERGED
            if field.name in incoming
        }
        if not base.get("slug") and self.redactions.is_named_by(redacted.get("slug", "")):
            redacted["slug"] = stored[
                "slug"
            ]  # redaction has given up the address that was made from the passage
        return redacted

    def _redact(self, field: PublicationField, base: object, incoming: object) -> object:
        if not self.covers(field) or field.redacted is not RedactionRule.PASSAGE:
            return incoming
        by_paragraph = field.merged is MergeRule.PARAGRAPHS
        redact = self.redactions.redact_paragraphs if by_paragraph else self.redactions.redact
        return redact(_plain(incoming), _plain(base))


class OvertakenFormMixin:
    """A form of a draft that others may have saved since it was opened.

    It keeps the version it started from until every conflict is settled.
    """

    merged: FieldMerge | None = None
    notice = ""
    """What heads the form where it asks for a choice and has no error."""
    others = ""
    """Who saved meanwhile."""
    is_redacted = False
    """Whether something was redacted meanwhile."""

    def merge_stored(self, cleaned: dict) -> None:
        """Merge what was typed with what others have saved since; what both changed is for the editor to settle."""
        publication = Publication.objects.get(pk=self.instance.pk)
        version = cleaned.get("version") or 0
        later = publication.revisions.filter(number__gt=version)
        self.is_redacted = later.filter(reason=RevisionReason.REDACTED).exists()
        self.others = self._who_saved(later)
        self.merged = self._merge(publication, version, cleaned)
        if self.merged.conflicts:
            self._report_conflicts()
            return
        cleaned.update({form_name(name): value for name, value in self.merged.values.items()})
        self._check_merged_text(cleaned)

    def _merge(self, publication: Publication, version: int, cleaned: dict) -> FieldMerge:
        guard = RedactionGuard(redactions_of(publication)) if self.is_redacted else None
        base, stored = base_values(publication, version), form_values(publication)
        names = [field.name for field in MERGED if form_name(field.name) in cleaned]
        typed = {name: cleaned[form_name(name)] for name in names}
        incoming = guard.redact(base, stored, typed) if guard else typed
        side = BaseValues(base) if base else NoBase()
        merged = merge_fields(MERGED, side, stored, incoming, choose=self._choice, guard=guard)
        merged.from_stored = [
            field.name
            for field in MERGED
            if field.name in merged.from_stored
            or (field.name in typed and not field.equal(incoming[field.name], typed[field.name]))
        ]
        return merged

    def _choice(self, conflict: FieldConflict) -> str:
        return self.data.get(conflict.key, "")

    def _report_conflicts(self) -> None:
        if not self.errors:
            self.notice = gettext("Choose what is to stand.")
        if self.is_redacted:
            self.add_error(None, gettext(
                "A name or passage has been redacted since you opened this form, and your text may still have it. Take "
                "what is stored wherever you did not change it yourself, and leave the redacted words out."
            ))  # fmt: skip
        said = gettext(
            "%(who)s has saved this publication since you opened it. Nothing of yours has been stored yet, and all "
            "you typed is still here. Choose what is to stand, then save again."
        )
        self.add_error(None, forms.ValidationError(said % {"who": self.others}, code="outdated"))

    def _check_merged_text(self, cleaned: dict) -> None:
        try:
            markup.render_markdown(cleaned.get("body", ""), language=cleaned.get("language", "en"))
        except markup.Unrenderable as reason:
            self.add_error("body", str(reason))

    def _who_saved(self, revisions) -> str:
        """Whoever saved it meanwhile, each once."""
        people = [
            str(revision.saved_by or gettext("the command line"))
            for revision in revisions.select_related("saved_by")[:20]
        ]
        return ", ".join(dict.fromkeys(people))

    @property
    def conflicts(self) -> list[dict[str, object]]:
        """What both changed, with what was chosen so far, for the template."""
        labels = {
            field.name: self.fields[form_name(field.name)].label
            for field in MERGED
            if form_name(field.name) in self.fields
        }
        return conflict_choices(self.merged, labels, self.data)

    @property
    def labels_from_stored(self) -> list[str]:
        """The labels of fields in which others had a part of what was stored."""
        names = self.merged.from_stored if self.merged else ()
        return [str(self.fields[form_name(name)].label) for name in names]
