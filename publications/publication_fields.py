"""The fields of a publication, each declared once with its properties.

The columns are in `models`, once for both `Publication` and `Edition`; a test compares them with this list. Guards,
snapshot, redaction, merge, restore, comparison, manuscript, digest, search index and API derive their behaviour from
the properties, so that a new field is declared here and reaches all of them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any

from publications.locales import datetime_with_zone
from publications.slugs import MAX_SLUG_CHARACTERS


class FieldType(Enum):
    """The type of a field."""

    LINE = auto()
    TEXT = auto()
    LINES = auto()  # one entry a line
    MARKDOWN = auto()
    URL = auto()
    DATE = auto()
    CHOICE = auto()  # one of a few stored values
    FOREIGN_KEY = auto()
    RELATED_ROWS = auto()  # rows of other tables: bylines, tags, attachments, related links


class RedactionRule(Enum):
    """What redaction does with a value that contains the passage."""

    PASSAGE = auto()  # the passage is replaced by the mark
    WHOLE = auto()  # the value is emptied, as a part of it is of no use
    SLUG = auto()  # the slug is replaced


class MergeRule(Enum):
    """How the changes of two editors to one field are merged."""

    WHOLE = auto()
    PARAGRAPHS = auto()
    SET = auto()


class SearchWeight(StrEnum):
    """The weight of the search index under which a field is indexed."""

    TITLE = "title"
    SUMMARY = "summary"
    PEOPLE = "people"
    TOPICS = "topics"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class PublicationField:
    """One part of a publication: a column or relation of `Publication`, and of `Edition` where it is frozen."""

    name: str
    type: FieldType
    frozen: bool = True
    """Whether an edition has a copy of it, which guards of the database protect."""
    redaction_rule: RedactionRule | None = None
    merge_rule: MergeRule | None = MergeRule.WHOLE
    """How concurrent edits are merged; None if only actions or separate forms set it."""
    restored: bool = True
    """Whether restoring a revision restores it."""
    search_weight: SearchWeight | None = None
    in_manuscript: str | None = None
    """Its key in a manuscript; None means its name, "" that it is left out."""
    in_digest: bool = True
    """Whether a change of it makes the draft differ from the live edition."""
    in_api: str | None = None
    """Its key in the API; None means its name, "" that it is left out."""
    from_word: bool = False
    """Whether the import of a Word file sets it."""
    shown_beside_text: bool = False
    """Whether a comparison of versions lists it as a value instead of as text."""
    max_length: int | None = None
    """The limit in characters of a text, or of each name in a set."""
    text_columns: tuple[str, ...] = ()
    """The columns of RELATED_ROWS that may contain text."""

    @property
    def manuscript_key(self) -> str:
        """Its key in a manuscript, or ""."""
        return self.name if self.in_manuscript is None else self.in_manuscript

    @property
    def api_name(self) -> str:
        """Its name in the API, or ""."""
        return self.name if self.in_api is None else self.in_api

    def is_equal(self, first: Any, second: Any) -> bool:
        """Return whether two values of the field are equal.

        Space around a text, seconds of a date, and the order and case of tags are ignored. Foreign keys and related
        rows are compared as they are, by row, key or name.
        """
        return self._normalize(first) == self._normalize(second)

    def _normalize(self, value: Any) -> Any:
        if not value:
            return ""
        if self.type is FieldType.LINES and not isinstance(value, str):
            value = "\n".join(value)
        if isinstance(value, str):
            return value.replace("\r\n", "\n").strip()
        if isinstance(value, datetime):
            return value.replace(second=0, microsecond=0)
        if self.merge_rule is MergeRule.SET and all(isinstance(entry, str) for entry in value):
            return sorted(entry.casefold() for entry in value)
        return list(value) if isinstance(value, tuple) else value

    def display(self, value: Any) -> str:
        """Return a value as text for conflicts and comparisons."""
        if not value:
            return ""
        if isinstance(value, datetime):
            return datetime_with_zone(value)
        if isinstance(value, list | tuple):
            separator = "\n" if self.type is FieldType.LINES else ", "
            return separator.join(map(_display_entry, value))
        return str(value).strip()


def _display_entry(entry: Any) -> str:
    """Return the text of an entry. In forms it is a pair of an author and a role, or of a row and nothing."""
    return str(entry[0] if isinstance(entry, tuple) else entry)


_LINE, _TEXT, _LINES, _MARKDOWN = FieldType.LINE, FieldType.TEXT, FieldType.LINES, FieldType.MARKDOWN
_URL, _DATE, _CHOICE, _FOREIGN_KEY, _ROWS = (
    FieldType.URL, FieldType.DATE, FieldType.CHOICE, FieldType.FOREIGN_KEY, FieldType.RELATED_ROWS,
)  # fmt: skip
_PASSAGE, _WHOLE, _SLUG = RedactionRule.PASSAGE, RedactionRule.WHOLE, RedactionRule.SLUG
_PARAGRAPHS, _SET = MergeRule.PARAGRAPHS, MergeRule.SET

FIELDS = (
    PublicationField(
        name="title", type=_LINE, redaction_rule=_PASSAGE, search_weight=SearchWeight.TITLE, from_word=True,
        max_length=250,
    ),
    PublicationField(
        name="summary", type=_TEXT, redaction_rule=_PASSAGE, merge_rule=_PARAGRAPHS, search_weight=SearchWeight.SUMMARY,
        from_word=True, max_length=2000,
    ),
    PublicationField(
        name="key_points", type=_LINES, redaction_rule=_PASSAGE, merge_rule=_PARAGRAPHS,
        search_weight=SearchWeight.SUMMARY, from_word=True,
    ),
    PublicationField(
        name="body", type=_MARKDOWN, redaction_rule=_PASSAGE, merge_rule=_PARAGRAPHS, search_weight=SearchWeight.TEXT,
        in_api="html", from_word=True,
    ),
    PublicationField(
        name="bylines", type=_ROWS, redaction_rule=_PASSAGE, search_weight=SearchWeight.PEOPLE, in_api="authors",
        text_columns=("name", "title", "affiliation"),
    ),
    PublicationField(
        name="tags", type=_ROWS, merge_rule=_SET, search_weight=SearchWeight.TOPICS, in_api="topics",
        shown_beside_text=True, max_length=100,
    ),
    PublicationField(name="published_at", type=_DATE, shown_beside_text=True),
    PublicationField(name="kind", type=_FOREIGN_KEY, shown_beside_text=True),
    PublicationField(name="language", type=_CHOICE, shown_beside_text=True),
    PublicationField(
        name="slug", type=_LINE, redaction_rule=_SLUG, in_api="", shown_beside_text=True, max_length=MAX_SLUG_CHARACTERS
    ),
    PublicationField(name="cover", type=_FOREIGN_KEY, shown_beside_text=True),
    PublicationField(name="translation_of", type=_FOREIGN_KEY, frozen=False, in_api="translations"),
    PublicationField(name="external_url", type=_URL, redaction_rule=_WHOLE, shown_beside_text=True, max_length=500),
    PublicationField(
        name="doi", type=_LINE, redaction_rule=_WHOLE, search_weight=SearchWeight.SUMMARY, shown_beside_text=True,
        max_length=200,
    ),
    PublicationField(
        name="isbn", type=_LINE, redaction_rule=_WHOLE, search_weight=SearchWeight.SUMMARY, shown_beside_text=True,
        max_length=17,
    ),
    PublicationField(
        name="series_number", type=_FOREIGN_KEY, merge_rule=None, restored=False, in_manuscript="number",
        in_api="number",
    ),
    PublicationField(
        name="attachments", type=_ROWS, redaction_rule=_PASSAGE, merge_rule=None, in_api="files",
        text_columns=("label", "filename"),
    ),
    PublicationField(
        name="related_links", type=_ROWS, frozen=False, redaction_rule=_PASSAGE, merge_rule=_SET, restored=False,
        in_manuscript="related", in_digest=False, in_api="related", text_columns=("reason",),
    ),
    PublicationField(
        name="internal_note", type=_TEXT, frozen=False, redaction_rule=_PASSAGE, merge_rule=_PARAGRAPHS,
        in_manuscript="note", in_digest=False, in_api="",
    ),
)  # fmt: skip
"""In the order in which editors read them."""

FIELDS_BY_NAME = {field.name: field for field in FIELDS}
MAX_LENGTHS = {field.name: field.max_length for field in FIELDS if field.max_length}
"""In characters, of the fields that have a limit."""
FROZEN_COLUMNS = tuple(field for field in FIELDS if field.frozen and field.type is not FieldType.RELATED_ROWS)
"""Fields that an edition copies into its own columns."""
RESTORED_FIELDS = tuple(field for field in FIELDS if field.restored)
"""Fields that restoring a revision writes into the draft."""
WORD_FIELDS = tuple(field for field in FIELDS if field.from_word)
"""Fields that the import of a Word file writes into the draft."""

NON_CONTENT_COLUMNS = frozenset(
    {
        "id",
        "uid",
        "version",
        "digest",
        "undecided_changes",
        "hidden_reason",
        "created_by",
        "created_at",
        "updated_at",
        "deleted_at",
        "deleted_by",
    }
)
"""Columns of `Publication` that are not content."""
