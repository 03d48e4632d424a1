"""Expressions: what they are made of."""

import pytest

from publications.search.expressions import AllOf, AnyOf, Term, Without, conjuncts

A, B, C, TITLE = map(Term, ("a", "b", "c", "title"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (A, [A]),
        (AnyOf((A, B)), [AnyOf((A, B))]),
        (AllOf((A, AllOf((B, C)))), [A, B, C]),
        (AnyOf((AllOf((A, B)), TITLE)), [AnyOf((A, TITLE)), AnyOf((B, TITLE))]),
        (Without(AllOf((A, B)), C), [A, Without(B, C)]),
        (AnyOf((Without(AllOf((A, B)), C), TITLE)), [AnyOf((A, TITLE)), AnyOf((Without(B, C), TITLE))]),
        (AllOf((AnyOf((AllOf((A, B)), TITLE)), C)), [AnyOf((A, TITLE)), AnyOf((B, TITLE)), C]),
    ],
)
def test_an_expression_is_split_into_what_must_match(expression, expected):
    assert conjuncts(expression) == expected
