"""Cookies: only those of the table, for the desk alone, and by names that need TLS where there is TLS."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.cookies import COOKIES, DEVICE, PASSKEY, SECURE_PREFIX
from tests.admin.test_carried_forms import Browser, ann, form_at, press_button  # noqa: F401
from tests.factories import make_author, make_live
from tests.own_databases import own_database, run_python
from tests.test_secret_words import Requests

pytestmark = pytest.mark.django_db

PRINT_NAMES = """
import json
import django
django.setup()
from django.conf import settings
from accounts.cookies import COOKIES
print(json.dumps([
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,
    settings.CSRF_COOKIE_SECURE, [cookie.name for cookie in COOKIES],
]))
"""


@pytest.mark.parametrize(("tls", "prefix"), [("0", ""), ("1", "__Secure-")])
def test_the_names_need_tls_where_there_is_tls(tmp_path, tls, prefix):
    with own_database(tmp_path) as environment:
        printed = json.loads(run_python(PRINT_NAMES, {**environment, "BEHIND_TLS": tls}))

    names = [
        f"{prefix}{name}" for name in ("sessionid", "csrftoken", "desk_device", "desk_person", "desk_passkey")
    ]
    assert printed == [names[0], names[1], tls == "1", tls == "1", names]


def test_signing_in_sets_the_cookies_of_the_table_and_no_other(ann):  # noqa: F811
    browser = Browser()
    browser.sign_in(person=ann)

    assert browser.cookies.keys() == {cookie.name for cookie in COOKIES if cookie is not PASSKEY}
    for morsel in browser.cookies.values():
        assert (morsel["path"], morsel["samesite"], bool(morsel["httponly"])) == ("/desk/", "Lax", True)


def test_no_public_page_sets_a_cookie(editor):
    publication = make_live().publication
    publication.secret_images = []
    client = Client()

    names = {path: client.get(path).cookies.keys() for path in Requests(publication).paths()}

    assert len(names) > 100 and not any(names.values())


def test_the_help_lists_every_cookie(desk):
    page = desk.get(reverse("desk:help")).text

    assert all(f"<strong>{cookie.name}</strong>: {cookie.purpose}" in page for cookie in COOKIES)


def test_a_form_that_was_open_during_the_upgrade_to_new_names_is_carried(ann, settings):  # noqa: F811
    browser = Browser()
    browser.sign_in(person=ann)
    author = make_author("Ann Berg")
    path = reverse("desk:publications_author_change", args=[author.pk])
    form = form_at(browser.open(path), path)
    form.element.fields["name"] = "Ann Bergh"

    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"):
        setattr(settings, name, SECURE_PREFIX + getattr(settings, name))
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    page = browser.send(form)
    assert page.status_code == 403 and "Only this page holds it" in page.text
    page = press_button(browser, browser.sign_in(page, person=ann), "take")

    assert form_at(page, path).typed()["name"] == ["Ann Bergh"]


def test_a_device_cookie_that_was_planted_is_never_known(ann):  # noqa: F811
    browser = Browser()
    browser.cookies[DEVICE.name] = "planted"
    browser.sign_in(person=ann)

    assert browser.cookies[DEVICE.name].value not in ("planted", "")
