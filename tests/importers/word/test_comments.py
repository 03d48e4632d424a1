"""Comments of Word files: threads with their replies, at their words, and once however often a file comes."""

from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement

import pytest

from publications.importers.word import drafts
from publications.importers.word.annotations import CommentRanges, WordComment
from tests.word_files import docx, p

pytestmark = pytest.mark.django_db


def comments_part(*comments: tuple[str, str, str]) -> Element:
    """A comments part of (id, text, id of its paragraph)."""
    root = Element("w:comments")
    for identity, text, paragraph_id in comments:
        comment = SubElement(root, "w:comment", {"w:id": identity, "w:author": "Bo"})
        paragraph = SubElement(comment, "w:p", {"w14:paraId": paragraph_id})
        SubElement(SubElement(paragraph, "w:r"), "w:t").text = text
    return root


def extended_part(*entries: dict[str, str]) -> Element:
    root = Element("w15:commentsEx")
    for entry in entries:
        SubElement(root, "w15:commentEx", {f"w15:{name}": value for name, value in entry.items()})
    return root


def test_replies_name_their_thread_and_are_resolved_with_it():
    part = comments_part(("1", "So?", "A"), ("2", "Yes.", "B"), ("3", "And?", "C"))
    extended = extended_part(
        {"paraId": "A", "done": "1"}, {"paraId": "B", "paraIdParent": "A"}, {"paraId": "C", "done": "0"}
    )

    comments = CommentRanges().read(part, extended)

    assert [(row.text, row.reply_to, row.is_resolved) for row in comments] == [
        ("So?", None, True),
        ("Yes.", 0, True),
        ("And?", None, False),
    ]


def test_a_file_without_threads_has_comments_alone():
    assert [row.reply_to for row in CommentRanges().read(comments_part(("1", "So?", "A")), None)] == [None]


def test_threads_are_stored_with_their_replies_once():
    content = docx(p("Rye is grain. Rye is grey."))
    comments = [
        WordComment("Bo", "So?", "Rye", suffix=" is grey."),
        WordComment("Cy", "Yes.", "Rye", reply_to=0, is_resolved=True),
        WordComment("Bo", "And?", "oats"),
    ]
    document = replace(drafts.read_word_file(content, "a.docx"), comments=comments)
    word_file = drafts.import_word(document, content, "a.docx", by=None)
    later = [*comments, WordComment("Di", "No.", "Rye", reply_to=0), WordComment("Bo", "And?", "oats")]

    drafts.apply_annotations(word_file, replace(document, comments=later))

    rows = word_file.publication.comments.order_by("pk")
    assert [(row.text, row.quote, row.start, row.thread and row.thread.text) for row in rows] == [
        ("So?", "Rye", 14, None),
        ("And?", "oats", None, None),
        ("Yes.", "", None, "So?"),
        ("And?", "oats", None, None),
        ("No.", "", None, "So?"),
    ]
    assert not any(row.resolved_at for row in rows)
