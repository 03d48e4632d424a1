"""Sessions: listed for their owner, ended by them and by administrators, and by an idle and an absolute limit."""

import re
from datetime import timedelta
from hashlib import sha256
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.cookies import DEVICE
from accounts.devices import device_to_remember, is_known_device
from accounts.models import AccountEvent, DeskSession
from accounts.session_store import RECORD_INTERVAL, LimitedSessionStore
from accounts.user_agents import describe_user_agent
from tests.conftest import ROOT
from tests.factories import make_person

pytestmark = pytest.mark.django_db

DELETES_SESSIONS = re.compile(r"DeskSession\.objects.*\baccount\b(?!=None).*\.delete\(\)")
PAGE = reverse("desk:own-sessions")
PASSWORD = "rain over four old harbours"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def ann():
    return make_person("Editors", password=PASSWORD)


def signed_in(person, user_agent: str = FIREFOX, password: str = PASSWORD) -> Client:
    browser = Client(headers={"User-Agent": user_agent}, REMOTE_ADDR="192.0.2.7")
    browser.post(reverse("desk:login"), {"username": person.username, "password": password})
    browser.get("/desk/")
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get("/desk/").status_code == 200


def hours(count: float):
    return time_machine.travel(timezone.now() + timedelta(hours=count))


def test_each_browser_is_listed_in_words_with_its_last_use_and_address(ann):
    signed_in(ann, SAFARI)
    browser = signed_in(ann)

    page = browser.get(PAGE).text

    assert "Firefox on Windows – this browser" in page and "Safari on iPhone" in page
    assert page.count("192.0.2.7") == 2 and page.count("last used") == 2
    assert not [key for key in DeskSession.objects.values_list("pk", flat=True) if key in page]


def test_the_database_holds_no_key_that_signs_in(ann, settings):
    browser, thief = signed_in(ann), Client()
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    row = DeskSession.objects.get(account=ann)

    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key

    assert not is_signed_in(thief) and is_signed_in(browser)
    assert row.session_key == sha256(key.encode()).hexdigest() and key not in str(vars(row))


def test_a_session_with_a_new_key_has_one_row_and_the_former_key_opens_nothing(ann, settings):
    browser, thief = signed_in(ann), Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[settings.SESSION_COOKIE_NAME].value

    session = browser.session
    session.cycle_key()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    assert is_signed_in(browser) and not is_signed_in(thief)
    assert [row.pk for row in DeskSession.objects.all()] == [session.key_digest]
    assert session.exists(session.session_key) and not session.exists(session.key_digest)


def test_signing_out_deletes_the_row(ann):
    browser = signed_in(ann)

    browser.post(reverse("desk:logout"))

    assert not DeskSession.objects.filter(account=ann).exists() and not is_signed_in(browser)


def test_a_session_goes_on_after_a_change_of_the_key_until_the_former_one_is_removed(ann, settings):
    browser = signed_in(ann)

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert is_signed_in(browser)

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "a third"
    assert not is_signed_in(browser)


def test_clearing_expired_sessions_keeps_those_that_are_open(ann, settings):
    settings.SESSION_IDLE_HOURS = 12
    signed_in(ann)

    with hours(13):
        browser = signed_in(ann)
        call_command("clearsessions")
        assert is_signed_in(browser)

    assert DeskSession.objects.count() == 1


def test_a_session_that_was_stored_with_its_key_goes_on_after_the_migration(ann):
    browser = signed_in(ann)
    key = browser.session.session_key
    DeskSession.objects.filter(account=ann).update(session_key=key)

    digest_keys = import_module("accounts.migrations.0008_session_digests").digest_keys
    for _time in range(2):
        digest_keys(apps, None)

    assert is_signed_in(browser) and DeskSession.objects.get(account=ann).pk == browser.session.key_digest


def test_a_browser_is_known_after_a_change_of_the_key(rf, ann, settings):
    browser = signed_in(ann)
    device, request = browser.cookies[DEVICE.name].value, rf.get("/desk/login/")

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    request.COOKIES[DEVICE.name] = device

    assert is_known_device(device, ann) and device_to_remember(request) == device
    settings.SECRET_KEY_FALLBACKS = []
    assert not is_known_device(device, ann)


def test_backwards_sessions_end_before_their_column_is_made_shorter(ann):
    signed_in(ann)
    migration = import_module("accounts.migrations.0008_session_digests").Migration
    first_undone = migration.operations[-1]

    first_undone.reverse_code(apps, None)

    assert not DeskSession.objects.exists()


def test_one_session_is_signed_out_and_its_row_is_gone(ann):
    phone, browser = signed_in(ann, SAFARI), signed_in(ann)
    other = DeskSession.objects.exclude(pk=browser.session.key_digest).get(account=ann)

    page = browser.post(PAGE, {"_end": other.reference}, follow=True)

    assert "Signed out: Safari on iPhone" in page.text
    assert not DeskSession.objects.filter(pk=other.pk).exists()
    assert not is_signed_in(phone) and is_signed_in(browser)
    assert "had ended already" in browser.post(PAGE, {"_end": other.reference}, follow=True).text


def test_all_others_are_signed_out_at_once(ann):
    browser, *others = [signed_in(ann) for _browser in range(3)]
    bo = signed_in(make_person("Editors", password=PASSWORD))

    page = browser.post(PAGE, {"_others": "yes"}, follow=True)

    assert "2 sessions have ended" in page.text and is_signed_in(browser) and is_signed_in(bo)
    assert not any(map(is_signed_in, others))
    assert AccountEvent.objects.filter(type="sessions_ended", account=ann).count() == 1


