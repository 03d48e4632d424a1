"""Drafts submitted for checking, and returned to their writers with a reason."""

import pytest
from django.urls import reverse

from publications.admin import submissions
from publications.models import NewsEvent, NewsType, Submission
from tests.factories import make_person, make_publication

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def return_url(publication) -> str:
    return reverse("desk:submission-return", args=[publication.pk])


@pytest.fixture
def writer():
    return make_person("Contributors", first_name="Ann")


@pytest.fixture
def submitted(writer):
    publication = make_publication(title="Grain")
    submissions.submit_for_checking(publication, by=writer)
    return publication


def test_the_form_of_a_submitted_draft_leads_to_the_page_that_returns_it(desk, submitted):
    page = desk.get(reverse("desk:publications_publication_change", args=[submitted.pk])).text

    assert f'href="{return_url(submitted)}"' in page


def test_a_draft_is_not_returned_without_a_reason(desk, submitted):
    response = desk.post(return_url(submitted), {"reason": " "})

    assert "Say in a few words what is to be done first." in response.text
    assert Submission.objects.filter(publication=submitted).exists()


def test_the_reason_is_news_for_the_writer_and_a_comment_on_the_draft(desk, client, submitted, writer):
    desk.post(return_url(submitted), {"reason": "The figures of 2025 are missing."})
    client.force_login(writer, backend=BACKEND)

    page = client.get(reverse("desk:news")).text

    assert "Not ready after all: “Grain”" in page and "The figures of 2025 are missing." in page
    assert [comment.text for comment in submitted.comments.unresolved()] == [
        "The figures of 2025 are missing."
    ]
    assert not Submission.objects.exists()


def test_a_draft_returned_twice_has_one_comment(desk, submitted, editor):
    submission = submissions.open_submission(submitted)

    for _time in range(2):
        submissions.return_to_writer(submission, "Too long.", by=editor)

    assert submitted.comments.count() == 1 == NewsEvent.objects.filter(type=NewsType.RETURNED).count()


def test_who_submitted_a_draft_takes_it_back_without_a_reason(client, submitted, writer):
    client.force_login(writer, backend=BACKEND)
    assert 'name="reason"' not in client.get(return_url(submitted)).text

    client.post(return_url(submitted), {"csrfmiddlewaretoken": "x"})

    assert not Submission.objects.exists() and not submitted.comments.exists()


def test_a_draft_that_nobody_submitted_is_not_returned(desk):
    publication = make_publication()

    response = desk.post(return_url(publication), {"reason": "Late."})

    assert response.status_code == 302 and not publication.comments.exists()
