"""A submission is open until its publication is published."""

import pytest

from publications import actions
from publications.models import Submission
from tests.factories import make_publication, tomorrow

pytestmark = pytest.mark.django_db


def test_a_submission_is_open_until_its_publication_is_scheduled(editor):
    publication = make_publication()
    submission = Submission.objects.create(publication=publication)
    assert list(Submission.objects.unpublished()) == [submission]

    actions.publish(publication, by=editor, at=tomorrow())

    assert not Submission.objects.unpublished().exists()


def test_a_submission_is_open_again_once_the_schedule_is_cancelled(editor):
    publication = make_publication()
    submission = Submission.objects.create(publication=publication)
    actions.publish(publication, by=editor, at=tomorrow())

    actions.undo(publication, by=editor)

    assert list(Submission.objects.unpublished()) == [submission]
