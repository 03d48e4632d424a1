"""Planning at the desk: the plan of a publication, ideas, the page by weeks, moving a plan to another day."""

import html
import re
import uuid
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin import submissions
from publications.admin.planning.entries import MAX_ENTRIES
from publications.admin.planning.weeks import PlanWeek, parse_week, week_value
from publications.models import EditorialPlan, Kind, Publication
from tests.desk_forms import change
from tests.factories import make_author, make_live, make_many, make_person, make_publication, make_tag, saved
from tests.models.test_planning import make_plan
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
WEDNESDAY = date(2026, 12, 2)
PAGE = "/desk/planning/"


@pytest.fixture
def wednesday():
    """Noon of a Wednesday, in week 49, in the time zone of the site."""
    with time_machine.travel(datetime(2026, 12, 2, 12, tzinfo=timezone.get_default_timezone()), tick=True):
        yield


def plan_url(publication: Publication) -> str:
    return reverse("desk:plan", args=[publication.pk])


def hidden_values(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def typed(**fields) -> dict[str, str]:
    return {"planned_on": "", "due_on": "", "writer": "", "editor": "", "note": "", "seen": ""} | fields


def headings_and_titles(page: str) -> list[str]:
    """Return the headings of weeks, the days and the titles of the page by weeks, in order."""
    texts = re.findall(
        r'<(h2 id|h3 class|a class="worklist__publication")[^>]*>(.*?)</(?:h2|h3|a)>', page, re.DOTALL
    )
    return [html.unescape(" ".join(re.sub("<[^>]*>", " ", text).split())) for _tag, text in texts]


class TestPlan:
    @time_machine.travel("2026-12-01 10:00Z")  # before the days, which the page names until they are over
    def test_a_plan_is_stored_with_who_changed_it(self, desk, editor):
        draft, writer = make_publication(), make_person("Contributors")
        fields = typed(
            planned_on="2026-12-09", due_on="2026-12-07", writer=writer.pk, editor=editor.pk, note="Soon."
        )

        response = desk.post(plan_url(draft), fields, follow=True)

        plan = EditorialPlan.objects.get(publication=draft)
        assert (plan.planned_on, plan.due_on) == (date(2026, 12, 9), date(2026, 12, 7))
        assert (plan.writer, plan.editor, plan.note, plan.changed_by) == (writer, editor, "Soon.", editor)
        assert response.redirect_chain[-1][0] == change(draft)
        assert "Due 7 December 2026; planned for 9 December 2026" in response.text

    def test_the_form_of_the_publication_leads_to_its_plan(self, desk):
        draft = make_publication()

        assert f'href="{plan_url(draft)}"' in desk.get(change(draft)).text

    def test_who_began_a_draft_is_proposed_as_its_writer(self, desk, editor):
        own, other = make_publication(created_by=editor), make_publication(created_by=make_person())

        forms = [desk.get(plan_url(draft)).context["form"] for draft in (own, other)]

        assert [form["writer"].value() for form in forms] == [editor.pk, None]

    def test_a_plan_keeps_that_nobody_writes(self, desk, editor):
        own = make_publication(created_by=editor)
        desk.post(plan_url(own), typed(planned_on="2026-12-09"))

        assert desk.get(plan_url(own)).context["form"]["writer"].value() is None

    def test_a_text_is_not_due_after_it_is_planned(self, desk):
        draft = make_publication()

        page = desk.post(plan_url(draft), typed(planned_on="2026-12-09", due_on="2026-12-10"))

        assert "The text is due after the day for which it is planned." in page.text
        assert not EditorialPlan.objects.exists()

    @pytest.mark.parametrize(
        "fields",
        [{"planned_on": "0001-01-01"}, {"planned_on": "soon"}, {"writer": "9" * 30}, {"editor": "x"}],
    )
    def test_what_is_no_day_and_no_person_is_refused(self, desk, fields):
        draft = make_publication()

        page = desk.post(plan_url(draft), typed(**fields))

        assert page.status_code == 200 and "errorlist" in page.text
        assert not EditorialPlan.objects.exists()

    def test_linkers_are_not_proposed_and_people_of_the_plan_stay(self, desk):
        linker, former = make_person("Linkers"), make_person("Contributors", is_active=False)
        draft = make_publication()
        make_plan(draft, writer=former)

        page = desk.get(plan_url(draft)).text

        assert former.username in page and linker.username not in page

    def test_two_people_who_change_a_plan_at_once_learn_of_each_other(self, desk):
        draft, other = make_publication(), make_person(first_name="Bo", last_name="Ek")
        plan = make_plan(draft, planned_on=WEDNESDAY)
        seen = hidden_values(desk.get(plan_url(draft)).text)["seen"]
        EditorialPlan.objects.update(note="Wait for Bo.", changed_by=other, changed_at=timezone.now())

        refused = desk.post(plan_url(draft), typed(seen=seen, note="Mine."))

        plan.refresh_from_db()
        assert plan.note == "Wait for Bo."
        assert "Bo Ek has changed this plan" in refused.text and "Wait for Bo." in refused.text
        desk.post(plan_url(draft), typed(seen=hidden_values(refused.text)["seen"], note="Mine."))
        plan.refresh_from_db()
        assert plan.note == "Mine."

    def test_a_plan_saved_twice_is_no_conflict_with_oneself(self, desk):
        draft = make_publication()
        make_plan(draft)
        seen = hidden_values(desk.get(plan_url(draft)).text)["seen"]

        answers = [desk.post(plan_url(draft), typed(seen=seen, note="Mine.")).status_code for _ in range(2)]

        assert answers == [302, 302] and EditorialPlan.objects.get().note == "Mine."

    def test_a_form_opened_before_a_redaction_does_not_bring_the_passage_back(self, desk):
        draft = make_publication(body="Vera Holm said so.")
        make_plan(draft, note="Ask Vera Holm about rye.")
        seen = hidden_values(desk.get(plan_url(draft)).text)["seen"]
        actions.redact(draft, "Vera Holm", by=None)

        page = desk.post(plan_url(draft), typed(seen=seen, note="Ask Vera Holm about rye."))

        assert "Ask [redacted] about rye." in page.text and "Vera" not in page.text

    def test_a_plan_is_removed_and_the_draft_stays(self, desk):
        draft = make_publication()
        make_plan(draft, planned_on=WEDNESDAY)

        seen = hidden_values(desk.get(plan_url(draft)).text)["seen"]
        question = desk.post(plan_url(draft), typed(seen=seen, _remove="ask")).text
        kept = EditorialPlan.objects.exists()
        desk.post(plan_url(draft), typed(seen=hidden_values(question)["seen"], _remove="yes"))

        assert kept and "cannot be brought back" in question
        assert not EditorialPlan.objects.exists() and Publication.objects.filter(pk=draft.pk).exists()

    def test_a_plan_that_somebody_else_has_changed_is_not_removed_unseen(self, desk):
        draft = make_publication()
        plan = make_plan(draft, note="Old.")
        seen = hidden_values(desk.get(plan_url(draft)).text)["seen"]
        EditorialPlan.objects.filter(pk=plan.pk).update(note="Hers.", changed_at=timezone.now())

        page = desk.post(plan_url(draft), typed(seen=seen, _remove="yes")).text

        assert EditorialPlan.objects.filter(note="Hers.").exists() and "Hers." in page
        desk.post(plan_url(draft), typed(seen=hidden_values(page)["seen"], _remove="yes"))
        assert not EditorialPlan.objects.exists()

    def test_a_new_note_does_not_open_a_fulfilled_plan_and_a_new_day_does(self, desk, wednesday):
        plan = make_plan(planned_on=WEDNESDAY)
        actions.publish(plan.publication, by=None)
        url = plan_url(plan.publication)
        page = desk.get(url).text
        assert "has been published or scheduled since" in page

        desk.post(url, typed(seen=hidden_values(page)["seen"], planned_on="2026-12-02", note="Thanks."))
        assert not EditorialPlan.objects.open().exists()
        seen = hidden_values(desk.get(url).text)["seen"]
        desk.post(url, typed(seen=seen, planned_on="2026-12-16"))

        assert EditorialPlan.objects.open().exists()


class TestIdea:
    def idea(self, **fields) -> dict[str, str]:
        kind = Kind.objects.get(slug="commentary").pk
        return typed(uid=str(uuid.uuid4()), title="Rye", kind=kind, language="sv") | fields

    def test_an_idea_is_a_draft_without_a_text(self, desk, editor, wednesday):
        page = desk.post("/desk/planning/idea/", self.idea(planned_on="2026-12-09"), follow=True)

        draft = Publication.objects.get()
        assert (draft.title, draft.language, draft.kind.slug, draft.body) == ("Rye", "sv", "commentary", "")
        assert (draft.created_by, draft.version) == (editor, 1)
        assert draft.editorial_plan.planned_on == date(2026, 12, 9)
        assert "Rye" in headings_and_titles(page.text)

    def test_the_person_who_has_the_idea_is_proposed_as_writer(self, desk, editor):
        assert f'<option value="{editor.pk}" selected>' in desk.get("/desk/planning/idea/").text

    def test_an_idea_without_a_day_is_listed(self, desk):
        page = desk.post("/desk/planning/idea/", self.idea(), follow=True).text

        assert headings_and_titles(page)[-2:] == ["Without a day", "Rye"]

    def test_an_idea_sent_twice_is_one_draft(self, desk):
        idea = self.idea()

        desk.post("/desk/planning/idea/", idea)
        desk.post("/desk/planning/idea/", idea)

        assert Publication.objects.count() == EditorialPlan.objects.count() == 1

    @pytest.mark.parametrize("other", [{"title": "Wheat"}, {"language": "en"}, {"note": "Ask Bo."}])
    def test_an_idea_sent_again_with_other_words_can_be_another(self, desk, other):
        idea = self.idea()
        desk.post("/desk/planning/idea/", idea)

        page = desk.post("/desk/planning/idea/", idea | other)
        refused = Publication.objects.count()
        desk.post("/desk/planning/idea/", idea | other | {"uid": hidden_values(page.text)["uid"]})

        assert "has added “Rye” already" in page.text and refused == 1
        assert Publication.objects.count() == EditorialPlan.objects.count() == 2

    def test_an_idea_with_the_uid_of_another_publication_leaves_that_alone(self, desk):
        other = make_live(title="Rye").publication

        page = desk.post("/desk/planning/idea/", self.idea(uid=str(other.uid), note="Mine."))

        assert "has added" in page.text and not EditorialPlan.objects.exists()

    def test_a_wrong_idea_stores_nothing(self, desk):
        page = desk.post("/desk/planning/idea/", self.idea(title="", due_on="x"))

        assert page.text.count("errorlist") == 2 and "<title>Error:" in page.text
        assert not Publication.objects.exists()


class TestWeeks:
    def test_the_page_begins_with_this_week_and_today(self, desk, wednesday):
        make_plan(make_publication(title="Next"), planned_on=WEDNESDAY + timedelta(weeks=1))
        make_plan(make_publication(title="Now"), due_on=WEDNESDAY)

        page = desk.get(PAGE).text

        assert headings_and_titles(page) == [
            "Week 49, 30 November – 6 December 2026 this week",
            "Wednesday 2 December today",
            "Now",
            "Week 50, 7–13 December 2026",
            "Wednesday 9 December",
            "Next",
            "Week 51, 14–20 December 2026",
            "Week 52, 21–27 December 2026",
        ]

    def test_what_is_late_comes_first_and_says_so_in_words(self, desk, wednesday):
        make_plan(make_publication(title="Rye"), planned_on=WEDNESDAY - timedelta(days=3))
        make_plan(make_publication(title="Grain"), due_on=WEDNESDAY - timedelta(days=1))

        page = desk.get(PAGE).text

        assert headings_and_titles(page)[:4] == ["Late 2", "Rye", "Grain", headings_and_titles(page)[3]]
        assert "3 days late" in page and "1 day late" in page
        assert page.count("Grain</a>") == 1

    def test_a_text_that_was_handed_over_is_not_late(self, desk, wednesday):
        plan = make_plan(due_on=WEDNESDAY - timedelta(days=1), planned_on=WEDNESDAY)
        submissions.submit_for_checking(plan.publication, by=None)

        page = desk.get(PAGE).text

        assert "plan-late" not in page
        assert "ready to be checked" in page

    def test_scheduled_and_published_texts_stand_on_their_days(self, desk, wednesday):
        at = timezone.now() + timedelta(days=1)
        make_live(title="Out")
        actions.publish(make_publication(title="Soon"), by=None, at=at)

        page = desk.get(PAGE).text

        assert headings_and_titles(page)[1:5] == [
            "Wednesday 2 December today",
            "Out",
            "Thursday 3 December",
            "Soon",
        ]
        assert "Published, 12:0" in page and "Scheduled, 12:0" in page

    def test_a_planned_text_that_is_published_is_listed_once(self, desk, wednesday):
        plan = make_plan(make_publication(title="Rye"), planned_on=WEDNESDAY, note="Soon.")
        actions.publish(plan.publication, by=None)

        page = desk.get(PAGE).text

        assert headings_and_titles(page).count("Rye") == 1
        assert "Published" in page and "Soon." not in page

    def test_silent_fixes_and_mistaken_editions_are_not_listed(self, desk, wednesday):
        publication = make_live(title="Rye").publication
        actions.publish(saved(publication, body="A fix."), by=None, change="silent")
        actions.publish(saved(publication, body="A mistake."), by=None, change="update")
        actions.undo(publication, by=None)

        assert headings_and_titles(desk.get(PAGE).text).count("Rye") == 1

    def test_the_day_of_an_edition_is_that_of_the_time_zone_of_the_site(self, desk, wednesday):
        at = datetime(2026, 12, 8, 23, 30, tzinfo=timezone.get_default_timezone())
        assert settings.TIME_ZONE == "Europe/Stockholm"
        actions.publish(make_publication(title="Late evening"), by=None, at=at)

        assert "Tuesday 8 December" in headings_and_titles(desk.get(PAGE).text)

    def test_a_week_begins_at_midnight_in_the_time_zone_of_the_site(self, desk, wednesday):
        at = datetime(2026, 12, 7, 0, 30, tzinfo=timezone.get_default_timezone())
        actions.publish(make_publication(title="After midnight"), by=None, at=at)

        texts = headings_and_titles(desk.get(f"{PAGE}?week=2026-W50").text)
        assert texts[1:3] == ["Monday 7 December", "After midnight"]

    def test_other_weeks_are_reached_by_links_that_keep_the_filter(self, desk, wednesday):
        make_plan(make_publication(title="Old"), planned_on=date(2026, 11, 4))
        page = desk.get(f"{PAGE}?language=en").text
        earlier = html.unescape(re.search(r'href="(\?[^"]*)" rel="prev"', page)[1])
        later = html.unescape(re.search(r'href="(\?[^"]*)" rel="next"', page)[1])

        assert (earlier, later) == ("?language=en&week=2026-W45", "?language=en&week=2026-W53")
        assert "Old" in headings_and_titles(desk.get(PAGE + earlier).text)
        assert "27 days late" not in desk.get(PAGE + later).text
        assert (
            headings_and_titles(desk.get(PAGE + later).text)[0]
            == "Week 53, 28 December 2026 – 3 January 2027"
        )

    @pytest.mark.parametrize(
        ("query", "is_linked"), [("", False), ("?week=2026-W49", False), ("?week=2026-W50", True)]
    )
    def test_another_week_links_to_this_one(self, desk, wednesday, query, is_linked):
        assert (">This week</a>" in desk.get(PAGE + query).text) is is_linked

    def test_days_of_this_week_that_are_over_are_folded(self, desk, wednesday):
        with time_machine.travel(timezone.now() - timedelta(days=2)):
            edition = make_live(title="Monday")
        assert edition.visible_from < timezone.now()

        page = desk.get(PAGE).text

        assert (
            page.index("Earlier this week")
            < page.index("Monday 30 November")
            < page.index("Nothing more this week")
        )

    def test_what_was_published_today_is_folded_and_what_is_to_come_stands_open(self, desk, wednesday):
        make_live(title="This morning")
        make_plan(publication=make_publication(title="This afternoon"), planned_on=WEDNESDAY)

        page = desk.get(PAGE).text

        today = "Wednesday 2 December today"
        shown = [
            text for text in headings_and_titles(page) if text in (today, "This morning", "This afternoon")
        ]
        assert shown == [today, "This morning", today, "This afternoon"]
        assert page.index("plan-week__past") < page.index("This morning")

    def test_a_page_that_lists_not_everything_says_so(self, desk, wednesday):
        make_many(MAX_ENTRIES - 2, author=make_author(), tag=make_tag())
        assert "There may be more" not in desk.get(PAGE).text

        make_live()

        assert "There may be more" in desk.get(PAGE).text

    def test_deleted_drafts_are_not_listed(self, desk, wednesday):
        plan = make_plan(make_publication(title="Gone"), planned_on=WEDNESDAY)
        Publication.objects.filter(pk=plan.publication_id).update(deleted_at=timezone.now())

        assert "Gone" not in desk.get(PAGE).text

    def test_the_number_of_queries_does_not_depend_on_the_number_of_plans(self, desk, wednesday):
        people = [make_person() for _n in range(4)]
        make_plan(planned_on=WEDNESDAY, writer=people[0], editor=people[1])
        make_plan(actions.publish(make_publication(), by=None).publication, writer=people[0])
        count_queries(desk, PAGE)  # the first page of a session also records its use
        few = count_queries(desk, PAGE)

        for _n in range(5):
            make_plan(planned_on=WEDNESDAY, due_on=date(2026, 11, 30), writer=people[2], editor=people[3])
            make_plan(actions.publish(make_publication(), by=None).publication, writer=people[2])

        assert count_queries(desk, PAGE) == few


class TestFilters:
    @pytest.fixture
    def plans(self, editor):
        """Plans of two people, kinds and languages, one of them without a day."""
        make_plan(make_publication(title="Rye"), planned_on=WEDNESDAY, writer=editor)
        make_plan(
            make_publication(title="Råg", language="sv", kind="commentary"), due_on=WEDNESDAY, editor=editor
        )
        make_plan(make_publication(title="Wheat"), planned_on=WEDNESDAY, writer=make_person())
        make_plan(make_publication(title="Oats"), writer=editor)

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("", {"Rye", "Råg", "Wheat", "Oats"}),
            ("person={editor}", {"Rye", "Råg", "Oats"}),
            ("language=sv", {"Råg"}),
            ("kind={kind}", {"Råg"}),
            ("type=due", {"Råg"}),
            ("type=planned&person={editor}", {"Rye"}),
            ("type=idea", {"Oats"}),
            ("type=published", set()),
            ("person=x&kind=99999999999&language=xx&type=any&week=never", {"Rye", "Råg", "Wheat", "Oats"}),
        ],
    )
    def test_what_is_listed_can_be_filtered(self, desk, editor, wednesday, plans, query, titles):
        kind = Kind.objects.get(slug="commentary").pk

        page = desk.get(f"{PAGE}?{query.format(editor=editor.pk, kind=kind)}").text

        assert {
            text for text in headings_and_titles(page) if text in {"Rye", "Råg", "Wheat", "Oats"}
        } == titles

    def test_editions_are_of_the_people_of_their_plan(self, desk, editor, wednesday):
        make_plan(make_live(title="Hers").publication, writer=editor)
        make_live(title="Another")

        page = desk.get(f"{PAGE}?person={editor.pk}").text

        assert "Hers" in page and "Another" not in page


