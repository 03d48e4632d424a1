"""Intake: manuscripts become working copies, one by one or many together, and both ways write the same."""

import hashlib
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publications import deeds, intake
from publications.intake import Bundle, Register, Unknown
from publications.manuscript import Attachment, Byline, Manuscript, Picture
from publications.models import Author, Image, Publication, Revision, Tag
from tests.factories import make_author, make_tag, picture_bytes, saved
from tests.test_manuscript import MANUSCRIPTS

pytestmark = pytest.mark.django_db
UID = "6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a7{}"


def text(number: int = 1, **fields) -> Manuscript:
    fields = {
        "title": f"Piece {number}",
        "body": "Text.",
        "summary": "Summary.",
        "slug": f"piece-{number}",
        **fields,
    }
    return Manuscript(uid=UID.format(number), **fields)


def test_what_is_cut_off_a_title_is_told():
    report = intake.take_in(text(title="word " * 60 + "end"), by=None)

    assert len(report.publication.title) <= 250
    assert "longer than 250 characters" in report.told[0] and "end" in report.told[0]


def test_several_attachments_of_a_manuscript_written_by_hand_all_come_in():
    named = tuple(Attachment(file=name, label=name, digest="") for name in ("a.pdf", "b.csv", "c.txt"))
    files = {each.file: each.file.encode() for each in named}

    report = intake.take_in(text(attachments=named), files, by=None)

    assert report.told == []
    assert [file.filename for file in report.publication.attachments.all()] == ["a.pdf", "b.csv", "c.txt"]


def test_many_together_are_as_one_by_one():
    texts = [text(n, tags=("EU", "Nato"), bylines=(Byline(author="ann", name="Ann"),)) for n in range(3)]
    intake.take_in_many([(each, Bundle(), None) for each in texts], by=None, register=Register())
    together = list(
        Revision.objects.order_by("publication__uid").values_list("manuscript", "digest", "number", "why")
    )
    Publication.objects.all().delete()

    for each in texts:
        intake.take_in(each, by=None)

    alone = Revision.objects.order_by("publication__uid").values_list("manuscript", "digest", "number", "why")
    assert list(alone) == together


def test_a_translation_that_comes_together_with_its_original_finds_it():
    texts = [text(1), text(2), text(3, translation_of=UID.format(1).upper())]

    reports = intake.take_in_many([(each, Bundle(), None) for each in texts], by=None, register=Register())

    original, _other, translation = (report.publication for report in reports)
    assert Publication.objects.get(pk=translation.pk).translation_of == original


def test_many_together_follow_their_texts():
    before = [text(n, tags=("EU", "Nato"), bylines=(Byline(author="ann"),)) for n in range(3)]
    intake.take_in_many([(each, Bundle(), None) for each in before], by=None, register=Register())
    pieces = list(Publication.objects.order_by("uid"))
    after = [text(n, tags=("Nato", "Grain"), bylines=(Byline(author="bo"),)) for n in range(3)]

    intake.take_in_many(
        [(each, Bundle(), piece) for each, piece in zip(after, pieces, strict=True)],
        by=None,
        register=Register(),
    )

    rows = Publication.objects.values_list("uid", "tags__name", "bylines__author__slug").order_by(
        "uid", "tags__name"
    )
    assert [row[1:] for row in rows] == [("Grain", "bo"), ("Nato", "bo")] * 3


def test_one_that_cannot_be_taken_in_leaves_the_others():
    texts = [text(1), text(2, kind="poem"), text(3, language="xx")]

    reports = intake.take_in_many([(each, Bundle(), None) for each in texts], by=None, register=Register())

    assert [isinstance(report, Unknown) for report in reports] == [False, True, True]
    assert Publication.objects.get().title == "Piece 1"


def test_tags_that_differ_in_case_are_one():
    make_tag("EU")

    intake.take_in(text(tags=("eu", "Eu", "Östersjön", "östersjön")), by=None)

    assert set(Tag.objects.values_list("name", flat=True)) == {"EU", "Östersjön"}


def test_an_author_is_found_by_address_name_or_alias():
    one, other = make_author("Ann Berg", slug="ann"), make_author("Bo Ek", aliases="B. Ek")
    lines = (Byline(author="ann", name="Another"), Byline(author="x", name="b. ek"))

    report = intake.take_in(text(bylines=lines), by=None)

    assert [line.author for line in report.publication.bylines.all()] == [one, other] and not report.told


def test_two_of_a_list_who_share_a_name_are_two():
    register = Register(["bo", "bo-ek"])
    lines = (Byline(author="bo", name="Bo Ek"), Byline(author="bo-ek", name="Bo Ek"))

    intake.take_in(text(bylines=lines), Bundle(staff=frozenset({"bo", "bo-ek"})), by=None, register=register)

    assert set(Author.objects.values_list("slug", "guest")) == {("bo", False), ("bo-ek", False)}


def test_a_rehearsal_stores_no_file(settings):
    picture = Picture(key="abcdefgh23", file="a/port.png", alt={"en": "A port"})
    bundle = Bundle({"a/port.png": picture_bytes()}, is_rehearsal=True)

    intake.take_in(text(images=(picture,), cover="abcdefgh23"), bundle, by=None)

    assert Image.objects.get().filename == "port.png" and not settings.ORIGINALS.exists()


def test_what_was_taken_in_brings_no_news():
    taken = text(
        tags=("EU", "nato"), bylines=(Byline(author="ann", name="Ann"),), key_points=("One.", "Two.")
    )
    intake.take_in(taken, by=None)

    standing = intake.since_import([taken.uid])[taken.uid]

    assert not standing.brings_news(taken, Register(), {}) and not standing.is_edited


