"""The language that a person chooses for the desk, and the page where they choose it."""

import pytest
from django.urls import reverse

from publications.models import UserSettings
from tests.factories import make_live, make_person

pytestmark = pytest.mark.django_db

PAGE = "/desk/my-settings/"
SWEDISH, ENGLISH = ({"Accept-Language": language} for language in ("sv", "en"))


def choose(client, language: str):
    return client.post(PAGE, {"language": language}, headers=ENGLISH, follow=True)


def test_the_language_is_that_of_the_browser_until_one_is_chosen(desk):
    pages = [desk.get("/desk/", headers=headers) for headers in (SWEDISH, ENGLISH)]

    assert [page["Content-Language"] for page in pages] == ["sv", "en"]
    assert 'value="sv" required id="id_language_1" checked' in desk.get(PAGE, headers=SWEDISH).text


def test_the_language_of_the_first_sign_in_is_that_of_mails_until_another_is_chosen(client):
    ann = make_person("Editors", password="a password of some length")
    fields = {"username": ann.username, "password": "a password of some length"}

    client.post(reverse("desk:login"), fields, headers=SWEDISH)
    assert UserSettings.of(ann).mail_language == "sv"
    client.logout()
    client.post(reverse("desk:login"), fields, headers=ENGLISH)

    assert UserSettings.of(ann).mail_language == "sv"


def test_the_chosen_language_applies_at_once_in_every_browser(desk, editor):
    page = choose(desk, "sv")

    assert '<html lang="sv"' in page.text and "Dina inställningar är sparade." in page.text
    assert desk.get("/desk/", headers=ENGLISH)["Content-Language"] == "sv"
    assert UserSettings.of(editor).mail_language == "sv"


def test_another_language_can_be_chosen_later(desk):
    choose(desk, "sv")
    choose(desk, "en")

    assert desk.get("/desk/", headers=SWEDISH)["Content-Language"] == "en"


def test_other_people_keep_theirs(desk, client):
    choose(desk, "sv")
    client.force_login(make_person("Linkers"), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get("/desk/", headers=ENGLISH)["Content-Language"] == "en"


def test_an_unknown_language_is_refused(desk):
    page = desk.post(PAGE, {"language": "de"})

    assert page.status_code == 200 and "Error:" in page.text and not UserSettings.objects.exists()


def test_errors_are_in_the_chosen_language(desk):
    choose(desk, "sv")

    page = desk.get("/desk/nowhere/", headers=ENGLISH)

    assert page.status_code == 404 and page["Content-Language"] == "sv" and '<html lang="sv"' in page.text


def test_the_sign_in_page_goes_by_the_browser(desk, client):
    choose(desk, "sv")
    client.logout()

    assert client.get(reverse("desk:login"), headers=ENGLISH)["Content-Language"] == "en"


def test_what_readers_see_does_not_go_by_the_choice(desk):
    edition = make_live()
    choose(desk, "sv")

    pages = [desk.get(path) for path in ("/en/", edition.get_absolute_url(), "/sv/")]

    assert [page["Content-Language"] for page in pages] == ["en", "en", "sv"]
    assert not any("Cookie" in page.headers.get("Vary", "") for page in pages)


def test_the_choice_of_a_language_leaves_those_about_mail(desk, editor):
    UserSettings.of(editor).store(timings={"submitted": "never"})

    choose(desk, "sv")

    assert UserSettings.of(editor).timings == {"submitted": "never"}


def test_the_page_leads_to_what_else_is_theirs_and_names_the_account(client):
    editor = make_person("Editors", password="a password of some length")
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(PAGE).text

    assert f'href="{reverse("desk:news-choices")}"' in page
    assert f'href="{reverse("desk:password_change")}"' in page
    assert editor.username in page and "<dd>Editors</dd>" in page
