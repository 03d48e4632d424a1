"""Accounts that appear in the history are deactivated, never deleted."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from publications.models import ActionType, AuditEntry, Autosave, Presence, Revision, RevisionReason
from tests.factories import make_person, make_publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser(client):
    person = User.objects.create_superuser("root", password="x")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def administrator(client):
    person = make_person("Administrators")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def delete_url(person: User) -> str:
    return reverse("desk:auth_user_delete", args=[person.pk])


def create_revision(person):
    Revision.objects.create_from(make_publication(), by=person, reason=RevisionReason.SAVED)


def create_autosave(person):
    Autosave.objects.create(owner=person, key="form", values=[["title", "Unsaved words"]])


def create_audit_entry(person):
    AuditEntry.objects.create(
        action=ActionType.PUBLISH, by=person, actor_name=person.username, site_version=9_999
    )


@pytest.mark.parametrize("who", ["superuser", "administrator"])
@pytest.mark.parametrize("history", [create_revision, create_autosave, create_audit_entry])
def test_an_account_with_history_is_not_deleted_and_the_message_names_the_remedy(request, who, history):
    desk, person = request.getfixturevalue(who), make_person()
    history(person)

    params = desk.get(delete_url(person), follow=True)
    done = desk.post(delete_url(person), {"post": "yes"}, follow=True)

    assert User.objects.filter(pk=person.pk).exists()
    for page in (params, done):
        assert page.redirect_chain[-1][0] == reverse("desk:auth_user_change", args=[person.pk])
        assert "Deactivate it instead" in page.text
        assert delete_url(person) not in page.text


def test_messages_show_the_name_of_an_account_escaped_once(administrator):
    person = make_person()
    create_revision(person)

    assert (
        f"The account “{person.username}” stands in the history"
        in administrator.get(delete_url(person), follow=True).text
    )


@pytest.mark.parametrize("number", ["999", "x"])
def test_an_unknown_account_gets_a_message(administrator, number):
    page = administrator.get(reverse("desk:auth_user_change", args=[number]), follow=True)

    assert "doesn’t exist" in page.text


def test_an_account_without_history_is_deleted(administrator):
    person = make_person()
    Presence.objects.create(person=person, publication=make_publication(), seen_at="2026-01-01T00:00Z")

    assert administrator.get(delete_url(person)).status_code == 200
    administrator.post(delete_url(person), {"post": "yes"})

    assert not User.objects.filter(pk=person.pk).exists()


def test_there_is_no_bulk_deletion_of_accounts(superuser):
    person = make_person()
    params = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}

    superuser.post(reverse("desk:auth_user_changelist"), params)

    assert User.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("page", ["change", "delete", "password_change"])
def test_an_administrator_is_redirected_from_the_account_of_a_superuser(administrator, page):
    person = User.objects.create_superuser("other", password="x")
    address = reverse(f"desk:auth_user_{page}", args=[person.pk])
    people = reverse("desk:auth_user_changelist")

    responses = [administrator.get(address), administrator.post(address, {"post": "yes"})]

    assert [response["Location"] for response in responses] == [people, people]
    assert "Only a superuser may change the account of a superuser." in administrator.get(people).text
    assert User.objects.filter(pk=person.pk).exists()