def test_the_session_of_somebody_else_is_not_ended(ann):
    browser, other = signed_in(ann), signed_in(make_person("Editors", password=PASSWORD))
    reference = DeskSession.objects.get(pk=other.session.key_digest).reference

    browser.post(PAGE, {"_end": reference})

    assert is_signed_in(other)


def test_a_new_password_ends_the_others_and_the_list_agrees(ann):
    other, browser = signed_in(ann), signed_in(ann)
    new = "another four old harbours"
    browser.post(
        reverse("desk:password_change"),
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert browser.get(PAGE).text.count("last used") == 1
    assert is_signed_in(browser) and not is_signed_in(other)


def test_an_administrator_signs_an_account_out_everywhere(ann):
    browsers = [signed_in(ann), signed_in(ann, SAFARI)]
    administrator = signed_in(make_person("Administrators", password=PASSWORD))
    path = reverse("desk:account-sessions", args=[ann.pk])

    assert "Safari on iPhone" in administrator.get(path).text
    page = administrator.post(path, follow=True)

    assert "2 sessions have ended" in page.text and "no open session" in page.text
    assert not any(map(is_signed_in, browsers)) and is_signed_in(administrator)
    event = AccountEvent.objects.get(type="sessions_ended")
    assert event.account == ann and event.by_name.startswith("administrators")


def test_the_sessions_of_an_account_are_deleted_in_one_place():
    """That place records it, which ends the calendar address too."""
    deleting = {
        path.relative_to(ROOT).as_posix()
        for app in ("accounts", "publications")
        for path in (ROOT / app).rglob("*.py")
        if DELETES_SESSIONS.search(path.read_text())
    }

    assert deleting == {"accounts/sign_out.py"}


def test_a_session_ends_when_it_is_not_used(ann, settings):
    settings.SESSION_IDLE_HOURS = 12
    browser, other = signed_in(ann), signed_in(ann)

    with hours(11):
        assert is_signed_in(browser)
    with hours(12.1):
        assert is_signed_in(browser) and not is_signed_in(other)


def test_a_session_ends_after_some_days_however_much_it_is_used(ann, settings):
    settings.SESSION_IDLE_HOURS, settings.SESSION_DAYS = 12, 14
    browser = signed_in(ann)

    for number in range(1, 34):
        with hours(10 * number):
            assert is_signed_in(browser)
            browser.session.save()
    with hours(14 * 24 + 0.1):
        assert not is_signed_in(browser)


def test_a_page_that_is_only_open_does_not_prolong_a_session(ann, settings):
    settings.SESSION_IDLE_HOURS = 12
    browser = signed_in(ann)

    with hours(11):
        assert browser.get(reverse("desk:signed-in")).status_code == 200
    with hours(12.1):
        assert not is_signed_in(browser)


def test_a_stolen_key_of_an_ended_session_opens_nothing(ann, settings):
    settings.SESSION_IDLE_HOURS = 12
    browser = signed_in(ann)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value

    with hours(13):
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = key
        assert not is_signed_in(thief)


def test_the_last_use_is_written_at_most_once_in_some_minutes(ann):
    browser = signed_in(ann)

    def count_writes() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get("/desk/help/")
        return sum("UPDATE" in query["sql"] and "desksession" in query["sql"] for query in queries)

    with time_machine.travel(timezone.now() + timedelta(hours=1)) as clock:
        assert [count_writes() for _request in range(4)] == [1, 0, 0, 0]
        clock.shift(RECORD_INTERVAL + timedelta(seconds=1))
        assert count_writes() == 1


def test_a_request_that_saves_the_session_keeps_its_last_use(ann, rf):
    browser, now = signed_in(ann), timezone.now()
    DeskSession.objects.update(last_used_at=now - timedelta(hours=1))
    session = LimitedSessionStore(browser.session.session_key)
    session["secret"] = "shown once"

    session.record_use(rf.get("/desk/"))
    session.save()

    assert DeskSession.objects.get().last_used_at >= now


def test_a_page_is_shown_although_its_use_cannot_be_written(ann, monkeypatch):
    browser = signed_in(ann)

    def fail(*_args, **_values) -> None:
        raise DatabaseError("disk full")

    with hours(1):
        monkeypatch.setattr("accounts.session_store.DeskSession.objects.filter", fail)
        assert is_signed_in(browser)


def test_tidying_deletes_sessions_that_have_ended(ann, settings):
    settings.SESSION_IDLE_HOURS = 12
    signed_in(ann)

    with hours(13):
        signed_in(ann)
        call_command("tidy")

    assert DeskSession.objects.count() == 1


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Mac"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130.0", "Samsung Internet on Android"),
        ("curl/8.5", "unknown browser"),
        ("", "unknown browser"),
    ],
)
def test_browsers_are_described_in_words(user_agent, words):
    assert describe_user_agent(user_agent) == words


def test_the_use_of_a_session_waits_for_no_process_that_writes(ann):
    browser = signed_in(ann)

    with hours(1), CaptureQueriesContext(connection) as queries:
        browser.get("/desk/help/")

    statements = [query["sql"] for query in queries]
    (update,) = [number for number, sql in enumerate(statements) if sql.startswith("UPDATE")]
    if connection.vendor == "sqlite":
        assert statements[update - 1] == "PRAGMA busy_timeout = 0"
        assert (
            statements[update + 1].startswith("PRAGMA busy_timeout = ")
            and statements[update + 1][-2:] != " 0"
        )
    assert not [sql for sql in statements if sql.startswith("SAVEPOINT")]
