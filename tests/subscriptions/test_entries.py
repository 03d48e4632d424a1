"""Entries of mails: one for each publication, the gravest first, and the subject and the line beside it."""

from dataclasses import replace

import pytest

from subscriptions.entries import (
    GRAVE_TYPES,
    MAX_SUBJECT_CHARACTERS,
    MailEntry,
    describe_many,
    merge_entries,
    preview_many,
    sort_entries,
)
from subscriptions.models import AlertType

ENTRY = MailEntry(AlertType.NEW, "Gas", "en", "ltr", summary="In short.")


def make_entries(*types: str) -> list[MailEntry]:
    """Return entries of one text, each with a note that is its type."""
    return [replace(ENTRY, type=AlertType(each), note="" if each == "new" else each) for each in types]


@pytest.mark.parametrize(
    ("types", "label", "note"),
    [
        (("new",), "New", ""),
        (("new", "corrected"), "New, corrected since", "corrected"),
        (("new", "updated"), "New, updated since", "updated"),
        (("new", "corrected", "updated"), "New, corrected since", "corrected\nupdated"),
        (("corrected", "updated"), "Corrected, updated since", "corrected\nupdated"),
        (("updated", "corrected"), "Corrected", "updated\ncorrected"),
        (("corrected", "corrected"), "Corrected", "corrected"),
        (("new", "again"), "New", "again"),
        (("new", "concern", "lifted"), "New", ""),
        (("new", "corrected", "concern", "lifted"), "New, corrected since", "corrected"),
        (("updated", "lifted"), "Concern lifted", "lifted"),
        (("concern", "lifted"), "Concern lifted", "lifted"),
        (("again",), "Published again", "again"),
        (("new", "retracted"), "Retracted", "retracted"),
        (("new", "withdrawn"), "Withdrawn", "withdrawn"),
    ],
)
def test_of_each_publication_a_mail_says_all_that_its_reader_has_to_know(types, label, note):
    merged = merge_entries(make_entries(*types))

    assert (merged.label, merged.note) == (label, note) and merged.subject == f"{label}: “Gas”"


def test_what_no_reader_may_miss_comes_first_and_what_is_new_before_changes():
    entries = make_entries("updated", "new", *GRAVE_TYPES, "corrected")
    changed = merge_entries(make_entries("new", "corrected"))

    ordered = sort_entries([*entries, changed])

    types = [entry.type for entry in ordered]
    assert types[: len(GRAVE_TYPES)] == list(GRAVE_TYPES)
    assert types[len(GRAVE_TYPES) :] == ["new", "corrected", "updated", "corrected"]
    assert ordered[len(GRAVE_TYPES) + 1] == changed


def test_a_short_subject_has_all_titles_and_a_long_one_the_first_and_how_many_others():
    few = [ENTRY, replace(ENTRY, title="Coal")]
    many = [replace(ENTRY, title="x" * 200), *few]

    assert describe_many(few, 0) == "New: “Gas” · New: “Coal”" and preview_many(few, 0) == "In short."
    assert describe_many(few, 3) == "New: “Gas”, and 4 more" and preview_many(few, 3) == "New: “Coal”"
    assert describe_many(many, 0).endswith("x…”, and 2 more")
    assert len(describe_many(many, 0)) < MAX_SUBJECT_CHARACTERS + 30
    assert preview_many(many, 0) == "New: “Gas” · New: “Coal”"
