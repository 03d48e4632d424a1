"""The users at the desk: their roles and last sign-in in the list, and the choice of a role."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountEvent
from publications.admin.groups import ROLE_SUMMARIES
from publications.roles import ROLE_NAMES, ROLES
from tests.factories import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
USERS = reverse("desk:auth_user_changelist")
NO_ROLE = "“new” has no role yet"


@pytest.fixture
def desk(client):
    client.force_login(make_person("Administrators"), backend=BACKEND)
    return client


def test_the_list_shows_roles_and_the_last_sign_in(desk):
    person = make_person("Editors")
    person.groups.add(Group.objects.get(name="Linkers"))
    User.objects.filter(pk=person.pk).update(
        last_login=timezone.localtime().replace(year=2025, month=3, day=9)
    )

    page = desk.get(USERS).text

    assert "Editors, Linkers" in page and "9 Mar" in page


def test_more_users_take_no_more_queries(desk):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(USERS)
        return len(queries)

    desk.get(USERS)
    before = count()
    for _number in range(3):
        make_person("Editors")

    assert count() == before


def role_address(person) -> str:
    return reverse("desk:account-role", args=[person.pk])


def role_pk(name: str) -> int:
    return Group.objects.get(name=name).pk


def test_a_role_is_chosen_by_what_it_may_do(desk):
    person = make_person("Contributors")
    assert (
        f'href="{role_address(person)}"' in desk.get(reverse("desk:auth_user_change", args=[person.pk])).text
    )
    page = desk.get(role_address(person)).text
    assert all(str(summary) in page for summary in ROLE_SUMMARIES.values())
    assert page.count('" checked') == 1 and f'href="{reverse("desk:role-matrix")}"' in page

    done = desk.post(role_address(person), {"role": role_pk("Editors")}, follow=True)

    assert [group.name for group in person.groups.all()] == ["Editors"]
    assert "has the role “Editors” now" in done.text
    event = AccountEvent.objects.get(account=person)
    assert event.detail == {
        "fields": ["groups"],
        "groups_before": ["Contributors"],
        "groups_after": ["Editors"],
    }


def test_the_same_role_again_is_no_event(desk):
    person = make_person("Editors")

    desk.post(role_address(person), {"role": role_pk("Editors")})

    assert not AccountEvent.objects.exists()


def test_one_role_takes_the_place_of_several_and_says_so(desk):
    person = make_person("Editors")
    person.groups.add(role_pk("Linkers"))

    assert "several roles: Editors, Linkers" in desk.get(role_address(person)).text
    desk.post(role_address(person), {"role": role_pk("Linkers")})

    assert [group.name for group in person.groups.all()] == ["Linkers"]


@pytest.mark.parametrize("role", ["", "0", "x", "9" * 30])
def test_a_role_that_does_not_exist_is_refused(desk, role):
    person = make_person("Editors")

    page = desk.post(role_address(person), {"role": role})

    assert "Error:" in page.text and [group.name for group in person.groups.all()] == ["Editors"]


def test_every_role_says_what_it_may_do():
    assert ROLE_SUMMARIES.keys() == ROLE_NAMES.keys() == ROLES.keys()


def test_only_superusers_give_several_roles(client, desk):
    person = make_person("Editors")
    address = reverse("desk:auth_user_change", args=[person.pk])
    assert 'name="groups"' not in desk.get(address).text
    desk.post(address, {"username": "ann", "groups": [role_pk("Administrators")]})
    assert [group.name for group in person.groups.all()] == ["Editors"]

    client.force_login(User.objects.create_superuser("root", "", "x"), backend=BACKEND)
    client.post(address, {"username": "ann", "groups": [role_pk("Editors"), role_pk("Linkers")]})

    assert person.groups.count() == 2


def test_the_account_of_a_superuser_is_changed_by_superusers_alone(desk):
    root = User.objects.create_superuser("root", "", "x")

    page = desk.post(role_address(root), {"role": role_pk("Linkers")}, follow=True)

    assert "Only a superuser" in page.text and not root.groups.exists()


def test_an_account_without_a_role_is_saved_with_a_warning(desk):
    person = User.objects.create_user("new", is_staff=True)

    page = desk.post(
        reverse("desk:auth_user_change", args=[person.pk]),
        {"username": "new"},
        follow=True,
    )

    assert NO_ROLE in page.text
