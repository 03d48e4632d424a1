"""Tracked changes of Word files are listed, and accepted or rejected completely."""

import pytest

from publications.importers import word
from tests.word_files import deletion, docx, ins, note, note_element, p, r, table


def read(
    body: str, tracked: word.TrackedChangesPolicy = word.TrackedChangesPolicy.ACCEPT, **more
) -> word.WordDocument:
    content = docx(p("Title", style="Title") + body, **more)
    return word.read_word(
        content, "x.docx", word.WordReadOptions(lambda digest: digest[:20], tracked, language="en")
    )


def both(body: str, **more) -> tuple[str, str]:
    """The text with everything accepted, and with everything rejected."""
    return tuple(read(body, tracked, **more).manuscript.body for tracked in word.TrackedChangesPolicy)


def sorts(body: str, **more) -> list[tuple[str, str, str]]:
    return [(change.kind.value, change.by, change.text.strip()) for change in read(body, **more).changes]


def test_insertions_and_deletions():
    body = p("The ", ins(r("very ")), "old ", deletion("tired "), "town.")

    assert both(body) == ("The very old town.", "The old tired town.")
    assert sorts(body) == [("insertion", "Ann", "very"), ("deletion", "Ann", "tired")]


def test_what_one_hand_put_in_at_one_place_is_one_change():
    body = p(
        "A ",
        ins(r("new ")),
        ins(r("red ", "<w:b/>")),
        ins(r("and ", ""), by="Bo"),
        "word ",
        ins(r("more")),
        ".",
    )

    assert [change.by for change in read(body).changes] == ["Ann", "Bo", "Ann"]


def test_what_was_put_in_and_taken_out_again_is_in_neither():
    body = p("A ", '<w:ins w:author="Ann">' + deletion("passing ", by="Bo") + "</w:ins>", "word.")

    assert both(body) == ("A word.", "A word.")
    assert {sort for sort, _by, _text in sorts(body)} == {"insertion", "deletion"}


def mark(kind: str) -> str:
    return f'<w:rPr><w:{kind} w:id="3" w:author="Ann"/></w:rPr>'


def test_a_paragraph_that_was_divided_or_joined():
    divided = p("One. ", form=mark("ins")) + p("Two.")
    joined = p("One. ", form=mark("del")) + p("Two.")

    assert both(divided) == ("One.\n\nTwo.", "One. Two.")
    assert both(joined) == ("One. Two.", "One.\n\nTwo.")
    assert len(sorts(divided)) == len(sorts(joined)) == 1


def test_a_paragraph_that_was_put_in_whole():
    body = p("One.") + p(ins(r("New.")), form=mark("ins")) + p("Two.")

    assert both(body) == ("One.\n\nNew.\n\nTwo.", "One.\n\nTwo.")
    assert sorts(body) == [("insertion", "Ann", "New.")]


def test_rows_of_tables():
    rows = table(["a", "b"], ["c", "d"]).replace(
        "<w:tr>", '<w:tr><w:trPr><w:ins w:author="Ann"/></w:trPr>', 2
    )
    rows = rows.replace('<w:tr><w:trPr><w:ins w:author="Ann"/></w:trPr>', "<w:tr>", 1)
    accepted, rejected = both(rows)

    assert "| c | d |" in accepted and "| c | d |" not in rejected and "| a | b |" in rejected


def test_a_moved_passage_is_one_change_and_stands_once():
    body = p('<w:moveFrom w:author="Ann">' + r("Moved. ") + "</w:moveFrom>", "Stays.") + p(
        "Last. ", '<w:moveTo w:author="Ann">' + r("Moved. ") + "</w:moveTo>"
    )

    assert both(body) == ("Stays.\n\nLast. Moved.", "Moved. Stays.\n\nLast.")
    assert [sort for sort, _by, _text in sorts(body)] == ["move"]


def test_forms_are_as_they_were_where_changes_are_rejected():
    changed = (
        '<w:r><w:rPr><w:b/><w:rPrChange w:author="Ann"><w:rPr/></w:rPrChange></w:rPr><w:t>word</w:t></w:r>'
    )
    body = p("A ", changed, ".")

    assert both(body) == ("A **word**.", "A word.")
    assert [sort for sort, _by, _text in sorts(body)] == ["form"]


def test_changes_in_notes_are_found_and_resolved():
    body = p("Text", note(1), ".")
    footnotes = note_element(1, p("A ", ins(r("new ")), "note."))

    accepted, rejected = both(body, footnotes=footnotes)

    assert accepted.endswith("[^1]: A new note.") and rejected.endswith("[^1]: A note.")
    assert len(read(body, footnotes=footnotes).changes) == 1


@pytest.mark.parametrize(
    ("tracked", "result"), [(word.TrackedChangesPolicy.ACCEPT, 1), (word.TrackedChangesPolicy.REJECT, 0)]
)
def test_a_note_that_was_put_in_comes_and_goes_with_its_mark(tracked, result):
    body = p("Text", ins(note(1)), ".")

    counted = read(body, tracked, footnotes=note_element(1, p("New.")))

    assert counted.counts["footnotes"].kept == result
