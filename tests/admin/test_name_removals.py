"""The desk shows what removing a name would change, starts it, and shows the report of what is left."""

import re
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from publications.admin.name_removals import BACKUP_DAYS
from publications.locales import format_day
from publications.models import (
    AuditEntry,
    Autosave,
    NameRemovalRecord,
    Operation,
    OperationRecord,
    RemovalStage,
    SitePage,
)
from publications.name_removal import RemovalOptions
from publications.name_search import NameMatcher, search_database
from tests.conftest import ROOT
from tests.factories import make_author, make_image, make_live

pytestmark = pytest.mark.django_db

NAME = "Vera Åkerholm"
PAGE = "/desk/names/"
REPORT = {"count": 1, "places": ["auth_user.username of row 3"], "files": 7, "pictures": ["ab/c.png"], "unread": ["x.age"],
          "accounts": [], "is_compacted": True}  # fmt: skip


@pytest.fixture
def desk(desk, editor):
    editor.groups.add(Group.objects.get(name="Administrators"))
    return desk


@pytest.fixture
def started():
    with patch("publications.admin.name_removals.start_process", return_value=True) as start:
        yield start


def values(**changes: object) -> dict[str, object]:
    return {
        "spellings": f"{NAME}\nÅkerholm,  Vera\n\n{NAME}",
        "author": "",
        "replacement": "",
        "why": "Danger",
        **changes,
    }


def seen_in(page) -> str:
    return re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)[1]


def test_it_is_shown_before_it_is_started(desk, started, editor):
    author = make_author(NAME)
    make_live(title=f"On {NAME}", author=author)
    before = AuditEntry.objects.count()

    page = desk.post(PAGE, values(author=author.pk))

    assert page.status_code == 200 and f"On {NAME}" in page.text and "Remove it everywhere" in page.text
    assert AuditEntry.objects.count() == before and not NameRemovalRecord.objects.exists()

    response = desk.post(PAGE, {**values(author=author.pk), "seen": seen_in(page)})

    record = NameRemovalRecord.objects.get()
    assert response.url == f"{PAGE}{record.pk}/" and record.started_by == editor
    options = RemovalOptions(spellings=(NAME, "Åkerholm, Vera"), author=author.pk, reason="Danger")
    started.assert_called_once_with(record, options)


def test_a_site_page_that_refuses_is_named_on_the_page(desk):
    page = SitePage.objects.order_by("pk").first()
    body = f"{NAME} ![A](image:{make_image().key})"
    SitePage.objects.filter(pk=page.pk).update(title_en="The house", body_en=body)

    shown = desk.post(PAGE, values())

    assert (
        shown.status_code == 200 and "<li>The house: " in shown.text and "Edit the page until" in shown.text
    )


def test_what_was_changed_since_is_shown_again(desk, started):
    page = desk.post(PAGE, values())

    again = desk.post(PAGE, {**values(spellings="Somebody Else"), "seen": seen_in(page)})

    assert again.status_code == 200 and seen_in(again) != seen_in(page)
    assert not started.called and not NameRemovalRecord.objects.exists()


def test_a_preview_that_takes_too_long_says_what_it_left_out(desk, started, monkeypatch):
    make_live(), make_live()
    monkeypatch.setattr("publications.actions.remove_name.MAX_PREVIEW_SECONDS", -1)

    page = desk.post(PAGE, values())

    assert "2 more publications were not looked at" in page.text and "It stands in no table" not in page.text
    assert seen_in(page)


def test_a_seen_value_of_other_letters_is_another_one(desk, started):
    page = desk.post(PAGE, {**values(), "seen": "é"})

    assert page.status_code == 200 and seen_in(page) and not started.called


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spellings": "ab"}, "too short"),
        ({"spellings": " \n "}, "This field is required"),
        ({"spellings": "vera åkerholm"}, "has no capital letter"),
        ({"spellings": f"{NAME}\nThe"}, "words that stand in every text"),
        ({"replacement": "vera åkerholm"}, "holds the name itself"),
        ({"replacement": "who lied"}, "does not look like the name of a person"),
        ({"author": "99999"}, "Select a valid choice"),
        ({"author": "x\0"}, "Null characters"),
        ({"spellings": f"{NAME}\0"}, "Null characters"),
    ],
)
def test_what_cannot_be_removed_is_named(desk, started, changes, message):
    page = desk.post(PAGE, values(**changes))

    assert page.status_code == 200 and message in page.text and 'name="seen"' not in page.text


def test_the_name_is_in_no_table_after_the_question_who_it_is(desk, started, editor):
    """An authentication that has run out leads to the question; the form is not stored on the way."""
    with patch("publications.admin.reauthentication.is_authentication_recent", return_value=False):
        response = desk.post(PAGE, values(), headers={"Sec-Fetch-Mode": "navigate"})

    assert response.status_code == 403 and NAME not in response.text
    assert not Autosave.objects.exists() and list(search_database(NameMatcher([NAME]))) == []


@pytest.mark.parametrize(("age", "starts"), [(timedelta(0), False), (timedelta(minutes=6), True)])
def test_a_removal_waits_for_the_end_of_another_unless_that_was_interrupted(desk, started, age, starts):
    seen = seen_in(desk.post(PAGE, values()))
    NameRemovalRecord.objects.create(active_at=timezone.now() - age)

    page = desk.post(PAGE, {**values(), "seen": seen})

    assert ("Another name is being removed" in page.text) == (not starts)
    assert started.called == starts and page.status_code == (302 if starts else 200)
    assert NameRemovalRecord.objects.count() == 1 + starts


