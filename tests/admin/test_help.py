"""The page Help: the guide for editors in the language of the desk, in the words of the desk."""

import re

import pytest
from babel.messages.pofile import read_po
from django.urls import reverse

from tests.conftest import ROOT
from tests.factories import make_person

GUIDES = {"en": ROOT / "docs/editors-guide.md", "sv": ROOT / "docs/editors-guide.sv.md"}
ADMINISTRATION = {
    "en": ROOT / "docs/administrators-guide.md", "sv": ROOT / "docs/administrators-guide.sv.md",
}  # fmt: skip
NEWSLETTER = {"en": ROOT / "docs/newsletter-guide.md", "sv": ROOT / "docs/newsletter-guide.sv.md"}
BOLD = re.compile(r"\*\*(.+?)\*\*")
LEADS = {
    "From Word.",
    "The same text again.",
    "At the desk.",
    "Från Word.",
    "Samma text igen.",
    "Direkt här.",
}
"""Bold words at the head of a paragraph, which name no button; the rest are messages of the desk."""
MAX_WORDS = 1150
"""Two pages."""


def messages() -> dict[str, str]:
    with (ROOT / "locale/sv/LC_MESSAGES/django.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, locale="sv") if each.id}


def labels_of(language: str) -> list[str]:
    """Return what is set in bold in the guides of a language, in order."""
    paths = (guides[language] for guides in (GUIDES, NEWSLETTER, ADMINISTRATION))
    return [normalized(label) for path in paths for label in BOLD.findall(path.read_text())]


def normalized(label: str) -> str:
    return label.rstrip(".")


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "Begin a text"), ("sv", "Börja en text")])
def test_the_guide_is_shown_in_the_language_of_the_desk(client, language, words):
    client.force_login(make_person("Linkers"), backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(reverse("desk:help"), headers={"Accept-Language": language})

    assert page.status_code == 200 and f">{words}</h2>" in page.text
    assert "<table>" in page.text and f'href="{reverse("desk:help")}"' in page.text


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "is_shown"), [("Administrators", True), ("Editors", False)])
def test_administrators_read_theirs_after_it(client, role, is_shown):
    client.force_login(make_person(role), backend="django.contrib.auth.backends.ModelBackend")

    assert (">For administrators</h2>" in client.get(reverse("desk:help")).text) is is_shown


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "is_shown"), [("Editors", True), ("Contributors", False)])
def test_whoever_mails_readers_learns_how(client, role, is_shown):
    client.force_login(make_person(role), backend="django.contrib.auth.backends.ModelBackend")

    assert (">Newsletter and alerts</h2>" in client.get(reverse("desk:help")).text) is is_shown


def test_the_guides_name_buttons_and_pages_as_the_desk_does():
    swedish = messages()
    labels = {language: set(labels_of(language)) for language in GUIDES}
    leads = set(map(normalized, LEADS))

    assert len(labels["en"]) > 20
    assert labels["en"] - leads - set(swedish) == set()
    assert labels["sv"] - leads - set(swedish.values()) == set()


def test_both_guides_name_the_same_things_in_the_same_order():
    swedish, leads = messages(), set(map(normalized, LEADS))
    order = {language: [label for label in labels_of(language) if label not in leads] for language in GUIDES}

    assert [swedish[label] for label in order["en"]] == order["sv"]


@pytest.mark.parametrize("path", GUIDES.values(), ids=GUIDES)
def test_a_guide_has_two_pages(path):
    assert len(path.read_text().split()) <= MAX_WORDS
