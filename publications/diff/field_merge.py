"""Merge two changes of one record field by field: what only one side changed is followed, the rest is for a person.

`stored` is what stands in the database, `incoming` what a form or a file brings, `base` what both came from. Fields
come as declarations with `name`, `merged`, `equal(a, b)` and `display(value)`: those of `publication_fields`, or a
`RowField` for a row that is no publication. Nothing may be saved while the result has `conflicts`.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Protocol

from publications.publication_fields import MergeRule

from .blocks import join_paragraphs
from .compare import DiffOperation, DiffPassage, compare_texts
from .text_merge import TextConflict, merge_texts

STORED, INCOMING, BOTH = "stored", "incoming", "both"

Values = dict[str, object]


class MergedField(Protocol):
    """What a declaration says of a field to be merged."""

    name: str
    merged: MergeRule | None

    def equal(self, a: object, b: object) -> bool: ...
    def display(self, value: object) -> str: ...


@dataclass(frozen=True)
class RowField:
    """A field of a row that is merged whole; `as_text` gives its values as text that can be compared and read."""

    name: str
    as_text: Callable[[object], str] = str
    merged: MergeRule = MergeRule.WHOLE

    def equal(self, a: object, b: object) -> bool:
        return self.as_text(a) == self.as_text(b)

    def display(self, value: object) -> str:
        return self.as_text(value)


class BaseValues:
    """The values that both sides came from. A field without one has no base: every difference is a conflict."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values

    def equals(self, field: MergedField, value: object) -> bool:
        return field.name in self.values and field.equal(self.values[field.name], value)

    def value(self, field: MergedField) -> object:
        return self.values.get(field.name)


class NoBase(BaseValues):
    """Nobody knows what both sides came from."""

    def __init__(self) -> None:
        super().__init__({})


class Fingerprints:
    """A base of which only hashes are known, as a form carries them: "title=3f2a… kind=9c01…"."""

    def __init__(self, marks: Mapping[str, str]) -> None:
        self.marks = marks

    @classmethod
    def of(cls, fields: Iterable[MergedField], values: Mapping[str, object]) -> "Fingerprints":
        """Return the fingerprints of these values."""
        return cls({each.name: _fingerprint(each, values.get(each.name)) for each in fields})

    @classmethod
    def parse(cls, text: str) -> "Fingerprints":
        """Return the fingerprints that a form has sent; parts that are none are passed over."""
        return cls(dict(part.split("=", 1) for part in text.split() if "=" in part))

    def __str__(self) -> str:
        return " ".join(f"{name}={mark}" for name, mark in self.marks.items())

    def equals(self, field: MergedField, value: object) -> bool:
        return self.marks.get(field.name) == _fingerprint(field, value)

    def value(self, field: MergedField) -> object:
        return None


def _fingerprint(field: MergedField, value: object) -> str:
    return hashlib.blake2s(field.display(value).encode(), digest_size=6).hexdigest()


class MergeGuard:
    """Asks about incoming texts that no rule may follow unseen. This one asks about nothing."""

    def asks(self, field: MergedField, base: object, incoming: object) -> bool:
        """Whether a text that differs from base and stored is a conflict in any case, as a whole."""
        return False

    def asks_about_paragraph(self, paragraph: str) -> bool:
        """Whether any incoming change of this paragraph of the base is a conflict."""
        return False

    def covers(self, field: MergedField) -> bool:
        """Whether texts of this field are asked about at all."""
        return False


