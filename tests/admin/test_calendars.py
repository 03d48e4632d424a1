"""The calendar of the planning: its secret address, what is in it, and when it ends."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts import recovery_codes, totp
from accounts.factors import FACTOR_OWNER, has_factors, remove_factors
from accounts.models import AccountEvent, EventType
from publications import actions
from publications.actions import delete_draft
from publications.models import CalendarAddress, Publication
from publications.models.review import hash_token
from tests.accounts.test_password_reset import path_in, request_mail, set_password
from tests.admin.test_icalendar import parse, unescape
from tests.factories import make_live, make_person, make_publication
from tests.models.test_planning import make_plan

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
OLD_PASSWORD, NEW_PASSWORD = "rain over four old harbours", "snow over nine new harbours"
PAGE = "/desk/planning/calendar/"
WEDNESDAY = date(2026, 12, 2)


@pytest.fixture
def wednesday():
    with time_machine.travel(datetime(2026, 12, 2, 12, tzinfo=timezone.get_default_timezone()), tick=True):
        yield


def make_url(owner, *, language: str = "en", is_own: bool = False) -> str:
    token = CalendarAddress.objects.replace(owner, language=language, is_own=is_own)
    return f"/desk/calendar/{token}.ics"


def events_of(url: str) -> list[dict[str, str]]:
    """Return the events of a calendar, fetched as calendar programs do: without a cookie."""
    response = Client().get(url)
    assert response.status_code == 200
    events, event = [], None
    for name, params, value in parse(response.content.decode()):
        if (name, value) == ("BEGIN", "VEVENT"):
            event = {}
        elif (name, value) == ("END", "VEVENT"):
            events.append(event)
            event = None
        elif event is not None:
            event[name] = unescape(value) if name in ("SUMMARY", "DESCRIPTION") else f"{params}{value}"
    return events


def summaries(url: str) -> list[str]:
    return [event["SUMMARY"] for event in events_of(url)]


class TestAddress:
    def test_the_address_is_shown_once_and_stored_as_a_hash(self, desk, editor):
        page = desk.post(PAGE, {"scope": "all"}, follow=True).text

        token = re.search(r'value="[^"]*/desk/calendar/([^"/]+)\.ics"', page)[1]
        assert token not in desk.get(PAGE).text
        address = CalendarAddress.objects.get()
        assert (address.owner, address.token_hash) == (editor, hash_token(token))
        assert Client().get(f"/desk/calendar/{token}.ics").status_code == 200

    def test_a_new_address_takes_the_place_of_the_old_one(self, desk, editor):
        old = make_url(editor)

        desk.post(PAGE, {"scope": "own"})

        assert Client().get(old).status_code == 404
        assert CalendarAddress.objects.get().is_own

    def test_a_revoked_address_ends_at_once(self, desk, editor):
        url = make_url(editor)

        page = desk.post(PAGE, {"_revoke": "yes"}, follow=True).text

        assert "is revoked" in page and Client().get(url).status_code == 404

    def test_making_and_revoking_are_events_of_the_account(self, desk, editor):
        desk.post(PAGE, {"scope": "all"})
        desk.post(PAGE, {"_revoke": "yes"})
        desk.post(PAGE, {"_revoke": "yes"})

        events = AccountEvent.objects.filter(account=editor).order_by("pk")
        assert [event.type for event in events] == [EventType.CALENDAR_CREATED, EventType.CALENDAR_REVOKED]

    def test_no_scope_makes_no_address(self, desk):
        assert "errorlist" in desk.post(PAGE, {"scope": "everybody"}).text
        assert not CalendarAddress.objects.exists()

    @pytest.mark.parametrize("token", ["nothing", "x" * 500, "%C3%A5", "a.ics.b"])
    def test_a_wrong_token_is_not_found(self, token):
        response = Client().get(f"/desk/calendar/{token}.ics")

        assert response.status_code == 404 and response["Content-Type"].startswith("text/plain")

    def test_the_hash_is_no_token(self, editor):
        make_url(editor)

        assert (
            Client().get(f"/desk/calendar/{CalendarAddress.objects.get().token_hash}.ics").status_code == 404
        )

    def test_the_address_ends_when_all_other_sessions_are_ended(self, desk, editor):
        Client().force_login(editor, backend=BACKEND)
        url = make_url(editor)

        desk.post("/desk/my-settings/sessions/", {"_others": "yes"})

        assert Client().get(url).status_code == 404
        assert AccountEvent.objects.filter(
            type=EventType.CALENDAR_REVOKED, account=editor, by=editor
        ).exists()

    @pytest.mark.parametrize("is_signed_in", [False, True])
    def test_the_address_ends_when_the_factors_are_removed(self, editor, is_signed_in):
        totp.add_app(editor, totp.new_secret(), step=0)
        if is_signed_in:
            Client().force_login(editor, backend=BACKEND)
        url = make_url(editor)

        remove_factors(editor)

        assert Client().get(url).status_code == 404

    def test_the_address_ends_when_its_owner_removes_the_last_factor(self, desk, editor):
        recovery_codes.replace_codes(editor)
        session = desk.session
        session[FACTOR_OWNER] = editor.pk
        session.save()
        url = make_url(editor)

        desk.post("/desk/security/codes/", {"_remove": "yes"})

        assert not has_factors(editor) and Client().get(url).status_code == 404

    @pytest.mark.parametrize("is_reset", [False, True])
    def test_the_address_ends_with_a_new_password(self, editor, mailoutbox, is_reset):
        editor.set_password(OLD_PASSWORD)
        editor.email = "ann@example.org"
        editor.save()
        url, browser = make_url(editor), Client()

        if is_reset:
            request_mail(browser)
            set_password(browser, path_in(mailoutbox[0]), NEW_PASSWORD)
        else:
            browser.force_login(editor, backend=BACKEND)
            new = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
            browser.post("/desk/password_change/", {"old_password": OLD_PASSWORD, **new})

        editor.refresh_from_db()
        assert editor.check_password(NEW_PASSWORD) and Client().get(url).status_code == 404

    @pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": False}])
    def test_the_address_ends_with_the_account(self, editor, fields):
        url = make_url(editor)

        type(editor).objects.filter(pk=editor.pk).update(**fields)

        assert Client().get(url).status_code == 404

    def test_the_address_ends_with_the_permission(self, editor):
        url = make_url(editor)

        editor.groups.set([Group.objects.get(name="Linkers")])

        assert Client().get(url).status_code == 404

    def test_a_deleted_account_takes_its_address_along(self, editor):
        url = make_url(editor)

        editor.delete()

        assert Client().get(url).status_code == 404 and not CalendarAddress.objects.exists()

    def test_nothing_keeps_or_passes_on_the_address(self, editor):
        for url in (make_url(editor), "/desk/calendar/nothing.ics"):
            response = Client().get(url)

            assert response["Cache-Control"] == "private, no-store"
            assert response["Referrer-Policy"] == "no-referrer" and "noindex" in response["X-Robots-Tag"]
            assert not response.cookies

    def test_the_calendar_is_read_only(self, editor):
        assert Client().post(make_url(editor)).status_code == 405
        assert Client().head(make_url(editor)).status_code == 200


class TestCalendar:
    def test_days_of_plans_last_a_day_and_editions_begin_at_their_moment(self, editor, wednesday):
        plan = make_plan(
            make_publication(title="Rye"), planned_on=date(2026, 12, 9), due_on=date(2026, 12, 7)
        )
        at = datetime(2026, 12, 3, 10, tzinfo=timezone.get_default_timezone())
        edition = actions.publish(make_publication(title="Oats"), by=None, at=at)

        oats, due, planned = events_of(make_url(editor))

        assert (oats["SUMMARY"], oats["DTSTART"]) == ("Scheduled: Oats", "20261203T090000Z")
        assert oats["UID"].startswith(f"{edition.publication.uid}-edition-1@")
        assert (due["SUMMARY"], due["DTSTART"]) == ("Due: Rye", ";VALUE=DATE20261207")
        assert (planned["SUMMARY"], planned["DTEND"]) == ("Planned: Rye", ";VALUE=DATE20261210")
        assert planned["UID"].startswith(f"{plan.publication.uid}-planned@")

    def test_an_event_keeps_its_uid_when_it_moves_and_when_it_is_published(self, editor, wednesday):
        plan = make_plan(planned_on=date(2026, 12, 9))
        edition = actions.publish(make_publication(), by=None, at=timezone.now() + timedelta(hours=1))
        url = make_url(editor)
        before = {event["UID"] for event in events_of(url)}

        plan.planned_on = date(2026, 12, 24)
        plan.save()
        with time_machine.travel(edition.visible_from + timedelta(hours=1)):
            after = {event["UID"]: event["SUMMARY"] for event in events_of(url)}

        assert set(after) == before
        assert any(text.startswith("Published: ") for text in after.values())

    def test_an_event_that_changes_has_a_later_stamp(self, editor, wednesday):
        plan = make_plan(planned_on=date(2026, 12, 9))
        url = make_url(editor)
        before = events_of(url)[0]["DTSTAMP"]

        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            plan.publication.title = "Another title"
            plan.publication.save()

        assert events_of(url)[0]["DTSTAMP"] > before

    def test_the_calendar_of_a_person_has_what_is_theirs(self, editor, wednesday):
        make_plan(make_publication(title="Hers"), planned_on=WEDNESDAY, editor=editor)
        make_plan(make_publication(title="Another"), planned_on=WEDNESDAY, writer=make_person())

        assert summaries(make_url(editor, is_own=True)) == ["Planned: Hers"]
        assert len(summaries(make_url(editor))) == 2

    def test_the_calendar_is_in_the_language_of_whoever_made_it(self, wednesday, desk, editor):
        make_plan(make_publication(title="Råg"), due_on=WEDNESDAY, writer=editor)

        page = desk.post(PAGE, {"scope": "all"}, headers={"Accept-Language": "sv"}, follow=True).text
        url = re.search(r'value="[^"]*(/desk/calendar/[^"]+)"', page)[1]

        assert summaries(url) == ["Deadline: Råg"]
        assert "skriver" in events_of(url)[0]["DESCRIPTION"]

    def test_deleted_drafts_and_old_publications_are_left_out(self, editor, wednesday):
        plan = make_plan(planned_on=WEDNESDAY)
        delete_draft(Publication.objects.get(pk=plan.publication_id), by=editor)
        with time_machine.travel(timezone.now() - timedelta(days=100)):
            make_live()

        assert summaries(make_url(editor)) == []

    def test_a_late_plan_stays_however_old_it_is(self, editor, wednesday):
        make_plan(make_publication(title="Rye"), planned_on=date(2026, 1, 7))

        assert summaries(make_url(editor)) == ["Planned: Rye"]

    def test_texts_of_drafts_are_not_read(self, editor, wednesday, django_assert_max_num_queries):
        url = make_url(editor)
        for number in range(4):
            make_plan(planned_on=WEDNESDAY, writer=make_person(), editor=make_person())
            make_live(title=f"Out {number}")

        with django_assert_max_num_queries(8) as queries:
            assert len(events_of(url)) == 8
        assert '"body"' not in "".join(query["sql"] for query in queries.captured_queries)
