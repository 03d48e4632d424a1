"""The pages of second factors at the desk: setting up, removing, being required, and proving again who one is."""

import html
import json
import re
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import recovery_codes, totp
from accounts.factors import FACTOR_OWNER, Factors
from accounts.models import AccountEvent, EventType, Passkey, RecoveryCode
from accounts.reauthentication import AUTHENTICATED_AT
from publications.admin.reauthentication import AFTER_ENROLMENT
from publications.models import MenuLink, Publication, SiteSettings
from tests.accounts.test_second_step import PASSWORD, STEP, code_of, is_signed_in, type_password
from tests.admin.test_carried_forms import Browser, form_at
from tests.authenticator import Authenticator, options_of
from tests.factories import make_live, make_person

pytestmark = pytest.mark.django_db

SECURITY, APP, CODES = "/desk/security/", "/desk/security/app/", "/desk/security/codes/"
ADD, REAUTHENTICATE = "/desk/security/passkeys/add/", "/desk/reauthenticate/"


TOTP_SECRET = totp.new_secret()


@pytest.fixture(autouse=True)
def _site_with_a_name(settings):
    settings.SITE_URL = "http://localhost"


@pytest.fixture
def person():
    return make_person("Editors", password=PASSWORD)


@pytest.fixture
def desk(client, person) -> Client:
    type_password(client, person)
    return client


def events_of(account) -> list[tuple[str, list]]:
    rows = AccountEvent.objects.filter(account=account, type__contains="factor").order_by("pk")
    return [(event.type, event.detail["factors"]) for event in rows]


def make_old(client: Client, minutes: int = 16) -> None:
    """Let the last authentication of a session be so old."""
    session = client.session
    session[AUTHENTICATED_AT] = (timezone.now() - timedelta(minutes=minutes)).timestamp()
    session.save()


# Setting up and removing


def test_a_passkey_is_added_renamed_and_removed(desk, person):
    key = Authenticator()
    answer = key.create(options_of(desk, "/desk/security/passkeys/options/"))

    response = desk.post(ADD, {"name": "Blue key", "credential": answer})

    passkey = Passkey.objects.get()
    assert response["Location"] == SECURITY and passkey.owner == person
    assert "Blue key" in desk.get(SECURITY).text
    desk.post(f"{SECURITY}passkeys/{passkey.pk}/", {"name": "Green key"})
    assert "Green key" in desk.get(SECURITY).text
    question = desk.post(f"{SECURITY}passkeys/{passkey.pk}/", {"_remove": "ask"}).text
    assert "Remove it? Passkey “Green key”" in question and Passkey.objects.exists()
    page = desk.post(f"{SECURITY}passkeys/{passkey.pk}/", {"_remove": "yes"}, follow=True).text
    assert "Removed: Passkey “Green key”." in page and not Passkey.objects.exists()
    assert events_of(person) == [("factor_added", ["passkey"]), ("factor_removed", ["passkey"])]


@pytest.mark.parametrize(
    "fault", [{"origin": "http://evil.example"}, {"rp_id": "evil.example"}, {"is_verified": False}]
)
def test_a_passkey_that_was_made_elsewhere_is_not_added(desk, fault):
    key = Authenticator(**fault)
    answer = key.create(options_of(desk, "/desk/security/passkeys/options/"))

    response = desk.post(ADD, {"name": "Key", "credential": answer})

    assert "was not added" in response.text and not Passkey.objects.exists()


@pytest.mark.parametrize("answer", ["", "{}", "[]", "x", json.dumps({"id": "a", "response": {}}), "[" * 9000])
def test_what_is_no_passkey_is_not_added(desk, answer):
    options_of(desk, "/desk/security/passkeys/options/")

    assert "was not added" in desk.post(ADD, {"name": "Key", "credential": answer}).text


def test_an_account_has_no_more_passkeys_than_it_may(desk, monkeypatch):
    monkeypatch.setattr("accounts.passkeys.MAX_PASSKEYS", 1)

    def add() -> str:
        answer = Authenticator().create(options_of(desk, "/desk/security/passkeys/options/"))
        return desk.post(ADD, {"name": "Key", "credential": answer}, follow=True).text

    assert "was not added" not in add()
    assert "was not added" in add()
    assert Passkey.objects.count() == 1


