"""Intake: manuscripts become working copies, one by one or many together, and both ways write the same."""

import hashlib
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publications import actions
from publications.importers.intake import IncomingFiles, IntakeRefused, import_manuscript, import_manuscripts
from publications.importers.reconcile import ImportState, load_import_states
from publications.importers.site_names import SiteNames
from publications.manuscript import Manuscript, ManuscriptByline, ManuscriptFile, ManuscriptImage
from publications.models import Author, Image, Publication, Revision, Tag
from tests.factories import make_author, make_tag, picture_bytes, saved
from tests.manuscript.test_manuscript import MANUSCRIPTS

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


def test_what_is_cut_off_a_title_is_reported():
    report = import_manuscript(text(title="word " * 60 + "end"), by=None)

    assert len(report.publication.title) <= 250
    assert "longer than 250 characters" in report.messages[0] and "end" in report.messages[0]


def test_several_attachments_of_a_manuscript_written_by_hand_all_come_in():
    named = tuple(ManuscriptFile(file=name, label=name, digest="") for name in ("a.pdf", "b.csv", "c.txt"))
    files = {item.file: item.file.encode() for item in named}

    report = import_manuscript(text(attachments=named), files, by=None)

    assert report.messages == []
    assert [file.filename for file in report.publication.attachments.all()] == ["a.pdf", "b.csv", "c.txt"]


def test_many_together_are_as_one_by_one():
    texts = [
        text(n, tags=("EU", "Nato"), bylines=(ManuscriptByline(author="ann", name="Ann"),)) for n in range(3)
    ]
    import_manuscripts([(item, IncomingFiles(), None) for item in texts], by=None, site_names=SiteNames())
    together = list(
        Revision.objects.order_by("publication__uid").values_list("manuscript", "digest", "number", "reason")
    )
    Publication.objects.all().delete()

    for item in texts:
        import_manuscript(item, by=None)

    alone = Revision.objects.order_by("publication__uid").values_list(
        "manuscript", "digest", "number", "reason"
    )
    assert list(alone) == together


def test_a_translation_that_comes_together_with_its_original_finds_it():
    texts = [text(1), text(2), text(3, translation_of=UID.format(1).upper())]

    reports = import_manuscripts(
        [(item, IncomingFiles(), None) for item in texts], by=None, site_names=SiteNames()
    )

    original, _other, translation = (report.publication for report in reports)
    assert Publication.objects.get(pk=translation.pk).translation_of == original


def test_many_together_follow_their_texts():
    before = [text(n, tags=("EU", "Nato"), bylines=(ManuscriptByline(author="ann"),)) for n in range(3)]
    import_manuscripts([(item, IncomingFiles(), None) for item in before], by=None, site_names=SiteNames())
    publications = list(Publication.objects.order_by("uid"))
    after = [text(n, tags=("Nato", "Grain"), bylines=(ManuscriptByline(author="bo"),)) for n in range(3)]

    import_manuscripts(
        [(item, IncomingFiles(), publication) for item, publication in zip(after, publications, strict=True)],
        by=None,
        site_names=SiteNames(),
    )

    rows = Publication.objects.values_list("uid", "tags__name", "bylines__author__slug").order_by(
        "uid", "tags__name"
    )
    assert [row[1:] for row in rows] == [("Grain", "bo"), ("Nato", "bo")] * 3


def test_one_that_cannot_be_taken_in_leaves_the_others():
    texts = [text(1), text(2, kind="poem"), text(3, language="xx")]

    reports = import_manuscripts(
        [(item, IncomingFiles(), None) for item in texts], by=None, site_names=SiteNames()
    )

    assert [isinstance(report, IntakeRefused) for report in reports] == [False, True, True]
    assert Publication.objects.get().title == "Piece 1"


def test_tags_that_differ_in_case_are_one():
    make_tag("EU")

    import_manuscript(text(tags=("eu", "Eu", "Östersjön", "östersjön")), by=None)

    assert set(Tag.objects.values_list("name", flat=True)) == {"EU", "Östersjön"}


def test_an_author_is_found_by_address_name_or_alias():
    one, other = make_author("Ann Berg", slug="ann"), make_author("Bo Ek", aliases="B. Ek")
    lines = (ManuscriptByline(author="ann", name="Another"), ManuscriptByline(author="x", name="b. ek"))

    report = import_manuscript(text(bylines=lines), by=None)

    assert [line.author for line in report.publication.bylines.all()] == [one, other] and not report.messages


def test_two_of_a_list_who_share_a_name_are_two():
    register = SiteNames(["bo", "bo-ek"])
    lines = (ManuscriptByline(author="bo", name="Bo Ek"), ManuscriptByline(author="bo-ek", name="Bo Ek"))

    import_manuscript(
        text(bylines=lines), IncomingFiles(staff=frozenset({"bo", "bo-ek"})), by=None, site_names=register
    )

    assert set(Author.objects.values_list("slug", "is_guest")) == {("bo", False), ("bo-ek", False)}


def test_a_rehearsal_stores_no_file(settings):
    picture = ManuscriptImage(key="abcdefgh23", file="a/port.png", alt={"en": "A port"})
    bundle = IncomingFiles({"a/port.png": picture_bytes()}, is_dry_run=True)

    import_manuscript(text(images=(picture,), cover="abcdefgh23"), bundle, by=None)

    assert Image.objects.get().filename == "port.png" and not settings.ORIGINALS.exists()


def test_what_was_taken_in_brings_no_news():
    taken = text(
        tags=("EU", "nato"),
        bylines=(ManuscriptByline(author="ann", name="Ann"),),
        key_points=("One.", "Two."),
    )
    import_manuscript(taken, by=None)

    standing = load_import_states([taken.uid])[taken.uid]

    assert not standing.has_changes(taken, SiteNames(), {}) and not standing.is_edited


