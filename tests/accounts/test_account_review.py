"""Once a year administrators say of each account that it stays; the first page of the desk reminds them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountEvent, AccountRecord
from tests.factories import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = reverse("desk:account-review")


@pytest.fixture
def administrator():
    return make_person("Administrators", first_name="Ada")


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator, backend=BACKEND)
    return client


def make_account(*, joined: int, seen: int | None = 1, kept: int | None = None, **fields):
    """An account that joined, was last seen and last confirmed so many days ago."""
    account = make_person("Editors", **fields)
    now = timezone.now()
    last_login = None if seen is None else now - timedelta(days=seen)
    User.objects.filter(pk=account.pk).update(date_joined=now - timedelta(days=joined), last_login=last_login)
    if kept is not None:
        AccountRecord.objects.create(
            account=account, kept_at=now - timedelta(days=kept), kept_by_name="ada", invited_by_name="inga"
        )
    return account


@pytest.mark.parametrize(
    ("days", "is_due"),
    [
        ({"joined": 100}, False),
        ({"joined": 364}, False),
        ({"joined": 366}, True),
        ({"joined": 900, "kept": 364}, False),
        ({"joined": 900, "kept": 366}, True),
        ({"joined": 200, "seen": 179}, False),
        ({"joined": 200, "seen": 181}, True),
        ({"joined": 200, "seen": None}, True),
        ({"joined": 100, "seen": None}, False),
        ({"joined": 900, "seen": 500, "kept": 20}, False),
        ({"joined": 900, "is_active": False}, False),
    ],
    ids=str,
)
def test_an_account_is_due_after_a_year_or_half_a_year_unused(desk, days, is_due):
    make_account(**days)

    assert ("1 account: is it still needed?" in desk.get("/desk/").text) is is_due
    assert ("1 account is due" in desk.get(PAGE).text) is is_due


def test_the_page_says_who_they_are_and_records_who_stays(desk, administrator):
    bo = make_account(joined=900, kept=400, first_name="Bo", last_name="Ek")
    eva = make_account(joined=900, first_name="Eva")
    page = desk.get(PAGE).text
    assert all(text in page for text in ("Bo Ek", "Editors", "confirmed", "by ada", "invited by inga", "due"))

    done = desk.post(PAGE, {"stays": [bo.pk, "x", "0"]}, follow=True)

    record = AccountRecord.of(bo)
    assert record.kept_by_name == administrator.username and record.invited_by_name == "inga"
    assert timezone.now() - record.kept_at < timedelta(minutes=1)
    assert "1 account stays" in done.text and "1 account is due" in done.text
    assert AccountRecord.of(eva).kept_at is None
    assert list(AccountEvent.objects.values_list("type", "account")) == [("kept", bo.pk)]
    assert f'href="{reverse("desk:account-state", args=[eva.pk])}"' in done.text


def test_nothing_ticked_is_no_confirmation(desk):
    make_account(joined=900)

    assert "Tick the accounts that stay" in desk.post(PAGE, follow=True).text
    assert not AccountRecord.objects.exists()


def test_only_those_who_manage_accounts_are_reminded(client):
    make_account(joined=900)
    client.force_login(make_person("Editors"), backend=BACKEND)

    assert "still needed" not in client.get("/desk/").text


def test_superusers_are_reviewed_by_superusers_alone(desk, client):
    root = User.objects.create_superuser("root", "", "x", first_name="Root")
    User.objects.filter(pk=root.pk).update(date_joined=timezone.now() - timedelta(days=900))

    assert "Root" not in desk.get(PAGE).text
    desk.post(PAGE, {"stays": root.pk})
    assert not AccountRecord.objects.exists()
    client.force_login(root, backend=BACKEND)
    assert "Root" in client.get(PAGE).text


def test_more_accounts_take_no_more_queries(desk):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(PAGE)
        return len(queries)

    desk.get(PAGE)
    before = count()
    for _number in range(5):
        make_account(joined=900, kept=3)

    assert count() <= before
