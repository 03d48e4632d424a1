"""Names of an import at the desk: proposed, decided once, followed, changed and removed."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from publications.admin import import_names
from publications.importers.name_proposals import store_decision
from publications.models import (
    ArchiveImport,
    ArchiveImportState,
    ImportDecision,
    NameChoice,
    NameType,
    Publication,
)
from tests.factories import make_author, make_person, make_tag
from tests.importers.letter_export import letter_system, render_export
from tests.queries import count_queries

from .test_archive_imports import administrator, page_of, press, started
from .test_import_sources import check

__all__ = ["administrator", "letter_system", "started"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letter_system")]
LETTERS = (
    {"title": "Gas", "authors": ["A. Berg"], "tags": ["Sanction", "Uncategorized"]},
    {"title": "Oil", "authors": ["A. Berg", "Eva Ek"], "tags": ["Energy"]},
)


@pytest.fixture
def author():
    return make_author("Anna Berg")


@pytest.fixture
def checked(administrator, author) -> ArchiveImport:
    make_tag("Sanctions")
    return check(administrator, SimpleUploadedFile("old.letters.json", render_export(*LETTERS).encode()))


def names_page(client) -> str:
    return html.unescape(client.get(page_of("-names")).text)


def field_of(page: str, name: str) -> str:
    """Return the name of the field that decides on a name."""
    block = page.partition(f"“{name}” is")[2]
    return re.search(r'name="([a-z]+-[0-9a-f]+)-choice"', block)[1]


def decide(client, **values: str) -> None:
    """Post a choice or name, with the names of an import as keys."""
    page = names_page(client)
    keys = {field_of(page, name.replace("_", " ")): value for name, value in values.items()}
    data = {
        f"{key}-{'name_here' if value.startswith('=') else 'choice'}": value.removeprefix("=")
        for key, value in keys.items()
    }
    client.post(page_of("-names"), data)


def test_the_page_of_an_import_leads_to_its_names(administrator, checked):
    page = html.unescape(administrator.get(page_of()).text)

    assert "3 names of authors or topics may be other spellings" in page and page_of("-names") in page
    names = names_page(administrator)
    assert "the same as Anna Berg" in names and "In 2 texts, such as Gas" in names
    assert "the same as Sanctions" in names and "left out: texts lose it" in names


def test_what_is_decided_is_followed_by_the_import(administrator, checked, author):
    decide(
        administrator,
        **{"A. Berg": f"author:{author.pk}", "Sanction": "=Sanctions", "Uncategorized": NameChoice.LEFT_OUT},
    )
    press(administrator, "drafts")

    gas = Publication.objects.get(title="Gas")
    assert [each.name for each in gas.authors.all()] == ["Anna Berg"]
    assert [tag.name for tag in gas.tags.all()] == ["Sanctions"]
    assert "A. Berg" in html.unescape(administrator.get(reverse("desk:import-decisions")).text)
    assert "may be other spellings" not in administrator.get(page_of()).text


def test_saving_without_a_choice_decides_nothing(administrator, checked):
    response = administrator.post(page_of("-names"), {}, follow=True)

    assert not ImportDecision.objects.exists() and "Nothing was decided" in response.text


def test_a_decision_is_shown_again_and_can_be_taken_back(administrator, checked, author):
    decide(administrator, **{"A. Berg": f"author:{author.pk}"})
    assert "2 more names, decided or like no other" in names_page(administrator)
    key = field_of(names_page(administrator), "A. Berg")
    assert re.search(rf'value="author:{author.pk}"[^>]*checked', administrator.get(page_of("-names")).text)

    administrator.post(page_of("-names"), {f"{key}-choice": f"author:{author.pk}"})
    assert ImportDecision.objects.get().author == author
    administrator.post(page_of("-names"), {f"{key}-choice": ""})

    assert not ImportDecision.objects.exists()


@pytest.mark.parametrize("value", ["author:0", "tag:1", "name:Nobody", "x"])
def test_a_choice_that_was_not_offered_is_refused(administrator, checked, value):
    decide(administrator, **{"A. Berg": value})

    assert not ImportDecision.objects.exists()


def test_a_new_author_is_confirmed_by_name(administrator, checked, author):
    key = field_of(names_page(administrator), "A. Berg")
    typed = {f"{key}-choice": "", f"{key}-name_here": "Ana  Berg"}

    for confirmed in ({}, {f"{key}-confirmed_name": "Another Name"}):
        page = html.unescape(administrator.post(page_of("-names"), {**typed, **confirmed}).text)
        assert "No author here is called “Ana Berg”." in page and "Make a new author “Ana Berg”" in page
        assert 'value="Ana Berg"' in page and not ImportDecision.objects.exists()
    administrator.post(page_of("-names"), {**typed, f"{key}-confirmed_name": "Ana Berg"})

    assert ImportDecision.objects.get().target == "Ana Berg"


def test_a_name_of_these_texts_needs_no_confirmation(administrator, checked):
    decide(administrator, **{"A. Berg": "=eva ek"})

    assert ImportDecision.objects.get().target == "eva ek"


def test_a_changed_decision_is_confirmed_by_name(administrator, checked):
    decide(administrator, Sanction=NameChoice.LEFT_OUT)
    values = {"decision": ImportDecision.objects.get().pk, "name_here": "Sancions", "change": "1"}

    page = html.unescape(administrator.post(reverse("desk:import-decisions"), values).text)

    assert "No topic here is called “Sancions”." in page and not ImportDecision.objects.get().target
    administrator.post(reverse("desk:import-decisions"), {**values, "confirmed_name": "Sancions"})
    assert ImportDecision.objects.get().target == "Sancions"


def test_names_wait_while_an_import_runs(administrator, checked):
    ArchiveImport.objects.update(state=ArchiveImportState.RUNNING)

    assert administrator.get(page_of("-names")).status_code == 302


def test_an_import_without_new_names_says_so(administrator, checked):
    ArchiveImport.objects.update(report={})

    assert "All names in these texts are here already" in names_page(administrator)


def test_decisions_are_changed_and_removed_on_a_page_of_their_own(administrator, checked, author):
    page = reverse("desk:import-decisions")
    assert "Nothing was decided yet" in administrator.get(page).text
    decide(administrator, **{"A. Berg": NameChoice.SEPARATE, "Uncategorized": NameChoice.LEFT_OUT})

    decision = ImportDecision.objects.get(type="person")
    administrator.post(page, {"decision": decision.pk, "name_here": "anna berg", "change": "1"})
    assert ImportDecision.objects.get(type="person").author == author
    administrator.post(page, {"decision": ImportDecision.objects.get(type="topic").pk, "remove": "1"})
    assert not ImportDecision.objects.filter(type="topic").exists()
    said = administrator.post(page, {"decision": ImportDecision.objects.get().pk, "change": "1"}, follow=True)

    assert "Write the name here" in said.text and ImportDecision.objects.get().author == author
    assert administrator.post(page, {"decision": "x", "remove": "1"}).status_code == 404


def test_names_are_paged_and_only_those_of_the_form_are_decided(administrator, checked, author, monkeypatch):
    monkeypatch.setattr(import_names, "NAMES_PER_PAGE", 1)
    first = names_page(administrator)
    assert "1 / 5" in first and first.count('class="import-name"') == 1
    key = field_of(first, "A. Berg")
    url = f"{page_of('-names')}?page=1"

    answer = administrator.post(url, {f"{key}-choice": NameChoice.SEPARATE, f"{key}-name_here": ""})

    assert answer.headers["Location"] == url and ImportDecision.objects.get().name == "A. Berg"
    assert "1 / 5" in names_page(administrator) and "“Sanction” is" in names_page(administrator)
    for _again in range(2):  # posted again, when that name is on another page
        administrator.post(url, {f"{key}-choice": f"author:{author.pk}", f"{key}-name_here": ""})
    assert ImportDecision.objects.get().author == author


def test_names_of_another_import_and_markup_are_not_decided(administrator, checked):
    administrator.post(
        page_of("-names"),
        {"person-0123456789ab-choice": NameChoice.SEPARATE, "person-x-name_here": "<script>", "page": "x"},
    )
    assert not ImportDecision.objects.exists()
    make_author("Ann <i>Ek</i>")
    letters = render_export({"title": "Gas", "authors": ["A. <i>Ek</i>"]})

    check(administrator, SimpleUploadedFile("other.letters.json", letters.encode()))

    page = administrator.get(page_of("-names")).text
    assert "<i>Ek" not in page and "&lt;i&gt;" in page


def test_thousands_of_names_take_as_many_queries_as_few(administrator, checked):
    few = count_queries(administrator, page_of("-names"))
    checked.report["names"]["person"] += [
        [f"Name{number} Ek{number % 97}", 1, "Gas"] for number in range(2000)
    ]
    checked.save()

    assert count_queries(administrator, page_of("-names")) == few
    assert count_queries(administrator, page_of()) <= count_queries(administrator, page_of("-left")) + 21


@pytest.mark.parametrize("name", ["", "-names", "-left", "-publish", "-delete", "-undo"])
def test_who_is_no_administrator_changes_no_import(client, checked, name):
    client.force_login(make_person("Editors"))

    for url in (page_of(name), reverse("desk:import-decisions")):
        answer = client.post(url, {"drafts": "1", "delete": "1", "remove": "1", "decision": "1"})
        assert answer.status_code == 403
    assert ArchiveImport.objects.get().changed_at == checked.changed_at


def decided_since(client) -> list[str]:
    """Return for the page of an import, and for that which confirms publishing, what it says of later decisions."""
    pages = [" ".join(html.unescape(client.get(page_of(suffix)).text).split()) for suffix in ("", "-publish")]
    return [
        found[1] if (found := re.search(r"since this check:</strong> (.*?)\. What it says", page)) else ""
        for page in pages
    ]


def test_what_was_decided_since_the_check_is_checked_before_it_is_published(administrator, checked, author):
    assert decided_since(administrator) == ["", ""]
    decide(administrator, **{"A. Berg": f"author:{author.pk}", "Sanction": NameChoice.LEFT_OUT})

    assert decided_since(administrator) == ["A. Berg, Sanction"] * 2
    press(administrator, "publish")
    assert ArchiveImport.objects.get().is_dry_run and not Publication.objects.exists()
    administrator.post(page_of(), {"check_again": "1"})
    call_command("run_imports", verbosity=0)
    assert decided_since(administrator) == ["", ""]
    press(administrator, "publish")
    assert Publication.objects.count() == 2


def test_a_decision_that_is_removed_after_the_check_is_named(administrator, checked, author):
    store_decision(NameType.PERSON, "Nobody Here", NameChoice.SEPARATE, by=None)
    assert decided_since(administrator) == ["", ""]
    decide(administrator, **{"A. Berg": f"author:{author.pk}"})
    administrator.post(page_of(), {"check_again": "1"})
    call_command("run_imports", verbosity=0)

    ImportDecision.objects.all().delete()

    assert decided_since(administrator) == ["A. Berg"] * 2


def test_the_page_says_that_an_id_is_that_of_an_author_here(administrator, checked):
    shown = administrator.get(page_of("-names")).text

    assert "it is that author, also under “another person” and undecided" in shown
