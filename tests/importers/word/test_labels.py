"""Notes of a later file keep the labels they had, so that a merge compares notes and not their numbers."""

from publications.diff import merge_texts
from publications.importers.word import align_note_labels

EARLIER = "One[^1] and two[^2].\n\n[^1]: First note.\n\n[^2]: Second note.\n\n    Its second paragraph."


def test_a_note_that_was_put_in_between_moves_no_other():
    later = (
        "One[^1] new[^2] and two[^3].\n\n[^1]: First note.\n\n[^2]: New note.\n\n"
        "[^3]: Second note.\n\n    Its second paragraph."
    )

    assert align_note_labels(later, EARLIER) == (
        "One[^1] new[^3] and two[^2].\n\n[^1]: First note.\n\n[^3]: New note.\n\n"
        "[^2]: Second note.\n\n    Its second paragraph."
    )


def test_a_note_that_was_changed_keeps_its_label():
    later = EARLIER.replace("First note", "First note, corrected")

    assert align_note_labels(later, EARLIER) == later


def test_a_new_note_takes_no_label_that_an_editor_has_used():
    later = "One[^1] and two[^2] and three[^3].\n\n[^1]: First note.\n\n[^2]: Second note.\n\n    Its second paragraph.\n\n[^3]: Third."

    labelled = align_note_labels(later, EARLIER, reserved_texts=["Ours[^3].\n\n[^3]: The editor's own."])

    assert "three[^4]" in labelled and "[^4]: Third." in labelled


def test_a_new_note_of_the_author_and_a_change_of_the_editor_merge_without_conflict():
    base = "A first paragraph[^1].\n\nA second paragraph[^2].\n\n[^1]: One.\n\n[^2]: Two."
    ours = base.replace("second paragraph[^2]", "second, better paragraph[^2]")
    theirs = "A first paragraph[^1], with more[^2].\n\nA second paragraph[^3].\n\n[^1]: One.\n\n[^2]: New.\n\n[^3]: Two."

    merged = merge_texts(base, ours, align_note_labels(theirs, base, reserved_texts=[ours]))

    assert merged.text == (
        "A first paragraph[^1], with more[^3].\n\nA second, better paragraph[^2].\n\n[^1]: One.\n\n[^3]: New.\n\n[^2]: Two."
    )