def test_a_process_that_cannot_be_started_is_named(desk):
    page = desk.post(PAGE, values())
    with patch("publications.admin.name_removals.start_process", return_value=False):
        response = desk.post(PAGE, {**values(), "seen": seen_in(page)}, follow=True)

    assert "The process could not be started." in response.text


def test_a_name_in_more_than_half_of_all_publications_needs_a_checkbox(desk, started):
    for number in range(11):
        make_live(body=NAME if number < 6 else "Nobody.")

    page = desk.post(PAGE, values())

    box = page.context["form"]["is_confirmed"]
    assert "This name is in 6 of 11 publications." in page.text and str(box) in page.text
    assert not page.context["form"].errors

    again = desk.post(PAGE, {**values(), "seen": seen_in(page)})

    assert "Tick this, or give the name more precisely." in again.text and not started.called
    assert again.status_code == 200 and seen_in(again) == seen_in(page)

    response = desk.post(PAGE, {**values(), "seen": seen_in(page), "is_confirmed": "on"})

    assert started.called and response.url == f"{PAGE}{NameRemovalRecord.objects.get().pk}/"


def test_a_name_in_few_publications_needs_no_checkbox(desk, started):
    for number in range(11):
        make_live(body=NAME if number < 5 else "Nobody.")

    page = desk.post(PAGE, values())

    assert "is_confirmed" not in page.text
    desk.post(PAGE, {**values(), "seen": seen_in(page)})
    assert started.called


def test_a_checkbox_that_was_ticked_before_anything_was_shown_starts_nothing(desk, started):
    page = desk.post(PAGE, values(is_confirmed="on"))

    desk.post(PAGE, {**values(is_confirmed="on"), "seen": seen_in(page)})

    assert not started.called


# The report


def make_record(**columns) -> NameRemovalRecord:
    return NameRemovalRecord.objects.create(**{"stage": RemovalStage.DONE, "report": REPORT, **columns})


def test_a_removal_in_progress_shows_how_far_it_is(desk):
    record = make_record(stage=RemovalStage.PUBLICATIONS, done=3, total=9, report={})

    page = desk.get(f"{PAGE}{record.pk}/")

    assert "3 of 9" in page.text and page.headers["Refresh"] == "3"
    assert desk.get(f"{PAGE}{record.pk}/report.txt").status_code == 404


def test_one_whose_process_has_ended_says_so(desk):
    record = make_record(
        stage=RemovalStage.SEARCH, report={}, active_at=timezone.now() - timedelta(minutes=6)
    )

    page = desk.get(f"{PAGE}{record.pk}/")

    assert "It was interrupted" in page.text and "Refresh" not in page.headers


def test_one_that_failed_says_why(desk):
    record = make_record(stage=RemovalStage.FAILED, report={"error": "The clock stands still."})

    assert "The clock stands still." in desk.get(f"{PAGE}{record.pk}/").text


def test_the_report_names_what_is_left_backups_and_copies_in_both_languages(desk, editor):
    live, withdrawn = make_live(title="A text"), make_live(title="Refused")
    OperationRecord.objects.create(
        operation=Operation.BACKUP, at=timezone.now() - timedelta(days=1), detail={"name": "2026-11-28T0200"}
    )
    record = make_record(
        changed_publications=[live.publication_id], refused_publications=[withdrawn.publication_id],
        report={**REPORT, "accounts": [editor.pk], "count": 600},
    )  # fmt: skip

    page = desk.get(f"{PAGE}{record.pk}/").text
    text = desk.get(f"{PAGE}{record.pk}/report.txt")

    for part in (
        "auth_user.username of row 3",
        "2026-11-28T0200",
        "Internet Archive",
        "x.age",
        "ab/c.png",
        "… 599",
    ):
        assert part in page and part in text.text, part
    gone_on = record.active_at + timedelta(days=BACKUP_DAYS)
    assert (
        str(timezone.localdate(gone_on).year) in page and editor.username in page and "Refused" in text.text
    )
    for sentence in ("we removed a name", "tog vi bort ett namn", live.get_absolute_url()):
        assert sentence in page
    assert text.headers["Content-Disposition"] == f'attachment; filename="name-removal-{record.pk}.txt"'


def test_the_day_when_no_backup_has_the_name_is_that_of_the_site(desk):
    """Half past ten in the evening in UTC is the next day in Stockholm."""
    record = make_record(active_at=datetime(2026, 5, 3, 22, 30, tzinfo=UTC))

    page = desk.get(f"{PAGE}{record.pk}/").text

    assert f"is deleted by {format_day(date(2026, 5, 4) + timedelta(days=BACKUP_DAYS))}" in page


def test_a_backup_made_since_is_named_as_such(desk):
    record = make_record()
    assert "No backup is recorded" in desk.get(f"{PAGE}{record.pk}/").text

    OperationRecord.objects.create(
        operation=Operation.BACKUP, at=timezone.now() + timedelta(hours=1), detail={"name": "b"}
    )
    assert "was made after the removal" in desk.get(f"{PAGE}{record.pk}/").text


def test_backups_are_kept_as_long_as_the_script_keeps_them():
    assert "KEEP_MONTHLY=12 months" in (ROOT / "deploy/backup").read_text()


def test_the_page_is_in_swedish_too(desk):
    page = desk.get(PAGE, headers={"Accept-Language": "sv"})
    assert "Namnet, varje stavning på en egen rad" in page.text and reverse("desk:name-removals") == PAGE
