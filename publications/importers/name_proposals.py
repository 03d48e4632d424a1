"""Names of a source that may be those of authors or topics here, or of others of the source, for a person to decide."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from publications.models import Author, ImportDecision, NameChoice, NameType, Tag
from publications.slugs import fold_name, slugify

from .import_cache import ImportCache
from .name_matching import Name, NameIndex
from .similar_names import NAME_CLASSES, list_names_here
from .source_names import SourceName, read_names

MAX_CANDIDATES = 4
IN_SOURCE = "name"
"""The prefix of the value of a candidate that is another name of the source; that of one here is its model."""


@dataclass(frozen=True)
class NameCandidate:
    """An author or topic here, or another name of the source, that a name may be the same as.

    Args:
        value: what `store_decision` takes for it.
    """

    value: str
    name: str
    is_here: bool


@dataclass(frozen=True)
class NameProposal:
    """A name of a source that is no author or topic here, with what it may be the same as.

    Args:
        is_empty: whether it is a topic that says nothing of a text.
        decision: what was decided on it, or None.
    """

    type: NameType
    name: SourceName
    candidates: tuple[NameCandidate, ...] = ()
    is_empty: bool = False
    decision: ImportDecision | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is something to decide."""
        return not self.decision and bool(self.candidates or self.is_empty)


def build_proposals(stored: dict[str, list[list]], name_type: NameType) -> list[NameProposal]:
    """Return the names of a type that are not here, the open ones first, then as they are spelled.

    Args:
        stored: the names of a report, as `SourceNames.as_dict` returns them.
    """
    import_cache, decisions = ImportCache(), ImportDecision.objects.of_type(name_type)
    names = [
        entry
        for entry in read_names(stored, name_type)
        if fold_name(entry.name) in decisions or not _is_here(entry.name, name_type, import_cache)
    ]
    name_class = NAME_CLASSES[name_type]
    here = NameIndex(list_names_here(name_type, import_cache))
    others = NameIndex((name_class(entry.name), entry.name) for entry in names)
    texts = {entry.name: entry.texts for entry in names}
    proposals = [
        NameProposal(
            name_type,
            entry,
            _find_candidates(name_class(entry.name), here, others, texts),
            is_empty=getattr(name_class(entry.name), "is_empty", False),
            decision=decisions.get(fold_name(entry.name)),
        )
        for entry in names
    ]
    return sorted(proposals, key=lambda proposal: (not proposal.is_open, proposal.name.name.casefold()))


def _is_here(name: str, name_type: NameType, import_cache: ImportCache) -> bool:
    if name_type == NameType.TOPIC:
        return name.casefold() in import_cache.tags
    return import_cache.find_author(slugify(name), name) is not None


def _find_candidates(
    name: Name, here: NameIndex, others: NameIndex, texts: dict[str, int]
) -> tuple[NameCandidate, ...]:
    """Return rows here with similar names, and similar names of the source that are fuller or in more texts."""
    rows: list[Any] = [row for _name, row in here.find_similar(name)]
    rows.sort(key=str)
    fuller = [
        str(other)
        for other_name, other in others.find_similar(name)
        if (other_name.fullness, texts[str(other)]) > (name.fullness, texts[name.name])
    ]
    candidates = [NameCandidate(f"{row._meta.model_name}:{row.pk}", str(row), is_here=True) for row in rows]
    candidates += [NameCandidate(f"{IN_SOURCE}:{other}", other, is_here=False) for other in sorted(fuller)]
    return tuple(candidates[:MAX_CANDIDATES])


def find_new_name(name_type: NameType, name: str, typed: str, stored: dict[str, list[list]]) -> str:
    """Return the name of the author or topic that is made if a name of a source is decided to be a typed one.

    Args:
        stored: the names of a report, as `SourceNames.as_dict` returns them; the author or topic comes with them.

    Returns:
        The typed name, or "" if there is such an author or topic, or it comes anyway.
    """
    target = _build_decision(name_type, name, f"{IN_SOURCE}:{typed}").target
    decided = (
        ImportDecision.objects.filter(type=name_type).exclude(target="").values_list("target", flat=True)
    )
    coming = {fold_name(entry.name) for entry in read_names(stored, name_type)} | set(map(fold_name, decided))
    return "" if fold_name(target) in coming else target


@transaction.atomic
def store_decision(name_type: NameType, name: str, value: str, *, by: User) -> ImportDecision | None:
    """Store what was decided on a name, in place of an earlier decision.

    Args:
        value: that of a candidate, a name after `IN_SOURCE` and a colon, or a `NameChoice`; "" for no decision.

    Returns:
        The decision, or None if there is none: the value is empty, or names nothing that there is.
    """
    decision = _build_decision(name_type, name, value)
    earlier = ImportDecision.objects.of_type(name_type).get(fold_name(name))
    if earlier:
        earlier.delete()
    if decision:
        decision.decided_by = by
        decision.save()
    return decision


def _build_decision(name_type: NameType, name: str, value: str) -> ImportDecision | None:
    kind, _colon, key = value.partition(":")
    decision = ImportDecision(type=name_type, name=name, choice=NameChoice.SAME)
    if kind in (NameChoice.SEPARATE, NameChoice.LEFT_OUT):
        decision.choice = kind
    elif kind == IN_SOURCE:
        _set_target(decision, " ".join(key.split()))
    elif kind == "author" and key.isdecimal():
        decision.author = Author.objects.filter(pk=key).first()
    elif kind == "tag" and key.isdecimal():
        decision.tag = Tag.objects.filter(pk=key).first()
    is_decided = decision.choice != NameChoice.SAME or decision.author or decision.tag or decision.target
    return decision if is_decided else None


def _set_target(decision: ImportDecision, target: str) -> None:
    """Set the row here that has this name, or the name itself, which the next import gives to a new row."""
    import_cache = ImportCache()
    if fold_name(target) == fold_name(decision.name):
        decision.choice = NameChoice.SEPARATE
    elif decision.type == NameType.TOPIC:
        decision.tag = import_cache.tags.get(target.casefold())
    else:
        decision.author = import_cache.find_author("", target)
    if not (decision.author or decision.tag or decision.choice == NameChoice.SEPARATE):
        decision.target = target[: ImportDecision._meta.get_field("target").max_length]


def value_of_decision(decision: ImportDecision) -> str:
    """Return the value that `store_decision` takes for a decision."""
    if decision.choice != NameChoice.SAME:
        return decision.choice
    row = decision.author or decision.tag
    return f"{row._meta.model_name}:{row.pk}" if row else f"{IN_SOURCE}:{decision.target}"
