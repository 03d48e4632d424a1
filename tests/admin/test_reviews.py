"""The review link: one revision for the holder of the address until the link ends; and reviews for editors."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.models import Byline, BylineRole, Comment, NewsEvent, Publication, Review, Revision
from tests.desk_forms import change
from tests.factories import make_author, make_image, make_live, make_person, make_publication, saved

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
STRANGER = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def stranger():
    return Client(enforce_csrf_checks=True)


def invite(publication: Publication, days: int = 14, reader: str = "Ann") -> str:
    """The address of a review of the draft as it is saved."""
    _review, token = Review.objects.invite(publication.revisions.first(), reader=reader, days=days, by=None)
    return reverse("desk:review", args=[token])


def comments_of(publication: Publication) -> list[tuple[int, str, bool]]:
    comments = Comment.objects.filter(publication=publication).order_by("passage", "pk")
    return [(comment.passage, comment.text, comment.is_approval) for comment in comments]


def test_only_the_hash_of_a_new_link_is_stored(desk, stranger):
    publication = make_publication(title="In confidence")

    page = desk.post(
        reverse("desk:reviews", args=[publication.pk]), {"reader": "Ann", "days": "7"}, follow=True
    )

    address = page.context["secrets"]["address"]
    token = address.rstrip("/").rpartition("/")[2]
    assert "In confidence" in stranger.get(reverse("desk:review", args=[token])).text
    assert token not in str(Review.objects.values().get())
    assert address not in desk.get(reverse("desk:reviews", args=[publication.pk])).text


def test_a_reader_sees_the_revision_and_no_later_changes(stranger):
    publication = make_publication(title="Then", body="It was Minsk.", authors=[make_author("Ann Berg")])
    address = invite(publication)
    saved(publication, title="Now", body="It was Brest.")

    page = stranger.get(address).text

    assert "Then" in page and "It was Minsk." in page and "Ann Berg" in page
    assert "Now" not in page and "Brest" not in page


def test_a_reader_sees_authors_and_editors(stranger):
    publication = make_publication(authors=[make_author("Ann Berg")])
    Byline.objects.create(
        publication=publication, author=make_author("Bo Ek"), role=BylineRole.EDITOR, position=1
    )

    page = stranger.get(invite(saved(publication)), **STRANGER).text

    assert "Ann Berg · Edited by Bo Ek" in " ".join(page.split())


def test_a_byline_of_an_editor_alone_names_no_author(stranger):
    publication = make_publication(authors=[])
    Byline.objects.create(
        publication=publication, author=make_author("Bo Ek"), role=BylineRole.EDITOR, position=0
    )

    page = stranger.get(invite(saved(publication)), **STRANGER).text

    assert "· Edited by Bo Ek" in " ".join(page.split())
    assert page.count("Bo Ek") == 1


def test_the_page_is_not_cached_and_sends_no_referrer(stranger):
    response = stranger.get(invite(make_publication()))

    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"] and 'name="robots" content="noindex' in response.text
    assert not response.cookies
    assert "Content-Encoding" not in response


def test_comments_on_a_paragraph_and_on_the_whole_text_reach_the_editor(stranger, desk):
    publication = make_publication(body="First.\n\nThe second one.\n\nThird.")
    address = invite(publication)

    stranger.post(address, {"passage": "2", "text": "Is that so?"})
    stranger.post(address, {"passage": "0", "text": "Good."})

    assert comments_of(publication) == [(0, "Good.", False), (2, "Is that so?", False)]
    assert "Is that so?" in stranger.get(address).text
    page = desk.get(reverse("desk:reviews", args=[publication.pk])).text
    assert "The second one." in page and "Is that so?" in page
    assert "2 open comments" in desk.get(change(publication)).text


def test_a_comment_on_words_of_a_passage_is_placed_in_the_draft_as_it_is_now(stranger, desk):
    publication = make_publication(body='First.\n\nThe "second" one is the second.')
    address = invite(publication)
    saved(publication, body='New.\n\nFirst, too.\n\nThe "second" one is the second.')

    stranger.post(address, {"passage": "2", "text": "Which?", "quote": "the second", "start": "17"})
    stranger.post(address, {"passage": "2", "text": "So?"})
    stranger.post(address, {"passage": "1", "text": "And?", "quote": "not there"})

    assert [(row.text, row.quote, row.start) for row in publication.comments.order_by("pk")] == [
        ("Which?", "the second", 37),
        ("So?", 'The "second" one is the second.', 17),
        ("And?", "First, too.", 5),
    ]
    page = stranger.get(address).text
    assert "<q>the second</q>" in page and "too" not in page


def test_the_same_comment_on_other_words_of_a_passage_is_stored_too(stranger):
    publication = make_publication(body="The EU said so. Then the EU and China did it.")
    address = invite(publication)

    for quote, start in (("EU", 4), ("EU", 25), ("China", 32), ("China", 32)):
        stranger.post(address, {"passage": "1", "text": "Source?", "quote": quote, "start": start})

    assert [(row.quote, row.start) for row in publication.comments.order_by("pk")] == [
        ("EU", 4),
        ("EU", 25),
        ("China", 32),
    ]


def test_fine_by_me_is_stored_once_and_is_no_open_comment(stranger, desk):
    publication = make_publication()
    address = invite(publication)

    for _time in range(2):
        stranger.post(address, {"approve": "yes"})

    assert comments_of(publication) == [(0, "", True)]
    assert "You said that it is fine by you" in stranger.get(address).text
    [approval] = desk.get(change(publication)).context["threads"]
    assert (approval.author_label, approval.is_approval) == ("Ann", True)
    assert "open comment" not in desk.get(change(publication)).text
    assert not Comment.objects.unresolved().exists() and desk.get("/desk/").context["worklists"] == []


def test_an_approval_is_taken_back_and_the_editors_learn_of_it(stranger, desk):
    publication = make_publication()
    address = invite(publication)
    stranger.post(address, {"approve": "yes"})
    assert 'name="withdraw_approval"' in stranger.get(address).text

    for _time in range(2):
        stranger.post(address, {"withdraw_approval": "yes"})

    [(_place, text, is_approval)] = comments_of(publication)
    assert (
        re.fullmatch(r"I take back that it is fine by me, as I said on .*[0-9]{4}.*\.", text)
        and not is_approval
    )
    assert 'name="approve"' in stranger.get(address).text
    assert Comment.objects.unresolved().count() == 1
    assert [event.comment.text for event in NewsEvent.objects.all()] == [text]


def test_replies_to_an_approval_outlast_it(stranger, editor):
    publication = make_publication()
    address = invite(publication)
    stranger.post(address, {"approve": "yes"})
    approval = Comment.objects.get()
    Comment.objects.create(publication=publication, thread=approval, author=editor, text="Thanks!")

    stranger.post(address, {"withdraw_approval": "yes"})

    assert [reply.text for reply in Comment.objects.get(thread=None).replies.all()] == ["Thanks!"]


def test_approvals_count_among_the_comments_of_a_minute(stranger):
    address = invite(make_publication())

    statuses = []
    for _time in range(12):
        statuses.append(stranger.post(address, {"approve": "yes"}).status_code)
        stranger.post(address, {"withdraw_approval": "yes"})

    assert statuses == [302] * 10 + [429] * 2


def test_all_links_of_a_draft_have_a_limited_number_of_comments(stranger, monkeypatch):
    monkeypatch.setattr("publications.models.comment.MAX_DRAFT_COMMENTS", 1)
    publication = make_publication()
    first, second = invite(publication), invite(publication, reader="Bo")

    statuses = [
        stranger.post(address, {"passage": "1", "text": "x"}, **STRANGER).status_code
        for address in (first, second)
    ]

    assert statuses == [302, 429]


def test_a_resolved_comment_leaves_the_worklist_and_can_be_reopened(stranger, desk):
    publication = make_publication()
    stranger.post(invite(publication), {"passage": "0", "text": "Well?"})
    comment = Comment.objects.get()
    url = reverse("desk:comment-resolve", args=[publication.pk, comment.pk])

    desk.post(url, {"resolve": "yes"})
    worklists = desk.get("/desk/").context["worklists"]
    desk.post(url, {"reopen": "yes"})

    assert worklists == [] and desk.get("/desk/").context["worklists"]


def test_a_contributor_gets_reviews_of_their_own_publications_only(client, stranger):
    person = make_person("Contributors")
    mine, other = make_publication(created_by=person), make_publication()
    for publication in (mine, other):
        stranger.post(invite(publication), {"passage": "0", "text": "Well?"})
    client.force_login(person, backend=BACKEND)

    worklists = {row.worklist.value: row for row in client.get("/desk/").context["worklists"]}

    assert [row.publication for row in worklists["reviewed"].rows] == [mine]


# Where a link ends


def close_link(desk, publication: Publication) -> None:
    review = publication.reviews.get()
    desk.post(reverse("desk:review-update", args=[publication.pk, review.pk]), {"close": "yes"})


@pytest.mark.parametrize("end", ["closed", "expired", "deleted"])
def test_an_ended_link_answers_404_and_stores_no_comment(desk, stranger, end):
    publication = make_publication(title="In confidence")
    address = invite(publication)
    ended_at = timezone.now() + timedelta(days=14 if end == "expired" else 0, seconds=1)
    if end == "closed":
        close_link(desk, publication)
    if end == "deleted":
        desk.post(reverse("desk:publications_publication_delete", args=[publication.pk]), {"post": "yes"})

    with time_machine.travel(ended_at):
        responses = [stranger.get(address), stranger.post(address, {"passage": "0", "text": "Late."})]

    assert [response.status_code for response in responses] == [404, 404]
    assert all("In confidence" not in response.text for response in responses)
    assert not Comment.objects.exists()


def test_a_link_is_open_until_the_last_second(stranger):
    address = invite(make_publication(), days=3)

    with time_machine.travel(timezone.now() + timedelta(days=3, seconds=-2)):
        assert stranger.get(address).status_code == 200


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 42 + "%", "é" * 43, "a" * 5000])
def test_an_unknown_token_is_answered_like_an_ended_link(stranger, token):
    make_publication()

    response = stranger.get(f"/desk/review/{token}/")

    assert (response.status_code, response["Referrer-Policy"]) == (404, "no-referrer")


def test_the_stored_hash_is_no_token(stranger):
    invite(make_publication())

    assert stranger.get(f"/desk/review/{Review.objects.get().token_hash[:43]}/").status_code == 404


def test_a_link_opens_no_other_publication_and_no_other_page_of_the_desk(stranger):
    address = invite(make_publication())
    other = make_publication(title="Another one")
    invite(other)

    page = stranger.get(address).text

    assert "Another one" not in page
    for url in (change(other), reverse("desk:preview", args=[other.pk]), "/desk/"):
        assert stranger.get(url).status_code == 302
    assert 'href="/desk/publications' not in page


def test_images_of_the_revision_are_served_and_no_others(stranger):
    shown, other = make_image(), make_image(colour="red")
    address = invite(make_publication(body=f"![](image:{shown.key})\n\nText."))

    page = stranger.get(address).text

    def status_of(image) -> int:
        return stranger.get(f"{address}{image.key}/192s.jpg").status_code

    assert f'src="{address}{shown.key}/' in page
    assert (status_of(shown), status_of(other)) == (200, 404)
    Review.objects.update(revoked_at=timezone.now())
    assert status_of(shown) == 404


def test_comments_and_names_of_readers_are_escaped(stranger, desk):
    publication = make_publication()
    address = invite(publication, reader="<b>Ann</b>")

    stranger.post(address, {"passage": "1", "text": "<script>alert(1)</script>"})

    for page in (
        stranger.get(address),
        desk.get(reverse("desk:reviews", args=[publication.pk])),
        desk.get(change(publication)),
    ):
        assert "<script>alert" not in page.text and "<b>Ann" not in page.text


# Bounds


@pytest.mark.parametrize(
    "typed",
    [
        {"passage": "1", "text": ""},
        {"passage": "1", "text": "x" * 4001},
        {"passage": "-1", "text": "x"},
        {"text": "x"},
    ],
)
def test_an_invalid_comment_is_refused_and_redisplayed(stranger, typed):
    publication = make_publication()

    response = stranger.post(invite(publication), typed)

    assert response.status_code == 400 and comments_of(publication) == []
    assert typed["text"][:100] in response.text


def test_the_eleventh_comment_of_a_minute_is_refused(stranger):
    publication = make_publication()
    address = invite(publication)
    statuses = [stranger.post(address, {"passage": "1", "text": f"{n}"}).status_code for n in range(11)]

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        later = stranger.post(address, {"passage": "1", "text": "later"}).status_code

    assert statuses == [302] * 10 + [429]
    assert later == 302


def test_a_comment_that_is_sent_twice_is_stored_once(stranger):
    publication = make_publication()
    address = invite(publication)

    statuses = [stranger.post(address, {"passage": "1", "text": "x"}).status_code for _time in range(2)]

    assert statuses == [302, 302] and comments_of(publication) == [(1, "x", False)]


def test_a_review_has_a_limited_number_of_comments(stranger, monkeypatch):
    monkeypatch.setattr("publications.admin.review_link.MAX_COMMENTS", 1)
    address = invite(make_publication())

    statuses = [stranger.post(address, {"passage": "1", "text": "x"}).status_code for _time in range(2)]

    assert statuses == [302, 429]


def test_a_publication_has_a_limited_number_of_open_links(desk, monkeypatch):
    monkeypatch.setattr("publications.admin.reviews.MAX_OPEN_REVIEWS", 1)
    publication = make_publication()
    invite(publication)

    page = desk.post(reverse("desk:reviews", args=[publication.pk]), {"reader": "Bo", "days": "7"})

    assert "Close one first" in page.text and Review.objects.count() == 1


def test_a_review_cannot_be_changed_through_another_publication(desk):
    publication, other = make_publication(), make_publication()
    invite(other)

    response = desk.post(
        reverse("desk:review-update", args=[publication.pk, Review.objects.get().pk]), {"close": "yes"}
    )

    assert response.status_code == 404 and Review.objects.active().exists()


def test_redaction_covers_the_review(stranger, editor):
    publication = make_live(body="Ask Ann Smithson about it.").publication
    address = invite(Publication.objects.get(pk=publication.pk))

    actions.redact(Publication.objects.get(pk=publication.pk), "Ann Smithson", by=editor)

    assert "Smithson" not in stranger.get(address).text
    assert Revision.objects.filter(publication=publication).exists()


def test_the_passages_together_are_the_whole_text(stranger):
    body = "## Head\n\nPara & more[^1].\n\n- one\n- two\n\n> Quoted.\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n[^1]: Note."
    page = stranger.get(invite(make_publication(body=body)))

    passages = "".join(passage["html"] for passage in page.context["passages"])
    whole = page.context["edition"].html

    assert "".join(passages.split()) == "".join(whole.split())
    assert len(page.context["passages"]) == 6


def test_a_comment_sent_after_the_end_of_the_link_can_be_copied(stranger):
    address = invite(make_publication())
    Review.objects.all().delete()

    page = stranger.post(address, {"passage": "1", "text": "Is <this> so?"})

    assert page.status_code == 404 and "Is &lt;this&gt; so?</textarea>" in page.text
