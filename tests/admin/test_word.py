"""Word files at the desk: new drafts, the report, tracked changes, comments and next versions."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.importers.imported_file import ImportRefused
from publications.importers.word import versions
from publications.models import (
    Author,
    Edition,
    Image,
    Publication,
    Revision,
    RevisionReason,
    SiteVersion,
    TrackedChangesState,
    WordFile,
    original_storage,
)
from tests.factories import make_author, make_live, make_person, make_publication, picture_bytes
from tests.word_files import bomb, deletion, docx, ins, make_word_file, note, note_element, p, picture, r

pytestmark = pytest.mark.django_db

TITLE = p("Moldova votes", style="Title")


@pytest.fixture
def desk(client):
    client.force_login(make_person("Editors"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def upload(body: str, name: str = "moldova.docx", **more) -> dict:
    return {"file": SimpleUploadedFile(name, docx(TITLE + body, **more))}


def draft_of(desk, body: str, **more) -> Publication:
    response = desk.post(reverse("desk:word-new"), upload(body, **more))
    assert response.status_code == 302, response.content.decode()
    return Publication.objects.latest("pk")


def address(name: str, publication: Publication) -> str:
    return reverse(f"desk:{name}", args=[publication.pk])


def form_of(desk, publication: Publication) -> str:
    return desk.get(address("publications_publication_change", publication)).content.decode()


def test_a_word_file_becomes_a_draft_and_its_form_opens(desk):
    make_author("Ann Andersson")
    body = p("By Ann Andersson") + p("Text", note(1), ".")

    response = desk.post(reverse("desk:word-new"), upload(body, footnotes=note_element(1, p("A note."))))

    publication = Publication.objects.get()
    assert response["Location"] == address("publications_publication_change", publication)
    assert (publication.title, publication.body) == ("Moldova votes", "Text[^1].\n\n[^1]: A note.")
    assert [line.author.name for line in publication.bylines.all()] == ["Ann Andersson"]
    assert publication.revisions.get().reason == RevisionReason.WORD and not publication.editions.exists()
    assert "1 footnote found, 1 kept" in form_of(desk, publication)


def test_the_original_can_be_downloaded(desk):
    content = docx(TITLE + p("Text."))
    desk.post(reverse("desk:word-new"), {"file": SimpleUploadedFile("C:\\Users\\ann\\moldova.docx", content)})

    row = WordFile.objects.get()
    response = desk.get(reverse("desk:word-original", args=[row.publication_id, row.pk]))

    assert b"".join(response.streaming_content) == content
    assert 'filename="moldova.docx"' in response["Content-Disposition"]


def test_an_original_is_not_served_under_another_publication(desk):
    row = WordFile.objects.get(publication=draft_of(desk, p("Text.")))
    other = make_publication()

    assert desk.get(reverse("desk:word-original", args=[other.pk, row.pk])).status_code == 404


def test_images_are_added_to_the_library_and_public_only_in_an_edition(desk, client):
    draft_of(desk, p(picture("media/map.png", "A map")), parts={"media/map.png": picture_bytes()})

    image = Image.objects.get()
    assert (image.alt_en, image.filename) == ("A map", "map.png")
    assert client.get(f"/media/{image.key}/480.webp").status_code == 404


def test_equal_images_are_stored_once(desk):
    for title in ("One text", "Another text"):
        body = p(title, style="Title") + p(picture("media/map.png", "A map"))
        desk.post(
            reverse("desk:word-new"),
            {"file": SimpleUploadedFile("a.docx", docx(body, parts={"media/map.png": picture_bytes()}))},
        )

    assert Publication.objects.count() == 2

    assert Image.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF-1.7", "This is a PDF"), (b"", "The file is empty"), (bomb(), "unpacks to more")],
)
def test_an_invalid_file_is_refused_and_nothing_stored(desk, settings, content, said):
    response = desk.post(reverse("desk:word-new"), {"file": SimpleUploadedFile("text.docx", content)})

    assert said in response.content.decode() and response.status_code == 200
    assert not Publication.objects.exists() and not WordFile.objects.exists() and not Image.objects.exists()
    assert not list(settings.ORIGINALS.rglob("*.docx"))


def test_a_script_gets_json(desk):
    refused = desk.post(
        reverse("desk:word-new"),
        {"file": SimpleUploadedFile("x.docx", b"%PDF-1.7")},
        headers={"Accept": "application/json"},
    )
    taken = desk.post(reverse("desk:word-new"), upload(p("Text.")), headers={"Accept": "application/json"})

    assert "This is a PDF" in refused.json()["error"]
    assert taken.json() == {"url": address("publications_publication_change", Publication.objects.get())}


def test_a_too_large_upload_is_refused_before_it_is_read(desk):
    response = desk.generic(
        "POST",
        reverse("desk:word-new"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="200000000",
    )

    assert response.status_code == 413
    assert "larger than this site takes" in response.content.decode()


# Authors


def test_a_similar_author_and_a_guest_are_offered(desk):
    near = make_author("Anna Andersson")
    publication = draft_of(desk, p("By Ana Anderson and Bo Berg") + p("Text."))

    page = form_of(desk, publication)

    assert not publication.bylines.exists()
    assert "Did you mean" in page and f'name="author" value="{near.pk}"' in page
    assert "Add Bo Berg as a guest author" in page

    desk.post(address("word-report", publication), {"author": near.pk})
    desk.post(address("word-report", publication), {"guest": "Bo Berg"})

    assert [line.author.name for line in publication.bylines.all()] == ["Anna Andersson", "Bo Berg"]
    assert Author.objects.get(name="Bo Berg").is_guest


def test_a_contributor_cannot_make_an_author(client):
    client.force_login(make_person("Contributors"), backend="django.contrib.auth.backends.ModelBackend")
    publication = draft_of(client, p("By Bo Berg") + p("Text."))

    assert "Add Bo Berg as a guest author" not in form_of(client, publication)
    assert client.post(address("word-report", publication), {"guest": "Bo Berg"}).status_code == 403
    assert not Author.objects.exists()


def test_a_guest_author_that_is_refused_is_reported(desk):
    publication = draft_of(desk, p("By Bo Berg") + p("Text."))
    SiteVersion.objects.update(changed_at=timezone.now() + timedelta(days=1))

    page = desk.post(address("word-report", publication), {"guest": "Bo Berg"}, follow=True)

    assert "The clock of the server" in page.text
    assert not publication.bylines.exists() and not Author.objects.exists()


def test_an_alias_matches_its_author(desk):
    author = make_author("Oleksandr Kovalenko", aliases="Alexander Kovalenko")

    publication = draft_of(desk, p("By Alexander Kovalenko") + p("Text."))

    assert publication.bylines.get().author == author


# Tracked changes


CHANGED = p("One ", ins(r("new ")), "word, ", deletion("old "), "here.") + p("Second paragraph.")


def is_folded(desk, publication: Publication) -> bool:
    page = " ".join(form_of(desk, publication).split()).replace("> <", "><")
    assert "From Word:" in page
    return '<details><summary><h2 id="word-report"' in page


def make_publishable(publication: Publication) -> None:
    publication.bylines.create(author=make_author(), position=0)
    Publication.objects.filter(pk=publication.pk).update(summary="What happened.")
    publication.refresh_from_db()


def test_the_report_is_folded_once_its_draft_is_published_until_another_file_comes(desk):
    publication = draft_of(desk, p("Text."))
    assert not is_folded(desk, publication)

    make_publishable(publication)
    actions.publish(publication, by=None)
    assert is_folded(desk, publication)
    assert "with title and notes, 0 of them missing" in form_of(desk, publication)

    Publication.objects.filter(pk=publication.pk).update(body="Ours.")
    replace(desk, publication, p("Theirs."))
    assert publication.word_files.undecided().exists()
    assert not is_folded(desk, publication)


@pytest.mark.parametrize("change", ["edition of before", "undo"])
def test_the_report_is_not_folded_by_what_does_not_publish_its_draft(desk, change):
    publication = draft_of(desk, p("Text."))
    make_publishable(publication)
    edition = actions.publish(publication, by=None)
    if change == "undo":
        publication.refresh_from_db()
        Publication.objects.filter(pk=publication.pk).update(body="More.")
        publication.refresh_from_db()
        actions.publish(publication, by=None)
    publication.word_files.update(added_at=timezone.now())
    if change == "undo":
        actions.undo(publication, by=None)
    else:
        Edition.objects.filter(pk=edition.pk).update(visible_from=timezone.now())

    assert not is_folded(desk, publication)


def test_the_report_is_in_the_language_of_the_desk_whoever_read_the_file(desk):
    publication = draft_of(
        desk, p("Text.") + "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>"
    )

    english = form_of(desk, publication)
    swedish = desk.get(address("word-report", publication), headers={"accept-language": "sv"}).text

    assert "Hidden text is left out" in english
    assert "Hidden text is left out" not in swedish and "secret" in swedish


def test_undecided_changes_are_reported_and_block_publishing(desk):
    publication = draft_of(desk, CHANGED)

    assert "1 insertion, 1 deletion, not accepted" in form_of(desk, publication)
    with pytest.raises(actions.NotReady, match="2 tracked changes"):
        actions.publish(publication, by=None)


def test_accepting_changes_leaves_the_draft_unchanged(desk):
    publication = draft_of(desk, CHANGED)

    desk.post(address("word-changes", publication), {"changes": "accept"})

    publication.refresh_from_db()
    assert (publication.undecided_changes, publication.body) == (
        0,
        "One new word, here.\n\nSecond paragraph.",
    )
    assert publication.word_files.get().tracked_changes == TrackedChangesState.ACCEPTED


def test_rejecting_changes_keeps_the_edits_of_the_draft(desk):
    publication = draft_of(desk, CHANGED)
    Publication.objects.filter(pk=publication.pk).update(body=publication.body.replace("Second", "Another"))

    desk.post(address("word-changes", publication), {"changes": "reject"})

    publication.refresh_from_db()
    assert (publication.undecided_changes, publication.body) == (
        0,
        "One word, old here.\n\nAnother paragraph.",
    )


@pytest.mark.parametrize(
    ("decision", "state"),
    [("reject", TrackedChangesState.ACCEPTED), ("accept", TrackedChangesState.REJECTED)],
)
def test_changes_that_a_colleague_decides_just_before_keep_that_decision(desk, decision, state):
    publication = draft_of(desk, CHANGED)
    body = publication.body

    def decide_before_lock(execute, sql, *args):
        if (
            "publications_siteversion" in sql
            and publication.word_files.exclude(tracked_changes=state).exists()
        ):
            publication.word_files.update(tracked_changes=state)
            Publication.objects.filter(pk=publication.pk).update(undecided_changes=0)
        return execute(sql, *args)

    with connection.execute_wrapper(decide_before_lock):
        page = desk.post(address("word-changes", publication), {"changes": decision}, follow=True)

    publication.refresh_from_db()
    assert "Another editor has accepted or rejected these changes already" in page.text
    assert page.redirect_chain and publication.body == body
    assert publication.word_files.get().tracked_changes == state and not publication.undecided_changes


@pytest.mark.parametrize(("error", "message"), [(ImportRefused("Too many parts."), "Too many parts."),
                                               (FileNotFoundError(), "The file was given up")])  # fmt: skip
def test_a_file_that_cannot_be_read_again_is_reported_with_the_reason(desk, monkeypatch, error, message):
    publication = draft_of(desk, CHANGED)

    def refuse(*_args, **_options):
        raise error

    monkeypatch.setattr(versions, "read_word_file", refuse)
    page = desk.post(address("word-changes", publication), {"changes": "reject"})

    assert message in page.text and ("The file was given up" in page.text) == (message != "Too many parts.")


def test_tracked_changes_without_a_decision_stay_undecided(desk):
    publication = draft_of(desk, CHANGED)
    before = publication.body

    desk.post(address("word-changes", publication), {"x": "1"})

    publication.refresh_from_db()
    assert publication.undecided_changes and publication.body == before


def test_rejecting_a_change_that_was_edited_is_a_conflict(desk):
    publication = draft_of(desk, CHANGED)
    Publication.objects.filter(pk=publication.pk).update(body=publication.body.replace("here", "there"))

    page = desk.post(address("word-changes", publication), {"changes": "reject"})

    question = page.context["conflicts"][0]
    assert question["key"] in page.content.decode()
    publication.refresh_from_db()
    assert publication.undecided_changes == 2

    desk.post(address("word-changes", publication), {"changes": "reject", question["key"]: "incoming"})

    publication.refresh_from_db()
    assert (publication.undecided_changes, publication.body) == (
        0,
        "One word, old here.\n\nSecond paragraph.",
    )


def test_the_page_of_changes_shows_each_with_its_author(desk):
    page = desk.get(address("word-changes", draft_of(desk, CHANGED))).content.decode()

    assert "<ins>new </ins>" in page and "<del>old </del>" in page and "Ann" in page


# Comments


COMMENT = f'<w:comment w:id="7" w:author="Bo" w:date="2026-03-04T10:00:00Z">{p("Sure?")}</w:comment>'
COMMENTED = p('<w:commentRangeStart w:id="7"/>', r("Moldova"), '<w:commentRangeEnd w:id="7"/>', " votes.")


def test_word_comments_become_comments_on_their_words(desk):
    publication = draft_of(desk, COMMENTED, comments=COMMENT)

    comment = publication.comments.get()
    assert (comment.author_name, comment.text, comment.quote) == ("Bo", "Sure?", "Moldova")
    assert comment.start == 0
    assert "Sure?" in form_of(desk, publication) and "Sure?" not in publication.body


def test_word_comments_on_the_same_words_keep_their_places(desk):
    second = COMMENT.replace('"7"', '"8"')
    again = p('<w:commentRangeStart w:id="8"/>', r("Moldova"), '<w:commentRangeEnd w:id="8"/>', " again.")
    publication = draft_of(desk, COMMENTED + again, comments=COMMENT + second)

    assert [comment.start for comment in publication.comments.threads()] == [0, len("Moldova votes.") + 1]


def test_dates_of_word_comments_have_the_format_of_the_desk(desk):
    publication = draft_of(desk, COMMENTED, comments=COMMENT)

    assert "4 March 2026 10:00" in form_of(desk, publication)


# Replace from Word


BASE = p("First paragraph.") + p("Second paragraph.") + p("Third paragraph.")


def replace(desk, publication: Publication, body: str, **more):
    return desk.post(address("word-replace", publication), upload(body, "next.docx", **more))


def test_the_next_version_is_merged_with_the_edits_of_the_draft(desk):
    publication = draft_of(desk, BASE)
    Publication.objects.filter(pk=publication.pk).update(body=publication.body.replace("First", "Very first"))

    response = replace(
        desk,
        publication,
        p("First paragraph.") + p("Second paragraph.") + p("Third, longer paragraph.") + p("Fourth."),
    )

    publication.refresh_from_db()
    assert response["Location"] == address("publications_publication_change", publication)
    assert (
        publication.body
        == "Very first paragraph.\n\nSecond paragraph.\n\nThird, longer paragraph.\n\nFourth."
    )
    assert (
        publication.revisions.first().reason == RevisionReason.WORD
        and publication.word_files.accepted().count() == 2
    )


def test_conflicts_are_shown_side_by_side_before_anything_is_stored(desk):
    publication = draft_of(desk, BASE)
    Publication.objects.filter(pk=publication.pk).update(
        body=publication.body.replace("Second", "Ours second")
    )
    before = Revision.objects.count()

    response = replace(
        desk, publication, p("First paragraph.") + p("Theirs second paragraph.") + p("Third paragraph.")
    )

    assert response["Location"] == address("word-replace", publication)
    page = desk.get(response["Location"])
    question = page.context["conflicts"][0]
    assert "Ours" in page.content.decode() and "Theirs" in page.content.decode()
    assert Revision.objects.count() == before
    assert desk.post(response["Location"], {}).status_code == 200

    desk.post(response["Location"], {question["key"]: "both"})

    publication.refresh_from_db()
    assert publication.body == (
        "First paragraph.\n\nOurs second paragraph.\n\nTheirs second paragraph.\n\nThird paragraph."
    )


def test_a_decision_is_void_if_the_draft_has_changed_since(desk):
    publication = draft_of(desk, BASE)
    Publication.objects.filter(pk=publication.pk).update(
        body=publication.body.replace("Second", "Ours second")
    )
    replace(desk, publication, p("First paragraph.") + p("Theirs second paragraph.") + p("Third paragraph."))
    key = desk.get(address("word-replace", publication)).context["conflicts"][0]["key"]
    Publication.objects.filter(pk=publication.pk).update(
        body=publication.body.replace("Second", "A colleague's second")
    )

    response = desk.post(address("word-replace", publication), {key: "incoming"})

    publication.refresh_from_db()
    assert response.status_code == 200 and "A colleague's second" in publication.body


def test_an_offered_version_can_be_discarded(desk):
    publication = draft_of(desk, BASE)
    Publication.objects.filter(pk=publication.pk).update(
        body=publication.body.replace("Second", "Ours second")
    )
    replace(desk, publication, p("First paragraph.") + p("Theirs second paragraph.") + p("Third paragraph."))

    desk.post(address("word-replace", publication), {"discard": "1"})

    publication.refresh_from_db()
    assert "Ours second" in publication.body and not publication.word_files.undecided().exists()


def test_a_version_that_a_colleague_discards_just_before_is_not_accepted(desk):
    publication = draft_of(desk, BASE)
    Publication.objects.filter(pk=publication.pk).update(
        body=publication.body.replace("Second", "Ours second")
    )
    replace(desk, publication, p("First paragraph.") + p("Theirs second paragraph.") + p("Third paragraph."))
    key = desk.get(address("word-replace", publication)).context["conflicts"][0]["key"]

    def discard_before_lock(execute, sql, *args):
        if "publications_siteversion" in sql and publication.word_files.undecided().exists():
            publication.word_files.undecided().get().delete()
        return execute(sql, *args)

    with connection.execute_wrapper(discard_before_lock):
        desk.post(address("word-replace", publication), {key: "incoming"})

    publication.refresh_from_db()
    assert "Ours second" in publication.body and publication.word_files.count() == 1


def test_a_lost_file_of_an_offered_version_is_reported(desk):
    publication = draft_of(desk, BASE)
    Publication.objects.filter(pk=publication.pk).update(
        body=publication.body.replace("Second", "Ours second")
    )
    theirs = p("First paragraph.") + p("Theirs second paragraph.") + p("Third paragraph.")
    replace(desk, publication, theirs)
    key = desk.get(address("word-replace", publication)).context["conflicts"][0]["key"]
    original_storage().delete(publication.word_files.undecided().get().original)

    page = desk.post(address("word-replace", publication), {key: "both"})

    publication.refresh_from_db()
    assert "is no longer kept" in page.text and "Ours second" in publication.body
    replace(desk, publication, theirs)
    desk.post(address("word-replace", publication), {key: "incoming"})
    publication.refresh_from_db()
    assert "Theirs second" in publication.body


def test_a_third_version_is_merged_with_the_second(desk):
    publication = draft_of(desk, BASE)
    replace(desk, publication, BASE + p("Fourth."))
    Publication.objects.filter(pk=publication.pk).update(
        body=Publication.objects.get(pk=publication.pk).body.replace("First", "Ours")
    )

    replace(desk, publication, BASE + p("Fourth, again."))

    publication.refresh_from_db()
    assert publication.body == "Ours paragraph.\n\nSecond paragraph.\n\nThird paragraph.\n\nFourth, again."


def test_the_next_version_keeps_authors_tags_and_slug(desk):
    author = make_author("Ann Andersson")
    publication = draft_of(desk, p("By Ann Andersson") + BASE)
    Publication.objects.filter(pk=publication.pk).update(slug="own-address")
    publication.tags.add("Moldova")

    replace(desk, publication, p("By Somebody Else") + BASE + p("Fourth."))

    publication.refresh_from_db()
    assert (publication.slug, [tag.name for tag in publication.tags.all()]) == ("own-address", ["Moldova"])
    assert [line.author for line in publication.bylines.all()] == [author]


def test_a_draft_without_word_file_keeps_its_own_fields(desk):
    publication = make_publication(
        title="Moldova votes", body="First paragraph.\n\nOnly at the desk.", summary="S."
    )

    replace(desk, publication, p("First paragraph.") + p("Second paragraph."))

    publication.refresh_from_db()
    if publication.word_files.undecided().exists():
        key = desk.get(address("word-replace", publication)).context["conflicts"][0]["key"]
        desk.post(address("word-replace", publication), {key: "both"})
        publication.refresh_from_db()
    assert publication.body == "First paragraph.\n\nOnly at the desk.\n\nSecond paragraph."


def test_new_images_of_the_next_version_are_added_to_the_library(desk):
    publication = draft_of(desk, BASE)

    replace(
        desk,
        publication,
        BASE + p(picture("media/map.png", "A map")),
        parts={"media/map.png": picture_bytes()},
    )

    publication.refresh_from_db()
    assert f"![A map](image:{Image.objects.get().key})" in publication.body


def test_a_next_version_changes_nothing_public(desk, client):
    edition = make_live(title="Moldova votes", body="First paragraph.")

    replace(desk, edition.publication, p("First paragraph.") + p("Second paragraph."))

    assert "Second paragraph" not in client.get(edition.get_absolute_url()).content.decode()


# Redaction


def test_redaction_covers_files_comments_and_reports(desk):
    body = p("The source is Ivan Petrov.") + p("Text ", ins(r("by Ivan Petrov ")), "here.")
    publication = draft_of(desk, COMMENTED + body, comments=COMMENT.replace("Sure?", "Is Ivan Petrov sure?"))

    actions.redact(publication, "Ivan Petrov", by=None)

    row = publication.word_files.get()
    assert "Ivan" not in f"{row.text}{row.report}{publication.comments.get().text}"
    assert not row.original


def test_a_file_with_the_name_in_hidden_text_is_deleted_too(desk, django_capture_on_commit_callbacks):
    publication = draft_of(desk, p("Text ", deletion("by Ivan Petrov "), "here."))
    name = publication.word_files.get().original

    with django_capture_on_commit_callbacks(execute=True):
        actions.redact(publication, "Ivan Petrov", by=None)

    assert not original_storage().exists(name)


def test_the_redaction_page_lists_the_files_to_be_deleted(desk, django_capture_on_commit_callbacks):
    publication = draft_of(desk, p("Text ", deletion("by Ivan Petrov "), "here."))
    other = make_word_file(publication, p("Nothing of him."))
    WordFile.objects.filter(pk=other.pk).update(filename="other.docx")
    name = publication.word_files.get(filename="moldova.docx").original
    desk.force_login(make_person("Administrators"), backend="django.contrib.auth.backends.ModelBackend")

    page = desk.post(address("redact", publication), {"passage": "Ivan Petrov", "mark": "…"}).text

    assert "<li>moldova.docx</li>" in page and "other.docx" not in page
    assert "The contents of Word files are searched" in page
    assert original_storage().exists(name)
    preview = actions.preview_redaction(publication, "Ivan Petrov", by=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.redact(publication, "Ivan Petrov", by=None) == preview
    assert preview.files == ["moldova.docx"] and not original_storage().exists(name)
