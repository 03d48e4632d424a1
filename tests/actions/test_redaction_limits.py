"""Redaction takes from the rows of its publication alone, and is refused where the passage would still be read."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from publications import actions, manuscript
from publications.models import Author, Edition, Publication, Revision, WordFile, resolve_address
from tests.factories import make_author, make_live, make_publication, make_tag, saved
from tests.word_files import make_word_file, p

pytestmark = pytest.mark.django_db


def row_of(edition: Edition) -> dict:
    return Edition.objects.filter(pk=edition.pk).values().get()


def log_entry(editor, model: type, pk: int, name: str) -> LogEntry:
    content_type = ContentType.objects.get_for_model(model)
    return LogEntry.objects.create(
        user=editor, content_type=content_type, object_id=str(pk), object_repr=name, action_flag=CHANGE
    )


def test_each_log_entry_of_the_publication_loses_the_passage_and_others_keep_it(editor):
    publication = make_publication(body="Vera Holm.")
    entries = [
        log_entry(editor, Publication, publication.pk, "On Vera Holm"),
        log_entry(editor, Publication, publication.pk, "On grain"),
        log_entry(editor, Publication, publication.pk + 1, "Vera Holm again"),
        log_entry(editor, Author, publication.pk, "Vera Holm"),
    ]

    actions.redact(publication, "Vera Holm", by=editor)

    names = [LogEntry.objects.get(pk=entry.pk).object_repr for entry in entries]
    assert names == ["On [redacted]", "On grain", "Vera Holm again", "Vera Holm"]


def test_editions_of_other_publications_stay_as_they_are(editor):
    other = make_live(body="Vera Holm.")
    publication = make_publication(body="Vera Holm.")
    holding = actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Nobody."), by=editor)
    before = row_of(other), row_of(holding)

    report = actions.redact(publication, "Vera Holm", by=editor)

    assert report.editions == [1]
    assert row_of(other) == before[0] and row_of(holding) != before[1]


def test_a_passage_of_the_draft_alone_leaves_the_editions_as_they_are(editor):
    publication = make_publication(body="Nobody.")
    edition = actions.publish(publication, by=editor)
    before = row_of(edition)

    report = actions.redact(saved(publication, body="Vera Holm."), "Vera Holm", by=editor)

    assert report.editions == [] and row_of(edition) == before
    publication.refresh_from_db()
    assert publication.body == "[redacted]."


@pytest.mark.parametrize("body", ["So said Vera <b>Holm</b>.", "## Vera <b>Holm</b>\n\nSo it was."])
def test_a_passage_that_markup_divides_is_refused_and_nothing_changes(editor, body):
    publication = make_publication(title="On Vera Holm", body=body)
    edition = actions.publish(publication, by=editor)
    before = row_of(edition)

    with pytest.raises(actions.ActionRefused, match="would still be read in edition 1"):
        actions.redact(publication, "Vera Holm", by=editor)

    assert row_of(edition) == before


def test_a_mark_for_which_a_title_has_no_room_is_refused(editor):
    publication = make_live(title="Ann" + "." * 247).publication

    with pytest.raises(actions.ActionRefused, match=r"“title” has no room .* at most 250 characters"):
        actions.redact(publication, "Ann", by=editor)

    actions.redact(publication, "Ann", by=editor, mark="…")
    assert publication.editions.get().title == "…" + "." * 247


def test_a_mark_for_which_a_name_has_no_room_is_refused(editor):
    publication = make_publication(authors=[make_author("Ann " + "b" * 116)])
    actions.publish(publication, by=editor)

    with pytest.raises(actions.ActionRefused, match="Choose a shorter text"):
        actions.redact(publication, "Ann", by=editor)


def test_a_mark_for_which_the_title_of_a_revision_has_no_room_is_refused(editor):
    publication = make_publication(title="Ann" + "." * 247)

    with pytest.raises(actions.ActionRefused, match="Choose a shorter text"):
        actions.redact(saved(publication, title="Nobody"), "Ann", by=editor)


def test_comments_and_logs_are_cut_where_the_mark_makes_them_too_long(editor):
    publication = make_publication(title="Ann and others")
    entry = log_entry(editor, Publication, publication.pk, "Ann " + "x" * 196)
    publication.comments.create(author_name="Ann " + "y" * 146, text="Who?")

    actions.redact(publication, "Ann", by=editor)

    assert LogEntry.objects.get(pk=entry.pk).object_repr == "[redacted] " + "x" * 189
    assert publication.comments.get().author_name == "[redacted] " + "y" * 139


def test_the_new_address_is_one_that_no_other_publication_has(editor):
    publication = make_live(title="Vera Holm").publication
    other = make_live(title="Another", slug=f"publication-{publication.pk}")

    actions.redact(publication, "Vera Holm", by=editor)

    assert resolve_address("en", other.slug).edition == other
    redacted = publication.editions.get()
    assert redacted.slug == f"publication-{publication.pk}-2"
    assert resolve_address("en", redacted.slug).edition == redacted


def test_a_revision_gives_up_an_address_made_from_the_passage(editor):
    publication = make_publication(title="On grain", slug="vera-holm", body="Nobody.")

    actions.redact(publication, "Vera Holm", by=editor)

    revisions = Revision.objects.filter(publication=publication).order_by("pk")
    slugs = [manuscript.loads(revision.manuscript).slug for revision in revisions]
    assert slugs == ["", f"publication-{publication.pk}"]


@pytest.mark.parametrize("passage", ["author", "Quick-comment"])
def test_names_of_rows_in_revisions_are_no_passage(editor, passage):
    publication = make_publication(body=f"The {passage} said it.", authors=[make_author("Ann Berg")])

    actions.redact(publication, passage, by=editor)

    for revision in publication.revisions.all():
        text = manuscript.loads(revision.manuscript)
        assert passage not in text.body and (text.kind, [line.role for line in text.bylines]) == (
            "quick-comment",
            ["author"],
        )


def test_a_revision_keeps_its_uid_whatever_the_passage(editor):
    publication = make_publication(body="Vera Holm.")
    passage = str(publication.uid).partition("-")[0]
    saved(publication, body=f"Vera Holm, {passage}.")

    actions.redact(publication, passage, by=editor)

    texts = [manuscript.loads(revision.manuscript) for revision in publication.revisions.all()]
    assert {text.uid for text in texts} == {str(publication.uid)}
    assert not any(passage in text.body for text in texts)


def test_revisions_lose_topics_and_names_of_files_that_hold_the_passage(editor):
    publication = make_publication(body="Nobody.", tags=(make_tag("Vera Holm"), make_tag("Grain")))
    for name in ("vera-holm.pdf", "annex.pdf"):
        publication.attachments.create(original=name[0] * 64, filename=name, label=f"Of {name}", size=1)

    actions.redact(saved(publication), "Vera Holm", by=editor)

    text = manuscript.loads(publication.revisions.order_by("-pk")[1].manuscript)
    assert text.tags == ("Grain",)
    assert sorted(file.file for file in text.attachments) == ["annex.pdf", "file.pdf"]


def test_identifiers_are_emptied_where_they_name_the_passage_alone(editor):
    kept = {"doi": "10.1234/grain", "isbn": "978-91-7000-000-4"}
    publication, other = (
        make_live(body="Vera Holm.", **fields).publication for fields in ({"doi": "10.1234/vera-holm"}, kept)
    )

    report = actions.redact(publication, "Vera Holm", by=editor)
    actions.redact(other, "Vera Holm", by=editor)

    assert (publication.editions.get().doi, report.addresses) == ("", ["10.1234/vera-holm"])
    edition = other.editions.get()
    assert {name: getattr(edition, name) for name in kept} == kept


def test_a_form_typed_from_the_present_draft_follows_the_redacted_one(editor):
    publication = make_publication(body="Vera Holm.")
    for key, version in (("now", publication.version), ("before", publication.version - 1)):
        publication.autosaves.create(
            owner=editor, key=key, values=[["version", str(version)], ["body", "Vera Holm, again."]]
        )

    actions.redact(publication, "Vera Holm", by=editor)

    values = {row.key: dict(row.values) for row in publication.autosaves.all()}
    assert {row["body"] for row in values.values()} == {"[redacted], again."}
    assert values["now"]["version"] == str(publication.version) != values["before"]["version"]


def test_earlier_audit_entries_lose_the_passage(editor):
    publication = make_publication(title="On Vera Holm", body="One.")
    actions.publish(publication, by=editor)
    actions.withdraw(publication, by=editor, note="Vera Holm wrote it.")

    actions.redact(publication, "Vera Holm", by=editor, reason="Vera Holm wrote to us.")

    entries = [f"{entry.subject} {entry.detail}" for entry in publication.audit_entries.all()]
    assert len(entries) == 3 and not any("Holm" in entry for entry in entries)
    assert publication.audit_entries.first().detail["why"] == "[redacted] wrote to us."


def test_former_paths_without_the_passage_are_kept(editor):
    publication = make_publication(body="Vera Holm.")
    actions.add_redirects(publication, ["/2019/vera-holm", "/2019/grain"], by=editor)

    report = actions.redact(publication, "Vera Holm", by=editor)

    assert [row.path for row in publication.redirects.all()] == ["/2019/grain"]
    assert report.addresses == ["/2019/vera-holm"]


def test_a_report_reads_the_titles_of_links_for_words_and_not_their_addresses(editor):
    body = 'Vera Holm. See [a](https://example.org/holms "The Holmen house").'

    report = actions.preview_redaction(make_live(body=body).publication, "Vera Holm", by=editor)

    assert (report.remaining_words, report.remaining_addresses) == (["Holmen"], ["https://example.org/holms"])


def test_a_report_names_the_publications_that_link_to_a_former_path_by_title(editor):
    publication = make_publication(title="Case", slug="vera-holm", body="Vera Holm.")
    path = actions.publish(publication, by=editor).get_absolute_url()
    actions.add_redirects(publication, ["/2019/vera-holm"], by=editor)
    make_live(title="To both", body=f"[a]({path}), [b](/2019/vera-holm).")
    make_live(title="By path", body="[The case](/2019/vera-holm).")
    make_live(title="By address", body=f"[The case]({path}).")
    make_live(title="To none", body="[Other](/2019/grain).")

    report = actions.preview_redaction(publication, "Vera Holm", by=editor)

    assert [each.title for each in report.linked_from] == ["By address", "By path", "To both"]


def test_a_report_names_the_word_files_that_held_the_passage(editor):
    publication = make_publication(body="Nobody.")
    for name, text in (("held.docx", "Vera Holm."), ("free.docx", "Nobody.")):
        row = make_word_file(publication, p(text))
        WordFile.objects.filter(pk=row.pk).update(filename=name)

    assert actions.preview_redaction(publication, "Vera Holm", by=editor).files == ["held.docx"]


def test_words_of_the_site_in_a_report_do_not_cost_the_word_file_its_original(editor):
    publication = make_publication(body="It was left out, as he said: hidden.")
    hidden = '<w:r><w:rPr><w:vanish/></w:rPr><w:t xml:space="preserve">Grain</w:t></w:r>'
    row = make_word_file(publication, p("Nobody.") + f"<w:p>{hidden}</w:p>")
    messages = [line for line in row.report["lines"] if "hidden" in repr(line).casefold()]
    original = row.original

    for passage in ("left out", "hidden", "dropped"):
        actions.redact(saved(publication, body=f"So {passage}."), passage, by=editor)

    row.refresh_from_db()
    assert original and row.original == original
    assert messages and all(line in row.report["lines"] for line in messages)


def test_names_of_files_in_the_report_on_a_word_file_are_redacted_as_addresses(editor):
    publication = make_publication(body="By Vera Holm.")
    row = make_word_file(publication, p("Nobody."))
    lines = [
        ["dropped", {"parts": ["vera-holm.png:", {"msgid": "This is not a picture.", "values": None}]}],
        ["changed", {"msgid": "%s is smaller.", "values": ["“word/media/vera-holm.jpg”"]}],
    ]
    WordFile.objects.filter(pk=row.pk).update(report=row.report | {"lines": lines})

    actions.redact(publication, "Vera Holm", by=editor)

    row.refresh_from_db()
    assert "vera" not in repr(row.report["lines"]).casefold()
    assert "file.png:" in repr(row.report["lines"]) and "file.jpg" in repr(row.report["lines"])