def test_recovery_codes_that_are_all_used_are_no_second_factor_that_is_left(person):
    for code in recovery_codes.replace_codes(person):
        recovery_codes.use_code(person, code)

    assert Factors.of(person).count == 0


def use_up_codes(client: Client, person) -> None:
    """Sign in with the last of the recovery codes."""
    *codes, last = recovery_codes.replace_codes(person)
    for code in codes:
        recovery_codes.use_code(person, code)
    type_password(client, person)
    client.post(STEP, {"code": last})


def test_the_session_that_used_the_last_code_makes_new_ones(client, person):
    use_up_codes(client, person)

    assert "This was your last recovery code" in client.get("/desk/").text
    assert client.post(CODES).status_code == 302 and Factors.of(person).unused_codes


def test_a_session_with_nothing_left_to_show_is_not_opened_by_the_password(client, person):
    use_up_codes(client, person)
    make_old(client)

    page = client.get(CODES)
    again = client.post(REAUTHENTICATE, {"password": PASSWORD})

    for response in (page, again):
        assert "Ask an administrator to remove your second factors" in response.text
        assert 'type="password"' not in response.text and 'name="code"' not in response.text
    assert client.get(CODES).status_code == 403


def test_what_would_remain_decides_what_somebody_who_must_have_a_factor_removes(desk, person, settings):
    settings.SECOND_FACTOR_FROM = date(2026, 1, 1)
    set_up_app(desk)
    for code in recovery_codes.replace_codes(person):
        recovery_codes.use_code(person, code)

    desk.post(APP, {"_remove": "yes"})
    desk.post(CODES, {"_remove": "yes"})

    assert events_of(person) == [("factor_added", ["app"]), ("factor_removed", ["codes"])]


def test_used_codes_go_with_the_last_factor_so_that_the_password_signs_in(desk, person):
    set_up_app(desk)
    for code in recovery_codes.replace_codes(person):
        recovery_codes.use_code(person, code)

    desk.post(APP, {"_remove": "yes"})

    assert is_signed_in(desk) and not RecoveryCode.objects.exists()
    elsewhere = Client()
    type_password(elsewhere, person)
    assert is_signed_in(elsewhere)


def test_the_same_answer_adds_one_passkey(desk):
    answer = Authenticator().create(options_of(desk, "/desk/security/passkeys/options/"))
    cookie = desk.cookies["desk_passkey"].value

    for _time in range(2):
        desk.cookies["desk_passkey"] = cookie
        desk.post(ADD, {"name": "Key", "credential": answer})

    assert Passkey.objects.count() == 1


def test_the_passkey_of_somebody_else_is_not_found(desk):
    passkey = Authenticator().store(make_person("Editors"))

    assert desk.get(f"{SECURITY}passkeys/{passkey.pk}/").status_code == 404
    assert desk.post(f"{SECURITY}passkeys/{passkey.pk}/", {"_remove": "yes"}).status_code == 404


def set_up_app(client: Client) -> str:
    page = client.get(APP)
    secret = page.context["secret"].replace(" ", "")
    client.post(APP, {"setup": page.context["setup"], "code": code_of(secret)})
    return secret


def test_an_app_is_set_up_and_removed(desk, person):
    secret = set_up_app(desk)

    assert totp.use_code(person, code_of(secret, 1))
    assert "style=" not in desk.get(APP).context["qr_code"]
    assert "Set up" in desk.get(SECURITY).text
    desk.post(APP, {"_remove": "yes"})
    assert events_of(person) == [("factor_added", ["app"]), ("factor_removed", ["app"])]


@pytest.mark.parametrize(
    "fields", [{"code": "123"}, {"code": ""}, {"setup": "x", "code": "123456"}, {"code": "abcdef"}]
)
def test_an_app_that_shows_another_code_is_not_set_up(desk, person, fields):
    setup = desk.get(APP).context["setup"]

    page = desk.post(APP, {"setup": setup, **fields})

    assert page.status_code == 200 and "errorlist" in page.text
    assert not AccountEvent.objects.filter(type=EventType.FACTOR_ADDED).exists()