class TestMove:
    def move(self, client, plan: EditorialPlan, **fields):
        data = {"field": "planned_on", "seen": plan.planned_on.isoformat(), "day": "2026-12-09", **fields}
        url = reverse("desk:planning-move", args=[plan.publication_id])
        return client.post(f"{url}?week=2026-W49&language=en", data, follow=True)

    def test_a_plan_moves_and_the_page_stays(self, desk, editor):
        plan = make_plan(make_publication(title="Rye"), planned_on=WEDNESDAY, note="Stays.", writer=editor)

        response = self.move(desk, plan)

        plan.refresh_from_db()
        assert (plan.planned_on, plan.note, plan.writer, plan.changed_by) == (
            date(2026, 12, 9),
            "Stays.",
            editor,
            editor,
        )
        assert response.redirect_chain[-1][0] == f"{PAGE}?week=2026-W49&language=en"
        assert "“Rye” is planned for 9 December 2026, no longer for 2 December 2026." in response.text

    def test_a_button_moves_a_plan_by_a_week(self, desk):
        plan = make_plan(planned_on=WEDNESDAY)

        self.move(desk, plan, _week_later="yes", day="")

        plan.refresh_from_db()
        assert plan.planned_on == WEDNESDAY + timedelta(weeks=1)

    def test_a_plan_that_has_moved_since_is_not_moved(self, desk):
        plan = make_plan(planned_on=WEDNESDAY)
        EditorialPlan.objects.update(planned_on=date(2026, 12, 24))

        response = self.move(desk, plan)

        plan.refresh_from_db()
        assert plan.planned_on == date(2026, 12, 24) and "nothing was moved" in response.text

    def test_a_plan_does_not_move_before_its_text_is_due(self, desk):
        plan = make_plan(planned_on=WEDNESDAY, due_on=WEDNESDAY)

        response = self.move(desk, plan, day="2026-12-01")

        plan.refresh_from_db()
        assert plan.planned_on == WEDNESDAY
        assert response.redirect_chain[-1][0] == plan_url(plan.publication)

    @pytest.mark.parametrize(
        "fields",
        [
            {"field": "note"},
            {"day": "soon"},
            {"day": ""},
            {"seen": ""},
            {"day": "", "seen": "9999-12-31", "_week_later": "yes"},
            {"day": "", "seen": "x", "_week_later": "yes"},
        ],
    )
    def test_what_is_no_day_moves_nothing(self, desk, fields):
        plan = make_plan(planned_on=WEDNESDAY)

        response = self.move(desk, plan, **fields)

        plan.refresh_from_db()
        assert plan.planned_on == WEDNESDAY and "nothing was moved" in response.text

    def test_the_forms_of_the_page_move_plans(self, desk, wednesday):
        plan = make_plan(planned_on=WEDNESDAY)
        page = desk.get(PAGE).text
        action = re.search(r'<form method="post" action="(/desk/planning/[^"]*)"', page)[1]

        desk.post(action, hidden_values(page) | {"day": "2026-12-05"})

        plan.refresh_from_db()
        assert plan.planned_on == date(2026, 12, 5)


