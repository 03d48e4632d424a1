"""Redaction: a name or passage is taken out everywhere, and nothing else is."""

import pytest

from publications import deeds, manuscript, prose
from publications.deeds.redacted_values import redact_value
from publications.models import (
    AuditLine,
    FormerPath,
    Review,
    ReviewRemark,
)
from tests.factories import make_author, make_live, make_publication, saved

pytestmark = pytest.mark.django_db


def test_redacting_takes_a_passage_out_of_every_edition_and_the_history(editor):
    piece = make_publication(title="On Vera Holm", body="Vera Holm said it.\n\nNobody else did.")
    deeds.publish(piece, by=editor)
    deeds.publish(saved(piece, body="Vera Holm said it twice.\n\nNobody else did."), by=editor)

    assert deeds.redact(piece, "Vera Holm", by=editor, why="safety") == 2

    kept = [
        edition.title + edition.html + edition.text + edition.markdown for edition in piece.editions.all()
    ]
    kept += [revision.manuscript for revision in piece.revisions.all()]
    assert not any("Vera Holm" in text for text in kept)
    assert "[redacted] said it twice." in piece.editions.live().get().text


def test_redacting_finds_the_passage_across_lines_marks_and_apostrophes(editor):
    piece = make_publication(body="So said *Vera* O'Holm,\nand Vera\nO’Holm again.")
    edition = deeds.publish(piece, by=editor)

    deeds.redact(piece, "Vera O'Holm", by=editor)

    edition.refresh_from_db()
    assert "Holm" not in edition.html + edition.text + edition.markdown


def test_redacting_gives_up_addresses_and_forgets_what_earlier_deeds_were_called(editor):
    piece = make_publication(title="On Vera Holm and others", body="Vera Holm: a life")
    deeds.publish(piece, by=editor)

    deeds.redact(piece, "Vera Holm", by=editor)

    kept = [str(line.subject) + str(line.detail) for line in AuditLine.objects.all()]
    kept += [*piece.addresses.values_list("slug", flat=True), piece.editions.live().get().slug, piece.slug]
    assert not any("vera-holm" in text or "Vera Holm" in text for text in kept)


def test_a_redacted_revision_can_still_be_read(editor):
    piece = make_publication(title="Vera Holm: title", body="Vera Holm.")
    deeds.publish(piece, by=editor)

    deeds.redact(piece, "Vera Holm", by=editor)

    texts = [manuscript.loads(revision.manuscript) for revision in piece.revisions.all()]
    assert not any("Vera Holm" in text.title + text.body for text in texts)


def test_after_a_redaction_the_draft_is_as_public_as_before(editor):
    piece = make_publication(body="Vera Holm said it.")
    deeds.publish(piece, by=editor)

    deeds.redact(piece, "Vera Holm", by=editor)

    assert piece.editions.live().get().digest == piece.digest


def test_redacting_forgets_the_former_paths_that_hold_the_passage(editor):
    piece = make_live(title="A talk with Ivan Ivanov").publication
    paths = ["/2014/ivan-ivanov", "/2014/ivan_ivanov.html", "/ivan ivanov", "/ivanivanov", "/2014/a-talk"]
    for path in paths:
        FormerPath.objects.create(path=path, publication=piece)

    deeds.redact(piece, "Ivan Ivanov", by=editor)

    assert [former.path for former in piece.former_paths.all()] == ["/2014/a-talk"]


def test_an_author_who_takes_a_pen_name_leaves_no_way_from_the_old_one(editor):
    author = make_author("Ivan Ivanov")
    author.name, author.slug = "Ivan I", "ivan-i"
    deeds.amend(author, by=editor)
    author.name, author.slug, author.pseudonymous = "A Historian", "a-historian", True

    deeds.amend(author, by=editor)

    assert not author.former_paths.exists()


def test_redacting_takes_a_passage_out_of_what_reviewers_said(editor):
    piece = make_publication(body="Vera Holm said it.")
    review, _token = Review.objects.invite(piece.revisions.first(), reader="Bo Ek", days=7, by=editor)
    ReviewRemark.objects.create(review=review, place=1, text="Is Vera Holm safe?")

    deeds.redact(piece, "Vera Holm", by=editor)

    assert ReviewRemark.objects.get().text == "Is [redacted] safe?"


@pytest.mark.parametrize(
    ("slug", "passage", "is_kept"),
    [
        ("planned-economy", "Ann", True),
        ("annual-report", "Ann", True),
        ("warsaw-and-minsk", "War", True),
        ("evas-letter", "Eva", False),
        ("ivanova-speaks", "Ivanov", False),
        ("anns-letter", "Ann", False),
        ("letter-of-ann", "Ann", False),
        ("the-ann-berg-affair", "Ann Berg", False),
        ("joann-bergman", "Ann Berg", True),
    ],
)
def test_an_edition_and_its_address_keep_or_lose_a_slug_together(editor, client, slug, passage, is_kept):
    edition = make_live(slug=slug, body=f"{passage} wrote it.")
    path = edition.get_absolute_url()

    deeds.redact(edition.publication, passage, by=editor)
    edition.refresh_from_db()

    assert (edition.slug == slug) is is_kept
    assert client.get(path).status_code == (200 if is_kept else 404)
    assert client.get(edition.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        ["Vera Holm", "Ann Berg"],
        ["kind", "Vera Holm"],
        ("Vera Holm", "Vera Holm"),
        {"names": ["Ann Berg", "Vera Holm"]},
        [["Vera Holm", "text"], ["digest", "Vera Holm"]],
    ],
)
def test_lists_of_any_length_lose_the_passage(value):
    redacted = redact_value(value, prose.Redaction("Vera Holm", "[redacted]"))

    assert "Vera Holm" not in repr(redacted) and "[redacted]" in repr(redacted)


def test_what_was_typed_keeps_the_names_of_its_fields(editor):
    piece = make_publication(body="The kind Vera Holm.")
    piece.typed.create(owner=editor, key="k", values=[["kind", "Vera Holm"], ["title", "kind Vera Holm"]])

    deeds.redact(piece, "kind Vera Holm", by=editor)

    assert [name for name, _value in piece.typed.get().values] == ["kind", "title"]
    assert "Vera Holm" not in piece.typed.get().values[1][1]


@pytest.mark.parametrize(
    ("passage", "address", "is_named"),
    [
        ("in a", "/files/china-strategy.pdf", False),
        ("in a", "/files/in-a-word.pdf", True),
        ("Ann", "/annual.pdf", False),
        ("Vera Holm", "/veraholm.pdf", True),
    ],
)
def test_an_address_names_a_short_passage_by_whole_words_alone(passage, address, is_named):
    assert prose.Redaction(passage, "").is_named_by(address) is is_named
