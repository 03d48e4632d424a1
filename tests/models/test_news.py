"""News for staff: which events are stored, who may know of them, and what counts as unread."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.utils import timezone

from publications import actions
from publications.admin import submissions
from publications.models import (
    Change,
    MailTiming,
    NewsEvent,
    NewsType,
    Publication,
    Review,
    Submission,
    UserSettings,
)
from tests.factories import make_live, make_person, make_publication, saved

pytestmark = pytest.mark.django_db


def types_for(user) -> list[str]:
    return sorted(NewsEvent.objects.visible_to(user).values_list("type", flat=True))


def comment_on(publication, **fields) -> NewsEvent:
    review, _token = Review.objects.invite(publication.revisions.first(), reader="Bo", days=3, by=None)
    comment = review.comments.create(publication=review.publication, **{"text": "Too long.", **fields})
    return NewsEvent.objects.create(type=NewsType.REVIEWED, publication=publication, comment=comment)


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def test_publishing_is_news_and_a_silent_fix_is_not():
    publication = make_live().publication

    actions.publish(saved(publication, body="Mended."), by=None, change=Change.SILENT)

    assert [event.type for event in NewsEvent.objects.all()] == [NewsType.PUBLISHED]


@pytest.mark.parametrize("change", [Change.CORRECTION, Change.UPDATE])
def test_corrections_and_updates_are_news(change, editor):
    publication = make_live().publication

    actions.publish(saved(publication, body="Mended."), by=None, change=change, note="It was rye.")

    assert types_for(editor) == ["corrected", "published"]


def test_an_action_that_fails_leaves_no_news():
    with pytest.raises(actions.NotReady):
        actions.publish(make_publication(body=""), by=None)

    assert not NewsEvent.objects.exists()


def test_texts_published_together_are_no_news_each():
    actions.publish_many([make_publication(), make_publication()], by=None)

    assert not NewsEvent.objects.exists()


def test_a_scheduled_publication_is_news_the_day_before_and_when_it_goes_live(editor):
    with time_machine.travel(at("2026-12-01 12:00"), tick=False):
        actions.publish(make_publication(), by=editor, at=at("2026-12-05 09:00"))
        assert types_for(editor) == []
    with time_machine.travel(at("2026-12-04 05:59"), tick=False):
        assert types_for(editor) == []
    with time_machine.travel(at("2026-12-04 06:00"), tick=False):
        assert types_for(editor) == ["tomorrow"]
    with time_machine.travel(at("2026-12-05 09:00"), tick=False):
        assert types_for(editor) == [], "the editor has published it"
        assert types_for(make_person("Editors")) == ["published"]


def test_a_publication_scheduled_in_the_evening_for_tomorrow_is_news_at_once(editor):
    with time_machine.travel(at("2026-12-04 21:00"), tick=False):
        actions.publish(make_publication(), by=None, at=at("2026-12-05 09:00"))
        assert types_for(editor) == ["tomorrow"]


def test_a_publication_scheduled_for_today_is_no_news_of_tomorrow(editor):
    with time_machine.travel(at("2026-12-05 07:00"), tick=False):
        actions.publish(make_publication(), by=None, at=at("2026-12-05 09:00"))
        assert types_for(editor) == []


def test_a_cancelled_schedule_brings_no_news(editor):
    with time_machine.travel(at("2026-12-04 12:00"), tick=False):
        publication = actions.publish(make_publication(), by=None, at=at("2026-12-05 09:00")).publication
        actions.undo(publication, by=None)
        assert types_for(editor) == []
    with time_machine.travel(at("2026-12-06 12:00"), tick=False):
        assert types_for(editor) == []


@pytest.mark.parametrize("take_back", [actions.withdraw, actions.undo])
def test_what_was_taken_back_is_no_longer_news(take_back, editor):
    publication = make_live().publication

    take_back(publication, by=None)

    assert types_for(editor) == []


def test_a_schedule_that_is_kept_keeps_its_news(editor):
    other = make_person("Editors")
    with time_machine.travel(at("2026-12-01 12:00"), tick=True):
        publication = make_live().publication
        actions.publish(
            saved(publication, body="Later."), by=None, at=at("2026-12-05 09:00"), change="update"
        )
        actions.publish(saved(publication, body="Now."), by=None, change="silent", keep_scheduled=True)
    with time_machine.travel(at("2026-12-05 10:00"), tick=False):
        assert types_for(other) == ["corrected", "published"]


def test_a_schedule_that_is_kept_stays_news_of_whoever_scheduled_it():
    scheduler, fixer = make_person("Editors"), make_person("Editors")
    with time_machine.travel(at("2026-12-01 12:00"), tick=True):
        publication = make_live().publication
        actions.publish(
            saved(publication, body="Later."), by=scheduler, at=at("2026-12-05 09:00"), change="update"
        )
        actions.publish(saved(publication, body="Now."), by=fixer, change="silent", keep_scheduled=True)
    with time_machine.travel(at("2026-12-05 10:00"), tick=False):
        assert types_for(fixer) == ["corrected", "published"] and types_for(scheduler) == ["published"]


def test_a_reminder_that_was_read_is_no_second_one_when_the_schedule_is_kept(editor):
    with time_machine.travel(at("2026-12-04 12:00"), tick=True):
        publication = make_live().publication
        actions.publish(saved(publication, body="Later."), by=None, at=at("2026-12-05 09:00"))
        before = NewsEvent.objects.get(type=NewsType.TOMORROW)

        actions.publish(saved(publication, body="Now."), by=None, change="silent", keep_scheduled=True)

        after = NewsEvent.objects.get(type=NewsType.TOMORROW)
        assert (after.pk, after.happens_at) == (before.pk, before.happens_at)
        assert after.edition != before.edition and types_for(editor) == ["published", "tomorrow"]


def test_a_first_edition_that_becomes_a_fix_is_published_once(editor):
    with time_machine.travel(at("2026-12-01 12:00"), tick=True):
        publication = make_publication()
        actions.publish(publication, by=None, at=at("2026-12-05 09:00"))
        actions.publish(saved(publication, body="Now."), by=None, keep_scheduled=True)
    with time_machine.travel(at("2026-12-05 10:00"), tick=False):
        assert types_for(editor) == ["published"]


def test_what_has_ended_is_no_longer_news(editor):
    with time_machine.travel(at("2026-12-01 12:00"), tick=False):
        actions.publish(make_publication(), by=None, until=at("2026-12-02 12:00"))
        assert types_for(editor) == ["published"]
    with time_machine.travel(at("2026-12-02 12:00"), tick=False):
        assert types_for(editor) == []


# Who may know


def test_a_draft_to_check_is_news_for_those_who_may_publish():
    publication = make_publication()
    submissions.submit_for_checking(publication, by=make_person("Contributors"))

    visible = {
        name: types_for(make_person(name))
        for name in ("Editors", "Administrators", "Contributors", "Linkers")
    }

    assert visible == {
        "Editors": ["submitted"], "Administrators": ["submitted"], "Contributors": [], "Linkers": [],
    }  # fmt: skip


@pytest.mark.parametrize("resolve", [
    lambda publication: Submission.objects.all().delete(),
    lambda publication: actions.publish(publication, by=None),
])  # fmt: skip
def test_a_draft_that_no_longer_waits_is_not_to_be_checked(resolve, editor):
    publication = make_publication()
    submissions.submit_for_checking(publication, by=None)

    resolve(publication)

    assert "submitted" not in types_for(editor)


def test_a_remark_is_news_for_the_writer_of_the_draft_and_for_those_who_may_publish():
    writer, other = make_person("Contributors"), make_person("Contributors")
    comment_on(make_publication(created_by=writer))

    assert [types_for(user) for user in (writer, other, make_person("Editors"), make_person("Linkers"))] == [
        ["reviewed"], [], ["reviewed"], [],
    ]  # fmt: skip


def test_whoever_saved_a_draft_is_its_writer_too():
    writer, publication = make_person("Contributors"), make_publication()
    publication.revisions.update(saved_by=writer)
    comment_on(publication)

    assert types_for(writer) == ["reviewed"]


def test_what_is_live_is_news_for_linkers():
    make_live()

    assert types_for(make_person("Linkers")) == ["published"]


def test_an_account_without_permissions_has_no_news():
    make_live()
    submissions.submit_for_checking(make_publication(), by=None)
    person = make_person("Editors")
    person.groups.clear()

    assert types_for(person) == [] and UserSettings.of(person).visible_types() == []


def test_an_import_is_news_for_administrators():
    NewsEvent.objects.create(type=NewsType.IMPORTED, counts={"new": 3})

    assert (
        types_for(make_person("Administrators")) == ["imported"] and types_for(make_person("Editors")) == []
    )


def test_nobody_gets_news_of_what_they_did_themselves():
    editor = make_person("Editors")
    actions.publish(make_publication(), by=editor)
    submissions.submit_for_checking(make_publication(), by=editor)

    assert types_for(editor) == []


def test_news_of_a_deleted_draft_is_hidden_until_it_is_restored(editor):
    publication = make_publication()
    comment_on(publication)

    Publication.objects.filter(pk=publication.pk).update(deleted_at=timezone.now())
    assert types_for(editor) == []

    Publication.with_deleted.filter(pk=publication.pk).update(deleted_at=None)
    assert types_for(editor) == ["reviewed"]


def test_news_of_a_purged_draft_is_deleted():
    publication = make_publication()
    comment_on(publication)

    publication.delete()

    assert not NewsEvent.objects.exists()


# Choices and what is unread


def test_types_that_are_never_mailed_do_not_count_as_unread(editor):
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        make_live()
        choices = UserSettings.of(editor)
        assert choices.unread_count_text() == "1"

        choices.timings = {NewsType.PUBLISHED: MailTiming.NEVER}
        assert choices.unread_count_text() == ""


def test_news_from_before_an_account_is_not_unread():
    make_live()

    assert UserSettings.of(make_person("Editors")).unread_count_text() == ""


def test_the_unread_count_is_bounded(editor):
    now = timezone.now() + timedelta(seconds=1)
    edition = make_live()
    events = [
        NewsEvent(type=NewsType.PUBLISHED, edition=edition, publication=edition.publication, happens_at=now)
        for _number in range(120)
    ]
    NewsEvent.objects.bulk_create(events)
    with time_machine.travel(now + timedelta(minutes=1)):
        assert UserSettings.of(editor).unread_count_text() == "99+"


def test_defaults_follow_the_role():
    editor, administrator = make_person("Editors"), make_person("Administrators")

    assert UserSettings.of(editor).timing(NewsType.SUBMITTED) == MailTiming.AT_ONCE
    assert UserSettings.of(administrator).timing(NewsType.SUBMITTED) == MailTiming.DAILY
    assert UserSettings.of(editor).timing(NewsType.PUBLISHED) == MailTiming.DAILY


def test_administrators_alone_may_see_the_outbox():
    holders = Permission.objects.get(codename="view_outboxmail").group_set.values_list("name", flat=True)

    assert list(holders) == ["Administrators"]
