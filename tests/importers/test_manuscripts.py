"""Import of manuscripts as drafts, one by one or many in one transaction, with the same result."""

import hashlib
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publications import actions
from publications.importers.import_cache import ImportCache
from publications.importers.manuscripts import (
    ManuscriptFiles,
    ManuscriptRefused,
    import_manuscript,
    import_manuscripts,
)
from publications.importers.reconcile import ImportState, load_import_states
from publications.manuscript import Manuscript, ManuscriptByline, ManuscriptFile, ManuscriptImage
from publications.models import Author, Image, Publication, Revision, Tag
from tests.factories import make_author, make_tag, picture_bytes, saved
from tests.manuscript.test_manuscript import MANUSCRIPTS

pytestmark = pytest.mark.django_db
UID = "6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a7{}"


def make_manuscript(number: int = 1, **fields) -> Manuscript:
    fields = {
        "title": f"Piece {number}",
        "body": "Text.",
        "summary": "Summary.",
        "slug": f"piece-{number}",
        **fields,
    }
    return Manuscript(uid=UID.format(number), **fields)


def test_the_truncated_part_of_a_title_is_reported():
    draft = import_manuscript(make_manuscript(title="word " * 60 + "end"), by=None)

    assert len(draft.publication.title) <= 250
    assert "longer than 250 characters" in draft.messages[0] and "end" in draft.messages[0]


def test_attachments_without_digests_are_all_imported():
    attachments = tuple(
        ManuscriptFile(file=name, label=name, digest="") for name in ("a.pdf", "b.csv", "c.txt")
    )
    files = {attachment.file: attachment.file.encode() for attachment in attachments}

    draft = import_manuscript(make_manuscript(attachments=attachments), files, by=None)

    assert draft.messages == []
    assert [file.filename for file in draft.publication.attachments.all()] == ["a.pdf", "b.csv", "c.txt"]


def test_importing_many_stores_the_same_as_one_by_one():
    manuscripts = [
        make_manuscript(n, tags=("EU", "Nato"), bylines=(ManuscriptByline(author="ann", name="Ann"),))
        for n in range(3)
    ]
    import_manuscripts(
        [(manuscript, ManuscriptFiles(), None) for manuscript in manuscripts],
        by=None,
        import_cache=ImportCache(),
    )
    stored_together = list(
        Revision.objects.order_by("publication__uid").values_list("manuscript", "digest", "number", "reason")
    )
    Publication.objects.all().delete()

    for manuscript in manuscripts:
        import_manuscript(manuscript, by=None)

    stored_singly = Revision.objects.order_by("publication__uid").values_list(
        "manuscript", "digest", "number", "reason"
    )
    assert list(stored_singly) == stored_together


def test_a_translation_is_linked_to_an_original_in_the_same_call():
    manuscripts = [
        make_manuscript(1),
        make_manuscript(2),
        make_manuscript(3, translation_of=UID.format(1).upper()),
    ]

    results = import_manuscripts(
        [(manuscript, ManuscriptFiles(), None) for manuscript in manuscripts],
        by=None,
        import_cache=ImportCache(),
    )

    original, _other, translation = (result.publication for result in results)
    assert Publication.objects.get(pk=translation.pk).translation_of == original


def test_importing_many_updates_existing_publications():
    before = [
        make_manuscript(n, tags=("EU", "Nato"), bylines=(ManuscriptByline(author="ann"),)) for n in range(3)
    ]
    import_manuscripts(
        [(manuscript, ManuscriptFiles(), None) for manuscript in before], by=None, import_cache=ImportCache()
    )
    publications = list(Publication.objects.order_by("uid"))
    after = [
        make_manuscript(n, tags=("Nato", "Grain"), bylines=(ManuscriptByline(author="bo"),)) for n in range(3)
    ]

    import_manuscripts(
        [
            (manuscript, ManuscriptFiles(), publication)
            for manuscript, publication in zip(after, publications, strict=True)
        ],
        by=None,
        import_cache=ImportCache(),
    )

    rows = Publication.objects.values_list("uid", "tags__name", "bylines__author__slug").order_by(
        "uid", "tags__name"
    )
    assert [row[1:] for row in rows] == [("Grain", "bo"), ("Nato", "bo")] * 3


def test_a_refused_manuscript_does_not_affect_the_others():
    manuscripts = [make_manuscript(1), make_manuscript(2, kind="poem"), make_manuscript(3, language="xx")]

    results = import_manuscripts(
        [(manuscript, ManuscriptFiles(), None) for manuscript in manuscripts],
        by=None,
        import_cache=ImportCache(),
    )

    assert [isinstance(result, ManuscriptRefused) for result in results] == [False, True, True]
    assert Publication.objects.get().title == "Piece 1"