@dataclass(frozen=True)
class FieldConflict:
    """What both sides changed: how it was, and what each made of it, as text. Each may be empty."""

    name: str
    base: str
    stored: str
    incoming: str
    by_paragraph: bool = False
    is_guarded: bool = False
    """Whether a `MergeGuard` asks about it."""
    occurrence: int = 0
    """How many conflicts before this one are equal to it, but for what is incoming."""

    @property
    def key(self) -> str:
        """What its choice is called in a form. Incoming may change under it; where stored changes, it is another."""
        digest = hashlib.blake2s("\0".join((self.name, self.base, self.stored)).encode(), digest_size=8)
        return f"settle-{digest.hexdigest()}{f'-{self.occurrence}' if self.occurrence else ''}"

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be chosen. Both stand one after the other: two paragraphs can, and no text that is guarded."""
        if self.is_guarded:
            return (STORED, INCOMING)
        return (INCOMING, STORED, BOTH) if self.by_paragraph else (INCOMING, STORED)

    def text(self, choice: str) -> str:
        """Return the text of a choice."""
        both = "\n\n".join(text for text in (self.stored, self.incoming) if text)
        return {STORED: self.stored, BOTH: both}.get(choice, self.incoming)

    @property
    def stored_change(self) -> tuple[DiffPassage, ...]:
        """The stored text, word by word against the base."""
        return tuple(compare_texts(self.base, self.stored).passages)

    @property
    def incoming_change(self) -> tuple[DiffPassage, ...]:
        """The incoming text, word by word against the base."""
        return tuple(compare_texts(self.base, self.incoming).passages)


@dataclass
class FieldMerge:
    """A merged record: its `values`, the fields in which something `from_stored` was taken, and what is undecided."""

    values: Values = dataclass_field(default_factory=dict)
    from_stored: list[str] = dataclass_field(default_factory=list)
    conflicts: list[FieldConflict] = dataclass_field(default_factory=list)
    asked: list[FieldConflict] = dataclass_field(default_factory=list)
    """All conflicts, decided or not: a form shows all of them until none is left, so that no choice is lost."""


@dataclass
class _Merger:
    """A merge that is being made: its result, what decides conflicts, and how often each was met."""

    choose: Callable[[FieldConflict], str]
    guard: MergeGuard
    result: FieldMerge = dataclass_field(default_factory=FieldMerge)
    met: dict[str, int] = dataclass_field(default_factory=dict)

    def decide(self, name: str, *sides: str, **options: bool) -> tuple[FieldConflict, str]:
        """Return a conflict and what was chosen for it, or "". One that is not decided is kept in the result."""
        first = FieldConflict(name, *sides, **options)
        occurrence = self.met.get(first.key, 0)
        self.met[first.key] = occurrence + 1
        conflict = FieldConflict(name, *sides, **options, occurrence=occurrence)
        self.result.asked.append(conflict)
        choice = self.choose(conflict)
        if choice in conflict.choices:
            return conflict, choice
        self.result.conflicts.append(conflict)
        return conflict, ""

    def take_stored(self, field: MergedField, value: object) -> None:
        self.result.values[field.name] = value
        self.result.from_stored.append(field.name)

    def merge_whole(self, field: MergedField, base, stored, incoming, *, is_guarded: bool = False) -> None:
        sides = (field.display(side) for side in (base, stored, incoming))
        _conflict, choice = self.decide(field.name, *sides, is_guarded=is_guarded)
        if choice == STORED:
            self.take_stored(field, stored)
        else:
            self.result.values[field.name] = incoming

    def merge_paragraphs(self, field: MergedField, base, stored, incoming) -> None:
        """Follow, paragraph by paragraph, the only side that changed it."""
        is_asked = self.guard.asks_about_paragraph if self.guard.covers(field) else _never

        def decide(conflict: TextConflict) -> str:
            sides = conflict.base, conflict.theirs, conflict.ours
            options = {"by_paragraph": True, "is_guarded": is_asked(conflict.base)}
            decided, choice = self.decide(field.name, *sides, **options)
            return decided.text(choice)

        base, stored, incoming = (_text(side) for side in (base, stored, incoming))
        text = merge_texts(base, incoming, stored, is_asked=is_asked).resolve(decide)
        self.result.values[field.name] = text
        if not field.equal(text, incoming):
            self.result.from_stored.append(field.name)

    def merge_set(self, field: MergedField, base, stored, incoming) -> None:
        """Entries that either side added stay, those that either removed go; in incoming order, then stored."""
        self.take_stored(field, merge_set(base or (), stored, incoming))


def _never(paragraph: str) -> bool:
    return False


def _text(value: object) -> str:
    return str(value or "").replace("\r\n", "\n")


def merge_set(base: Iterable, stored: Iterable, incoming: Iterable) -> list:
    """Merge two changes of one set; entries that are texts are the same in any case of letters."""
    base, stored, incoming = ({_identity(item): item for item in side} for side in (base, stored, incoming))
    removed = {key for key in base if key not in stored or key not in incoming}
    return [item for key, item in {**incoming, **stored}.items() if key not in removed]


def _identity(item: object) -> object:
    return item.casefold() if isinstance(item, str) else item


MERGERS = {
    MergeRule.WHOLE: _Merger.merge_whole,
    MergeRule.PARAGRAPHS: _Merger.merge_paragraphs,
    MergeRule.SET: _Merger.merge_set,
}


def merge_fields(
    fields: Iterable[MergedField],
    base: BaseValues | Fingerprints,
    stored: Mapping[str, object],
    incoming: Mapping[str, object],
    *,
    choose: Callable[[FieldConflict], str] = lambda conflict: "",
    guard: MergeGuard | None = None,
) -> FieldMerge:
    """Merge two changes of one record.

    Args:
        fields: declarations; those that are not merged (`merged` is None) or not incoming are passed over.
        base: what both sides came from: `BaseValues` (of a revision, a file), `Fingerprints` or `NoBase`.
        stored: the values in the database.
        incoming: the values of a form or a file.
        choose: what was chosen for a conflict: "stored", "incoming", "both" or "".
        guard: what is asked about though a rule would decide it.

    Returns:
        The merged values, with what is still to be decided; incoming values stand in its place meanwhile.
    """
    merger = _Merger(choose, guard or MergeGuard())
    for field in fields:
        if field.merged and field.name in incoming:
            _merge_field(merger, field, base, stored[field.name], incoming[field.name])
    return merger.result


def _merge_field(merger: _Merger, field: MergedField, base, stored: object, incoming: object) -> None:
    was = base.value(field)
    is_covered = merger.guard.covers(field)
    if field.equal(stored, incoming):
        merger.result.values[field.name] = incoming
    elif base.equals(field, incoming):
        merger.take_stored(field, stored)
    elif is_covered and merger.guard.asks(field, was, incoming):
        merger.merge_whole(field, was, stored, incoming, is_guarded=True)
    elif base.equals(field, stored) and not (is_covered and field.merged == MergeRule.PARAGRAPHS):
        merger.result.values[field.name] = incoming
    else:
        MERGERS[field.merged](merger, field, was, stored, incoming)


def shared_paragraphs(text: str, other: str) -> str:
    """Return the paragraphs that two texts share: what they are merged on where nobody knows what both came from."""
    kept = [
        passage.text
        for passage in compare_texts(text, other).passages
        if passage.change is DiffOperation.KEPT
    ]
    return join_paragraphs(kept)
