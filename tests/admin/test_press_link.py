"""The pages behind a press link: the text under embargo for the holder of address and password, and for nobody else."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from publications import actions
from publications.models import (
    ACCESS_DURATION,
    FAILURE_PERIOD,
    PressLink,
    PressLinkEvent,
    Publication,
    Review,
    store_original,
)
from publications.models.press_link import MAX_FAILURES
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved, tomorrow
from tests.pdf_reading import read, words_of

pytestmark = pytest.mark.django_db

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def journalist():
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"})


class Invitation:
    """A press link with its address and password."""

    def __init__(self, publication: Publication, **options) -> None:
        options = {"recipient": "Kim Ek, The Daily", "embargoed_until": tomorrow(), **options}
        revision = publication.revisions.first()
        self.link, self.token, self.password = PressLink.objects.make(revision, **options)
        self.address = reverse("desk:press", args=[self.token])

    def open(self, client: Client) -> str:
        """Give the password; return the address that it leads to."""
        response = client.post(self.address, {"password": self.password})
        assert response.status_code == 302
        return response["Location"]


def events_of(link: PressLink) -> list[str]:
    return list(link.events.order_by("pk").values_list("type", flat=True))


def fresh(publication: Publication) -> Publication:
    return Publication.objects.get(pk=publication.pk)


# What is shown


def test_the_password_opens_the_publication_as_it_will_be(journalist):
    body = "It was Minsk.[^1]\n\n[^1]: Seen there."
    publication = make_publication(title="Then", body=body, authors=[make_author("Ann Berg")])

    page = journalist.get(Invitation(publication).open(journalist))

    assert page.status_code == 200
    assert all(text in page.text for text in ("Then", "It was Minsk.", "Seen there.", "Ann Berg"))
    assert "For Kim Ek, The Daily, embargoed until " in page.text


def test_without_the_password_nothing_of_the_publication_is_shown(journalist):
    publication = make_publication(title="Ferries", body="It was Minsk.", authors=[make_author("Ann Berg")])
    invitation = Invitation(publication)

    page = journalist.get(invitation.address)

    assert page.status_code == 200 and "Kim Ek" in page.text
    assert not any(text in page.text for text in ("Ferries", "ferries", "Minsk", "Ann Berg", "Quick Comment"))


def test_a_reader_cannot_comment_or_share(journalist):
    page = journalist.get(Invitation(make_publication()).open(journalist)).text

    assert "<textarea" not in page and 'id="share"' not in page and "#share" not in page


def test_the_password_is_accepted_in_capitals_and_without_hyphens(journalist):
    invitation = Invitation(make_publication())

    typed = f" {invitation.password.upper().replace('-', ' ')} "

    assert journalist.post(invitation.address, {"password": typed}).status_code == 302


def test_a_scheduled_edition_is_shown_in_place_of_the_revision(journalist, editor):
    publication = make_publication(body="It was Minsk.")
    invitation = Invitation(publication)
    at = timezone.now() + timedelta(days=3)
    actions.publish(saved(fresh(publication), body="It was Brest."), by=editor, at=at)

    page = journalist.get(invitation.open(journalist)).text

    assert "Brest" in page and "Minsk" not in page
    with time_machine.travel(tomorrow() + timedelta(days=1)):  # after the time that was given first
        assert invitation.link.state == "open"


def test_later_changes_of_the_draft_are_not_shown(journalist):
    publication = make_publication(body="It was Minsk.")
    invitation = Invitation(publication)
    saved(publication, body="It was Brest.")

    assert "Minsk" in journalist.get(invitation.open(journalist)).text


def test_a_draft_without_a_date_has_that_of_the_end_of_the_embargo(journalist):
    invitation = Invitation(make_publication(), embargoed_until=timezone.now() + timedelta(days=40))

    page = journalist.get(invitation.open(journalist)).text

    assert f'<time datetime="{timezone.localtime(invitation.link.embargoed_until).isoformat()}"' in " ".join(
        page.split()
    )


# Images and files


def test_images_of_the_page_are_served_and_no_others(journalist):
    shown, cover, portrait, other = (
        make_image(colour=colour) for colour in ("navy", "green", "yellow", "red")
    )
    author = make_author("Ann Berg", portrait=portrait, biography_en="Ann Berg writes.")
    publication = make_publication(body=f"![](image:{shown.key})\n\nText.", cover=cover, authors=[author])
    make_publication(cover=other)

    address = Invitation(publication).open(journalist)
    page = journalist.get(address).text

    def status_of(image) -> int:
        return journalist.get(f"{address}{image.key}/192s.jpg").status_code

    assert all(f"{address}{image.key}/" in page for image in (shown, cover, portrait))
    assert [status_of(image) for image in (shown, cover, portrait, other)] == [200, 200, 200, 404]


def test_the_portrait_behind_a_pen_name_is_not_served(journalist):
    portrait = make_image(colour="yellow")
    author = make_author("Tacit", portrait=portrait, is_pseudonymous=True)
    address = Invitation(make_publication(authors=[author])).open(journalist)

    assert journalist.get(f"{address}{portrait.key}/192s.jpg").status_code == 404


@pytest.mark.parametrize(
    "path", ["../../x/192s.jpg", "..%2f..%2fx/192s.jpg", "x/..%2f192s.jpg", "x/192s.jpg%00"]
)
def test_an_image_address_leads_to_no_other_file(journalist, path):
    address = Invitation(make_publication()).open(journalist)

    assert journalist.get(f"{address}{path}").status_code in (302, 400, 404)


def attach(publication: Publication, content: bytes = b"%PDF-1.7") -> Publication:
    publication.attachments.create(
        original=store_original(content, "pdf"),
        filename="annex.pdf",
        label="Annex",
        size=len(content),
        position=0,
    )
    return saved(publication)


def test_attachments_of_the_publication_are_sent_and_no_others(journalist):
    publication = attach(make_publication())
    other = attach(make_publication(), b"%PDF-1.8")
    invitation = Invitation(publication)
    address = invitation.open(journalist)

    page = journalist.get(address).text
    responses = [
        journalist.get(f"{address}files/{each.attachments.get().digest}") for each in (publication, other)
    ]

    assert f'href="{address}files/{publication.attachments.get().digest}"' in page
    assert [response.status_code for response in responses] == [200, 404]
    assert b"".join(responses[0]) == b"%PDF-1.7"
    assert events_of(invitation.link) == ["page", "file"]


def test_the_pdf_names_recipient_and_embargo_on_each_page(journalist):
    body = "\n\n".join(f"Paragraph {number} of a long text. " * 12 for number in range(30))
    invitation = Invitation(make_publication(body=body))

    response = journalist.get(f"{invitation.open(journalist)}publication.pdf")
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(response.content)).pages]

    assert response["Content-Type"] == "application/pdf"
    assert len(pages) > 1 and not read(response.content).faults
    assert all("For Kim Ek, The Daily, embargoed until" in page for page in pages)
    assert events_of(invitation.link) == ["page", "pdf"]


def test_the_pdf_is_stored_nowhere(journalist, settings):
    invitation = Invitation(make_publication())

    journalist.get(f"{invitation.open(journalist)}publication.pdf")

    assert not list(settings.RENDITIONS.rglob("*.pdf"))


def test_a_pdf_that_cannot_be_made_now_leads_back_to_the_page(journalist, monkeypatch):
    monkeypatch.setattr("publications.renditions.rendering_queue.MAX_RENDERINGS", 0)
    monkeypatch.setattr("publications.renditions.rendering_queue.MAX_CAPACITY_WAIT_SECONDS", 0)
    invitation = Invitation(make_publication())
    address = invitation.open(journalist)

    response = journalist.get(f"{address}publication.pdf")

    assert response.status_code == 503 and response["Retry-After"]
    assert f'href="{address}"' in response.text
    assert events_of(invitation.link) == ["page"]


# Privacy


def test_no_response_is_stored_indexed_or_names_its_address_and_none_sets_a_cookie(journalist):
    image = make_image()
    invitation = Invitation(make_publication(body=f"![](image:{image.key})\n\nText."))
    address = invitation.open(journalist)
    paths = [
        invitation.address, address, f"{address}publication.pdf", f"{address}{image.key}/192s.jpg",
        reverse("desk:press", args=["x" * 43]),
    ]  # fmt: skip

    responses = [journalist.get(path) for path in paths]
    responses += [
        journalist.post(invitation.address, {"password": word}) for word in ("x", invitation.password)
    ]

    for response in responses:
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"] and "noarchive" in response["X-Robots-Tag"]
        assert not response.cookies


def test_token_and_password_are_stored_as_hashes_alone():
    invitation = Invitation(make_publication())

    stored = str(PressLink.objects.values().get())

    assert invitation.token not in stored
    assert invitation.password not in stored and invitation.password.replace("-", "") not in stored


# Attacks


def test_a_press_token_is_no_review_token_and_the_other_way_round(journalist):
    publication = make_publication(title="In confidence")
    press_token = Invitation(publication).token
    _review, review_token = Review.objects.invite(
        publication.revisions.first(), reader="Ann", days=3, by=None
    )

    responses = [
        journalist.get(reverse("desk:review", args=[press_token])),
        journalist.get(reverse("desk:press", args=[review_token])),
    ]

    assert [response.status_code for response in responses] == [404, 404]
    assert not any("In confidence" in response.text for response in responses)


@pytest.mark.parametrize("access", ["x", "1:1abc:sig", "::", "é" * 40, "a" * 3000])
def test_a_made_up_access_leads_to_the_password(journalist, access):
    invitation = Invitation(make_publication(title="In confidence"))

    response = journalist.get(reverse("desk:press-page", args=[invitation.token, access]))

    assert (response.status_code, response["Location"]) == (302, invitation.address)


def test_an_access_opens_no_other_link(journalist):
    one, other = Invitation(make_publication()), Invitation(make_publication(title="Another one"))
    access = one.open(journalist).rstrip("/").rpartition("/")[2]

    response = journalist.get(reverse("desk:press-page", args=[other.token, access]))

    assert (response.status_code, response["Location"]) == (302, other.address)


def test_an_access_expires(journalist):
    invitation = Invitation(make_publication())
    address = invitation.open(journalist)

    with time_machine.travel(timezone.now() + ACCESS_DURATION + timedelta(seconds=2)):
        responses = [journalist.get(path) for path in (address, f"{address}publication.pdf")]

    assert [response["Location"] for response in responses] == [invitation.address] * 2


def test_a_new_password_ends_the_former_one_and_its_access(journalist):
    invitation = Invitation(make_publication())
    address = invitation.open(journalist)

    password = PressLink.objects.get().renew_password()

    assert journalist.get(address).status_code == 302
    assert journalist.post(invitation.address, {"password": invitation.password}).status_code == 403
    assert journalist.post(invitation.address, {"password": password}).status_code == 302


def test_guesses_are_limited_and_recorded_and_the_right_password_waits_too(journalist):
    invitation = Invitation(make_publication())

    statuses = [journalist.post(invitation.address, {"password": f"guess{n}"}).status_code for n in range(10)]
    refused = journalist.post(invitation.address, {"password": invitation.password})

    assert statuses == [403] * 10
    assert refused.status_code == 429 and refused["Retry-After"] == "900"
    assert events_of(invitation.link) == ["failed"] * 10
    with time_machine.travel(timezone.now() + FAILURE_PERIOD + timedelta(seconds=1)):
        assert journalist.post(invitation.address, {"password": invitation.password}).status_code == 302


def test_a_guess_is_recorded_before_it_is_compared(journalist, monkeypatch):
    invitation = Invitation(make_publication())

    def fail(*_args) -> bool:
        raise RuntimeError("stopped while the password was compared")

    monkeypatch.setattr(PressLink, "check_password", fail)
    with pytest.raises(RuntimeError):
        journalist.post(invitation.address, {"password": "x"})

    assert events_of(invitation.link) == ["failed"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_time_pass_no_limit_together():
    invitation = Invitation(make_publication())

    def guess(_number: int) -> int:
        try:
            return Client().post(invitation.address, {"password": "guess"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(guess, range(24)))

    assert (statuses.count(403), statuses.count(429)) == (10, 14)


def test_a_scanner_that_follows_the_link_opens_nothing(journalist):
    invitation = Invitation(make_publication())

    for request in (journalist.get, journalist.head):
        request(invitation.address)

    assert not PressLinkEvent.objects.exists()


def test_openings_within_ten_minutes_are_one(journalist):
    invitation = Invitation(make_publication())
    address = invitation.open(journalist)

    for _time in range(2):
        journalist.get(address)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        journalist.get(address)

    assert events_of(invitation.link) == ["page", "page"]


@pytest.mark.parametrize("posted", [{}, {"password": ""}, {"password": "x" * 101}])
def test_a_password_that_cannot_be_one_is_no_attempt(journalist, posted):
    invitation = Invitation(make_publication())

    assert journalist.post(invitation.address, posted).status_code == 400
    assert not PressLinkEvent.objects.exists()


def test_recipients_are_escaped(journalist):
    invitation = Invitation(make_publication(), recipient="<b>Kim</b>")

    pages = [journalist.get(invitation.address).text, journalist.get(invitation.open(journalist)).text]

    assert all("<b>Kim" not in page and "&lt;b&gt;Kim" in page for page in pages)


# When a link opens, redirects and ends


def test_a_link_that_is_not_open_yet_takes_no_password(journalist):
    opens_at = timezone.now() + timedelta(hours=3)
    invitation = Invitation(make_publication(), opens_at=opens_at)

    page = journalist.get(invitation.address).text
    posted = journalist.post(invitation.address, {"password": invitation.password})

    assert "It can be read from" in page and 'name="password"' not in page
    assert posted.status_code == 200 and not PressLinkEvent.objects.exists()
    access = PressLink.objects.get().sign_access()
    address = reverse("desk:press-page", args=[invitation.token, access])
    assert journalist.get(address)["Location"] == invitation.address
    with time_machine.travel(opens_at + timedelta(seconds=1)):
        invitation.open(journalist)


def test_the_link_leads_to_the_public_page_at_its_moment(journalist, editor):
    publication = make_publication()
    invitation = Invitation(publication)
    address = invitation.open(journalist)
    at = timezone.now() + timedelta(hours=1)
    edition = actions.publish(fresh(publication), by=editor, at=at)

    with time_machine.travel(at):
        responses = [
            journalist.get(invitation.address),
            journalist.post(invitation.address, {"password": "x"}),
            journalist.get(address),
            journalist.get(f"{address}publication.pdf"),
        ]

    assert [response.status_code for response in responses] == [302] * 4
    assert {urlsplit(response["Location"]).path for response in responses} == {edition.get_absolute_url()}


def test_a_text_that_is_late_is_not_shown_after_the_embargo(journalist):
    invitation = Invitation(make_publication(title="In confidence"))
    access = PressLink.objects.get()

    with time_machine.travel(tomorrow()):
        address = reverse("desk:press-page", args=[invitation.token, access.sign_access()])
        responses = [journalist.get(invitation.address), journalist.get(address)]

    assert [response.status_code for response in responses] == [404, 404]
    assert all("not public yet" in response.text for response in responses)
    assert not any("In confidence" in response.text for response in responses)


def test_a_text_that_is_scheduled_after_the_embargo_is_not_shown(journalist, editor):
    invitation = Invitation(make_publication(title="In confidence"))

    with time_machine.travel(tomorrow()):
        publication = fresh(invitation.link.publication)
        actions.publish(publication, by=editor, at=timezone.now() + timedelta(days=3))
        address = reverse("desk:press-page", args=[invitation.token, PressLink.objects.get().sign_access()])
        response = journalist.get(address)

    assert response.status_code == 404 and "In confidence" not in response.text


def test_a_redaction_leaves_links_to_the_public_page(journalist, editor):
    invitation = Invitation(make_publication(body="Ann Smithson said so."))
    publication = fresh(invitation.link.publication)
    actions.publish(publication, by=editor)
    actions.redact(fresh(publication), "Ann Smithson", by=editor)

    assert journalist.get(invitation.address).status_code == 302


def end_by_revoking(publication, editor) -> None:
    publication.press_links.revoke()


def end_by_deleting(publication, editor) -> None:
    Publication.objects.filter(pk=publication.pk).update(deleted_at=timezone.now())


def end_by_redacting(publication, editor) -> None:
    actions.redact(publication, "Ann Smithson", by=editor)


def end_by_cancelling(publication, editor) -> None:
    actions.publish(publication, by=editor, at=tomorrow())
    actions.withdraw(fresh(publication), by=editor)


def end_by_withdrawing(publication, editor) -> None:
    actions.publish(publication, by=editor)
    actions.withdraw(fresh(publication), by=editor)


def end_by_undoing(publication, editor) -> None:
    actions.publish(publication, by=editor)
    actions.undo(fresh(publication), by=editor)


@pytest.mark.parametrize(
    "end",
    [
        end_by_revoking,
        end_by_deleting,
        end_by_redacting,
        end_by_cancelling,
        end_by_withdrawing,
        end_by_undoing,
    ],
)
def test_a_link_ends_at_once_also_for_those_who_have_opened_it(journalist, editor, end):
    image = make_image()
    publication = make_publication(
        title="In confidence", body=f"Ask Ann Smithson.\n\n![](image:{image.key})\n\nMore."
    )
    invitation = Invitation(publication)
    address = invitation.open(journalist)

    end(fresh(publication), editor)
    paths = ("", "publication.pdf", f"{image.key}/192s.jpg")
    responses = [journalist.get(invitation.address), *(journalist.get(f"{address}{path}") for path in paths)]
    responses.append(journalist.post(invitation.address, {"password": invitation.password}))

    assert [response.status_code for response in responses] == [404] * 5
    assert not any("In confidence" in response.text for response in responses)


def test_redacted_words_are_not_shown_by_a_new_link_to_an_older_revision(journalist, editor):
    publication = make_publication(body="Ask Ann Smithson about it.")
    revision = publication.revisions.first()
    saved(publication, body="Ask Ann Smithson, or others.")
    actions.redact(fresh(publication), "Ann Smithson", by=editor)
    invitation = Invitation(publication)
    PressLink.objects.update(revision=revision)

    address = invitation.open(journalist)

    assert "Smithson" not in journalist.get(address).text
    assert "Smithson" not in words_of(journalist.get(f"{address}publication.pdf").content)


def test_a_redaction_covers_the_name_of_the_recipient(editor):
    publication = make_publication(body="Ask Ann Smithson about it.")
    Invitation(publication, recipient="Ann Smithson, The Daily")

    actions.redact(fresh(publication), "Ann Smithson", by=editor)

    assert "Smithson" not in PressLink.objects.get().recipient


def test_a_link_to_what_was_withdrawn_before_opens(journalist, editor):
    edition = make_live(body="It was Minsk.")
    actions.withdraw(edition.publication, by=editor)

    invitation = Invitation(fresh(edition.publication))

    assert "Minsk" in journalist.get(invitation.open(journalist)).text


def test_a_text_that_cannot_be_rendered_is_a_404(journalist):
    invitation = Invitation(saved(make_publication(), body="> " * 9000))

    assert journalist.get(invitation.open(journalist)).status_code == 404


def test_a_new_password_opens_the_form_after_too_many_wrong_ones(journalist):
    invitation = Invitation(make_publication())
    for _guess in range(MAX_FAILURES):
        journalist.post(invitation.address, {"password": "wrong"})
    closed = journalist.post(invitation.address, {"password": invitation.password}).status_code

    invitation.password = PressLink.objects.get().renew_password()

    assert closed == 429 and invitation.open(journalist)


def test_authors_and_topics_without_a_page_are_not_linked(journalist):
    known, new = make_author("Known Author"), make_author("New Author")
    topic, old_topic = make_tag("New topic"), make_tag("Old topic")
    make_live(author=known, tags=[old_topic])
    publication = make_publication(authors=[known, new], tags=[topic, old_topic])

    page = journalist.get(Invitation(publication).open(journalist)).text

    assert "New Author" in page
    links = set(re.findall(r'href="(/en/(?:authors|topics)/[^/"]+/)"', page))
    assert links == {"/en/authors/known-author/", "/en/topics/old-topic/"}


def test_a_link_follows_a_schedule_that_is_moved_and_moved_again(journalist, editor):
    now = timezone.now()
    publication = make_publication()
    actions.publish(publication, by=editor, at=now + timedelta(days=2))
    invitation = Invitation(publication, embargoed_until=now + timedelta(days=2))

    for day in (1, 3):
        with time_machine.travel(now + timedelta(days=day)):
            actions.publish(saved(publication, body=f"Day {day}."), by=editor, at=now + timedelta(days=4))
    with time_machine.travel(now + timedelta(days=3, hours=1)):
        page = journalist.get(invitation.open(journalist)).text

    assert "Day 3." in page


def test_cancelling_a_schedule_closes_the_links(journalist, editor):
    publication = make_publication(body="Old words.")
    invitation = Invitation(publication)
    actions.publish(saved(publication, body="New words."), by=editor, at=tomorrow())

    actions.undo(publication, by=editor)

    assert journalist.get(invitation.address).status_code == 404


def test_right_passwords_in_a_row_are_one_opening(journalist):
    invitation = Invitation(make_publication())

    for _time in range(3):
        invitation.open(journalist)

    assert events_of(invitation.link) == ["page"]


def test_an_image_is_sent_without_rendering_the_text(journalist, monkeypatch):
    image = make_image()
    publication = make_publication(body=f"![A bridge](image:{image.key})")
    invitation = Invitation(publication)
    page = journalist.get(invitation.open(journalist)).text
    url = re.search(rf'/desk/review/press/[^"\s]*{image.key}[^"\s]*', page)[0]
    monkeypatch.setattr("publications.admin.press_link.build_revision_snapshot", None)

    assert journalist.get(url).status_code == 200


def test_a_file_that_the_text_does_not_have_is_answered_privately(journalist):
    invitation = Invitation(make_publication())

    response = journalist.get(f"{invitation.open(journalist)}{'k' * 20}/192s.jpg")

    assert response.status_code == 404 and response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"] and "no-store" in response["Cache-Control"]
