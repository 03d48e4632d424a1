"""The marks of earlier redactions in a form that is older: which typed words are the passage, and which may be."""

import pytest

from publications import actions
from publications.admin.redacted_passages import RedactedPassages, load_redacted_passages
from publications.models import AuditEntry
from tests.actions.former_marks import redact_with_former_mark
from tests.factories import make_publication

MARK = "[redacted]"


def redactions(*numbers: int, mark: str = MARK, **marks: frozenset) -> RedactedPassages:
    return RedactedPassages({mark: frozenset(numbers or (1,)), **marks}, are_all_known=True)


@pytest.mark.parametrize(("length", "is_known"), [(99, True), (100, True), (101, False)])
def test_a_passage_has_a_hundred_characters_at_most(length, is_known):
    one_word, stored = "x" * length, f"Then {MARK} spoke there."
    known = redactions()

    text = known.redact(f"Then {one_word} spoke there.", stored)

    assert (text == stored) is is_known
    assert known.contains_passage(one_word) is is_known


@pytest.mark.parametrize(("passage", "is_known"), [("Abc", True), ("Ab", False)])
def test_a_passage_has_three_characters_at_least(passage, is_known):
    known = redactions()

    assert (
        known.redact(f"Then {passage} spoke there.", f"Then {MARK} spoke there.")
        == f"Then {MARK} spoke there."
    )

    assert known.passages == ({passage} if is_known else set())


def test_words_typed_beside_a_passage_of_two_words_are_unclear():
    typed, known = "Yesterday Ivan Petrov came back.", redactions(2)

    assert known.redact(typed, f"{MARK} came back.") == typed

    assert not known.passages
    assert known.may_contain_passage(["Later ivan petrov spoke."])
    assert not known.may_contain_passage(["Yesterday was quiet.", "Ivan.", "Petrov."])


def test_short_words_typed_beside_a_passage_are_no_passage():
    known = redactions()

    known.redact("Of Petrov came back.", f"{MARK} came back.")

    assert known.may_contain_passage(["Petrov spoke."]) and not known.may_contain_passage(["Of nobody."])


def test_a_mark_within_another_is_not_taken_for_it():
    known = RedactedPassages({"N.": frozenset({1}), "N.N.": frozenset({2})}, are_all_known=True)

    text = known.redact("Then Ivan Petrov met Holm there.", "Then N.N. met N. there.")

    assert text == "Then N.N. met N. there."
    assert known.passages == {"Ivan Petrov", "Holm"}


def test_two_marks_side_by_side_stand_for_two_passages():
    known = redactions()

    assert (
        known.redact("Then Petrov/Holm spoke.", f"Then {MARK}/{MARK} spoke.") == f"Then {MARK}/{MARK} spoke."
    )

    assert known.passages == {"Petrov", "Holm"}


@pytest.mark.parametrize("typed", ["Then 'Petrov' spoke.", "Then Ivan Petrov spoke.", "Then Petrov, spoke."])
def test_typed_words_with_signs_or_more_words_than_the_passage_stay(typed):
    assert redactions().redact(typed, f"Then {MARK} spoke.") == typed


def test_a_text_without_a_mark_is_not_touched():
    known = redactions()

    assert known.redact("Then Petrov spoke.", "Then nobody spoke.") == "Then Petrov spoke."
    assert not known.may_be_redacted("Then nobody spoke.") and known.may_be_redacted(f"Then {MARK} spoke.")


def test_where_marks_are_not_known_any_text_may_be_touched():
    known = RedactedPassages({}, are_all_known=False)

    assert known.may_be_redacted("Then nobody spoke.")
    assert known.redact("Then Petrov spoke.", "Then nobody spoke.") == "Then Petrov spoke."
    assert known.is_ambiguous("One.\n\nTwo.", "One.")
    assert not known.is_ambiguous("One.", "One.")


def test_without_marks_every_letter_is_plain():
    assert RedactedPassages({}, are_all_known=True).redact("((?!)) Petrov.", "Nobody.") == "((?!)) Petrov."


def test_paragraphs_are_redacted_like_those_they_were():
    known = redactions()
    stored = f"Then {MARK} spoke there.\n\nMinsk was quiet.\n\nNobody met {MARK} at all."

    text = known.redact_paragraphs(
        "Nobody met Petrov at all.\n\nMinsk was very quiet.\n\nThen Petrov spoke there.", stored
    )

    assert text == f"Nobody met {MARK} at all.\n\nMinsk was very quiet.\n\nThen {MARK} spoke there."
    assert known.passages == {"Petrov"}


def test_a_paragraph_put_in_beside_changed_ones_is_hard_to_tell():
    stored = f"Then {MARK} spoke for an hour there.\n\nMinsk was quiet."

    assert redactions().is_ambiguous(f"{stored}\n\nHe spoke for an hour there.", stored)
    assert not redactions().is_ambiguous(f"{stored}\n\nGrain was late again.", stored)


@pytest.mark.django_db
@pytest.mark.parametrize("mark", [MARK, "*N.N.*", ""])
def test_the_marks_of_a_publication_are_known_with_their_numbers_of_words(mark, editor):
    publication = make_publication(body="Ivan Petrov spoke. Holm spoke.")
    for passage in ("Ivan Petrov", "Holm"):
        redact_with_former_mark(publication, passage, mark, by=editor)

    known = load_redacted_passages(publication)

    assert known.are_all_known is (mark != "")
    if mark == "":
        assert known.marks == {}
    else:
        assert set(known.marks.values()) == {frozenset({1, 2})} and mark in known.marks


@pytest.mark.django_db
def test_a_redaction_without_its_number_of_words_leaves_the_number_open(editor):
    publication = make_publication(body="Ivan Petrov spoke.")
    actions.redact(publication, "Ivan Petrov", by=editor)
    AuditEntry.objects.filter(publication=publication).update(detail={"mark": MARK})

    assert load_redacted_passages(publication).marks[MARK] == frozenset()


@pytest.mark.django_db
def test_a_publication_that_was_never_redacted_has_no_marks():
    known = load_redacted_passages(make_publication())

    assert (known.marks, known.are_all_known) == ({}, False)
