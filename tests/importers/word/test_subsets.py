"""Any part of a Word file may be missing or broken: there is a draft or a refusal in a sentence, never an error."""

from itertools import combinations
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications.importers import word
from publications.importers.imported_file import ImportRefused
from publications.importers.word import drafts, versions
from publications.models import Publication, manuscript_of
from tests.conftest import ROOT
from tests.factories import make_publication, picture_bytes
from tests.word_files import deletion, docx, ins, note, note_element, p, picture, table
from tests.word_mutations import mutate

pytestmark = pytest.mark.django_db

CORPUS = ROOT.parent / "shared/corpus/docx"
COMMENT = '<w:comment w:id="1" w:author="Ann"><w:p><w:r><w:t>Is this so?</w:t></w:r></w:p></w:comment>'
BODY = {
    "title": p("The title", style="Title"),
    "heading": p("A heading", style="heading1"),
    "paragraph": p("A paragraph of text."),
    "list": p("An item", list=(1, 0)),
    "table": table(["Country", "Share"], ["Moldova", "12 %"]),
    "picture": p(picture("media/map.png", "A map")),
    "footnote": p(note(1)),
    "comment": p('<w:r><w:commentReference w:id="1"/></w:r>'),
    "insertion": p(ins("<w:r><w:t>New.</w:t></w:r>")),
    "deletion": p(deletion("Old.")),
}
MORE = {
    "picture": {"parts": {"media/map.png": picture_bytes()}},
    "footnote": {"footnotes": note_element(1, p("A note."))},
    "comment": {"comments": COMMENT},
}
SUBSETS = [names for size in range(3) for names in combinations(BODY, size)]


def content_of(names) -> bytes:
    more = {key: value for name in names for key, value in MORE.get(name, {}).items()}
    return docx("".join(BODY[name] for name in names), **more)


@pytest.mark.parametrize("names", SUBSETS, ids=lambda names: "+".join(names) or "nothing")
def test_each_subset_of_a_document_is_a_draft_with_all_that_it_holds(desk, names):
    file = SimpleUploadedFile("Notes_of May.docx", content_of(names))

    response = desk.post(reverse("desk:word-new"), {"file": file})

    if not names:
        assert "There is nothing in the file" in response.text and not Publication.objects.exists()
        return
    draft = Publication.objects.get()
    assert response.status_code == 302 and draft.title
    assert ("A paragraph of text." in draft.body) == ("paragraph" in names)
    assert ("| Moldova | 12 % |" in draft.body) == ("table" in names)
    assert ("image:" in draft.body) == ("picture" in names) and ("A note." in draft.body) == (
        "footnote" in names
    )
    assert draft.comments.count() == ("comment" in names)


@pytest.mark.parametrize(
    "names", [("title",), ("table",), ("picture",), ("footnote",), ("comment",), ("deletion",)]
)
def test_a_draft_of_one_part_opens_at_every_page_of_the_desk(desk, names):
    desk.post(reverse("desk:word-new"), {"file": SimpleUploadedFile("a.docx", content_of(names))})
    pk = Publication.objects.get().pk

    pages = (
        "publications_publication_change",
        "publish",
        "history",
        "word-replace",
        "word-changes",
        "preview",
    )
    answers = {page: desk.get(reverse(f"desk:{page}", args=[pk])).status_code for page in pages}

    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("names", SUBSETS, ids=lambda names: "+".join(names) or "nothing")
def test_each_subset_may_follow_as_the_next_version_of_a_draft(names):
    publication, content = make_publication(), content_of(names)
    before = manuscript_of(publication)

    try:
        row = versions.store_pending_version(
            publication, drafts.read_word_file(content, "a.docx"), content, "a.docx", by=None
        )
    except ImportRefused:
        assert not names
        return

    versions.accept_version(
        row, drafts.read_word_file(content, "a.docx"), versions.merge_version(row, {}).values, by=None
    )
    assert manuscript_of(publication).bylines == before.bylines


def test_comments_of_any_time_are_stored():
    times = ("2026-03-04T10:00:00+02:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "")
    comments = "".join(
        f'<w:comment w:id="{number}" w:author="Ann" w:date="{time}">{p("So?")}</w:comment>'
        for number, time in enumerate(times)
    )
    content = docx(p("Text."), comments=comments)

    word_file = drafts.import_word(drafts.read_word_file(content, "a.docx"), content, "a.docx", by=None)

    assert word_file.publication.comments.count() == len(times)


def test_a_summary_that_both_sides_extended_is_not_cut():
    publication = make_publication(summary="First. " * 250)
    texts = {**versions._texts(manuscript_of(publication)), "summary": "First. " * 350}

    versions.store_merged(publication, texts, by=None)

    assert len(Publication.objects.get(pk=publication.pk).summary) > 2400


def test_a_fault_of_the_reader_is_a_refusal_too(monkeypatch, caplog):
    monkeypatch.setattr("publications.importers.word.reader.normalize_blocks", lambda *_args: [].pop())

    with pytest.raises(ImportRefused, match="cannot be understood"):
        word.read_word(docx(p("Text.")), "a.docx", word.WordReadOptions(str))

    assert "A Word file could not be read" in caplog.text


@pytest.mark.corpus
@pytest.mark.parametrize(
    "path", sorted(CORPUS.glob("*.docx")) or [CORPUS / "none.docx"], ids=lambda path: path.name[:30]
)
def test_real_files_with_parts_spoiled_are_drafts_or_refusals(path: Path, caplog):
    content, tries = path.read_bytes(), 30 if path.stat().st_size < 100_000 else 2
    titled = 0

    for seed in range(tries):
        spoiled = mutate(content, seed)
        try:
            result = drafts.read_word_file(spoiled, path.name)
        except ImportRefused as refusal:
            assert str(refusal)
            continue
        titled += bool(drafts.import_word(result, spoiled, path.name, by=None).publication.title)

    assert titled == Publication.objects.count() and not caplog.records