@pytest.mark.parametrize("field", ["title", "body", "summary", "slug"])
def test_whatever_is_changed_brings_news(field):
    intake.take_in(text(), by=None)

    standing = intake.since_import([text().uid])[text().uid]

    assert standing.brings_news(text(**{field: "changed"}), Register(), {})


def test_what_the_desk_has_saved_is_an_edit_and_a_save_without_change_is_none():
    piece = intake.take_in(text(), by=None).publication
    saved(piece)
    before = intake.since_import([text().uid])[text().uid].is_edited
    saved(piece, body="Another text.")

    after = intake.since_import([text().uid])[text().uid].is_edited

    assert (before, after) == (False, True)


def standing(number: int = 1) -> intake.Standing:
    return intake.since_import([UID.format(number)])[UID.format(number)]


def test_an_edit_that_was_taken_back_is_none():
    piece = intake.take_in(text(), by=None).publication
    saved(piece, body="Another text.")
    saved(piece, body="Text.")

    assert not standing().is_edited


def test_a_redaction_is_an_edit_though_the_working_copy_stays_as_it_was():
    piece = intake.take_in(text(body="Ann was there."), by=None).publication
    intake.take_in(text(body="Text."), by=None)
    deeds.redact(piece, "Ann was there", by=None)

    assert standing().is_edited


def test_what_is_saved_after_a_redaction_is_an_edit_too():
    piece = intake.take_in(text(body="Ann was there. Text."), by=None).publication
    deeds.redact(piece, "Ann was there.", by=None)
    saved(Publication.objects.get(), body="Ann was there. Text.")

    assert standing().is_edited


def test_a_note_of_the_desk_stays_where_a_file_brings_none():
    piece = intake.take_in(text(), by=None).publication
    saved(piece, note="Ask Ann.")

    intake.take_in(text(body="Another text."), by=None)

    assert Publication.objects.get().note == "Ask Ann."


KINDS, LANGUAGES = st.sampled_from(["report", "commentary"]), st.sampled_from(["en", "sv", "ar"])


def with_its_files(text: Manuscript) -> tuple[Manuscript, dict[str, bytes]]:
    """The manuscript with every second of its attachments and all its pictures as files."""
    attached = [
        replace(each, digest=hashlib.sha256(each.file.encode()).hexdigest()) for each in text.attachments
    ]
    images = [each for each in text.images if each.file not in [other.file for other in attached]]
    files = {each.file: each.file.encode() for each in attached[::2]}
    files |= {each.file: picture_bytes() for each in images}
    return replace(text, attachments=attached, images=images), files


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=MANUSCRIPTS, kind=KINDS, language=LANGUAGES, original=st.sampled_from(["", UID.format(7)]))
def test_no_manuscript_brings_news_twice(written, kind, language, original):
    """A second run changes nothing, however much of the manuscript the site has no place for."""
    written = replace(written, uid=UID.format(1), kind=kind, language=language, translation_of=original)
    written, files = with_its_files(written)
    with transaction.atomic():
        intake.take_in(written, Bundle(files, is_rehearsal=True), by=None)

        has_news = standing().brings_news(written, Register(), files)

        transaction.set_rollback(True)
    assert not has_news


def test_no_piece_is_a_translation_of_itself():
    intake.take_in(text(), by=None)

    piece = intake.take_in(text(translation_of=text().uid), by=None).publication

    assert piece.translation_of is None and not standing().brings_news(
        text(translation_of=text().uid), Register(), {}
    )


def test_what_names_itself_as_its_original_is_told_so():
    intake.take_in(text(1), by=None)
    intake.take_in(text(2, translation_of=UID.format(1)), by=None)

    reports = [intake.take_in(text(n, translation_of=UID.format(n)), by=None) for n in (2, 3)]

    assert not Publication.objects.exclude(translation_of=None)
    assert all("cannot be a translation of itself" in report.told[0] for report in reports)


@pytest.mark.parametrize("is_together", [True, False])
def test_an_original_of_others_becomes_no_translation(is_together):
    intake.take_in(text(1), by=None)
    intake.take_in(text(3), by=None)
    arriving = [text(2, translation_of=UID.format(1)), text(1, translation_of=UID.format(3))]

    if is_together:
        known = Publication.objects.get(uid=UID.format(1))
        reports = intake.take_in_many(
            [(arriving[0], Bundle({}), None), (arriving[1], Bundle({}), known)], by=None, register=Register()
        )
    else:
        reports = [intake.take_in(each, by=None) for each in arriving]

    assert parents() == {2: 1}
    assert "original of other translations" in reports[1].told[0]
    assert not standing().brings_news(arriving[1], Register(), {})


def test_what_names_a_translation_that_has_just_become_one_joins_its_family():
    for number in (1, 2, 3):
        intake.take_in(text(number), by=None)
    one, two = (Publication.objects.get(uid=UID.format(number)) for number in (1, 2))
    register = Register()
    register.original(UID.format(2))

    intake.take_in_many(
        [
            (text(2, translation_of=UID.format(1)), Bundle({}), two),
            (text(4, translation_of=UID.format(2)), Bundle({}), None),
            (text(1, translation_of=UID.format(2)), Bundle({}), one),
        ],
        by=None,
        register=register,
    )

    assert parents() == {2: 1, 4: 1}


def parents() -> dict[int, int]:
    """Which piece is a translation of which, by the numbers of their uids."""
    rows = Publication.objects.exclude(translation_of=None).values_list("uid", "translation_of__uid")
    return {int(str(own)[-1]): int(str(original)[-1]) for own, original in rows}