class TestHome:
    def test_the_first_page_lists_what_is_late_or_due_within_a_week(self, desk, editor, wednesday):
        late = make_plan(due_on=WEDNESDAY - timedelta(days=2), planned_on=date(2026, 12, 24), writer=editor)
        soon = make_plan(planned_on=WEDNESDAY + timedelta(days=7), editor=editor)
        make_plan(planned_on=WEDNESDAY + timedelta(days=8), editor=editor)
        make_plan(planned_on=WEDNESDAY, writer=make_person())
        make_plan(actions.publish(make_publication(), by=None).publication, writer=editor)

        previews = {preview.worklist: preview for preview in desk.get("/desk/").context["worklists"]}

        rows = {row.publication.pk: row.waiting for row in previews["planned"].rows}
        assert rows == {
            late.publication_id: ["due 30 November 2026, 2 days late; planned for 24 December 2026"],
            soon.publication_id: ["planned for 9 December 2026"],
        }

    def test_a_row_of_another_list_says_its_plan(self, desk, editor, wednesday):
        make_plan(make_publication(created_by=editor), planned_on=date(2027, 1, 7), writer=make_person())
        make_plan(make_publication(created_by=editor), writer=editor)

        page = desk.get("/desk/").text

        assert "planned for 7 January 2027" in page

    def test_the_list_of_publications_has_the_same_filter(self, desk, editor, wednesday):
        plan = make_plan(due_on=WEDNESDAY, writer=editor)
        make_publication()

        publications = desk.get("/desk/publications/publication/?waits=planned").context["cl"].result_list

        assert [publication.pk for publication in publications] == [plan.publication_id]

    def test_the_number_of_queries_does_not_depend_on_the_number_of_plans(self, desk, editor, wednesday):
        make_plan(planned_on=WEDNESDAY, writer=editor)
        count_queries(desk, "/desk/")
        few = count_queries(desk, "/desk/")

        for _n in range(3):  # of five a preview has more, which it counts
            make_plan(planned_on=WEDNESDAY, writer=editor, editor=make_person())

        assert count_queries(desk, "/desk/") == few


@pytest.mark.parametrize(
    ("text", "monday"),
    [("2026-W53", date(2026, 12, 28)), ("2027-W01", date(2027, 1, 4)), ("2020-W1", date(2019, 12, 30))],
)
def test_weeks_are_those_of_iso_8601(text, monday):
    assert parse_week(text) == monday


@pytest.mark.parametrize(
    "text", ["", "2026", "2027-W53", "0001-W01", "9999-W52", "x-Wy", "2026-W99999999999999999999"]
)
def test_what_is_no_week_is_this_week(text, wednesday):
    assert parse_week(text) == date(2026, 11, 30)


def test_a_week_has_the_number_of_its_thursday():
    assert week_value(date(2027, 1, 3)) == "2026-W53"
    assert PlanWeek(date(2026, 12, 28), []).number == 53
