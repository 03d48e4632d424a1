"""Which texts have not followed a change of their counterpart in another language."""

import contextlib
import random
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from publications.models import (
    Change,
    NewsEvent,
    NewsType,
    Publication,
    TranslationCheck,
    find_outdated_translations,
)
from tests.factories import make_live, make_person, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """A live publication in English and its live translation."""
    original = make_live(title="Grain").publication
    translation = make_live(title="Spannmål", language="sv", translation_of=original).publication
    return original, translation


def correct(publication: Publication, by=None, **options):
    publication.refresh_from_db()
    options = {"change": Change.CORRECTION, "note": "It was rye.", **options}
    return actions.publish(saved(publication, body=f"{publication.body}\n\nRye."), by=by, **options)


def outdated(*, at=None) -> list[tuple[str, str, str]]:
    """Return who has not followed whom, and why."""
    return [
        (each.publication.language, each.counterpart.language, each.event.value)
        for each in find_outdated_translations(at=at)
    ]


def check(publication: Publication, counterpart: Publication, by=None) -> None:
    edition = counterpart.editions.order_by("-number").first().number
    actions.check_translation(publication, counterpart, edition=edition, by=by)


def test_a_translation_that_was_published_after_its_original_has_followed(pair):
    assert outdated() == []


@pytest.mark.parametrize(("change", "event"), [("correction", "corrected"), ("update", "updated")])
@pytest.mark.parametrize("changed", [0, 1], ids=["original", "translation"])
def test_a_change_leaves_the_other_language_behind(pair, changed, change, event):
    correct(pair[changed], change=change)

    languages = ("sv", "en") if changed == 0 else ("en", "sv")
    assert outdated() == [(*languages, event)]


def test_a_silent_fix_leaves_nobody_behind(pair):
    correct(pair[0], change=Change.SILENT, note="")

    assert outdated() == []


@pytest.mark.parametrize("change", ["correction", "update", "silent"])
def test_what_is_published_anew_has_followed_and_is_not_to_be_followed_in_turn(pair, change):
    correct(pair[0])
    correct(pair[1], change=change, note="" if change == "silent" else "Det var råg.")

    assert outdated() == []


def test_a_saved_draft_has_not_followed(pair):
    correct(pair[0])
    saved(pair[1], body="Råg.")

    assert outdated() == [("sv", "en", "corrected")]


def test_the_next_change_is_to_be_followed_again(pair):
    correct(pair[0])
    correct(pair[1])
    correct(pair[1])

    assert outdated() == [("en", "sv", "corrected")]


def test_a_correction_is_named_before_the_update_after_it_with_what_was_followed_last(pair):
    correct(pair[0])
    correct(pair[0], change="update")

    [found] = find_outdated_translations()
    assert (found.event, found.followed, found.edition) == ("corrected", 1, 3)


def test_a_change_that_is_taken_back_is_not_to_be_followed(pair):
    correct(pair[0])
    actions.undo(pair[0], by=None)

    assert outdated() == []


def test_a_translation_that_was_taken_back_has_not_followed(pair):
    correct(pair[0])
    correct(pair[1])
    actions.undo(pair[1], by=None)

    assert outdated() == [("sv", "en", "corrected")]


def test_a_scheduled_change_is_to_be_followed_from_its_start(pair):
    correct(pair[0], at=tomorrow())

    assert outdated() == []
    assert outdated(at=tomorrow() + timedelta(hours=1)) == [("sv", "en", "corrected")]


@pytest.mark.parametrize("first", [0, 1], ids=["original", "translation"])
def test_two_that_are_scheduled_for_the_same_time_have_followed(pair, first):
    starts_at = tomorrow()
    correct(pair[first], at=starts_at)
    correct(pair[1 - first], at=starts_at)

    assert outdated(at=starts_at + timedelta(hours=1)) == []


def test_a_translation_that_was_scheduled_before_the_change_has_not_followed(pair):
    correct(pair[1], change="silent", note="", at=tomorrow())
    correct(pair[0])

    assert outdated(at=tomorrow() + timedelta(hours=1)) == [("sv", "en", "corrected")]


