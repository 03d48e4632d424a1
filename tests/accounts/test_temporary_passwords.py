"""Passwords that somebody else has set: nothing at the desk is open before their owner has chosen another."""

import pytest
from django.contrib.auth.models import User
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import recovery_codes
from accounts.first_login import create_account
from accounts.models import AccountRecord
from accounts.temporary_passwords import IS_TEMPORARY, mark_temporary
from tests.accounts.test_password_reset import path_in, request_mail, set_password
from tests.authenticator import Authenticator, options_of
from tests.factories import make_person
from tests.openid_provider import sign_in as sign_in_at_provider

pytestmark = pytest.mark.django_db

CHANGE, LOGIN = reverse("desk:password_change"), reverse("desk:login")
NEW = "winter-in-visby-9"
PAGES = [
    "/desk/",
    "/desk/security/",
    reverse("desk:own-sessions"),
    reverse("desk:publications_publication_add"),
]


def sign_in(username: str, password: str) -> Client:
    browser = Client()
    response = browser.post(LOGIN, {"username": username, "password": password})
    assert response.status_code == 302
    return browser


def choose(browser: Client, old: str, new: str = NEW):
    return browser.post(CHANGE, {"old_password": old, "new_password1": new, "new_password2": new})


def opened(browser: Client) -> list[int]:
    return [browser.get(page).status_code for page in PAGES]


@pytest.fixture
def first():
    return create_account("editor", "Editors")


def test_nothing_opens_before_a_first_password_is_changed(first):
    browser = sign_in(first.username, first.password)

    assert [browser.get(page)["Location"] for page in PAGES] == [CHANGE] * len(PAGES)
    assert browser.post(PAGES[3], {"title": "x"})["Location"] == CHANGE
    assert "Somebody else has set the password" in browser.get(CHANGE).text
    assert choose(browser, first.password).status_code == 302
    assert opened(browser) == [200] * len(PAGES)
    assert "Somebody else" not in browser.get(CHANGE).text
    assert opened(sign_in(first.username, NEW)) == [200] * len(PAGES)


def test_the_same_password_is_no_other_one(first):
    browser = sign_in(first.username, first.password)

    page = choose(browser, first.password, first.password)

    assert "This is the password that you have" in page.text
    assert browser.get("/desk/")["Location"] == CHANGE


def test_the_password_comes_before_a_second_factor(first, settings):
    settings.SECOND_FACTOR_FROM = timezone.localdate()
    browser = sign_in(first.username, first.password)

    assert browser.get("/desk/")["Location"] == CHANGE and browser.get(CHANGE).status_code == 200
    choose(browser, first.password)

    assert browser.get("/desk/")["Location"] == reverse("desk:security")


def test_a_password_that_an_administrator_sets_is_changed_by_its_owner():
    administrator, ann = (
        make_person(group, password="rain over four harbours") for group in ("Administrators", "Editors")
    )
    browser = sign_in(administrator.username, "rain over four harbours")
    path = reverse("desk:auth_user_password_change", args=[ann.pk])
    given = {
        "password1": "given over the phone",
        "password2": "given over the phone",
        "usable_password": "true",
    }

    assert browser.post(path, given).status_code == 302

    assert sign_in(ann.username, "given over the phone").get("/desk/")["Location"] == CHANGE
    assert opened(browser) == [200] * len(PAGES)


def test_who_sets_their_own_password_among_the_users_has_chosen_it(client):
    root = User.objects.create_superuser("root", "", "rain over four harbours")
    mark_temporary(root)
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    del session[IS_TEMPORARY]  # as after signing in with a passkey
    session.save()

    path = reverse("desk:auth_user_password_change", args=[root.pk])
    assert client.post(path, {"password1": NEW, "password2": NEW}).status_code == 302

    assert opened(sign_in("root", NEW)) == [200] * len(PAGES)


def test_a_password_that_cannot_be_marked_as_temporary_is_not_set():
    administrator, ann = (
        make_person(group, password="rain over four harbours") for group in ("Administrators", "Editors")
    )
    browser, given = sign_in(administrator.username, "rain over four harbours"), "given over the phone"

    class Interrupted(Exception):
        pass

    def fail(**_signal) -> None:
        raise Interrupted

    pre_save.connect(fail, sender=AccountRecord)
    try:
        with pytest.raises(Interrupted):
            path = reverse("desk:auth_user_password_change", args=[ann.pk])
            browser.post(path, {"password1": given, "password2": given, "usable_password": "true"})
    finally:
        pre_save.disconnect(fail, sender=AccountRecord)

    ann.refresh_from_db()
    assert ann.check_password("rain over four harbours")


def test_a_passkey_signs_in_past_a_password_that_its_owner_may_not_know(first, client, settings):
    settings.SITE_URL = "http://localhost"
    key = Authenticator()
    key.store(User.objects.get())

    answer = key.get(options_of(client, "/desk/login/passkey/options/"))
    client.post("/desk/login/passkey/", {"credential": answer})

    assert opened(client) == [200] * len(PAGES)


def test_the_second_step_after_a_temporary_password_does_not_lead_past_it(first, client):
    (code, *_others) = recovery_codes.replace_codes(User.objects.get())
    client.post(LOGIN, {"username": first.username, "password": first.password})

    client.post("/desk/login/second-step/", {"code": code})

    assert client.get("/desk/")["Location"] == CHANGE


def test_the_provider_signs_in_past_a_temporary_password(client, provider, ann):
    mark_temporary(ann)

    sign_in_at_provider(client, provider)

    assert opened(client) == [200] * len(PAGES)


def test_a_password_set_by_mail_is_chosen(first, client, mailoutbox):
    User.objects.update(email="ann@example.org")
    request_mail(client)
    set_password(client, path_in(mailoutbox[0]), NEW)

    assert opened(sign_in(first.username, NEW)) == [200] * len(PAGES)


def test_a_person_who_has_chosen_a_password_goes_on():
    ann = make_person("Editors", password="rain over four harbours")

    assert opened(sign_in(ann.username, "rain over four harbours")) == [200] * len(PAGES)
