"""What is looked for, as any engine can be asked for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One term of the index, or all that begin with it."""

    text: str
    begins: bool = False


@dataclass(frozen=True)
class Phrase:
    """Terms that stand next to each other."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Without:
    """What is wanted, where nothing of the other stands beside it."""

    wanted: "Expression"
    unwanted: "Expression"


Expression = Term | Phrase | AnyOf | AllOf | Without


def any_of(parts: list[Expression]) -> Expression:
    different = tuple(dict.fromkeys(parts))
    return different[0] if len(different) == 1 else AnyOf(different)


def all_of(parts: list[Expression]) -> Expression:
    different = tuple(dict.fromkeys(parts))
    return different[0] if len(different) == 1 else AllOf(different)


def phrase(terms: list[str]) -> Expression:
    return Term(terms[0]) if len(terms) == 1 else Phrase(tuple(terms))


def leaves(expression: Expression) -> Iterator[Term]:
    """The single terms of what is wanted, those of phrases one by one."""
    match expression:
        case Term():
            yield expression
        case Phrase(terms):
            yield from map(Term, terms)
        case AnyOf(parts) | AllOf(parts):
            for part in parts:
                yield from leaves(part)
        case Without(wanted):
            yield from leaves(wanted)


def beside(expression: Expression, marks: Iterable[str]) -> Expression:
    """The same among the editions that bear these marks."""
    return all_of([expression, *map(Term, marks)])
