"""The review link: one revision, for whoever holds the address, for as long as it is open, and nothing besides."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.models import Byline, BylineRole, Publication, Review, ReviewComment, Revision
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


def said(publication: Publication) -> list[tuple[int, str, bool]]:
    remarks = ReviewComment.objects.filter(review__publication=publication)
    return [(each.place, each.text, each.is_fine) for each in remarks]


def test_an_editor_makes_a_link_and_only_its_hash_is_kept(desk, stranger):
    publication = make_publication(title="In confidence")

    page = desk.post(reverse("desk:reviews", args=[publication.pk]), {"reader": "Ann", "days": "7"})

    address = page.context["address"]
    token = address.rstrip("/").rpartition("/")[2]
    assert "In confidence" in stranger.get(reverse("desk:review", args=[token])).text
    assert token not in str(Review.objects.values().get())
    assert address not in desk.get(reverse("desk:reviews", args=[publication.pk])).text


def test_a_stranger_reads_the_revision_and_not_what_was_written_since(stranger):
    publication = make_publication(title="Then", body="It was Minsk.", by=[make_author("Ann Berg")])
    address = invite(publication)
    saved(publication, title="Now", body="It was Brest.")

    page = stranger.get(address).text

    assert "Then" in page and "It was Minsk." in page and "Ann Berg" in page
    assert "Now" not in page and "Brest" not in page


def test_a_stranger_reads_who_wrote_and_who_edited(stranger):
    publication = make_publication(by=[make_author("Ann Berg")])
    Byline.objects.create(
        publication=publication, author=make_author("Bo Ek"), role=BylineRole.EDITOR, position=1
    )

    page = stranger.get(invite(saved(publication)), **STRANGER).text

    assert "Ann Berg · Edited by Bo Ek" in " ".join(page.split())


def test_a_stranger_does_not_take_an_editor_for_the_author(stranger):
    publication = make_publication(by=[])
    Byline.objects.create(
        publication=publication, author=make_author("Bo Ek"), role=BylineRole.EDITOR, position=0
    )

    page = stranger.get(invite(saved(publication)), **STRANGER).text

    assert "· Edited by Bo Ek" in " ".join(page.split())
    assert page.count("Bo Ek") == 1


def test_nothing_tells_the_address_on_or_keeps_the_page(stranger):
    answer = stranger.get(invite(make_publication()))

    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"] and 'name="robots" content="noindex' in answer.text
    assert not answer.cookies
    assert "Content-Encoding" not in answer


def test_remarks_on_a_paragraph_and_on_the_whole_reach_the_editor(stranger, desk):
    publication = make_publication(body="First.\n\nThe second one.\n\nThird.")
    address = invite(publication)

    stranger.post(address, {"place": "2", "text": "Is that so?"})
    stranger.post(address, {"place": "0", "text": "Good."})

    assert said(publication) == [(0, "Good.", False), (2, "Is that so?", False)]
    assert "Is that so?" in stranger.get(address).text
    page = desk.get(reverse("desk:reviews", args=[publication.pk])).text
    assert "The second one." in page and "Is that so?" in page
    assert "2 things said by readers" in desk.get(change(publication)).text


def test_fine_by_me_is_said_once_and_seen_at_the_piece_and_on_the_first_page(stranger, desk):
    publication = make_publication()
    address = invite(publication)

    for _time in range(2):
        stranger.post(address, {"fine": "yes"})

    assert said(publication) == [(0, "", True)]
    assert "You said that it is fine by you" in stranger.get(address).text
    assert "<strong>Ann</strong>: Fine by me" in desk.get(change(publication)).text
    assert [each.first for each in desk.get("/desk/").context["worklists"]] == [[publication]]


def test_what_is_dealt_with_waits_no_longer_and_can_be_opened_again(stranger, desk):
    publication = make_publication()
    stranger.post(invite(publication), {"place": "0", "text": "Well?"})
    remark = ReviewComment.objects.get()
    deal = reverse("desk:review-update", args=[publication.pk, remark.review_id])

    desk.post(deal, {"done": remark.pk})
    waits = desk.get("/desk/").context["worklists"]
    desk.post(deal, {"reopen": remark.pk})

    assert waits == [] and desk.get("/desk/").context["worklists"]


def test_a_contributor_hears_of_their_own_pieces_alone(client, stranger):
    person = make_person("Contributors")
    mine, other = make_publication(created_by=person), make_publication()
    for publication in (mine, other):
        stranger.post(invite(publication), {"fine": "yes"})
    client.force_login(person, backend=BACKEND)

    reviewed = next(
        each for each in client.get("/desk/").context["worklists"] if each.what.value == "reviewed"
    )

    assert reviewed.first == [mine]


# Where a link ends


def closed(desk, publication: Publication) -> None:
    review = publication.reviews.get()
    desk.post(reverse("desk:review-update", args=[publication.pk, review.pk]), {"close": "yes"})


@pytest.mark.parametrize("end", ["closed", "expired", "deleted"])
def test_a_link_that_has_ended_shows_nothing_and_takes_nothing(desk, stranger, end):
    publication = make_publication(title="In confidence")
    address = invite(publication)
    moment = timezone.now() + timedelta(days=14 if end == "expired" else 0, seconds=1)
    if end == "closed":
        closed(desk, publication)
    if end == "deleted":
        desk.post(reverse("desk:publications_publication_delete", args=[publication.pk]), {"post": "yes"})

    with time_machine.travel(moment):
        answers = [stranger.get(address), stranger.post(address, {"place": "0", "text": "Late."})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("In confidence" not in answer.text for answer in answers)
    assert not ReviewComment.objects.exists()


def test_a_link_is_open_until_the_last_second(stranger):
    address = invite(make_publication(), days=3)

    with time_machine.travel(timezone.now() + timedelta(days=3, seconds=-2)):
        assert stranger.get(address).status_code == 200


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 42 + "%", "é" * 43, "a" * 5000])
def test_a_guess_is_answered_like_a_link_that_has_ended(stranger, token):
    make_publication()

    answer = stranger.get(f"/desk/review/{token}/")

    assert (answer.status_code, answer["Referrer-Policy"]) == (404, "no-referrer")


def test_the_hash_that_is_kept_opens_nothing(stranger):
    invite(make_publication())

    assert stranger.get(f"/desk/review/{Review.objects.get().token_hash[:43]}/").status_code == 404


def test_a_link_opens_no_other_piece_and_no_other_page_of_the_desk(stranger):
    address = invite(make_publication())
    other = make_publication(title="Another one")
    invite(other)

    page = stranger.get(address).text

    assert "Another one" not in page
    for params in (change(other), reverse("desk:preview", args=[other.pk]), "/desk/"):
        assert stranger.get(params).status_code == 302
    assert 'href="/desk/publications' not in page


def test_pictures_of_the_revision_are_shown_and_no_others(stranger):
    shown, other = make_image(), make_image(colour="red")
    address = invite(make_publication(body=f"![](image:{shown.key})\n\nText."))

    page = stranger.get(address).text

    def picture(image) -> int:
        return stranger.get(f"{address}{image.key}/192s.jpg").status_code

    assert f'src="{address}{shown.key}/' in page
    assert (picture(shown), picture(other)) == (200, 404)
    Review.objects.update(revoked_at=timezone.now())
    assert picture(shown) == 404


def test_the_text_of_a_reader_is_shown_as_text(stranger, desk):
    publication = make_publication()
    address = invite(publication, reader="<b>Ann</b>")

    stranger.post(address, {"place": "1", "text": "<script>alert(1)</script>"})

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
        {"place": "1", "text": ""},
        {"place": "1", "text": "x" * 4001},
        {"place": "-1", "text": "x"},
        {"text": "x"},
    ],
)
def test_a_remark_out_of_bounds_is_refused_and_still_there(stranger, typed):
    publication = make_publication()

    answer = stranger.post(invite(publication), typed)

    assert answer.status_code == 400 and said(publication) == []
    assert typed["text"][:100] in answer.text


def test_ten_remarks_a_minute_are_taken_and_the_eleventh_later(stranger):
    publication = make_publication()
    address = invite(publication)
    statuses = [stranger.post(address, {"place": "1", "text": f"{n}"}).status_code for n in range(11)]

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        later = stranger.post(address, {"place": "1", "text": "later"}).status_code

    assert statuses == [302] * 10 + [429]
    assert later == 302


def test_there_is_an_end_to_the_remarks_of_a_link(stranger, monkeypatch):
    monkeypatch.setattr("publications.admin.review_link.MAX_COMMENTS", 1)
    address = invite(make_publication())

    statuses = [stranger.post(address, {"place": "1", "text": "x"}).status_code for _time in range(2)]

    assert statuses == [302, 429]


def test_only_so_many_links_of_a_piece_are_open_at_once(desk, monkeypatch):
    monkeypatch.setattr("publications.admin.reviews.MAX_OPEN_REVIEWS", 1)
    publication = make_publication()
    invite(publication)

    page = desk.post(reverse("desk:reviews", args=[publication.pk]), {"reader": "Bo", "days": "7"})

    assert "Close one first" in page.text and Review.objects.count() == 1


def test_a_review_of_another_piece_cannot_be_dealt_with_through_this_one(desk):
    publication, other = make_publication(), make_publication()
    invite(other)

    answer = desk.post(
        reverse("desk:review-update", args=[publication.pk, Review.objects.get().pk]), {"close": "yes"}
    )

    assert answer.status_code == 404 and Review.objects.unexpired().exists()


def test_what_was_redacted_is_gone_from_the_review_too(stranger, editor):
    publication = make_live(body="Ask Ann Smithson about it.").publication
    address = invite(Publication.objects.get(pk=publication.pk))

    actions.redact(Publication.objects.get(pk=publication.pk), "Ann Smithson", by=editor)

    assert "Smithson" not in stranger.get(address).text
    assert Revision.objects.filter(publication=publication).exists()


def test_every_passage_of_a_rich_text_is_there_once(stranger):
    body = "## Head\n\nPara & more[^1].\n\n- one\n- two\n\n> Quoted.\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n[^1]: Note."
    page = stranger.get(invite(make_publication(body=body)))

    shown = "".join(passage["html"] for passage in page.context["passages"])
    made = page.context["edition"].html

    assert "".join(shown.split()) == "".join(made.split())
    assert len(page.context["passages"]) == 6


def test_a_remark_that_is_sent_after_the_link_has_ended_can_be_copied(stranger):
    address = invite(make_publication())
    Review.objects.all().delete()

    page = stranger.post(address, {"place": "1", "text": "Is <this> so?"})

    assert page.status_code == 404 and "Is &lt;this&gt; so?</textarea>" in page.text
