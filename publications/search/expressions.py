"""Expressions that an engine finds editions by: terms and phrases, combined by "and", "or" and "not"."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One term of the index, or all terms that start with it."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True)
class Phrase:
    """Consecutive terms."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Without:
    """The editions that match `included` and not `excluded`."""

    included: "Expression"
    excluded: "Expression"


Expression = Term | Phrase | AnyOf | AllOf | Without


def any_of(parts: list[Expression]) -> Expression:
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else AnyOf(distinct)


def all_of(parts: list[Expression]) -> Expression:
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else AllOf(distinct)


def phrase(terms: list[str]) -> Expression:
    return Term(terms[0]) if len(terms) == 1 else Phrase(tuple(terms))


def included_terms(expression: Expression) -> Iterator[Term]:
    """Yield the single terms of what is included, those of phrases one by one."""
    match expression:
        case Term():
            yield expression
        case Phrase(terms):
            yield from map(Term, terms)
        case AnyOf(parts) | AllOf(parts):
            for part in parts:
                yield from included_terms(part)
        case Without(included):
            yield from included_terms(included)


def conjuncts(expression: Expression) -> list[Expression]:
    """Return expressions that match together what this one matches: (a and b) or c as (a or c) and (b or c)."""
    match expression:
        case AllOf(parts):
            return [conjunct for part in parts for conjunct in conjuncts(part)]
        case AnyOf((AllOf() | Without() as both, other)):
            return [AnyOf((conjunct, other)) for conjunct in conjuncts(both)]
        case Without(included, excluded):
            *others, last = conjuncts(included)
            return [*others, Without(last, excluded)]
    return [expression]


def with_terms(expression: Expression, terms: Iterable[str]) -> Expression:
    """Return the expression limited to editions that have all these terms too."""
    return all_of([expression, *map(Term, terms)])
