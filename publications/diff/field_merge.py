"""Merge two changes of one record field by field; a field that both sides changed becomes a conflict.

`stored` are the values in the database, `incoming` those of a form or a file, `base` those that both started from.
Fields are declarations with `name`, `merge_rule`, `is_equal(a, b)` and `display(value)`: those of `publication_fields`,
or a `RowField` for other rows. Callers save nothing while the result has `conflicts`.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field

from publications.publication_fields import MergeRule

from .blocks import join_paragraphs
from .compare import DiffOperation, DiffPassage, compare_texts
from .merge_base import BaseValues, Fingerprints, MergedField
from .text_merge import TextConflict, merge_texts

STORED, INCOMING, BOTH = "stored", "incoming", "both"

Values = dict[str, object]


@dataclass(frozen=True)
class RowField:
    """A field that is merged as a whole; `as_text` returns a value as text for comparison and display."""

    name: str
    as_text: Callable[[object], str] = str
    merge_rule: MergeRule = MergeRule.WHOLE

    def is_equal(self, a: object, b: object) -> bool:
        return self.as_text(a) == self.as_text(b)

    def display(self, value: object) -> str:
        return self.as_text(value)


class MergeGuard:
    """Requires a decision on incoming texts that a rule would accept. This base class requires none."""

    def needs_decision(self, field: MergedField, base: object, incoming: object) -> bool:
        """Whether a text that differs from the base and the stored text is a conflict as a whole."""
        return False

    def needs_decision_on_paragraph(self, paragraph: str) -> bool:
        """Whether any incoming change of this paragraph of the base is a conflict."""
        return False

    def covers(self, field: MergedField) -> bool:
        """Whether the guard applies to this field at all."""
        return False


@dataclass(frozen=True)
class FieldConflict:
    """A field or paragraph that both sides changed, as text. Each text may be empty."""

    name: str
    base: str
    stored: str
    incoming: str
    by_paragraph: bool = False
    is_guarded: bool = False
    """Whether a `MergeGuard` requires the decision."""
    occurrence: int = 0
    """How many conflicts before this one differ from it in the incoming text only."""

    @property
    def key(self) -> str:
        """The form field of its choice. It stays when the incoming text changes, but not when the stored one does."""
        digest = hashlib.blake2s("\0".join((self.name, self.base, self.stored)).encode(), digest_size=8)
        return f"settle-{digest.hexdigest()}{f'-{self.occurrence}' if self.occurrence else ''}"

    @property
    def choices(self) -> tuple[str, ...]:
        """The valid choices. BOTH, one after the other, is valid for paragraphs only, and not with a guard."""
        if self.is_guarded:
            return (STORED, INCOMING)
        return (INCOMING, STORED, BOTH) if self.by_paragraph else (INCOMING, STORED)

    def text(self, choice: str) -> str:
        """Return the text of a choice."""
        both = "\n\n".join(text for text in (self.stored, self.incoming) if text)
        return {STORED: self.stored, BOTH: both}.get(choice, self.incoming)

    @property
    def stored_change(self) -> tuple[DiffPassage, ...]:
        """The stored text, compared with the base by word."""
        return tuple(compare_texts(self.base, self.stored).passages)

    @property
    def incoming_change(self) -> tuple[DiffPassage, ...]:
        """The incoming text, compared with the base by word."""
        return tuple(compare_texts(self.base, self.incoming).passages)


@dataclass
class FieldMerge:
    """A merged record: its `values`, the names of fields with content `from_stored`, and undecided `conflicts`."""

    values: Values = dataclass_field(default_factory=dict)
    from_stored: list[str] = dataclass_field(default_factory=list)
    conflicts: list[FieldConflict] = dataclass_field(default_factory=list)
    all_conflicts: list[FieldConflict] = dataclass_field(default_factory=list)
    """All conflicts, decided or not. A form shows all of them until none is undecided, so that no choice is lost."""


@dataclass
class _Merger:
    """A merge in progress: its result, the function that decides conflicts, and the occurrences of each."""

    choose: Callable[[FieldConflict], str]
    guard: MergeGuard
    result: FieldMerge = dataclass_field(default_factory=FieldMerge)
    occurrences: dict[str, int] = dataclass_field(default_factory=dict)

    def decide(self, name: str, *sides: str, **options: bool) -> tuple[FieldConflict, str]:
        """Return a conflict and its choice, or ""; an undecided conflict is added to the result."""
        conflict = FieldConflict(name, *sides, **options)
        occurrence = self.occurrences.get(conflict.key, 0)
        self.occurrences[conflict.key] = occurrence + 1
        conflict = replace(conflict, occurrence=occurrence)
        self.result.all_conflicts.append(conflict)
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
        """Take each paragraph from the side that changed it."""
        needs_decision = (
            self.guard.needs_decision_on_paragraph if self.guard.covers(field) else _needs_no_decision
        )

        def decide(conflict: TextConflict) -> str:
            sides = conflict.base, conflict.theirs, conflict.ours
            options = {"by_paragraph": True, "is_guarded": needs_decision(conflict.base)}
            field_conflict, choice = self.decide(field.name, *sides, **options)
            return field_conflict.text(choice)

        base, stored, incoming = (_to_text(side) for side in (base, stored, incoming))
        text = merge_texts(base, incoming, stored, needs_decision=needs_decision).resolve(decide)
        self.result.values[field.name] = text
        if not field.is_equal(text, incoming):
            self.result.from_stored.append(field.name)

    def merge_set(self, field: MergedField, base, stored, incoming) -> None:
        """Apply the additions and removals of both sides; the order is that of the incoming side, then the stored."""
        self.take_stored(field, merge_set(base or (), stored, incoming))


def _needs_no_decision(paragraph: str) -> bool:
    return False


def _to_text(value: object) -> str:
    return str(value or "").replace("\r\n", "\n")


def merge_set(base: Iterable, stored: Iterable, incoming: Iterable) -> list:
    """Return the items of a set after the additions and removals of both sides; case of text is ignored."""
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
        fields: declarations; fields with `merge_rule` None, and those not in `incoming`, are skipped.
        base: the values that both sides started from: `BaseValues` (of a revision or a file), `Fingerprints` or
            `NoBase`.
        stored: the values in the database.
        incoming: the values of a form or a file.
        choose: returns the choice for a conflict: "stored", "incoming", "both", or "" for undecided.
        guard: requires decisions on changes that a rule would accept.

    Returns:
        The merged values and the undecided conflicts, for which the values are the incoming ones.
    """
    merger = _Merger(choose, guard or MergeGuard())
    for field in fields:
        if field.merge_rule and field.name in incoming:
            _merge_field(merger, field, base, stored[field.name], incoming[field.name])
    return merger.result


def _merge_field(merger: _Merger, field: MergedField, base, stored: object, incoming: object) -> None:
    base_value = base.value(field)
    is_covered = merger.guard.covers(field)
    if field.is_equal(stored, incoming):
        merger.result.values[field.name] = incoming
    elif base.equals(field, incoming):
        merger.take_stored(field, stored)
    elif is_covered and merger.guard.needs_decision(field, base_value, incoming):
        merger.merge_whole(field, base_value, stored, incoming, is_guarded=True)
    elif base.equals(field, stored) and not (is_covered and field.merge_rule == MergeRule.PARAGRAPHS):
        merger.result.values[field.name] = incoming
    else:
        MERGERS[field.merge_rule](merger, field, base_value, stored, incoming)


def shared_paragraphs(text: str, other: str) -> str:
    """Return the paragraphs that two texts have in common: a base for merging them when the real one is unknown."""
    paragraphs = [
        passage.text
        for passage in compare_texts(text, other).passages
        if passage.change is DiffOperation.KEPT
    ]
    return join_paragraphs(paragraphs)
