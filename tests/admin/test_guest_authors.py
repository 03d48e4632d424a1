"""Marking many authors as guests or as staff at once, as after an import."""

import pytest
from django.urls import reverse

from publications.models import ActionType, AuditEntry, Author
from tests.factories import make_author, make_person

pytestmark = pytest.mark.django_db
LIST = reverse("desk:publications_author_changelist")
BACKEND = "django.contrib.auth.backends.ModelBackend"


def post_action(client, name: str, *authors: Author):
    data = {"action": name, "_selected_action": [author.pk for author in authors]}
    return client.post(LIST, data, follow=True)


@pytest.mark.parametrize(("name", "is_guest"), [("mark_as_guests", True), ("mark_as_staff", False)])
def test_marked_authors_are_saved_by_an_action_each(client, name, is_guest):
    client.force_login(make_person("Editors"), backend=BACKEND)
    marked_already = make_author("Anna", is_guest=is_guest)
    other, not_chosen = make_author("Bo", is_guest=not is_guest), make_author("Cia", is_guest=not is_guest)
    response = post_action(client, name, marked_already, other)
    assert "1 author is changed." in response.text
    for author in (marked_already, other):
        author.refresh_from_db()
        assert author.is_guest is is_guest
    not_chosen.refresh_from_db()
    assert not_chosen.is_guest is not is_guest
    entry = AuditEntry.objects.get(action=ActionType.AMEND)
    assert (entry.detail["pk"], entry.detail["changed"]) == (other.pk, ["is_guest"])


def test_who_may_not_change_authors_cannot_mark_them(client):
    client.force_login(make_person("Contributors"), backend=BACKEND)
    author = make_author("Bo", is_guest=False)
    response = post_action(client, "mark_as_guests", author)
    author.refresh_from_db()
    assert not author.is_guest
    assert "mark_as_guests" not in response.text
