"""Comments on drafts: written, answered, resolved, and following the words that they are about. They are never public."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications import actions, manuscript
from publications.models import (
    MAX_COMMENT_CHARACTERS,
    MAX_QUOTE_CHARACTERS,
    Comment,
    NewsEvent,
    Publication,
    Revision,
    RevisionReason,
    manuscript_of,
)
from tests.conftest import ROOT
from tests.desk_forms import change, filled
from tests.factories import make_person, make_publication, saved

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
BODY = "First the EU said so.\n\nThen the EU did it, and *everybody* was glad."


@pytest.fixture
def publication():
    return make_publication(title="On words", body=BODY)


def sign_in_as(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def add_comment(
    client, publication: Publication, quote: str = "", text: str = "Is that so?", **values
) -> Comment:
    url = reverse("desk:comments", args=[publication.pk])
    response = client.post(url, {"text": text, "quote": quote, **values})
    comment = publication.comments.get(text=text)
    assert response["Location"] == f"{change(publication)}#comment-{comment.pk}"
    return comment


def press(client, comment: Comment, button: str, **values):
    name = "comment-resolve" if button in ("resolve", "reopen") else "comment-update"
    url = reverse(f"desk:{name}", args=[comment.publication_id, comment.pk])
    return client.post(url, {button: "yes", **values})


def marks_of(*marks: tuple) -> str:
    """The field of the form in which the editor says where its marks are; each has no context unless it is given."""
    return json.dumps(
        [[str(comment.pk), *values, *["", ""][len(values) - 2 :]] for comment, *values in marks]
    )


def words_of(comment: Comment) -> tuple[str, int | None]:
    comment.refresh_from_db()
    return comment.quote, comment.start


# Writing


def test_a_comment_stands_beside_its_words_on_the_form(desk, publication):
    comment = add_comment(desk, publication, "everybody was glad")

    assert words_of(comment) == ("everybody was glad", 46)
    page = desk.get(change(publication)).text
    assert "everybody was glad" in page and "Is that so?" in page and "1 open comment" in page


def test_of_equal_words_those_that_were_selected_are_meant(desk, publication):
    comment = add_comment(desk, publication, "the EU", start="27", prefix="Then ", suffix=" did")

    assert words_of(comment) == ("the EU", 27)


def test_a_comment_may_be_about_the_draft_as_a_whole(desk, publication):
    assert words_of(add_comment(desk, publication)) == ("", None)


def test_words_over_several_paragraphs_are_found(desk, publication):
    comment = add_comment(desk, publication, "said so.\r\nThen the  EU")

    assert words_of(comment) == ("said so.\nThen the EU", 13)


def test_words_that_are_not_saved_yet_are_found_when_they_are(desk, publication):
    comment = add_comment(desk, publication, "a new end")
    assert words_of(comment) == ("a new end", None)
    assert "These words are not in the saved text" in desk.get(change(publication)).text

    saved(publication, body=f"{BODY}\n\nIt has a new end.")

    assert words_of(comment) == ("a new end", 73)


def test_a_comment_that_is_sent_twice_is_stored_once(desk, publication):
    add_comment(desk, publication)
    add_comment(desk, publication)
    assert NewsEvent.objects.count() == 1

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        desk.post(reverse("desk:comments", args=[publication.pk]), {"text": "Is that so?"})

    assert publication.comments.count() == 2


def test_the_same_comment_on_two_occurrences_is_stored_twice(desk, publication):
    url = reverse("desk:comments", args=[publication.pk])

    for context in ({"start": 6, "prefix": "First "}, {"start": 27, "prefix": "Then "}):
        desk.post(url, {"text": "Source?", "quote": "the EU", **context})

    assert sorted(comment.start for comment in publication.comments.all()) == [6, 27]


def test_a_draft_has_a_limited_number_of_comments_and_says_what_to_do(desk, publication, monkeypatch):
    monkeypatch.setattr("publications.models.comment.MAX_DRAFT_COMMENTS", 1)
    comment = add_comment(desk, publication)

    for url in (
        reverse("desk:comments", args=[publication.pk]),
        reverse("desk:comment-update", args=[publication.pk, comment.pk]),
    ):
        for extra in ({}, {"is_fragment": "1"}):
            page = desk.post(url, {"text": "Another.", "reply": "yes", **extra}).text
            assert "as many as it can have. Resolve some" in page

    assert publication.comments.count() == 1
    press(desk, comment, "resolve")  # also one of somebody else, which nobody here may delete
    add_comment(desk, publication, text="Another.")
    assert publication.comments.count() == 2


def test_the_limits_of_comments_are_declared_once(desk, publication):
    press(desk, add_comment(desk, publication), "reply", text="One.")

    page = desk.get(change(publication)).text
    section = page[page.index('id="comments"') :]

    fields = re.findall(r'<textarea [^>]*name="text"[^>]*>', section)
    assert len(fields) == 4 and all(f'maxlength="{MAX_COMMENT_CHARACTERS}"' in field for field in fields)
    assert f'data-max-quote="{MAX_QUOTE_CHARACTERS}"' in section
    sources = [
        *(ROOT / "templates/desk").glob("comment*.html"),
        *(ROOT / "static/js/desk/editor").glob("comment*.js"),
    ]
    assert not [
        path.name for path in sources if re.search(r'maxlength="\d|CHARACTERS = \d', path.read_text())
    ]


@pytest.mark.parametrize("text", ["", "x" * 4001])
def test_a_comment_without_words_or_with_too_many_is_refused(desk, publication, text):
    response = desk.post(reverse("desk:comments", args=[publication.pk]), {"text": text}, follow=True)

    assert response.status_code == 200 and not Comment.objects.exists()


def test_the_script_gets_the_threads_and_what_was_done(desk, publication):
    url = reverse("desk:comments", args=[publication.pk])

    answer = desk.post(url, {"text": "So?", "quote": "glad", "is_fragment": "1"})

    assert "<html" not in answer.text and "The comment is stored." in answer.text
    assert 'data-quote="glad"' in answer.text and "So?" in desk.get(url, {"is_fragment": "1"}).text


def test_a_comment_is_escaped(desk, publication):
    add_comment(desk, publication, '"><script>x', "<script>alert(1)</script>")

    assert "<script>alert" not in desk.get(change(publication)).text


def test_a_draft_that_is_not_saved_has_no_comments_yet(desk):
    assert "data-comments" not in desk.get(reverse("desk:publications_publication_add")).text


# Answers, and who may do what


def test_a_comment_is_answered_resolved_and_opened_again(desk, publication):
    comment = add_comment(desk, publication, "glad")

    press(desk, comment, "reply", text="It is.")
    press(desk, comment, "resolve")

    page = desk.get(change(publication))
    assert [thread.pk for thread in page.context["resolved_threads"]] == [comment.pk]
    assert "It is." in page.text and "1 resolved comment" in page.text
    press(desk, comment, "reply", text="Still?")
    [thread] = desk.get(change(publication)).context["threads"]
    assert [reply.text for reply in thread.replies.all()] == ["It is.", "Still?"]


def test_an_answer_to_an_answer_belongs_to_the_thread(desk, publication):
    comment = add_comment(desk, publication)
    press(desk, comment, "reply", text="One.")

    press(desk, comment.replies.get(), "reply", text="Two.")

    assert [reply.text for reply in comment.replies.all()] == ["One.", "Two."]


def test_authors_change_and_delete_their_own_comments_alone(desk, publication):
    comment = add_comment(desk, publication)
    client = sign_in_as(make_person("Editors"))

    assert press(client, comment, "edit", text="No.").status_code == 403
    assert press(client, comment, "delete").status_code == 403
    press(desk, comment, "edit", text="Is it?")
    comment.refresh_from_db()
    assert comment.text == "Is it?" and comment.edited_at
    press(desk, comment, "delete")
    assert not Comment.objects.exists() and not NewsEvent.objects.exists()


def test_a_comment_with_answers_is_not_deleted(desk, publication):
    comment = add_comment(desk, publication)
    press(desk, comment, "reply", text="One.")

    press(desk, comment, "delete")

    assert publication.comments.count() == 2


def test_linkers_have_nothing_to_do_with_comments(publication):
    client = sign_in_as(make_person("Linkers"))

    assert client.get(reverse("desk:comments", args=[publication.pk])).status_code == 403


def test_a_comment_is_not_changed_through_another_publication(desk, publication):
    comment = add_comment(desk, publication)
    other = make_publication()

    for name in ("comment-update", "comment-resolve"):
        url = reverse(f"desk:{name}", args=[other.pk, comment.pk])
        assert desk.post(url, {"resolve": "yes", "delete": "yes"}).status_code == 404
    comment.refresh_from_db()
    assert comment.resolved_at is None


def test_comments_of_a_deleted_account_stay(desk, publication):
    author = make_person("Editors")
    add_comment(sign_in_as(author), publication)

    get_user_model().objects.get(pk=author.pk).delete()

    assert "A former colleague" in desk.get(change(publication)).text


def test_a_deleted_draft_keeps_its_comments(desk, publication):
    comment = add_comment(desk, publication, "glad")
    desk.post(reverse("desk:publications_publication_delete", args=[publication.pk]), {"post": "yes"})
    assert press(desk, comment, "resolve").status_code in (302, 404)

    desk.post(reverse("desk:deleted-draft-restore", args=[publication.pk]))

    assert desk.get(change(publication)).context["threads"] == [comment]


def test_a_comment_is_news_for_others(desk, publication):
    comment = add_comment(desk, publication)

    page = sign_in_as(make_person("Editors")).get(reverse("desk:news")).text

    assert "Is that so?" in page and f"{change(publication)}#comment-{comment.pk}" in page
    assert "Is that so?" not in desk.get(reverse("desk:news")).text


# The words


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"Before.\n\n{BODY}", ("the EU", 35)),
        (BODY.replace("Then", "And so, then"), ("the EU", 35)),
        (BODY.replace("the EU did", "the Union did"), ("the", 27)),
        (BODY.replace("Then the EU did it", "It happened"), ("the EU", 6)),
        ("Other words.", ("the EU", None)),
    ],
)
def test_a_comment_follows_its_words(desk, publication, body, expected):
    comment = add_comment(desk, publication, "the EU", start="27", prefix="Then ")

    saved(publication, body=body)

    assert words_of(comment) == expected


SENTENCE = "The minister said that the trade with China grew a lot last year."


@pytest.mark.parametrize(
    "body",
    [
        "The minister declined to comment on the imports of coal.",
        "The trade in a lot of coal.",
        "Other words.",
        "",
    ],
)
def test_a_comment_whose_words_are_mostly_gone_keeps_its_quotation(desk, body):
    publication = make_publication(body=SENTENCE)
    comment = add_comment(desk, publication, "the trade with China grew a lot")

    saved(publication, body=body)
    assert words_of(comment) == ("the trade with China grew a lot", None)

    saved(publication, body=f"Again. {SENTENCE}")
    assert words_of(comment) == ("the trade with China grew a lot", 30)


def test_a_mark_over_the_rest_of_its_words_is_no_place(desk):
    publication = make_publication(body=SENTENCE)
    comment = add_comment(desk, publication, "the trade with China grew a lot")
    body = SENTENCE.replace("the trade with China grew a lot", "the")

    desk.post(
        change(publication), filled(publication, body=body, _comment_marks=marks_of((comment, 23, "the")))
    )
    assert words_of(comment) == ("the trade with China grew a lot", None)

    saved(Publication.objects.get(pk=publication.pk), body=SENTENCE)
    assert words_of(comment) == ("the trade with China grew a lot", 23)


def test_words_that_come_back_are_found_again(desk, publication):
    comment = add_comment(desk, publication, "everybody was glad")
    saved(publication, body="Other words.")
    assert words_of(comment) == ("everybody was glad", None)

    first = publication.revisions.get(number=1)
    seen = Publication.objects.get(pk=publication.pk).version
    desk.post(reverse("desk:restore", args=[publication.pk, first.number]), {"seen": seen})

    assert words_of(comment) == ("everybody was glad", 46)


def test_comments_follow_a_text_that_is_saved_at_the_desk(desk, publication):
    comment = add_comment(desk, publication, "the EU", start="27", prefix="Then ")

    desk.post(change(publication), filled(publication, body=f"Before.\r\n\r\n{BODY}"))

    assert words_of(comment) == ("the EU", 35)


def test_comments_are_placed_where_the_editor_has_their_marks(desk, publication):
    first = add_comment(desk, publication, "words that were never saved", "One?")
    second = add_comment(desk, publication, "glad", "Two?")
    other = make_publication(body=BODY).comments.create(text="Three?", quote="glad")
    marks = marks_of((first, 30, "the EU"), (second, 0, "gone"), (other, 0, "the EU"))

    desk.post(change(publication), filled(publication, _comment_marks=marks))

    assert (words_of(first), words_of(second)) == (("the EU", 27), ("glad", 60))
    assert words_of(other) == ("glad", None)


def test_of_equal_words_those_with_the_context_of_the_mark_are_meant(desk, publication):
    comment = add_comment(desk, publication, "glad")

    marks = marks_of((comment, 400, "the EU", "First ", " said so."))
    desk.post(change(publication), filled(publication, _comment_marks=marks))

    assert words_of(comment) == ("the EU", 6)


def test_the_marks_of_an_outdated_text_are_not_those_of_the_merged_one(desk):
    publication = saved(make_publication(body="Start.\n\nThe EU said so.\n\nThe EU did it."))
    comment = add_comment(desk, publication, "EU", start=27, prefix="The ", suffix=" did it.")
    marks = marks_of((comment, 27, "EU", "The ", " said so."))
    outdated = filled(publication, summary="Another one", _comment_marks=marks)
    longer = "Start.\n\nA new paragraph that stands first.\n\nThe EU said so.\n\nThe EU did it."

    desk.post(change(publication), filled(publication, body=longer))
    place = words_of(comment)
    desk.post(change(publication), outdated)

    publication.refresh_from_db()
    assert (publication.summary, publication.body) == ("Another one", longer)
    assert words_of(comment) == place == ("EU", 62)


def test_marks_count_where_others_changed_something_else(desk, publication):
    saved(publication)
    comment = add_comment(desk, publication, "glad")
    marks = marks_of((comment, 6, "the EU"))
    outdated = filled(publication, _comment_marks=marks)

    desk.post(change(publication), filled(publication, summary="Another one"))
    desk.post(change(publication), outdated)

    assert words_of(comment) == ("the EU", 6)


BAD_MARKS = [
    "x", "1", "[[]]", '[["a", "b", "c", "d", "e"]]', "[[1, 2]]", "{}", "null", '[[1, Infinity, "x", "", ""]]',
    '[[123456789012345678901234567890, 1, "x", "", ""]]', '[[-1, -1, "x", "", ""]]', '[[1, 1e400, "x", "", ""]]',
    f'[[1, {"9" * 5000}, "x", "", ""]]', "[" * 100_000, '[[{}, 1, "x", "", ""]]',
]  # fmt: skip


@pytest.mark.parametrize("marks", BAD_MARKS, ids=lambda marks: marks[:20])
def test_marks_that_no_editor_sends_are_ignored(desk, publication, marks):
    comment = add_comment(desk, publication, "glad")

    response = desk.post(change(publication), filled(publication, _comment_marks=marks))

    assert response.status_code == 302 and words_of(comment) == ("glad", 60)


def test_comments_follow_the_texts_of_a_batch(desk, editor, publication):
    comment = add_comment(desk, publication, "glad")
    publication.body = f"Before.\n\n{BODY}"
    publication.save()

    Revision.objects.create_many_from([publication], by=editor, reason=RevisionReason.IMPORTED)

    assert words_of(comment) == ("glad", 68)


def test_a_batch_with_comments_takes_a_constant_number_of_queries():
    counts = []
    for size in (2, 6):
        batch = [saved(make_publication(body=BODY)) for _number in range(size)]
        for publication in batch:
            publication.comments.create(text="So?", quote="the EU", start=6, end=12)
            publication.body = f"Before.\n\n{BODY}"
        with CaptureQueriesContext(connection) as queries:
            Comment.objects.follow_texts(batch)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert set(Comment.objects.values_list("start", flat=True)) == {14}


# Never public


def test_no_output_holds_a_comment(desk, client, editor, publication):
    add_comment(desk, publication, "glad", "Unutterable")
    edition = actions.publish(Publication.objects.get(pk=publication.pk), by=editor)
    comment = publication.comments.get()
    press(desk, comment, "reply", text="Unutterable too")

    assert "Unutterable" not in manuscript.dumps(manuscript_of(publication))
    url = edition.get_absolute_url()
    paths = [url, f"{url}.md", f"{url}.bib", f"{url}.ris", f"{url}.json", "/en/feeds/publications.atom", "/en/feeds/publications.json", "/sitemap.xml",
             "/oai?verb=ListRecords&metadataPrefix=oai_dc", f"/api/v1/publications/{publication.uid}", "/llms.txt",
             "/en/publications/?q=unutterable"]  # fmt: skip
    texts = [b"".join(client.get(path)).decode(errors="replace") for path in paths]
    assert "On words" in texts[0] and not any("Unutterable" in text for text in texts)
