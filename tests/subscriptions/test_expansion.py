"""Who is mailed about what: events of the audit log, the conditions that they match, and the queued mails."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from publications import actions
from publications.models import TagKind
from subscriptions import expansion
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_next_event, find_edition
from subscriptions.models import AlertEvent, AlertMail, AlertType, Condition
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, saved

from .factories import make_subscriber, make_unconfirmed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _started():
    """What happens from here on is news."""
    record_events()


def expand() -> None:
    while record_events():
        pass
    while expand_next_event():
        pass


def mailed() -> list[tuple[int, str]]:
    """Return who is mailed about what, in the order of the mails."""
    rows = AlertMail.objects.order_by("next_attempt_at", "pk").filter(event__isnull=False)
    return list(rows.values_list("subscriber", "event__type"))


def events() -> list[str]:
    return list(AlertEvent.objects.order_by("site_version").values_list("type", flat=True))


def test_each_change_that_readers_see_is_an_event_and_a_silent_fix_is_none():
    make_subscriber()
    publication = make_live().publication
    for change, note in (("silent", ""), ("update", "New figures."), ("correction", "It was 5, not 50.")):
        actions.publish(saved(publication, body=f"Text of {change}."), by=None, change=change, note=note)
    actions.express_concern(publication, by=None, note="In doubt.")
    actions.lift_concern(publication, by=None, note="Sound.")
    actions.retract(publication, by=None, note="Made up.")
    other = make_live().publication
    actions.withdraw(other, by=None, note="Not ours.")

    expand()

    assert events() == ["new", "updated", "corrected", "concern", "lifted", "retracted", "new", "withdrawn"]
    assert AlertEvent.objects.filter(matched_at=None).count() == 0


def test_an_event_is_recorded_and_mailed_once():
    subscriber = make_subscriber(Choice(), Choice({"kind": "quick-comment"}))
    make_live()

    for _time in range(2):
        expand()

    assert mailed() == [(subscriber.pk, "new")]


def test_searches_are_matched_while_others_may_write(monkeypatch):
    """Readers choose any number of searches: within the transaction they kept the whole site from writing."""
    make_subscriber(Choice(query="gas"))
    outside, depths = len(connection.savepoint_ids), []
    monkeypatch.setattr(
        expansion, "is_match", lambda *_: depths.append(len(connection.savepoint_ids)) or True
    )
    make_live(title="Gas")

    expand()

    assert depths == [outside] and len(mailed()) == 1


def test_a_choice_that_is_given_up_while_it_is_matched_is_no_error(monkeypatch):
    make_subscriber(Choice(query="gas"))
    monkeypatch.setattr(expansion, "is_match", lambda *_: bool(Condition.objects.all().delete()))
    make_live(title="Gas")

    expand()

    assert not mailed() and not AlertEvent.objects.filter(matched_at=None).exists()


def test_what_came_before_the_first_run_is_no_news():
    AlertEvent.objects.all().delete()
    assert events() == []


def test_a_text_from_an_archive_is_no_news_but_its_correction_is():
    make_subscriber()
    publication = make_live(published_at=timezone.now() - timedelta(days=30)).publication
    actions.publish(saved(publication, body="Right."), by=None, change="correction", note="It was wrong.")

    expand()

    assert events() == ["corrected"]


@pytest.mark.parametrize(
    ("choice", "is_mailed"),
    [
        (Choice(), True),
        (Choice({"topic": "gas"}), True),
        (Choice({"topic": "coal"}), False),
        (Choice({"topic": "gas", "author": "ann-berg"}), True),
        (Choice({"topic": "gas", "author": "bo-ek"}), False),
        (Choice({"country": "gas"}), False),
        (Choice({"kind": "report"}), False),
        (Choice({"language": "en"}), True),
        (Choice(query="pipeline"), True),
        (Choice({"topic": "coal"}, query="pipeline"), False),
        (Choice(query="harbour"), False),
        (Choice(query="pipeline -norway"), False),
    ],
)
def test_a_condition_is_matched_with_all_of_its_parts(choice, is_mailed):
    subscriber = make_subscriber(choice)
    make_live(
        author=make_author("Ann Berg"),
        tags=(make_tag("Gas", kind=TagKind.THEME),),
        body="A pipeline in Norway.",
    )

    expand()

    assert mailed() == ([(subscriber.pk, "new")] if is_mailed else [])


def test_one_publication_is_followed_through_its_changes_alone():
    edition = make_live()
    subscriber = make_subscriber(Choice(publication=edition.publication_id))
    make_live()
    actions.publish(
        saved(edition.publication, body="Right."), by=None, change="correction", note="It was wrong."
    )
    actions.withdraw(edition.publication, by=None, note="Not ours.")

    expand()

    assert mailed() == [(subscriber.pk, "withdrawn")]  # the correction no longer holds


def test_a_withdrawal_is_news_to_the_searches_that_have_found_the_text():
    found, other = make_subscriber(Choice(query="pipeline")), make_subscriber(Choice(query="harbour"))
    publication = make_live(body="A pipeline.").publication
    expand()
    actions.withdraw(publication, by=None, note="Not ours.")

    expand()

    assert mailed() == [(found.pk, "new"), (found.pk, "withdrawn")] and other.mails.count() == 0


def test_what_was_taken_back_is_said_to_those_alone_who_were_mailed():
    early, late = make_subscriber(), make_subscriber()
    publication = make_live().publication
    expand()
    early.mails.get().mark_sent()
    AlertMail.objects.filter(subscriber=late).update(next_attempt_at=None)  # given up
    actions.undo(publication, by=None)

    expand()

    assert [row for row in mailed() if row[1] == "taken_back"] == [(early.pk, "taken_back")]
    assert find_edition(AlertEvent.objects.get(type=AlertType.NEW)) is None
    assert late.mails.count() == 1


def test_what_is_undone_before_the_next_run_is_mailed_to_nobody():
    make_subscriber()
    actions.undo(make_live().publication, by=None)

    expand()

    assert mailed() == []


def test_a_scheduled_edition_is_news_when_readers_see_it(monkeypatch):
    subscriber = make_subscriber()
    at = timezone.now() + timedelta(hours=2)
    actions.publish(make_publication(), by=None, at=at)
    expand()
    assert mailed() == [] and AlertEvent.objects.get().happens_at == at

    monkeypatch.setattr(timezone, "now", lambda: at + timedelta(seconds=1))
    expand()

    assert mailed() == [(subscriber.pk, "new")]


def test_a_scheduled_correction_that_is_kept_beside_another_edition_is_news_at_its_time(monkeypatch):
    subscriber = make_subscriber()
    at = timezone.now() + timedelta(hours=2)
    publication = make_live().publication
    actions.publish(
        saved(publication, body="Right."), by=None, at=at, change="correction", note="It was wrong."
    )
    actions.publish(saved(publication, body="Spelled well."), by=None, keep_scheduled=True)

    monkeypatch.setattr(timezone, "now", lambda: at + timedelta(seconds=1))
    expand()

    assert mailed() == [(subscriber.pk, "new"), (subscriber.pk, "corrected")]


@pytest.mark.parametrize("column", ["paused_until", "failed_at"])
def test_nobody_is_mailed_who_paused_or_has_no_working_address(column):
    make_subscriber(**{column: timezone.now() + timedelta(days=1)})
    make_unconfirmed(Choice())
    make_live()

    expand()

    assert mailed() == []


def test_of_translations_readers_are_mailed_about_the_one_that_their_lists_show():
    english, swedish = make_subscriber(locale="en"), make_subscriber(locale="sv")
    original = make_live()
    follower = make_subscriber(Choice(publication=original.publication_id), locale="sv")
    translation = make_live(language="sv", translation_of=original.publication)
    expand()

    assert set(english.mails.values_list("event__edition", flat=True)) == {original.pk}
    assert set(swedish.mails.values_list("event__edition", flat=True)) == {translation.pk}
    assert set(follower.mails.values_list("event__edition", flat=True)) == {original.pk}


def test_the_actor_makes_no_difference():
    subscriber = make_subscriber()
    actions.publish(make_publication(), by=make_person("Editors"))

    expand()

    assert mailed() == [(subscriber.pk, "new")]


def test_who_follows_a_topic_or_an_author_is_mailed_after_a_change_of_the_address():
    tag, author = make_tag("Energy", slug="energy"), make_author("Ann Berg", slug="ann-berg")
    make_tag("Power plants", slug="power-plants")
    for path in ("/en/topics/power", "/sv/amnen/power-plants"):
        tag.redirects.create(path=path)
    author.redirects.create(path="/sv/forfattare/ann-lind")
    subscriber = make_subscriber(Choice(filters={"topic": "power", "author": "ann-lind"}))
    make_subscriber(Choice(filters={"topic": "power-plants"}))  # another topic has the address now
    make_subscriber(Choice(filters={"country": "power"}))

    make_live(author=author, tags=[tag])
    expand()

    assert mailed() == [(subscriber.pk, "new")]