def test_recovery_codes_are_shown_once_and_work(desk, person):
    page = desk.post(CODES, follow=True)

    codes = page.context["new_codes"]
    assert len(codes) == 10 and all(code in page.text for code in codes)
    again = desk.get(CODES)
    assert not [code for code in codes if code in again.text]
    assert "10 codes are left" in again.text
    assert recovery_codes.use_code(person, codes[3])
    assert RecoveryCode.objects.unused().count() == 9


def test_a_change_of_factors_offers_to_end_the_other_sessions(desk, person):
    offer = "See where, and sign out there"
    set_up_app(desk)
    assert offer not in desk.get(SECURITY).text
    other = Client()
    other.force_login(person)

    desk.post(CODES)
    assert offer in desk.get(CODES).text
    desk.post(CODES, {"_remove": "yes"})
    page = desk.get(SECURITY).text
    assert offer in page and f'<a href="{reverse("desk:own-sessions")}">' in page

    desk.post(APP, {"_remove": "yes"})  # the last one, with which the other sessions end
    assert offer not in desk.get(SECURITY).text


def test_the_last_factor_of_somebody_who_must_have_one_is_not_removed(desk, person, settings):
    settings.SECOND_FACTOR_FROM = date(2026, 1, 1)
    set_up_app(desk)

    page = desk.post(APP, {"_remove": "yes"}, follow=True)

    assert "this is your last one" in page.text
    desk.post(CODES)
    desk.post(APP, {"_remove": "yes"})
    desk.post(CODES, {"_remove": "yes"})
    assert events_of(person) == [("factor_added", ["app"]), ("factor_removed", ["app"])]
    assert RecoveryCode.objects.exists()


# Required from a day


def test_before_the_day_the_desk_names_it(desk, settings):
    settings.SECOND_FACTOR_FROM = timezone.localdate() + timedelta(days=1)

    assert "you need a second factor to sign in" in desk.get("/desk/").text


@pytest.mark.parametrize("group", ["Editors", "Administrators"])
def test_from_the_day_whoever_may_publish_or_manage_accounts_can_do_nothing_else(client, settings, group):
    settings.SECOND_FACTOR_FROM = timezone.localdate()
    person = make_person(group, password=PASSWORD)
    type_password(client, person)

    for path in ("/desk/", "/desk/publications/publication/", "/desk/my-settings/"):
        assert client.get(path)["Location"] == SECURITY
    page = client.get(SECURITY)
    assert "until then nothing else at the desk is open to you" in page.text
    set_up_app(client)
    assert 'href="/desk/my-settings/">Go on where you were' in client.get(SECURITY).text
    assert client.get("/desk/").status_code == 200


def test_after_the_set_up_nobody_is_led_to_what_a_script_requested(client, settings):
    settings.SECOND_FACTOR_FROM = timezone.localdate()
    type_password(client, make_person("Editors", password=PASSWORD))
    client.get("/desk/my-settings/", headers={"sec-fetch-mode": "navigate"})

    response = client.get("/desk/news/", headers={"sec-fetch-mode": "cors"})

    assert response["Location"] == SECURITY
    assert client.session[AFTER_ENROLMENT] == "/desk/my-settings/"


def test_a_session_that_has_shown_a_factor_is_not_looked_up_again(client, settings):
    type_password(client, make_person("Editors", password=PASSWORD))
    set_up_app(client)
    settings.SECOND_FACTOR_FROM = timezone.localdate()

    with CaptureQueriesContext(connection) as queries:
        assert client.get("/desk/my-settings/").status_code == 200

    assert not [query["sql"] for query in queries if Passkey._meta.db_table in query["sql"]]


@pytest.mark.parametrize("group", ["Contributors", "Linkers"])
def test_others_need_none(client, settings, group):
    settings.SECOND_FACTOR_FROM = timezone.localdate()
    type_password(client, make_person(group, password=PASSWORD))

    assert is_signed_in(client)


def test_a_superuser_without_a_role_needs_one(client, settings):
    settings.SECOND_FACTOR_FROM = timezone.localdate()
    person = User.objects.create_superuser("root", password=PASSWORD)
    type_password(client, person)

    assert client.get("/desk/")["Location"] == SECURITY


