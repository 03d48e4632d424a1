"""Somebody can always manage accounts: the last who may is neither deactivated, demoted nor deleted."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group, User
from django.db import OperationalError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import AccountEvent
from publications.admin.accounts import StaffUserAdmin
from publications.admin.register import admin_site
from tests.factories import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
REFUSED = "Nobody could manage accounts"


def state_address(person) -> str:
    return reverse("desk:account-state", args=[person.pk])


def role_address(person) -> str:
    return reverse("desk:account-role", args=[person.pk])


@pytest.fixture
def administrator():
    return make_person("Administrators", first_name="Ada", last_name="Ek")


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator, backend=BACKEND)
    return client


def test_the_last_administrator_keeps_the_role(desk, administrator):
    page = desk.post(role_address(administrator), {"role": Group.objects.get(name="Editors").pk})

    assert REFUSED in page.text and page.text.count('" checked') == 1
    assert [group.name for group in administrator.groups.all()] == ["Administrators"]
    assert not AccountEvent.objects.exists()


def test_the_last_administrator_is_not_deleted(desk, administrator):
    page = desk.post(reverse("desk:auth_user_delete", args=[administrator.pk]), {"post": "yes"}, follow=True)

    assert REFUSED in page.text and User.objects.filter(pk=administrator.pk).exists()


def test_an_inactive_administrator_does_not_count(desk, administrator):
    make_person("Administrators", is_active=False)

    desk.post(role_address(administrator), {"role": Group.objects.get(name="Editors").pk})

    assert [group.name for group in administrator.groups.all()] == ["Administrators"]


def test_an_administrator_may_leave_where_another_remains(desk, administrator):
    make_person("Administrators")

    desk.post(state_address(administrator), {"reason": ""})

    administrator.refresh_from_db()
    assert not administrator.is_active


def test_a_last_superuser_stays_one_that_is_active(client):
    last = User.objects.create_superuser("root", "", "x")
    client.force_login(last, backend=BACKEND)

    page = client.post(state_address(last), {"reason": ""})

    assert REFUSED in page.text and User.objects.get().is_active


def test_roles_of_the_product_are_neither_deleted_nor_renamed(client):
    client.force_login(User.objects.create_superuser("root", "", "x"), backend=BACKEND)
    role, own = Group.objects.get(name="Administrators"), Group.objects.create(name="Guests")

    refused = client.post(reverse("desk:auth_group_delete", args=[role.pk]), {"post": "yes"})
    deleted = client.post(reverse("desk:auth_group_delete", args=[own.pk]), {"post": "yes"})
    client.post(reverse("desk:auth_group_change", args=[role.pk]), {"name": "Others", "permissions": []})

    assert (refused.status_code, deleted.status_code) == (403, 302)
    assert (
        Group.objects.filter(name="Administrators").exists() and not Group.objects.filter(pk=own.pk).exists()
    )


def test_the_page_for_a_password_offers_no_other_way_to_sign_in(desk):
    person = make_person("Editors", password="a right password")
    address = reverse("desk:auth_user_password_change", args=[person.pk])

    page = desk.get(address)
    desk.post(address, {"unset-password": "x", "usable_password": "false"})

    person.refresh_from_db()
    assert "LDAP" not in page.text and "password-based" not in page.text
    assert person.check_password("a right password")


def test_an_account_without_a_group_reads_whom_to_ask(client, administrator):
    client.force_login(User.objects.create_user("new", is_staff=True), backend=BACKEND)

    page = client.get("/desk/")

    assert "has no role yet" in page.text and "Ada Ek" in page.text
    assert "has no role yet" not in _home_of(client, make_person("Linkers"))


def _home_of(client, person) -> str:
    client.force_login(person, backend=BACKEND)
    return client.get("/desk/").text


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_accounts_of_administrators_are_changed_one_at_a_time(administrator):
    """Otherwise each of two could deactivate the other, while both still see another one."""
    other = make_person("Administrators")
    browser = Client()
    browser.force_login(other, backend=BACKEND)

    def deactivate_first() -> None:
        connection.cursor().execute("SET lock_timeout = '1s'")
        try:
            browser.post(state_address(administrator), {"reason": ""})
        finally:
            connection.close()

    request = RequestFactory().post("/")
    request.user = administrator

    with transaction.atomic(), ThreadPoolExecutor(1) as thread:
        other.is_active = False
        StaffUserAdmin(User, admin_site).save_model(request, other, form=None, change=True)
        with pytest.raises(OperationalError, match="lock timeout"):
            thread.submit(deactivate_first).result(60)
