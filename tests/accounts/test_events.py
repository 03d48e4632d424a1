"""What happens to accounts is recorded, shown to administrators, and kept for a year."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.first_login import create_account
from accounts.limits import account_key
from accounts.models import AccountEvent, EventType
from publications.models import SiteVersion
from tests.factories import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
EVENTS = "/desk/accounts/accountevent/"
GOOD = "rain over four old harbours"


@pytest.fixture
def administrator():
    return make_person("Administrators", first_name="Ada")


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator, backend=BACKEND)
    return client


def change_address(person) -> str:
    return reverse("desk:auth_user_change", args=[person.pk])


def fields_of(person, **fields) -> dict:
    filled = {
        "username": person.username, "first_name": person.first_name, "last_name": "", "email": person.email,
        "groups": [str(group.pk) for group in person.groups.all()],
    }  # fmt: skip
    return {name: value for name, value in (filled | fields).items() if value is not None}


def events_of(person) -> list[tuple[str, str]]:
    rows = AccountEvent.objects.filter(account_name=person.username).order_by("pk")
    return [(event.type, event.by_name) for event in rows]


def test_a_change_names_its_fields_and_the_groups_before_and_after(client):
    client.force_login(User.objects.create_superuser("root", "", "x"), backend=BACKEND)
    person = make_person("Editors")
    linkers = Group.objects.get(name="Linkers")

    client.post(change_address(person), fields_of(person, email="new@example.org", groups=[str(linkers.pk)]))

    event = AccountEvent.objects.get(type=EventType.CHANGED)
    assert set(event.detail["fields"]) == {"email", "groups"}
    assert (event.detail["groups_before"], event.detail["groups_after"]) == (["Editors"], ["Linkers"])
    assert "new@example.org" not in str(event.detail)


def test_saving_what_is_unchanged_is_no_event(desk):
    person = make_person("Editors")

    desk.post(change_address(person), fields_of(person))

    assert events_of(person) == []


def test_a_refused_change_is_no_event(desk):
    person = make_person("Editors")

    desk.post(change_address(person), fields_of(person, username="", first_name="Bo"))

    assert events_of(person) == []


def test_a_deleted_account_leaves_its_events(desk, administrator):
    person = make_person("Editors")

    desk.post(reverse("desk:auth_user_delete", args=[person.pk]), {"post": "yes"})

    assert not User.objects.filter(pk=person.pk).exists()
    assert events_of(person) == [("deleted", administrator.username)]


def test_a_password_that_an_administrator_sets(desk, administrator):
    person = make_person("Editors", password="a right password")

    desk.post(
        reverse("desk:auth_user_password_change", args=[person.pk]),
        {"password1": GOOD, "password2": GOOD, "usable_password": "true"},
    )

    assert events_of(person) == [("password_changed", administrator.username)]


def test_a_password_of_ones_own(client):
    person = make_person("Editors", password="a right password")
    client.force_login(person, backend=BACKEND)

    client.post(
        "/desk/password_change/",
        {"old_password": "a right password", "new_password1": GOOD, "new_password2": GOOD},
    )

    assert events_of(person) == [("password_changed", person.username)]


def test_strangers_who_guess_keep_nobody_from_a_new_password(client):
    """In a session of a browser without the device cookie."""
    person = make_person("Editors", password="a right password")
    client.force_login(person, backend=BACKEND)
    for number in range(10):
        guess = {"username": person.username, "password": "wrong"}
        Client().post("/desk/login/", guess, REMOTE_ADDR=f"192.0.2.{number}")

    data = {"old_password": "a right password", "new_password1": GOOD, "new_password2": GOOD}

    assert client.post("/desk/password_change/", data).status_code == 302


def test_guessing_the_old_password_in_an_open_session_is_limited(client):
    person = make_person("Editors", password="a right password")
    client.force_login(person, backend=BACKEND)
    guess = {"old_password": "wrong", "new_password1": GOOD, "new_password2": GOOD}

    statuses = [client.post("/desk/password_change/", guess).status_code for _guess in range(11)]
    last = client.post("/desk/password_change/", guess | {"old_password": "a right password"})

    person.refresh_from_db()
    assert statuses == [200] * 10 + [429]
    assert last.status_code == 429 and "too many attempts" in last.text
    assert person.check_password("a right password")


def test_a_new_password_that_is_refused_is_no_failed_attempt(client):
    person = make_person("Editors", password="a right password")
    client.force_login(person, backend=BACKEND)

    client.post(
        "/desk/password_change/",
        {"old_password": "a right password", "new_password1": "short", "new_password2": "short"},
    )

    assert events_of(person) == []


def test_signing_in_and_out(client):
    person = make_person("Editors", password="a right password")

    client.post(
        "/desk/login/", {"username": person.username, "password": "a right password"}, REMOTE_ADDR="192.0.2.7"
    )
    client.post("/desk/logout/")

    assert [type for type, _by in events_of(person)] == ["signed_in", "signed_out"]
    assert AccountEvent.objects.get(type=EventType.SIGNED_IN).address == "192.0.2.7"


def test_a_sign_in_says_whether_the_browser_is_new(client):
    person = make_person("Editors", password="a right password")
    for _time in range(2):
        client.post("/desk/login/", {"username": person.username, "password": "a right password"})
        client.post("/desk/logout/")

    signed_in = AccountEvent.objects.filter(type=EventType.SIGNED_IN).order_by("pk")
    assert [event.detail.get("is_new_device", False) for event in signed_in] == [True, False]


def test_an_account_that_is_not_active_fails_to_sign_in(client):
    person = make_person("Editors", password="a right password", is_active=False)

    client.post("/desk/login/", {"username": person.username, "password": "a right password"})

    assert events_of(person) == [("failed", "")]


def test_no_account_event_increments_the_site_version(desk):
    before = SiteVersion.objects.get().number
    person = make_person("Editors")

    desk.post(change_address(person), fields_of(person, email="x@example.org"))
    desk.post("/desk/login/", {"username": "nobody", "password": "wrong"})

    assert AccountEvent.objects.count() == 2
    assert SiteVersion.objects.get().number == before


def test_tidying_removes_events_after_a_year():
    for days in (364, 366):
        AccountEvent.objects.create(
            type=EventType.FAILED,
            account_key=account_key("x"),
            occurred_at=timezone.now() - timedelta(days=days),
        )

    call_command("tidy")

    assert AccountEvent.objects.count() == 1


def test_the_list_describes_events_in_words(desk, client):
    person = make_person("Editors", first_name="Bo")
    linkers = Group.objects.get(name="Linkers")
    desk.post(reverse("desk:account-state", args=[person.pk]), {"reason": ""})
    desk.post(reverse("desk:account-role", args=[person.pk]), {"role": linkers.pk})
    for _attempt in range(11):
        desk.post("/desk/login/", {"username": "hidden words", "password": "wrong"})

    page = desk.get(EVENTS).text

    assert "Account deactivated" in page
    assert "Account changed: groups (Editors → Linkers)" in page
    assert "Sign-in failed" in page
    assert "Refused: too many attempts for one account" in page
    assert "unknown name" in page and "hidden words" not in page


def test_the_list_is_filtered_by_account_event_and_search(desk):
    people = [make_person("Editors") for _count in range(2)]
    for person in people:
        desk.post(change_address(person), fields_of(person, first_name="Changed"))

    by_account = desk.get(EVENTS, {"account__id__exact": people[0].pk})
    by_type = desk.get(EVENTS, {"type__exact": "deactivated"})
    by_words = desk.get(EVENTS, {"q": people[1].username})

    assert [event.account for event in by_account.context["cl"].result_list] == people[:1]
    assert not by_type.context["cl"].result_list
    assert [event.account for event in by_words.context["cl"].result_list] == people[1:]


def test_the_number_of_queries_does_not_depend_on_the_length_of_the_list(desk, django_assert_max_num_queries):
    for number in range(40):
        person = make_person("Editors")
        AccountEvent.objects.create(
            type=EventType.SIGNED_IN, account=person, account_name=person.username, by=person
        )

    with django_assert_max_num_queries(14):
        desk.get(EVENTS)


def test_events_are_read_only_even_for_a_superuser(client):
    superuser = User.objects.create_superuser("root", "", "x")
    client.force_login(superuser, backend=BACKEND)
    event = AccountEvent.objects.create(type=EventType.FAILED)

    statuses = [
        client.get(reverse("desk:accounts_accountevent_add")).status_code,
        client.post(
            reverse("desk:accounts_accountevent_delete", args=[event.pk]), {"post": "yes"}
        ).status_code,
        client.post(
            reverse("desk:accounts_accountevent_change", args=[event.pk]), {"type": "created"}
        ).status_code,
    ]

    assert statuses == [403, 403, 403]
    assert AccountEvent.objects.get().type == EventType.FAILED


def test_the_first_accounts_of_a_site_are_events_too():
    create_account("ann", "Editors")

    assert events_of(User.objects.get(username="ann")) == [("created", "")]


def test_without_its_group_no_account_is_created():
    with pytest.raises(Group.DoesNotExist):
        create_account("ann", "Nobody")

    assert not User.objects.filter(username="ann").exists()


def test_an_editor_sees_no_account_events(client):
    client.force_login(make_person("Editors"), backend=BACKEND)

    assert client.get(EVENTS).status_code == 403
    assert EVENTS not in client.get("/desk/").text
