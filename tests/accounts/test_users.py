"""The users at the desk: their roles and last sign-in in the list, and a warning for a user without a role."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
GOOD = "borsch-tundra-7-lamp"
USERS = reverse("desk:auth_user_changelist")
NO_ROLE = "“new” has no role yet"


@pytest.fixture
def desk(client):
    client.force_login(make_person("Administrators"), backend=BACKEND)
    return client


def add(desk, **fields) -> str:
    data = {"username": "new", "password1": GOOD, "password2": GOOD, **fields}
    return desk.post(reverse("desk:auth_user_add"), data, follow=True).text


def test_the_list_shows_roles_and_the_last_sign_in(desk):
    person = make_person("Editors")
    person.groups.add(Group.objects.get(name="Linkers"))
    User.objects.filter(pk=person.pk).update(last_login=timezone.now().replace(year=2025, month=3, day=9))

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


def test_roles_are_given_when_a_user_is_added(desk):
    page = add(desk, email="new@example.org", groups=[str(Group.objects.get(name="Editors").pk)])

    user = User.objects.get(username="new")
    assert [group.name for group in user.groups.all()] == ["Editors"] and user.email == "new@example.org"
    assert NO_ROLE not in page


def test_a_user_without_a_role_is_added_with_a_warning(desk):
    assert NO_ROLE in add(desk)


def test_the_form_leads_to_what_each_role_may_do(desk):
    assert f'href="{reverse("desk:role-matrix")}"' in desk.get(reverse("desk:auth_user_add")).text
