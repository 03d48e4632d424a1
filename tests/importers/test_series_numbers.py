"""Series numbers of imported reports: those that the source names are kept, and none is made up."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from publications import actions
from publications.admin.drafts.deleted_drafts import restore_draft
from publications.importers.series_number_formats import find_series_number, parse_series_number
from publications.manuscript import Manuscript
from publications.models import Edition, Publication, SeriesNumber
from tests.blogs import import_blog
from tests.factories import make_live, make_publication, saved

pytestmark = pytest.mark.django_db

REPORT = "---\nformat: 1\ntitle: {name}\nkind: {kind}\nlanguage: en\nsummary: Short.\nuid: {uid}\nbylines:\n- author: ann\n  name: Ann Berg\n{front}---\nText of {name}.\n"
UID = "6f0d6f0c-0000-4000-8000-00000000000{}"


def write_reports(folder, *fronts: str, kind: str = "report"):
    folder.mkdir(exist_ok=True)
    for number, front in enumerate(fronts):
        text = REPORT.format(name=f"Report {number}", kind=kind, uid=UID.format(number), front=front)
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    return folder


def numbers() -> dict[str, str]:
    """Return the series numbers of all publications by title."""
    rows = Publication.objects.select_related("series_number")
    return {row.title: str(row.series_number or "") for row in rows}


def missing_of(report) -> list[str]:
    return [note.text for file in report.files for note in file.notes if note.topic == "missing"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("7/2012", (2012, 7)), ("2012:7", (2012, 7)), ("No. 7, 2012", (2012, 7)), ("nr 7", (2011, 7)), ("7", (2011, 7)),
        ("2012-07", (2012, 7)), ("FOI-R--4411--SE", None), ("0", None), ("7/12", None), ("", None), ("2012", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_written(written, expected):
    date = datetime(2010, 12, 31, 23, 30, tzinfo=UTC)  # the new year has begun where the site is

    assert parse_series_number(Manuscript(number=written, published_at=date)) == expected


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Rapport 2011:1 Elnätet", "2011:1"), ("Report No. 7, 2012: Gas", "No. 7, 2012"), ("Gas (3/2014)", "3/2014"), ("Nr 4", "Nr 4"),
        ("FOI-R--4411--SE", ""), ("Gas in 2011", ""), ("The war of 2011-12 in the east", ""), ("Law 2011:1234 on gas", ""),
        ("Meeting on 3/1/2011 in Kyiv", ""), ("Notes 9/11 and after", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_number_is_found_in_a_title(title, number):
    assert find_series_number(title) == number


def test_a_report_keeps_the_number_of_its_source_and_none_is_made_up(tmp_path):
    now = timezone.now()
    fronts = (
        "number: 7/2012\npublished_at: 2012-05-01\n",
        "published_at: 2012-06-01\n",
        f"published_at: {now:%Y-%m-%d}\n",
    )
    folder = write_reports(tmp_path / "reports", *fronts)

    first, second = import_blog(folder), import_blog(folder)

    assert numbers() == {"Report 0": "7/2012", "Report 1": "", "Report 2": ""}
    lines = set(Edition.objects.values_list("title", "type_line"))
    assert lines == {
        ("Report 0", "SCEEUS Report No 7, 2012"),
        ("Report 1", "Report"),
        ("Report 2", "Report"),
    }
    assert (first.totals()["published"], second.totals()["unchanged"]) == (3, 3)
    assert not missing_of(first) + missing_of(second)


def test_an_imported_report_gets_no_number_when_it_is_edited_and_published(tmp_path, editor):
    import_blog(write_reports(tmp_path / "reports", f"published_at: {timezone.now():%Y-%m-%d}\n"))

    edition = actions.publish(saved(Publication.objects.get(), body="Mended."), by=editor)

    assert (edition.series_number, edition.type_line) == (None, "Report")


@pytest.mark.parametrize(("days", "is_numbered"), [(0, True), (80, True), (100, False), (800, False)])
def test_a_draft_that_is_dated_far_back_gets_no_number_at_the_desk(editor, days, is_numbered):
    date = timezone.now() - timedelta(days=days)

    edition = actions.publish(make_publication(kind="report", published_at=date), by=editor)

    assert (edition.series_number is not None) == is_numbered


def test_a_number_that_another_text_has_is_left_out_and_named(tmp_path):
    year = timezone.localtime().year
    make_live(kind="report", title="Of the desk")
    fronts = (
        f"number: 1/{year}\n",
        "number: 7/2012\n",
        "number: 7/2012\n",
        "number: seven\n",
        "number: 8/2012\n",
    )
    folder = write_reports(tmp_path / "reports", *fronts)

    reports = [import_blog(folder), import_blog(folder)]

    for report in reports:
        lost = [text for text in missing_of(report) if "Number" in text]
        assert len(lost) == 3 and sum("another text" in text for text in lost) == 2
    assert (numbers()["Report 1"], numbers()["Report 2"], numbers()["Report 4"]) == ("7/2012", "", "8/2012")


def test_a_translation_shares_the_number_of_its_original(tmp_path):
    fronts = (
        "number: 7/2012\npublished_at: 2012-05-01\n",
        f"number: 7/2012\ntranslation_of: {UID.format(0)}\npublished_at: 2012-05-01\n",
    )
    folder = write_reports(tmp_path / "reports", *fronts)

    import_blog(folder)

    assert set(numbers().values()) == {"7/2012"} and SeriesNumber.objects.count() == 1


def test_a_kind_without_numbers_names_the_number_that_it_leaves_out(tmp_path):
    report = import_blog(write_reports(tmp_path / "texts", "number: 7/2012\n", kind="commentary"))

    assert numbers() == {"Report 0": ""}
    assert any("of this kind have none: 7/2012" in text for text in missing_of(report))


def test_a_translation_of_a_report_without_a_number_makes_none_for_it(tmp_path, editor):
    import_blog(write_reports(tmp_path / "reports", "published_at: 2012-05-01\n"))
    original = Publication.objects.get()
    translation = actions.publish(
        make_publication(kind="report", language="sv", translation_of=original), by=editor
    )

    again = actions.publish(saved(original, body="Mended."), by=editor)

    assert (translation.series_number, again.series_number) == (None, None)


@pytest.mark.parametrize("front", ["number: 7/2012\n", "number: 12/2025\npublished_at: 2026-01-05\n"])
def test_the_number_of_an_imported_draft_is_kept_when_the_desk_publishes_it(tmp_path, editor, front):
    import_blog(write_reports(tmp_path / "reports", front), publish=False)
    before = numbers()["Report 0"]

    edition = actions.publish(Publication.objects.get(), by=editor)

    assert str(edition.series_number) == before == front.split()[1]


def test_texts_that_are_no_translations_any_more_do_not_share_a_number(tmp_path, editor):
    fronts = "number: 7/2012\n", f"number: 7/2012\ntranslation_of: {UID.format(0)}\n"
    import_blog(write_reports(tmp_path / "reports", *fronts), publish=False)
    Publication.objects.update(translation_of=None)

    editions = [actions.publish(each, by=editor) for each in Publication.objects.order_by("title")]

    assert str(editions[0].series_number) == "7/2012" != str(editions[1].series_number)


def test_a_number_of_a_deleted_draft_is_not_given_twice(tmp_path, editor):
    import_blog(write_reports(tmp_path / "reports", "number: 7/2012\n"), publish=False)
    deleted = Publication.objects.get()
    actions.delete_draft(deleted, by=editor)
    other = make_publication(kind="report", series_number=SeriesNumber.objects.get())
    first = actions.publish(other, by=editor)
    restore_draft(deleted, by=editor)

    second = actions.publish(Publication.objects.get(pk=deleted.pk), by=editor)

    assert str(first.series_number) == "7/2012" != str(second.series_number)


def test_a_number_that_only_deleted_drafts_have_is_free_again(tmp_path, editor):
    year = timezone.localdate().year
    first = actions.publish(make_publication(kind="report"), by=editor)
    fronts = f"number: 2/{year}\n", f"number: 999/{year}\n"
    import_blog(write_reports(tmp_path / "reports", *fronts), publish=False)
    for draft in Publication.objects.filter(editions=None):
        actions.delete_draft(draft, by=editor)

    drafts = [make_publication(kind="report", title=f"New {number}") for number in range(2)]
    editions = actions.publish_many(drafts, by=editor)

    given = [str(edition.series_number) for edition in (first, *editions)]
    assert given == [f"1/{year}", f"2/{year}", f"3/{year}"]


def test_a_translation_shares_the_number_of_an_original_that_it_names_in_upper_case(tmp_path):
    fronts = "number: 7/2012\n", f"number: 7/2012\ntranslation_of: {UID.format(0).upper()}\n"
    folder = write_reports(tmp_path / "reports", *fronts)
    (folder / "1.md").write_text((folder / "1.md").read_text().replace("language: en", "language: sv"))

    report = import_blog(folder, publish=False)

    assert numbers() == {"Report 0": "7/2012", "Report 1": "7/2012"} and not missing_of(report)


def test_a_translation_gets_a_later_number_of_an_original_that_it_names_in_upper_case(tmp_path):
    original = f"translation_of: {UID.format(0).upper()}\n"
    folder = write_reports(tmp_path / "reports", "number: 7/2012\n", original)
    text = (folder / "1.md").read_text().replace("language: en", "language: sv")
    (folder / "1.md").write_text(text)
    import_blog(folder, publish=False)
    (folder / "1.md").write_text(text.replace(original, f"{original}number: 7/2012\n"))

    import_blog(folder, publish=False)

    assert numbers() == {"Report 0": "7/2012", "Report 1": "7/2012"}
