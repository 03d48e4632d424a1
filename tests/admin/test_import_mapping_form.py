"""Categories and fields of an import at the desk: proposed by the check, chosen in its settings, followed by the import."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from publications.admin.import_mapping_form import LEFT_OUT
from publications.importers.imported_file import UNREAD
from publications.importers.left_tasks import LeftTask
from publications.importers.left_to_do import find_left_to_do
from publications.models import ArchiveImport, Publication
from tests.importers.letter_export import letter_system, render_export
from tests.importers.wordpress import exports as wordpress

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


def wordpress_export(number: int = 1) -> SimpleUploadedFile:
    text = wordpress.item(number, meta={"colour": "red", "size": "2", "doi": "10.1/x"})
    content = wordpress.export(text, *(wordpress.item(number + n, type=f"type-{number + n}") for n in (4, 5)))
    return SimpleUploadedFile(f"{number}.xml", content.encode())


def questions(job: ArchiveImport) -> set[str]:
    """Return the types and fields of which the check says that nobody has decided on them."""
    notes = [note for note in job.report["source_notes"] if note["topic"] == UNREAD]
    return {item.partition(":")[0] for note in notes for item in note["items"]}


def choose_in_form(administrator) -> ArchiveImport:
    """Check again as the form stands, with one type and one field left out."""
    page = html.unescape(administrator.get(page_of()).text)
    selects = dict(re.findall(r'<select name="([a-z]+-[0-9a-f]+)"(.*?)</select>', page, re.S))
    values = {
        key: re.search(r'value="([^"]*)" selected|$', select)[1] or "" for key, select in selects.items()
    }
    left_out = (key_of(page, "Texts of “type-5” are"), key_of(page, "The field “size” becomes"))
    return press(administrator, "check", **values | dict.fromkeys(left_out, LEFT_OUT))


def test_what_nobody_has_decided_stays_a_question_and_a_second_export_takes_the_answers(administrator):
    assert questions(check(administrator, wordpress_export())) == {
        "colour",
        "size",
        "doi",
        "type-5",
        "type-6",
    }

    checked = choose_in_form(administrator)

    assert questions(checked) == {"colour", "type-6"}
    answers = {"kinds": {"type-5": ""}, "fields": {"size": "", "doi": "doi"}}
    assert checked.options["mapping"] == answers
    press(administrator, "drafts")
    left = {
        group.task: {item.title for item in group.items}
        for group in find_left_to_do(ArchiveImport.objects.get())
    }
    assert left[LeftTask.UNREAD] == {"colour: 1", "type-6: 1"}
    second = check(administrator, wordpress_export(2))
    assert second.options["mapping"] == answers and questions(second) == {"colour", "type-6", "type-7"}
    assert "taken from the import “1.xml” of the same site" in html.unescape(
        administrator.get(page_of(job=second)).text
    )


def test_a_choice_that_was_not_offered_is_refused(administrator, page):
    key = key_of(page, "Texts of “studies” are")

    refused = administrator.post(page_of(), {"check": "1", **SETTINGS, key: "none"})

    assert 'class="errornote"' in refused.text and "mapping" not in ArchiveImport.objects.get().options


def test_a_source_without_a_proposal_has_no_such_settings(administrator):
    check(administrator, archive())

    assert "Texts of “" not in administrator.get(page_of()).text