def test_a_draft_has_not_followed_what_changed_since_it_was_started():
    original = make_live().publication
    correct(original)
    translation = make_publication(language="sv", translation_of=original)
    assert outdated() == []

    correct(original)
    assert outdated() == [("sv", "en", "corrected")]
    actions.publish(translation, by=None)
    assert outdated() == []


def test_a_deleted_draft_has_nothing_to_follow():
    original = make_live().publication
    translation = make_publication(language="sv", translation_of=original)
    correct(original)
    Publication.objects.filter(pk=translation.pk).update(deleted_at=timezone.now())

    assert outdated() == []


def test_three_languages_follow_one_change_once_each(pair):
    third = make_live(language="uk", translation_of=pair[0]).publication
    correct(pair[0])
    correct(pair[1])

    assert outdated() == [("uk", "en", "corrected")]
    correct(third)
    assert outdated() == []


# What is no longer public


@pytest.mark.parametrize("ended", [0, 1], ids=["original", "translation"])
def test_a_text_whose_counterpart_is_withdrawn_is_outdated_until_it_is_withdrawn_too(pair, ended):
    actions.withdraw(pair[ended], by=None)

    languages = ("sv", "en") if ended == 0 else ("en", "sv")
    assert outdated() == [(*languages, "withdrawn")]
    actions.withdraw(pair[1 - ended], by=None)
    assert outdated() == []


def test_a_text_whose_counterpart_is_public_again_is_not_outdated(pair):
    actions.withdraw(pair[0], by=None)
    actions.undo(pair[0], by=None)

    assert outdated() == []


def test_a_withdrawal_is_said_instead_of_the_correction_before_it(pair):
    correct(pair[0])
    actions.withdraw(pair[0], by=None)

    assert outdated() == [("sv", "en", "withdrawn")]


def test_a_text_whose_counterpart_has_expired_is_outdated():
    ends_at = timezone.now() + timedelta(hours=1)
    original = actions.publish(make_publication(), by=None, until=ends_at).publication
    make_live(language="sv", translation_of=original)

    assert outdated(at=ends_at) == [("sv", "en", "expired")]


def test_a_change_that_was_superseded_by_a_fix_has_its_own_date(pair):
    correct(pair[0])
    correct(pair[0], change="silent", note="")

    [found] = find_outdated_translations()
    assert found.event == "corrected"
    assert found.at == pair[0].editions.get(number=2).visible_from


# Checks


def test_a_text_that_needs_no_change_is_not_outdated_until_the_next_change(pair, editor):
    correct(pair[0])
    check(pair[1], pair[0], by=editor)

    assert outdated() == []
    stored = TranslationCheck.objects.get()
    assert (stored.by, stored.edition.number, stored.publication) == (editor, 2, pair[1])
    correct(pair[0])
    assert outdated() == [("sv", "en", "corrected")]


def test_a_check_does_not_cover_a_change_that_is_still_scheduled(pair):
    seen = correct(pair[0]).number
    correct(pair[0], at=tomorrow())
    actions.check_translation(pair[1], pair[0], edition=seen, by=None)

    assert outdated() == []
    assert outdated(at=tomorrow() + timedelta(hours=1)) == [("sv", "en", "corrected")]


def test_a_check_is_in_the_audit_trail_and_changes_no_page_of_a_publication(pair, editor):
    correct(pair[0])
    check(pair[1], pair[0], by=editor)

    entry = pair[1].audit_entries.first()
    assert (entry.action, entry.by, entry.changed_publications) == ("follow", editor, [])
    assert not entry.is_removal


def test_a_check_of_a_correction_does_not_cover_a_later_withdrawal(pair):
    correct(pair[0])
    check(pair[1], pair[0])
    actions.withdraw(pair[0], by=None)

    assert outdated() == [("sv", "en", "withdrawn")]
    check(pair[1], pair[0])
    assert outdated() == []


def test_a_check_of_what_has_changed_since_is_refused(pair):
    seen = correct(pair[0]).number
    correct(pair[0])

    with pytest.raises(actions.Outdated):
        actions.check_translation(pair[1], pair[0], edition=seen, by=None)
    assert not TranslationCheck.objects.exists()


