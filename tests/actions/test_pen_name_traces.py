"""An author who takes a pen name: addresses and logs keep no trace of the name before."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from publications import actions
from publications.models import Author, Redirect
from tests.factories import make_author, make_live

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(editor):
    """An author with a live publication, a former address and an entry in the log of the admin."""
    author = make_author("Vera Holm")
    make_live(authors=[author])
    author.slug = "vera-holm-analyst"
    actions.save_instance(author, by=editor)
    LogEntry.objects.create(
        user=editor,
        content_type=ContentType.objects.get_for_model(Author),
        object_id=str(author.pk),
        object_repr="Vera Holm",
        action_flag=CHANGE,
    )
    return author


def take_pen_name(author, editor):
    author.name, author.slug, author.family_name, author.is_pseudonymous = "Pen Name", "pen-name", "", True
    actions.save_instance(author, by=editor)


def test_former_addresses_no_longer_redirect(client, author, editor):
    assert client.get("/en/authors/vera-holm/").status_code == 301

    take_pen_name(author, editor)

    assert not Redirect.objects.filter(author=author).exists()
    for slug in ("vera-holm", "vera-holm-analyst", "pen-name"):
        assert client.get(f"/en/authors/{slug}/").status_code in (404, 410), slug


def test_the_log_of_the_admin_has_the_pen_name(author, editor):
    take_pen_name(author, editor)

    assert list(LogEntry.objects.values_list("object_repr", flat=True)) == ["Pen Name"]