def test_what_is_sent_on_the_day_is_in_the_form_again_after_the_set_up(person, settings):
    browser = Browser()
    browser.sign_in(person=person)
    form = form_at(browser.open("/desk/publications/menulink/add/"), "/desk/publications/menulink/add/")
    form.type_everywhere()
    settings.SECOND_FACTOR_FROM = timezone.localdate()

    response = browser.send(form)

    assert response["Location"] == SECURITY and not MenuLink.objects.filter(label_en="x").exists()
    app = browser.open(APP)
    setup = form_at(app, APP)
    browser.send(setup, code=code_of(app.context["secret"].replace(" ", "")))
    again = browser.open(browser.session["after_enrolment"])
    assert form_at(again, form.page).typed() == form.typed()


# Proving again


def test_a_redaction_needs_recent_authentication_and_keeps_what_was_typed():
    publication = make_live(body="A name to take out.").publication
    person, browser = make_person("Administrators", password=PASSWORD), Browser()
    browser.sign_in(person=person)
    path = reverse("desk:redact", args=[publication.pk])
    form = form_at(browser.open(path), path)
    make_old(browser)

    question = browser.send(form, passage="a name to take out", mark="…", why="Safety")

    assert question.status_code == 403 and "makes sure that it is you" in question.text
    question_form = form_at(question, REAUTHENTICATE)
    again = browser.open(browser.send(question_form, password=PASSWORD)["Location"])
    typed = form_at(again, path).typed()
    assert typed["passage"] == ["a name to take out"] and typed["why"] == ["Safety"]
    assert "take out" in Publication.objects.get(pk=publication.pk).body


def test_a_wrong_password_proves_nothing_and_loses_nothing():
    administrator, browser = make_person("Administrators", password=PASSWORD), Browser()
    browser.sign_in(person=administrator)
    other = make_person("Linkers", first_name="Before")
    path = reverse("desk:auth_user_change", args=[other.pk])
    form = form_at(browser.open(path), path)
    make_old(browser)
    question_form = form_at(browser.send(form, first_name="Typed"), REAUTHENTICATE)

    refused = browser.send(question_form, password="wrong")

    assert "The password is not right" in refused.text
    again = browser.open(browser.send(form_at(refused, REAUTHENTICATE), password=PASSWORD)["Location"])
    assert form_at(again, path).typed()["first_name"] == ["Typed"]
    other.refresh_from_db()
    assert other.first_name == "Before"


def test_whoever_has_a_factor_proves_with_it_and_not_with_the_password(client):
    administrator = make_person("Administrators", password=PASSWORD)
    secret = totp.new_secret()
    totp.add_app(administrator, secret, step=0)
    type_password(client, administrator)
    client.post(STEP, {"code": code_of(secret, -1)})
    make_old(client)

    question = client.get("/desk/auth/user/add/")
    client.post(REAUTHENTICATE, {"password": PASSWORD, "carried": question.context["carried"].encrypted})
    assert client.get("/desk/auth/user/add/").status_code == 403

    response = client.post(
        REAUTHENTICATE, {"code": code_of(secret), "carried": question.context["carried"].encrypted}
    )

    assert response["Location"] == "/desk/auth/user/add/"
    assert client.get("/desk/auth/user/add/").status_code == 200


def test_a_passkey_authenticates_again(client):
    administrator, key = make_person("Administrators", password=PASSWORD), Authenticator()
    key.store(administrator)
    client.post(
        "/desk/login/passkey/", {"credential": key.get(options_of(client, "/desk/login/passkey/options/"))}
    )
    make_old(client)

    client.post(REAUTHENTICATE, {"credential": key.get(options_of(client, "/desk/reauthenticate/options/"))})

    assert client.get("/desk/auth/user/add/").status_code == 200


GUARDED = {
    "auth_user_add": [], "auth_user_change": ["user"], "auth_user_delete": ["user"], "auth_user_password_change": ["user"],
    "auth_group_add": [], "auth_group_change": ["group"], "auth_group_delete": ["group"], "user-factors": ["user"], "account-role": ["user"], "account-state": ["user"],
    "account-sessions": ["user"], "account-review": [], "planning-calendar": [],
    "redact": ["publication"], "passkey-add": [], "authenticator-app": [], "recovery-codes": [],
}  # fmt: skip
"""What needs recent authentication, with the objects in the address."""