def test_all_groups_are_read_in_as_many_queries_as_one(pair, django_assert_max_num_queries):
    for _number in range(3):
        original = make_live().publication
        make_live(language="sv", translation_of=original)
        correct(original)

    with django_assert_max_num_queries(4):
        assert len(outdated()) == 3


# News


def news_for(user) -> list[NewsEvent]:
    return list(NewsEvent.objects.visible_to(user).filter(type=NewsType.TRANSLATION))


def test_a_change_is_news_for_the_people_of_the_translation(pair, editor):
    translator, other = make_person("Contributors"), make_person("Contributors")
    Publication.objects.filter(pk=pair[1].pk).update(created_by=translator)
    correct(pair[0], by=editor)

    [event] = news_for(translator)
    assert event.publication == pair[1] and event.edition.publication == pair[0]
    assert news_for(make_person("Editors")) == [event]
    assert news_for(other) == news_for(editor) == []


@pytest.mark.parametrize("follow", [correct, None], ids=["published", "checked"])
def test_what_has_followed_is_no_longer_news(pair, editor, follow):
    correct(pair[0])
    assert news_for(editor)

    follow(pair[1]) if follow else check(pair[1], pair[0])
    assert news_for(editor) == []


def test_a_change_that_follows_is_no_news(pair, editor):
    correct(pair[0])
    correct(pair[1])

    assert NewsEvent.objects.filter(type=NewsType.TRANSLATION).count() == 1


def test_a_withdrawal_is_news_while_the_translation_is_public(pair, editor):
    correct(pair[0])
    actions.withdraw(pair[0], by=None)

    [event] = news_for(editor)
    assert event.happens_at == event.edition.visible_until
    actions.withdraw(pair[1], by=None)
    assert news_for(editor) == []


def test_a_scheduled_change_is_news_from_its_start_unless_the_translation_has_followed(pair, editor):
    starts_at = tomorrow()
    correct(pair[0], at=starts_at)
    assert news_for(editor) == []
    with time_machine.travel(starts_at + timedelta(hours=1), tick=True):
        assert len(news_for(editor)) == 1
        correct(pair[1])
        assert news_for(editor) == []


@pytest.fixture
def three(pair):
    """The live texts of a group in three languages."""
    original, translation = pair
    third = make_live(title="Зерно", language="uk", translation_of=original).publication
    return original, translation, third


def test_a_text_follows_all_others_at_once(three):
    english, swedish, ukrainian = three
    correct(english)
    correct(ukrainian)
    correct(english, change=Change.UPDATE, note="More rye.")

    correct(swedish, change=Change.SILENT, note="")

    assert [pair for pair in outdated() if pair[0] == "sv"] == []


def _act(name: str, publication: Publication, others: list[Publication]) -> None:
    if name == "withdraw":
        actions.withdraw(publication, by=None)
    elif name == "undo":
        actions.undo(publication, by=None)
    elif name == "check":
        check(publication, others[0])
    elif name == "silent":
        correct(publication, change=Change.SILENT, note="")
    else:
        correct(publication, change=name)


def news_pairs() -> set[tuple[int, int]]:
    news = NewsEvent.objects.due().current().filter(type=NewsType.TRANSLATION)
    return set(news.values_list("publication", "edition__publication"))


@pytest.mark.parametrize("seed", range(20))
def test_the_news_and_the_list_name_the_same_texts(three, seed):
    """The list replays what editors did, the news are filtered in the database."""
    chance, trace = random.Random(seed), []
    names = ["correction", "update", "silent", "check", "undo", "withdraw"]
    for _step in range(7):
        publication, *others = chance.sample(three, 3)
        name = chance.choice(names)
        with contextlib.suppress(actions.ActionRefused):
            _act(name, publication, others)
            trace.append((name, publication.language, others[0].language))
        found = [each for each in find_outdated_translations() if each.is_public]
        pairs = {(each.publication.pk, each.counterpart.pk) for each in found}
        assert news_pairs() == pairs, trace