@pytest.mark.parametrize("field", ["title", "body", "summary", "slug"])
def test_whatever_is_changed_brings_news(field):
    import_manuscript(text(), by=None)

    standing = load_import_states([text().uid])[text().uid]

    assert standing.has_changes(text(**{field: "changed"}), SiteNames(), {})


def test_what_the_desk_has_saved_is_an_edit_and_a_save_without_change_is_none():
    publication = import_manuscript(text(), by=None).publication
    saved(publication)
    before = load_import_states([text().uid])[text().uid].is_edited
    saved(publication, body="Another text.")

    after = load_import_states([text().uid])[text().uid].is_edited

    assert (before, after) == (False, True)


def import_state(number: int = 1) -> ImportState:
    return load_import_states([UID.format(number)])[UID.format(number)]


def test_an_edit_that_was_taken_back_is_none():
    publication = import_manuscript(text(), by=None).publication
    saved(publication, body="Another text.")
    saved(publication, body="Text.")

    assert not import_state().is_edited


def test_a_redaction_is_an_edit_though_the_working_copy_stays_as_it_was():
    publication = import_manuscript(text(body="Ann was there."), by=None).publication
    import_manuscript(text(body="Text."), by=None)
    actions.redact(publication, "Ann was there", by=None)

    assert import_state().is_edited


def test_what_is_saved_after_a_redaction_is_an_edit_too():
    publication = import_manuscript(text(body="Ann was there. Text."), by=None).publication
    actions.redact(publication, "Ann was there.", by=None)
    saved(Publication.objects.get(), body="Ann was there. Text.")

    assert import_state().is_edited


def test_a_note_of_the_desk_stays_where_a_file_brings_none():
    publication = import_manuscript(text(), by=None).publication
    saved(publication, internal_note="Ask Ann.")

    import_manuscript(text(body="Another text."), by=None)

    assert Publication.objects.get().internal_note == "Ask Ann."


KINDS, LANGUAGES = st.sampled_from(["report", "commentary"]), st.sampled_from(["en", "sv", "ar"])


def with_its_files(text: Manuscript) -> tuple[Manuscript, dict[str, bytes]]:
    """The manuscript with every second of its attachments and all its pictures as files."""
    attached = [
        replace(item, digest=hashlib.sha256(item.file.encode()).hexdigest()) for item in text.attachments
    ]
    images = [item for item in text.images if item.file not in [other.file for other in attached]]
    files = {item.file: item.file.encode() for item in attached[::2]}
    files |= {item.file: picture_bytes() for item in images}
    return replace(text, attachments=attached, images=images), files


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=MANUSCRIPTS, kind=KINDS, language=LANGUAGES, original=st.sampled_from(["", UID.format(7)]))
def test_no_manuscript_brings_news_twice(written, kind, language, original):
    """A second run changes nothing, however much of the manuscript the site has no place for."""
    written = replace(written, uid=UID.format(1), kind=kind, language=language, translation_of=original)
    written, files = with_its_files(written)
    with transaction.atomic():
        import_manuscript(written, IncomingFiles(files, is_dry_run=True), by=None)

        has_news = import_state().has_changes(written, SiteNames(), files)

        transaction.set_rollback(True)
    assert not has_news


def test_no_publication_is_a_translation_of_itself():
    import_manuscript(text(), by=None)

    publication = import_manuscript(text(translation_of=text().uid), by=None).publication

    assert publication.translation_of is None and not import_state().has_changes(
        text(translation_of=text().uid), SiteNames(), {}
    )


def test_what_names_itself_as_its_original_is_reported():
    import_manuscript(text(1), by=None)
    import_manuscript(text(2, translation_of=UID.format(1)), by=None)

    reports = [import_manuscript(text(n, translation_of=UID.format(n)), by=None) for n in (2, 3)]

    assert not Publication.objects.exclude(translation_of=None)
    assert all("cannot be a translation of itself" in report.messages[0] for report in reports)


@pytest.mark.parametrize("is_together", [True, False])
def test_an_original_of_others_becomes_no_translation(is_together):
    import_manuscript(text(1), by=None)
    import_manuscript(text(3), by=None)
    arriving = [text(2, translation_of=UID.format(1)), text(1, translation_of=UID.format(3))]

    if is_together:
        known = Publication.objects.get(uid=UID.format(1))
        reports = import_manuscripts(
            [(arriving[0], IncomingFiles({}), None), (arriving[1], IncomingFiles({}), known)],
            by=None,
            site_names=SiteNames(),
        )
    else:
        reports = [import_manuscript(item, by=None) for item in arriving]

    assert parents() == {2: 1}
    assert "original of other translations" in reports[1].messages[0]
    assert not import_state().has_changes(arriving[1], SiteNames(), {})


def test_what_names_a_translation_that_has_just_become_one_joins_its_family():
    for number in (1, 2, 3):
        import_manuscript(text(number), by=None)
    one, two = (Publication.objects.get(uid=UID.format(number)) for number in (1, 2))
    register = SiteNames()
    register.original(UID.format(2))

    import_manuscripts(
        [
            (text(2, translation_of=UID.format(1)), IncomingFiles({}), two),
            (text(4, translation_of=UID.format(2)), IncomingFiles({}), None),
            (text(1, translation_of=UID.format(2)), IncomingFiles({}), one),
        ],
        by=None,
        site_names=register,
    )

    assert parents() == {2: 1, 4: 1}


def parents() -> dict[int, int]:
    """Return the numbers of originals by those of their translations, from their uids."""
    rows = Publication.objects.exclude(translation_of=None).values_list("uid", "translation_of__uid")
    return {int(str(own)[-1]): int(str(original)[-1]) for own, original in rows}
