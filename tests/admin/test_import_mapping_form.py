"""Categories and fields of an import at the desk: proposed by the check, chosen in its settings, followed by the import."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from publications.models import ArchiveImport, Publication
from tests.importers.letter_export import letter_system, render_export

from .test_archive_imports import SETTINGS, administrator, archive, page_of, press, started
from .test_import_sources import check

__all__ = ["administrator", "letter_system", "started"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letter_system")]
LETTERS = ({"title": "Gas", "room": "studies", "remark": "Ask Ann."}, {"title": "Oil"})


@pytest.fixture
def page(administrator) -> str:
    """The page of an import whose source proposes a mapping."""
    check(administrator, SimpleUploadedFile("old.letters.json", render_export(*LETTERS).encode()))
    return html.unescape(administrator.get(page_of()).text)


def key_of(page: str, label: str) -> str:
    return re.search(rf'for="id_([a-z]+-[0-9a-f]+)">\s*{label}', page)[1]


def test_the_settings_show_what_the_source_proposes(page):
    key = key_of(page, "Texts of “studies” are")

    assert re.search(rf'name="{key}".*?<option value="report" selected', page, re.S) and "A room." in page
    assert key_of(page, "The field “remark” becomes")


def test_an_import_follows_what_was_chosen_for_it(administrator, page):
    kind, field = key_of(page, "Texts of “studies” are"), key_of(page, "The field “remark” becomes")
    press(administrator, "check", **{kind: "report", field: "note"})
    press(administrator, "drafts")

    gas = Publication.objects.get(title="Gas")
    assert (gas.kind.slug, gas.internal_note) == ("report", "Ask Ann.")
    assert ArchiveImport.objects.get().options["mapping"] == {
        "kinds": {"studies": "report"}, "fields": {"remark": "note"},
    }  # fmt: skip
    shown = html.unescape(administrator.get(page_of()).text)
    assert re.search(rf'name="{field}".*?<option value="note" selected', shown, re.S)


def test_a_choice_that_was_not_offered_is_refused(administrator, page):
    key = key_of(page, "Texts of “studies” are")

    refused = administrator.post(page_of(), {"check": "1", **SETTINGS, key: "none"})

    assert 'class="errornote"' in refused.text and "mapping" not in ArchiveImport.objects.get().options


def test_a_source_without_a_proposal_has_no_such_settings(administrator):
    check(administrator, archive())

    assert "Texts of “" not in administrator.get(page_of()).text