def test_tags_that_differ_in_case_only_are_one_tag():
    make_tag("EU")

    import_manuscript(make_manuscript(tags=("eu", "Eu", "Östersjön", "östersjön")), by=None)

    assert set(Tag.objects.values_list("name", flat=True)) == {"EU", "Östersjön"}


def test_a_tag_is_found_by_its_name_in_either_language():
    energy, winter = make_tag("Energy", name_sv="Energi"), make_tag("Winter", name_sv="Vinter")
    manuscript = make_manuscript(tags=("energi", "Energy", "Vinter"))

    publication = import_manuscript(manuscript, by=None).publication

    assert set(publication.tags.all()) == {energy, winter} == set(Tag.objects.all())


def test_an_author_is_found_by_slug_name_or_alias():
    one, other = make_author("Ann Berg", slug="ann"), make_author("Bo Ek", aliases="B. Ek")
    bylines = (ManuscriptByline(author="ann", name="Another"), ManuscriptByline(author="x", name="b. ek"))

    draft = import_manuscript(make_manuscript(bylines=bylines), by=None)

    assert [byline.author for byline in draft.publication.bylines.all()] == [
        one,
        other,
    ] and not draft.messages


def test_two_listed_authors_with_one_name_are_two_authors():
    import_cache = ImportCache(["bo", "bo-ek"])
    bylines = (ManuscriptByline(author="bo", name="Bo Ek"), ManuscriptByline(author="bo-ek", name="Bo Ek"))

    import_manuscript(
        make_manuscript(bylines=bylines),
        ManuscriptFiles(non_guest_authors=frozenset({"bo", "bo-ek"})),
        by=None,
        import_cache=import_cache,
    )

    assert set(Author.objects.values_list("slug", "is_guest")) == {("bo", False), ("bo-ek", False)}


def test_a_dry_run_stores_no_file(settings):
    picture = ManuscriptImage(key="abcdefgh23", file="a/port.png", alt={"en": "A port"})
    files = ManuscriptFiles({"a/port.png": picture_bytes()}, is_dry_run=True)

    import_manuscript(make_manuscript(images=(picture,), cover="abcdefgh23"), files, by=None)

    assert Image.objects.get().filename == "port.png" and not settings.ORIGINALS.exists()


def test_an_imported_manuscript_has_no_changes():
    manuscript = make_manuscript(
        tags=("EU", "nato"),
        bylines=(ManuscriptByline(author="ann", name="Ann"),),
        key_points=("One.", "Two."),
    )
    import_manuscript(manuscript, by=None)

    state = load_import_states([manuscript.uid])[manuscript.uid]

    assert not state.has_changes(manuscript, ImportCache(), {}) and not state.is_edited


@pytest.mark.parametrize("field", ["title", "body", "summary", "slug"])
def test_any_changed_field_is_a_change(field):
    import_manuscript(make_manuscript(), by=None)

    state = load_import_states([make_manuscript().uid])[make_manuscript().uid]

    assert state.has_changes(make_manuscript(**{field: "changed"}), ImportCache(), {})


def test_only_a_save_that_changes_the_draft_is_an_edit():
    publication = import_manuscript(make_manuscript(), by=None).publication
    saved(publication)
    before = load_import_states([make_manuscript().uid])[make_manuscript().uid].is_edited
    saved(publication, body="Another text.")

    after = load_import_states([make_manuscript().uid])[make_manuscript().uid].is_edited

    assert (before, after) == (False, True)


def import_state(number: int = 1) -> ImportState:
    return load_import_states([UID.format(number)])[UID.format(number)]


def test_a_reverted_edit_is_no_edit():
    publication = import_manuscript(make_manuscript(), by=None).publication
    saved(publication, body="Another text.")
    saved(publication, body="Text.")

    assert not import_state().is_edited


def test_a_redaction_is_an_edit_even_if_the_draft_does_not_change():
    publication = import_manuscript(make_manuscript(body="Ann was there."), by=None).publication
    import_manuscript(make_manuscript(body="Text."), by=None)
    actions.redact(publication, "Ann was there", by=None)

    assert import_state().is_edited


def test_a_save_after_a_redaction_is_an_edit():
    publication = import_manuscript(make_manuscript(body="Ann was there. Text."), by=None).publication
    actions.redact(publication, "Ann was there.", by=None)
    saved(Publication.objects.get(), body="Ann was there. Text.")

    assert import_state().is_edited