@pytest.mark.parametrize("name", GUARDED)
def test_nothing_is_changed_without_recent_authentication(client, name):
    group = Group.objects.create(name="Guests")
    pks = {"user": make_person("Linkers").pk, "group": group.pk, "publication": make_live().publication.pk}
    administrator = make_person("Administrators", is_superuser=True, password=PASSWORD)
    type_password(client, administrator)
    path = reverse(f"desk:{name}", args=[pks[key] for key in GUARDED[name]])
    assert client.get(path).status_code == 200
    make_old(client)
    events = AccountEvent.objects.count()

    response = client.post(path, {"post": "yes"})

    assert response.status_code == 403 and 'action="/desk/reauthenticate/"' in response.text
    assert AccountEvent.objects.count() == events


def test_an_authentication_counts_for_a_quarter_of_an_hour(client):
    administrator = make_person("Administrators", password=PASSWORD)
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        type_password(client, administrator)
        statuses = []
        for _step in range(3):
            statuses.append(client.get("/desk/auth/user/add/").status_code)
            clock.shift(timedelta(minutes=10))

    assert statuses == [200, 200, 403]


# The way back


@pytest.fixture
def locked_out():
    account = make_person("Editors", email="ann@example.org", password=PASSWORD)
    Authenticator().store(account)
    recovery_codes.replace_codes(account)
    return account


def test_a_command_removes_the_factors_of_an_account(client, locked_out, capsys):
    call_command("remove_second_factor", locked_out.username)
    call_command("remove_second_factor", locked_out.username)

    assert "has no second factor" in capsys.readouterr().out
    assert events_of(locked_out) == [("factor_removed", ["passkey", "codes"])]
    type_password(client, locked_out)
    assert is_signed_in(client)


def test_a_command_names_an_account_that_does_not_exist():
    with pytest.raises(CommandError, match="There is no account “nobody”"):
        call_command("remove_second_factor", "nobody")


