"""Two changes of one record: what only one side changed is followed, the rest is a conflict with a choice."""

from datetime import UTC, datetime

import pytest

from publications.diff import (
    BaseValues,
    Fingerprints,
    MergeGuard,
    NoBase,
    RowField,
    merge_fields,
    merge_set,
    shared_paragraphs,
)
from publications.publication_fields import FIELDS

BASE = {"title": "A", "slug": "a", "body": "One.\n\nTwo.", "tags": ["EU"]}


def merged(base=None, *, stored=None, incoming=None, choose=lambda conflict: "", **options):
    base = BASE if base is None else base
    sides = {**base, **(stored or {})}, {**base, **(incoming or {})}
    return merge_fields(FIELDS, BaseValues(base), *sides, choose=choose, **options)


def test_a_field_that_only_one_side_changed_is_followed_and_stored_is_named():
    result = merged(stored={"slug": "c"}, incoming={"title": "B"})

    assert (result.values["title"], result.values["slug"]) == ("B", "c")
    assert (result.from_stored, result.conflicts) == (["slug"], [])


def test_a_field_that_both_changed_to_the_same_is_no_conflict():
    result = merged(stored={"title": "B"}, incoming={"title": " B\r\n"})

    assert (result.conflicts, result.from_stored) == ([], [])


def test_a_field_that_both_changed_is_a_conflict_with_two_choices():
    result = merged(stored={"title": "B"}, incoming={"title": "C"})

    (conflict,) = result.conflicts
    assert (conflict.base, conflict.stored, conflict.incoming) == ("A", "B", "C")
    assert conflict.choices == ("incoming", "stored")


@pytest.mark.parametrize(
    ("choice", "title", "from_stored"), [("stored", "B", ["title"]), ("incoming", "C", [])]
)
def test_a_choice_resolves_a_conflict(choice, title, from_stored):
    result = merged(stored={"title": "B"}, incoming={"title": "C"}, choose=lambda conflict: choice)

    assert (result.values["title"], result.from_stored, result.conflicts) == (title, from_stored, [])


@pytest.mark.parametrize("choice", ["both", "mine", "STORED"])
def test_what_is_no_choice_of_a_conflict_resolves_nothing(choice):
    result = merged(stored={"title": "B"}, incoming={"title": "C"}, choose=lambda conflict: choice)

    assert len(result.conflicts) == 1


def test_both_texts_of_a_paragraph_stand_stored_first():
    result = merged(
        stored={"body": "One.\n\nB."}, incoming={"body": "One.\n\nC."}, choose=lambda conflict: "both"
    )

    assert result.values["body"] == "One.\n\nB.\n\nC."
    assert result.from_stored == ["body"]


def test_equal_conflicts_are_chosen_one_by_one():
    base = {"body": "Same.\n\nApart.\n\nSame."}
    sides = {"stored": {"body": "B.\n\nApart.\n\nB."}, "incoming": {"body": "C.\n\nApart.\n\nD."}}

    first, second = merged(base, **sides).conflicts
    result = merged(
        base, **sides, choose=lambda conflict: "stored" if conflict.key == first.key else "incoming"
    )

    assert first.key != second.key
    assert result.values["body"] == "B.\n\nApart.\n\nD."


def test_a_key_changes_with_what_is_stored_and_not_with_what_is_typed():
    def key(stored: str, incoming: str) -> str:
        return merged(stored={"title": stored}, incoming={"title": incoming}).conflicts[0].key

    assert key("B", "C") == key("B", "C, typed on")
    assert key("B", "C") != key("B again", "C")


def test_tags_of_either_stay_and_those_that_either_removed_go():
    assert merge_set(["Belarus", "EU"], ["EU", "Theirs"], ["belarus", "EU", "Mine"]) == [
        "EU",
        "Mine",
        "Theirs",
    ]
    assert merge_set([], ["eu"], ["EU", "Mine"]) == ["eu", "Mine"]


def test_without_a_base_every_difference_is_a_conflict():
    result = merge_fields(FIELDS, NoBase(), {"title": "C", "body": "B"}, {"title": "A", "body": "B"})

    assert [conflict.name for conflict in result.conflicts] == ["title"]


def test_seconds_of_a_date_are_no_change():
    at = datetime(2026, 1, 2, 3, 4, 56, tzinfo=UTC)

    result = merged({"published_at": at}, incoming={"published_at": at.replace(second=0)}, stored={})

    assert result.conflicts == []


FIELDS_OF_ROW = [RowField("name"), RowField("text")]


@pytest.mark.parametrize(
    ("stored", "typed", "name", "conflicts"),
    [
        ("As it was", "Mine", "Mine", []),
        ("Theirs", "As it was", "Theirs", []),
        ("Same", "Same", "Same", []),
        ("Theirs", "Mine", "Mine", ["name"]),
    ],
)
def test_fingerprints_are_base_enough(stored, typed, name, conflicts):
    opened_with = str(Fingerprints.of(FIELDS_OF_ROW, {"name": "As it was", "text": ""}))

    result = merge_fields(
        FIELDS_OF_ROW,
        Fingerprints.parse(opened_with),
        {"name": stored, "text": ""},
        {"name": typed, "text": ""},
    )

    assert result.values == {"name": name, "text": ""}
    assert [conflict.name for conflict in result.conflicts] == conflicts


def test_a_guard_asks_about_texts_that_a_rule_would_follow():
    class Guard(MergeGuard):
        def covers(self, field) -> bool:
            return field.name in ("title", "body")

        def needs_decision(self, field, base, incoming) -> bool:
            return field.name == "title"

        def needs_decision_on_paragraph(self, paragraph: str) -> bool:
            return "Two" in paragraph

    result = merged(incoming={"title": "B", "slug": "c", "body": "One, typed.\n\nTwo, typed."}, guard=Guard())

    assert [(conflict.name, conflict.incoming) for conflict in result.conflicts] == [
        ("title", "B"), ("body", "Two, typed."),
    ]  # fmt: skip
    assert all(conflict.choices == ("stored", "incoming") for conflict in result.conflicts)


def test_shared_paragraphs_are_those_that_two_texts_have():
    assert shared_paragraphs("One.\n\nTwo.\n\nThree.", "One.\n\nOther.\n\nThree.") == "One.\n\nThree."
