"""Invitations: whoever follows the link in the mail gets an account, once, and nobody else knows the password."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.devices import is_known_device
from accounts.invitations import propose_username, revoke_invitations_without_inviter
from accounts.models import AccountEvent, AccountRecord, Invitation
from publications.models import OutboxMail
from tests.factories import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
INVITE = reverse("desk:auth_user_add")
GOOD = "rain over four old harbours"
NO_MAIL = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}


@pytest.fixture
def administrator():
    return make_person("Administrators", first_name="Ada", last_name="Ek")


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator, backend=BACKEND)
    return client


def invite(desk, **fields):
    role = Group.objects.get(name=fields.pop("role", "Editors"))
    data = {"email": "Bo.Ek@example.org", "first_name": "Bo", "last_name": "Ek", "role": role.pk}
    return desk.post(INVITE, data | fields, follow=True)


def sent_path(mailoutbox) -> str:
    """Send what is due; return the path of the link in the last mail."""
    call_command("send_mail")
    return re.search(r"https?://[^/]+(/desk/confirm/\S+)", mailoutbox[-1].body)[1]


def set_password(path: str, password: str = GOOD):
    return Client().post(path, {"new_password1": password, "new_password2": password})


def test_an_invited_person_sets_a_password_and_signs_in(desk, administrator, mailoutbox):
    page = invite(desk)
    path = sent_path(mailoutbox)

    assert "on its way to Bo.Ek@example.org" in page.text and path not in page.text
    assert mailoutbox[-1].to == ["Bo.Ek@example.org"] and "Ada Ek invites you" in mailoutbox[-1].body
    browser = Client()
    assert "bo.ek" in browser.get(path).text
    done = browser.post(path, {"new_password1": GOOD, "new_password2": GOOD})
    assert "bo.ek" in done.text
    person = User.objects.get(username="bo.ek")
    assert (person.email, person.get_full_name(), person.is_staff) == ("Bo.Ek@example.org", "Bo Ek", True)
    assert [group.name for group in person.groups.all()] == ["Editors"]
    assert is_known_device(browser.cookies["desk_device"].value, person)
    assert browser.post(reverse("desk:login"), {"username": "bo.ek", "password": GOOD}).status_code == 302
    assert AccountRecord.of(person).invited_by_name == administrator.username
    events = AccountEvent.objects.filter(account_name="bo.ek").order_by("pk").values_list("type", "by_name")
    assert list(events)[:2] == [("invited", administrator.username), ("created", administrator.username)]


def test_the_link_works_once(desk, mailoutbox):
    invite(desk)
    path = sent_path(mailoutbox)
    set_password(path)

    again = set_password(path, "another four old harbours")

    assert again.status_code == 404 and "leads nowhere" in again.text
    assert User.objects.get(username="bo.ek").check_password(GOOD)


def test_opening_the_link_uses_nothing_up(desk, mailoutbox):
    invite(desk)
    path = sent_path(mailoutbox)

    for _scanner in range(3):
        Client().get(path)
        Client().head(path)

    assert set_password(path).status_code == 200 and User.objects.filter(username="bo.ek").exists()


def test_the_link_expires_after_a_week(desk, mailoutbox):
    invite(desk)
    path = sent_path(mailoutbox)

    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert Client().get(path).status_code == 404 == set_password(path).status_code
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert Client().get(path).status_code == 200


def test_a_new_link_ends_the_former_one(desk, mailoutbox):
    invite(desk)
    former = sent_path(mailoutbox)

    desk.post(INVITE, {"_repeat": Invitation.objects.get().pk})
    new = sent_path(mailoutbox)

    assert Client().get(former).status_code == 404 and Client().get(new).status_code == 200


def test_two_people_invited_at_the_same_moment_get_names_of_their_own(desk, monkeypatch):
    """The other one gets the user name after it was proposed here."""
    invite(desk, email="bo.ek@example.com")
    monkeypatch.setattr("accounts.invitations.propose_username", lambda *_args: "bo.ek")

    page = invite(desk)

    assert page.status_code == 200 and "Somebody else was invited at this moment" in page.text
    assert Invitation.objects.count() == 1


def test_a_user_name_that_is_taken_while_the_password_is_typed_leads_to_another(
    desk, mailoutbox, monkeypatch
):
    invite(desk)
    path = sent_path(mailoutbox)
    User.objects.create_user("bo.ek")
    with monkeypatch.context() as patch:
        patch.setattr("accounts.invitations.propose_username", lambda *_args: "bo.ek")
        response = set_password(path)
    assert response.status_code == 302 and response["Location"] == path

    assert "Your account is ready" in set_password(path).text
    assert User.objects.get(email="Bo.Ek@example.org").username != "bo.ek"


def test_an_address_that_somebody_else_got_since_makes_no_second_account(desk, mailoutbox):
    invite(desk)
    path = sent_path(mailoutbox)
    make_person("Editors", email="bo.ek@example.org")

    set_password(path)

    assert User.objects.filter(email__iexact="bo.ek@example.org").count() == 1


def test_a_revoked_invitation_is_not_mailed_and_leads_nowhere(desk, mailoutbox):
    invite(desk)
    path = sent_path(mailoutbox)
    desk.post(INVITE, {"_repeat": Invitation.objects.get().pk})

    page = desk.post(INVITE, {"_revoke": Invitation.objects.get().pk}, follow=True)
    call_command("send_mail")

    assert "is revoked" in page.text and not Invitation.objects.exists()
    assert len(mailoutbox) == 1 and Client().get(path).status_code == 404


@pytest.mark.parametrize("button", ["_repeat", "_revoke"])
@pytest.mark.parametrize("pk", ["0", "x", "9" * 30])
def test_an_invitation_that_is_gone_is_named_as_such(desk, button, pk):
    assert "accepted or revoked in between" in desk.post(INVITE, {button: pk}, follow=True).text


def test_open_invitations_are_listed_with_role_and_inviter(desk, administrator):
    invite(desk)

    with time_machine.travel(timezone.now() + timedelta(days=8)):
        desk.force_login(administrator, backend=BACKEND)
        page = desk.get(INVITE).text

    assert all(text in page for text in ("Bo.Ek@example.org", "Editors", "invited by Ada Ek", "expired"))


def test_without_mail_the_link_is_shown_once(desk, settings, mailoutbox):
    settings.MAILERS = NO_MAIL

    page = invite(desk)

    path = re.search(r'value="https?://[^/"]+(/desk/confirm/[^"]+)"', page.text)[1]
    assert path not in desk.get(INVITE).text and not OutboxMail.objects.exists()
    assert set_password(path).status_code == 200 and User.objects.filter(username="bo.ek").exists()


def test_an_address_that_is_known_is_refused_with_what_to_do(desk):
    make_person("Editors", email="ann@example.org")
    invite(desk)

    assert "look among the users" in invite(desk, email="Ann@example.org").text
    assert "invited already" in invite(desk, email="bo.ek@EXAMPLE.org").text
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    "fields", [{"email": "x"}, {"role": None}, {"first_name": ""}, {"last_name": "x" * 151}], ids=str
)
def test_what_is_missing_is_named(desk, fields):
    data = {"email": "bo@example.org", "first_name": "Bo", "last_name": "Ek", "role": 1} | fields
    page = desk.post(INVITE, {name: value for name, value in data.items() if value is not None})

    assert page.status_code == 200 and "Error:" in page.text and not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["0", "x", "9" * 30])
def test_a_role_that_does_not_exist_is_refused(desk, role):
    page = desk.post(INVITE, {"email": "b@example.org", "first_name": "B", "last_name": "E", "role": role})

    assert page.status_code == 200 and not Invitation.objects.exists()


def test_a_weak_password_is_refused_and_the_link_stays(desk, mailoutbox):
    invite(desk)
    path = sent_path(mailoutbox)

    assert "Error:" in set_password(path, "bo.ek bo.ek").text
    assert not User.objects.filter(username="bo.ek").exists() and set_password(path).status_code == 200


def test_a_user_name_that_is_taken_gets_a_number(desk, mailoutbox):
    User.objects.create_user("bo.ek")
    invite(desk)
    assert Invitation.objects.get().username == "bo.ek2"
    User.objects.create_user("Bo.Ek2")

    set_password(sent_path(mailoutbox))

    assert User.objects.get(email="Bo.Ek@example.org").username == "bo.ek3"


@pytest.mark.parametrize("email", ["åsa_öberg@example.org", "+@example.org", "日本@example.org"])
def test_any_address_gives_a_user_name(email):
    name = propose_username(email)

    User(username=name, password="x").clean_fields(exclude=["email"])
    assert name


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "é"])
def test_a_token_that_was_not_made_here_leads_nowhere(client, token):
    assert client.get(f"/desk/confirm/invitation/{token}/").status_code in (400, 404)


def test_only_those_who_manage_accounts_invite(client):
    client.force_login(make_person("Editors"), backend=BACKEND)

    assert client.get(INVITE).status_code == 403 == invite(client).status_code


def test_the_mail_is_in_the_language_in_which_it_was_written(desk, administrator, mailoutbox):
    desk.post(reverse("desk:my-settings"), {"language": "sv"})

    invite(desk)
    sent_path(mailoutbox)

    assert "Välj ett lösenord" in mailoutbox[-1].body and mailoutbox[-1].subject.startswith("Du är inbjuden")


def test_the_inviter_chooses_the_language_of_the_mail(desk, mailoutbox):
    assert '<option value="en" selected>' in desk.get(INVITE).text

    invite(desk, language="sv")

    call_command("send_mail")
    assert "inbjuden" in mailoutbox[-1].subject


def test_losing_the_role_revokes_the_invitations_by_an_account(desk, mailoutbox):
    thief = make_person("Administrators", first_name="Tess")
    browser = Client()
    browser.force_login(thief, backend=BACKEND)
    invite(browser, role="Administrators")
    path = sent_path(mailoutbox)
    editors = Group.objects.get(name="Editors")

    desk.post(reverse("desk:account-role", args=[thief.pk]), {"role": editors.pk})

    assert not Invitation.objects.exists()
    assert set_password(path).status_code == 404 and not User.objects.filter(username="bo.ek").exists()


def test_looking_for_invitations_without_inviter_reads_each_inviter_once(
    desk, rf, django_assert_max_num_queries
):
    for number in range(3):
        invite(desk, email=f"bo{number}@example.org")
    assert Invitation.objects.count() == 3

    with django_assert_max_num_queries(3):
        revoke_invitations_without_inviter(by=None, request=rf.get("/"))

    assert Invitation.objects.count() == 3


@pytest.mark.parametrize("address", ["auth_group_change", "auth_group_delete", "auth_user_delete"])
def test_losing_a_group_or_the_account_revokes_the_invitations_too(client, address):
    managers, inviter = Group.objects.create(name="Managers"), make_person("Contributors")
    managers.permissions.set(Permission.objects.filter(codename__in=["add_user", "change_user", "view_user"]))
    inviter.groups.add(managers)
    browser = Client()
    browser.force_login(inviter, backend=BACKEND)
    invite(browser)
    assert Invitation.objects.get().invited_by == inviter
    root = User.objects.create_superuser("root", "", "x")
    client.force_login(root, backend=BACKEND)

    changed = inviter.pk if address == "auth_user_delete" else managers.pk
    data = {"name": "Managers", "permissions": [], "post": "yes"}
    assert client.post(reverse(f"desk:{address}", args=[changed]), data).status_code == 302

    assert not Invitation.objects.exists()
    assert AccountEvent.objects.get(type="invitation_revoked").by == root


@pytest.mark.parametrize("lose", ["clear", "delete"])
def test_an_invitation_by_somebody_who_may_not_invite_any_more_leads_nowhere(
    desk, administrator, mailoutbox, lose
):
    invite(desk, role="Administrators")
    path = sent_path(mailoutbox)
    administrator.groups.clear() if lose == "clear" else administrator.delete()

    assert Client().get(path).status_code == set_password(path).status_code == 404
    assert not User.objects.filter(username="bo.ek").exists()


def test_an_invitation_that_another_administrator_repeats_is_theirs(desk, administrator, mailoutbox):
    invite(desk)
    other = make_person("Administrators", first_name="Tess")
    browser = Client()
    browser.force_login(other, backend=BACKEND)
    browser.post(INVITE, {"_repeat": Invitation.objects.get().pk})
    administrator.groups.clear()

    assert set_password(sent_path(mailoutbox)).status_code == 200