def test_an_administrator_removes_the_factors_of_somebody_who_is_mailed(client, locked_out, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    administrator = make_person("Administrators", password=PASSWORD)
    type_password(client, administrator)
    path = reverse("desk:user-factors", args=[locked_out.pk])
    assert path in client.get(reverse("desk:auth_user_change", args=[locked_out.pk])).text

    client.post(path)
    call_command("send_mail", verbosity=0)

    event = AccountEvent.objects.get(type=EventType.FACTOR_REMOVED)
    assert (event.account, event.by) == (locked_out, administrator)
    assert mail.outbox[0].to == ["ann@example.org"] and locked_out.username in mail.outbox[0].body
    type_password(Client(), locked_out)
    assert not Passkey.objects.exists()


def test_other_sessions_end_with_the_last_factor_that_somebody_removes(client):
    person, elsewhere = make_person("Editors", password=PASSWORD), Client()
    type_password(client, person)
    secret = set_up_app(client)
    type_password(elsewhere, person)
    elsewhere.post(STEP, {"code": code_of(secret, 1)})
    assert is_signed_in(elsewhere)

    client.post(APP, {"_remove": "yes"})

    assert is_signed_in(client) and not is_signed_in(elsewhere)
    assert FACTOR_OWNER not in client.session


def test_the_sessions_of_an_account_end_with_its_factors(client):
    person = make_person("Editors", password=PASSWORD)
    type_password(client, person)
    set_up_app(client)
    assert is_signed_in(client)

    call_command("remove_second_factor", person.username)

    assert not is_signed_in(client)


def test_nobody_removes_the_factors_of_a_superuser_or_their_own(client, locked_out):
    User.objects.filter(pk=locked_out.pk).update(is_superuser=True)
    administrator = make_person("Administrators", password=PASSWORD)
    type_password(client, administrator)

    refusal = client.post(reverse("desk:user-factors", args=[locked_out.pk]), follow=True)
    assert "Only a superuser may change the account of a superuser." in refusal.text
    assert client.post(reverse("desk:user-factors", args=[administrator.pk]))["Location"] == SECURITY
    assert client.get(reverse("desk:user-factors", args=[999_999_999])).status_code == 404
    assert Passkey.objects.exists()


# What was typed while signed out


def test_a_form_that_was_sent_signed_out_is_carried_through_the_second_step(person):
    secret = totp.new_secret()
    totp.add_app(person, secret, step=0)
    browser = Browser()
    step = form_at(browser.sign_in(person=person), STEP)
    browser.send(step, code=code_of(secret, -1))
    path = "/desk/publications/menulink/add/"
    form = form_at(browser.open(path), path)
    form.type_everywhere()
    browser.cookies.pop("sessionid")

    step = form_at(browser.sign_in(browser.send(form), person=person), STEP)
    wrong = browser.send(step, code="000000")
    answer = browser.send(form_at(wrong, STEP), code=code_of(secret))

    again = browser.open(answer["Location"])
    assert "nothing has been saved yet" in again.text
    assert form_at(again, path).typed() == form.typed()


@pytest.mark.parametrize("kind", ["passkey", "app"])
def test_after_the_first_factor_the_page_leads_to_recovery_codes(desk, person, kind):
    hint = "Print recovery codes now"
    assert hint not in desk.get(SECURITY).text

    if kind == "passkey":
        answer = Authenticator().create(options_of(desk, "/desk/security/passkeys/options/"))
        page = desk.post(ADD, {"name": "Key", "credential": answer}, follow=True)
    else:
        totp.add_app(person, TOTP_SECRET, step=0)
        type_password(desk, person)
        desk.post(STEP, {"code": code_of(TOTP_SECRET)})
        page = desk.get(SECURITY)
    assert hint in page.text
    recovery_codes.replace_codes(person)

    assert hint not in desk.get(SECURITY).text


def test_recovery_codes_are_downloaded_as_they_stand_on_the_paper(desk, person):
    page = desk.post(CODES, follow=True).text

    link = re.search(r'href="data:text/plain;charset=utf-8,([^"]+)"', page)[1]
    text = unquote(link)
    codes = re.findall(r"<li><code>([A-Z2-7-]+)</code>", page)
    assert len(codes) == recovery_codes.CODES and text.splitlines()[2:] == codes
    heading = text.splitlines()[0]
    assert heading in html.unescape(page)
    assert all(
        part in heading for part in (str(SiteSettings.current().short_name), "localhost", person.username)
    )


def test_the_app_can_be_opened_on_the_device_itself(desk):
    page = html.unescape(desk.get(APP).text)

    uri = re.search(r'href="(otpauth://[^"]+)"', page)[1]
    secret = re.search(r"<textarea id=\"secret\"[^>]*>([A-Z2-7]+)</textarea>", page)[1]
    assert f"secret={secret}" in uri


def test_the_list_of_users_finds_those_without_a_second_factor(client):
    administrator = make_person("Administrators", password=PASSWORD)
    type_password(client, administrator)
    guarded = make_person("Editors")
    recovery_codes.replace_codes(guarded)

    def names(choice: str) -> set[str]:
        page = client.get(reverse("desk:auth_user_changelist"), {"factor": choice})
        return {user.username for user in page.context["cl"].result_list}

    assert names("some") == {guarded.username}
    assert administrator.username in names("none") and guarded.username not in names("none")


@pytest.mark.parametrize(("group", "email", "is_shown"), [
    ("Administrators", "", True), ("Administrators", "a@example.org", False), ("Editors", "", False),
])  # fmt: skip
def test_an_administrator_without_an_address_is_led_to_add_one(client, group, email, is_shown):
    type_password(client, make_person(group, email=email, password=PASSWORD))

    assert ("Add an address" in client.get("/desk/").text) == is_shown


@pytest.mark.parametrize("path", [SECURITY, ADD, APP, CODES])
def test_the_breadcrumb_leads_by_my_settings(desk, path):
    breadcrumb = desk.get(path).text.partition('class="breadcrumbs"')[2].partition("</ol>")[0]

    assert reverse("desk:my-settings") in breadcrumb
