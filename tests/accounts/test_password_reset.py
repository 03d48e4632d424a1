"""Passwords that are set anew through a link in a mail."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import limits
from accounts.first_login import FirstLogin, first_login_path, remove_first_login, write_first_logins
from accounts.models import AccountEvent, EventType
from publications.models import UserSettings, site_settings
from tests.factories import make_person
from tests.full_disks import files_of_at_most

pytestmark = pytest.mark.django_db

RESET = "/desk/password_reset/"
NEW = "rain over four old harbours"


@pytest.fixture
def person():
    return make_person("Editors", email="ann@example.org", password="a right password")


def request_mail(client, email: str = "ann@example.org", address: str = "192.0.2.1", **headers):
    return client.post(RESET, {"email": email}, REMOTE_ADDR=address, **headers)


def path_in(mail) -> str:
    return re.search(r"https?://[^/]+(/desk/password_reset/\S+)", mail.body)[1]


def set_password(client, path: str, password: str = NEW):
    form = client.get(path)["Location"]
    return client.post(form, {"new_password1": password, "new_password2": password})


def test_the_link_leads_to_the_site_whatever_host_was_requested(client, person, settings, mailoutbox):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://publications.example", ["*"]

    request_mail(client, HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")

    assert "https://publications.example/desk/password_reset/" in mailoutbox[0].body
    assert "evil.example" not in mailoutbox[0].body + mailoutbox[0].subject


@pytest.mark.parametrize(
    ("language", "subject"),
    [("", "SCEEUS: choose a new password"), ("sv", "SCEEUS: välj ett nytt lösenord")],
)
@pytest.mark.parametrize("browser_language", ["en", "sv"])
def test_the_mail_names_site_and_account_in_the_language_of_mails(
    client, person, mailoutbox, language, subject, browser_language
):
    UserSettings.of(person).store(language=language)

    request_mail(client, headers={"Accept-Language": browser_language})

    assert mailoutbox[0].subject.replace(site_settings().short_name, "SCEEUS") == subject
    assert person.username in mailoutbox[0].body and str(site_settings()) in mailoutbox[0].body


def test_46_requests_send_five_mails_to_one_account(person, mailoutbox):
    for number in range(46):
        request_mail(Client(), address=f"192.0.2.{number}")

    assert len(mailoutbox) == limits.RESET_ACCOUNT.count


def test_the_page_shows_the_limit_for_known_and_unknown_addresses(person):
    pages = {
        email: [request_mail(Client(), email, f"192.0.2.{number}") for number in range(6)][-1]
        for email in ("ann@example.org", "nobody@example.org")
    }

    for page in pages.values():
        assert page.status_code == 429
        assert page["Retry-After"]
        assert "use the newest mail" in page.text


def test_one_network_address_gets_no_mails_for_many_accounts(client, mailoutbox):
    for number in range(limits.RESET_ADDRESS.count + 3):
        make_person("Editors", email=f"p{number}@example.org", password="x")
        request_mail(Client(), f"p{number}@example.org")

    assert len(mailoutbox) == limits.RESET_ADDRESS.count


def test_the_limit_of_the_site_does_not_apply_to_a_known_browser(client, person, mailoutbox):
    client.post("/desk/login/", {"username": person.username, "password": "a right password"})
    client.post("/desk/logout/")
    for number in range(limits.RESET_SITE.count):
        request_mail(Client(), f"nobody{number}@example.org", f"198.51.100.{number}")

    assert request_mail(Client(), "else@example.org", "192.0.2.9").status_code == 429
    assert request_mail(client).status_code == 302
    assert len(mailoutbox) == 1


def test_an_account_under_attack_can_use_a_reset_mail_from_any_browser(person, mailoutbox):
    for number in range(limits.ACCOUNT.count):
        Client().post(
            "/desk/login/", {"username": person.username, "password": "x"}, REMOTE_ADDR=f"192.0.2.{number}"
        )
    owner = Client()
    request_mail(owner)

    set_password(owner, path_in(mailoutbox[0]))

    signed_in = owner.post("/desk/login/", {"username": person.username, "password": NEW})
    assert signed_in.status_code == 302


def test_a_reset_mail_requested_by_an_attacker_works_for_the_owner(person, mailoutbox):
    for number in range(9):
        request_mail(Client(), address=f"192.0.2.{number}")

    set_password(Client(), path_in(mailoutbox[0]))

    person.refresh_from_db()
    assert person.check_password(NEW)


def test_a_password_set_by_mail_is_an_event_of_the_account(person, mailoutbox, client):
    request_mail(client)
    set_password(client, path_in(mailoutbox[0]))

    types = AccountEvent.objects.filter(account=person).values_list("type", flat=True)
    assert set(types) == {EventType.RESET_REQUESTED, EventType.PASSWORD_RESET}


def test_a_reset_removes_the_generated_password_from_the_file(person, mailoutbox, client):
    write_first_logins([FirstLogin(person.username, "a right password")])
    request_mail(client)

    set_password(client, path_in(mailoutbox[0]))

    assert not first_login_path().exists()


def test_a_full_disk_loses_no_first_password():
    path = write_first_logins([FirstLogin("ann", "a first password"), FirstLogin("bo", "another")])

    with files_of_at_most(4):
        remove_first_login("ann")

    assert path.read_text() == "ann a first password\nbo another\n"


@pytest.fixture
def no_mail(settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}


def test_the_page_says_when_no_mail_can_be_sent(client, no_mail):
    page = client.get(RESET).text

    assert "This site sends no mail" in page
    assert 'name="email"' not in page and "EMAIL_URL" not in page


def test_without_mail_the_page_promises_no_mail(client, no_mail, person, capsys):
    page = request_mail(client)

    assert page.status_code == 200
    assert "This site sends no mail" in page.text
    assert capsys.readouterr().out == ""


def test_null_bytes_in_an_address_are_refused_by_the_form(client):
    assert request_mail(client, "a\0@b.c").status_code == 200
    assert not AccountEvent.objects.exists()


def test_the_urls_of_the_reset_are_unchanged():
    assert reverse("admin_password_reset") == RESET


def test_a_mail_is_rendered_for_every_address_and_sent_to_accounts_only(client, person, mailoutbox):
    known, unknown = request_mail(client), request_mail(Client(), "nobody@example.org")

    assert [page.name for page in known.templates] == [page.name for page in unknown.templates]
    assert "registration/password_reset_email.html" in [page.name for page in unknown.templates]
    assert [mail.to for mail in mailoutbox] == [["ann@example.org"]]