def test_an_internal_note_stays_if_the_manuscript_has_none():
    publication = import_manuscript(make_manuscript(), by=None).publication
    saved(publication, internal_note="Ask Ann.")

    import_manuscript(make_manuscript(body="Another text."), by=None)

    assert Publication.objects.get().internal_note == "Ask Ann."


KINDS, LANGUAGES = st.sampled_from(["report", "commentary"]), st.sampled_from(["en", "sv", "ar"])


def with_files(manuscript: Manuscript) -> tuple[Manuscript, dict[str, bytes]]:
    """Return the manuscript, with every second of its attachments and all its images as files."""
    attachments = [
        replace(attachment, digest=hashlib.sha256(attachment.file.encode()).hexdigest())
        for attachment in manuscript.attachments
    ]
    names = {attachment.file for attachment in attachments}
    images = [image for image in manuscript.images if image.file not in names]
    files = {attachment.file: attachment.file.encode() for attachment in attachments[::2]}
    files |= {image.file: picture_bytes() for image in images}
    return replace(manuscript, attachments=attachments, images=images), files


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(manuscript=MANUSCRIPTS, kind=KINDS, language=LANGUAGES, original=st.sampled_from(["", UID.format(7)]))
def test_an_unchanged_manuscript_never_has_changes(manuscript, kind, language, original):
    """A second run changes nothing, however much of the manuscript the site has no place for."""
    manuscript = replace(manuscript, uid=UID.format(1), kind=kind, language=language, translation_of=original)
    manuscript, files = with_files(manuscript)
    with transaction.atomic():
        import_manuscript(manuscript, ManuscriptFiles(files, is_dry_run=True), by=None)

        has_changes_again = import_state().has_changes(manuscript, ImportCache(), files)

        transaction.set_rollback(True)
    assert not has_changes_again


def test_no_publication_is_a_translation_of_itself():
    import_manuscript(make_manuscript(), by=None)

    publication = import_manuscript(
        make_manuscript(translation_of=make_manuscript().uid), by=None
    ).publication

    assert publication.translation_of is None and not import_state().has_changes(
        make_manuscript(translation_of=make_manuscript().uid), ImportCache(), {}
    )


def test_a_manuscript_that_names_itself_as_original_is_reported():
    import_manuscript(make_manuscript(1), by=None)
    import_manuscript(make_manuscript(2, translation_of=UID.format(1)), by=None)

    results = [import_manuscript(make_manuscript(n, translation_of=UID.format(n)), by=None) for n in (2, 3)]

    assert not Publication.objects.exclude(translation_of=None)
    assert all("cannot be a translation of itself" in result.messages[0] for result in results)


@pytest.mark.parametrize("in_one_call", [True, False])
def test_an_original_with_translations_becomes_no_translation(in_one_call):
    import_manuscript(make_manuscript(1), by=None)
    import_manuscript(make_manuscript(3), by=None)
    manuscripts = [
        make_manuscript(2, translation_of=UID.format(1)),
        make_manuscript(1, translation_of=UID.format(3)),
    ]

    if in_one_call:
        existing = Publication.objects.get(uid=UID.format(1))
        results = import_manuscripts(
            [(manuscripts[0], ManuscriptFiles({}), None), (manuscripts[1], ManuscriptFiles({}), existing)],
            by=None,
            import_cache=ImportCache(),
        )
    else:
        results = [import_manuscript(manuscript, by=None) for manuscript in manuscripts]

    assert originals_by_translation() == {2: 1}
    assert "original of other translations" in results[1].messages[0]
    assert not import_state().has_changes(manuscripts[1], ImportCache(), {})


def test_a_translation_of_a_new_translation_joins_its_group():
    for number in (1, 2, 3):
        import_manuscript(make_manuscript(number), by=None)
    one, two = (Publication.objects.get(uid=UID.format(number)) for number in (1, 2))
    import_cache = ImportCache()
    import_cache.find_original(UID.format(2))

    import_manuscripts(
        [
            (make_manuscript(2, translation_of=UID.format(1)), ManuscriptFiles({}), two),
            (make_manuscript(4, translation_of=UID.format(2)), ManuscriptFiles({}), None),
            (make_manuscript(1, translation_of=UID.format(2)), ManuscriptFiles({}), one),
        ],
        by=None,
        import_cache=import_cache,
    )

    assert originals_by_translation() == {2: 1, 4: 1}


def originals_by_translation() -> dict[int, int]:
    """Return the numbers of originals by those of their translations, from their uids."""
    rows = Publication.objects.exclude(translation_of=None).values_list("uid", "translation_of__uid")
    return {int(str(own)[-1]): int(str(original)[-1]) for own, original in rows}
