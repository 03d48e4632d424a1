"""Retracting, expressing a concern and lifting it: what becomes live, what is refused, and what follows."""

import pytest

from publications import actions
from publications.integrity import CHECKS, find_faults, no_progress
from publications.models import (
    AuditEntry,
    Change,
    Edition,
    EditorialStatus,
    NewsEvent,
    Publication,
    find_outdated_translations,
)
from tests.factories import make_live, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db

STATUS_ACTIONS = {
    EditorialStatus.RETRACTED: actions.retract,
    EditorialStatus.CONCERN: actions.express_concern,
    EditorialStatus.NONE: actions.lift_concern,
}
BOTH = [EditorialStatus.RETRACTED, EditorialStatus.CONCERN]


def live(publication: Publication) -> Edition | None:
    return publication.editions.live().first()


def in_status(status: EditorialStatus, **fields) -> Publication:
    """Return a live publication in this status."""
    publication = make_live(**fields).publication
    if status:
        STATUS_ACTIONS[status](publication, by=None, note="The figures are made up.")
    return publication


def assert_sound() -> None:
    faults = {check.name: find_faults(check, no_progress) for check in CHECKS if check.name in SOUND}
    assert not any(faults.values()), faults


SOUND = ("notices", "entries", "numbers", "ends", "one-live", "copies")


@pytest.mark.parametrize("status", BOTH)
def test_a_marked_text_stays_live_as_a_new_edition_with_the_notice(editor, status):
    first = make_live(title="Grain", body="Rye.", tags=())

    edition = STATUS_ACTIONS[status](first.publication, by=editor, note=" The figures are made up. ")

    assert live(first.publication) == edition
    assert (edition.number, edition.body, edition.title) == (2, "Rye.", "Grain")
    assert (edition.editorial_status, edition.notice_text) == (status, "The figures are made up.")
    assert edition.notice_at == edition.visible_from
    assert edition.change_note == edition.notice_text
    assert first.publication.editions.get(number=1).notice is None
    assert [byline.name for byline in edition.bylines.all()] == [
        byline.name for byline in first.bylines.all()
    ]
    assert AuditEntry.objects.first().by == editor
    assert_sound()


def test_a_mark_is_in_the_language_of_the_text():
    english = in_status(EditorialStatus.RETRACTED, title="Grain")
    swedish = in_status(EditorialStatus.RETRACTED, title="Spannmål", language="sv")

    assert live(english).marked_title == "RETRACTED: Grain"
    assert live(swedish).marked_title == "ÅTERKALLAD: Spannmål"


def test_an_edition_with_a_notice_keeps_the_end_of_the_live_one():
    publication = make_publication()
    ending = actions.publish(publication, by=None, until=tomorrow())

    edition = actions.retract(publication, by=None, note="Made up.")

    assert edition.expires_at == edition.visible_until == ending.expires_at


@pytest.mark.parametrize("status", list(STATUS_ACTIONS))
def test_a_change_of_status_needs_a_reason(status):
    publication = in_status(
        EditorialStatus.CONCERN if status == EditorialStatus.NONE else EditorialStatus.NONE
    )

    with pytest.raises(actions.ActionRefused, match=r"reason|why"):
        STATUS_ACTIONS[status](publication, by=None, note="  ")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (EditorialStatus.RETRACTED, EditorialStatus.RETRACTED, "retracted already"),
        (EditorialStatus.RETRACTED, EditorialStatus.CONCERN, "retracted already"),
        (EditorialStatus.RETRACTED, EditorialStatus.NONE, "retracted already"),
        (EditorialStatus.CONCERN, EditorialStatus.CONCERN, "expressed already"),
        (EditorialStatus.NONE, EditorialStatus.NONE, "No concern"),
    ],
)
def test_no_other_change_of_status_is_possible(before, after, reason):
    publication = in_status(before)
    editions = publication.editions.count()

    with pytest.raises(actions.ActionRefused, match=reason):
        STATUS_ACTIONS[after](publication, by=None, note="Why.")

    assert publication.editions.count() == editions


@pytest.mark.parametrize("status", list(STATUS_ACTIONS))
def test_what_is_withdrawn_or_was_never_public_gets_no_mark(status):
    withdrawn = make_live().publication
    actions.withdraw(withdrawn, by=None)

    with pytest.raises(actions.ActionRefused, match="is withdrawn"):
        STATUS_ACTIONS[status](withdrawn, by=None, note="Why.")
    with pytest.raises(actions.ActionRefused, match="not public"):
        STATUS_ACTIONS[status](make_publication(), by=None, note="Why.")


def test_a_retracted_publication_is_not_published_again():
    publication = in_status(EditorialStatus.RETRACTED)

    for options in ({}, {"at": tomorrow()}, {"change": Change.CORRECTION, "note": "Better."}):
        with pytest.raises(actions.ActionRefused, match="is retracted"):
            actions.publish(saved(publication, body="Better."), by=None, **options)


def test_a_retracted_publication_that_was_withdrawn_is_not_published_again():
    publication = in_status(EditorialStatus.RETRACTED)
    actions.withdraw(publication, by=None)

    with pytest.raises(actions.ActionRefused, match="is retracted"):
        actions.publish(saved(publication, body="Better."), by=None)


def test_an_edition_never_becomes_a_retraction_by_publishing():
    publication = make_live().publication

    with pytest.raises(actions.ActionRefused, match="actions of their own"):
        actions.publish(saved(publication, body="B."), by=None, change=Change.RETRACTION, note="Why.")


def test_a_retraction_can_be_undone():
    publication = in_status(EditorialStatus.RETRACTED, body="Rye.")

    restored = actions.undo(publication, by=None)

    assert live(publication) == restored
    assert (restored.body, restored.notice) == ("Rye.", None)
    assert actions.publish(saved(publication, body="Oats."), by=None).notice is None
    assert_sound()


def test_a_retraction_can_be_undone_after_a_withdrawal_was():
    publication = in_status(EditorialStatus.RETRACTED, body="Rye.")
    actions.withdraw(publication, by=None)

    published_again = actions.undo(publication, by=None)
    restored = actions.undo(publication, by=None)

    assert published_again.is_retracted
    assert live(publication) == restored
    assert (restored.body, restored.notice) == ("Rye.", None)
    assert actions.plan_undo(publication) is None
    assert_sound()


def test_a_concern_can_become_a_retraction_and_undoing_that_leaves_the_concern():
    publication = in_status(EditorialStatus.CONCERN)

    retraction = actions.retract(publication, by=None, note="Made up.")
    restored = actions.undo(publication, by=None)

    assert retraction.is_retracted
    assert restored.editorial_status == EditorialStatus.CONCERN
    assert restored.notice_text == "The figures are made up."
    assert_sound()


def test_a_corrected_text_carries_the_concern_until_it_is_lifted():
    publication = in_status(EditorialStatus.CONCERN)

    corrected = actions.publish(saved(publication, body="Better."), by=None)
    lifted = actions.lift_concern(publication, by=None, note="All figures are checked.")
    later = actions.publish(saved(publication, body="Best."), by=None)

    assert corrected.notice == live(publication).notice or corrected.notice.text == "The figures are made up."
    assert (lifted.notice, lifted.body) == (None, "Better.")
    assert (lifted.change, lifted.change_note) == (Change.LIFTED, "All figures are checked.")
    assert later.notice is None
    assert_sound()


@pytest.mark.parametrize("status", list(STATUS_ACTIONS))
def test_a_change_of_status_cancels_what_is_scheduled(status):
    publication = in_status(
        EditorialStatus.CONCERN if status == EditorialStatus.NONE else EditorialStatus.NONE
    )
    scheduled = actions.publish(saved(publication, body="Later."), by=None, at=tomorrow())

    edition = STATUS_ACTIONS[status](publication, by=None, note="Why.")

    assert not publication.editions.scheduled().exists()
    assert edition.visible_until == edition.expires_at > scheduled.visible_from
    assert AuditEntry.objects.first().detail["cancelled"] == scheduled.number
    assert_sound()


def test_a_form_with_an_older_state_is_refused():
    publication = make_live().publication
    state = actions.public_state(publication)
    actions.express_concern(publication, by=None, note="In doubt.")

    with pytest.raises(actions.Outdated):
        actions.retract(publication, by=None, note="Made up.", state=state)


@pytest.mark.parametrize("status", BOTH)
def test_pages_without_the_mark_count_as_removed(status):
    in_status(status)

    entry = AuditEntry.objects.first()

    assert entry.is_removal
    assert entry.publication_id in entry.changed_publications


@pytest.mark.parametrize("status", BOTH)
def test_a_change_of_status_is_news(status):
    publication = in_status(status)

    event = NewsEvent.objects.due().current().get(edition=live(publication))

    assert event.publication == publication


@pytest.mark.parametrize("status", BOTH)
def test_redaction_finds_what_a_notice_says(status):
    publication = make_live().publication
    STATUS_ACTIONS[status](publication, by=None, note="Wolfram made it up.")

    actions.redact(publication, "Wolfram", by=None)

    edition = live(publication)
    assert "Wolfram" not in edition.notice_text + edition.change_note
    assert edition.notice_text == edition.change_note
    assert_sound()


def outdated(publication: Publication) -> list[str]:
    return [each.event.value for each in find_outdated_translations([publication.pk])]


def test_the_other_language_is_to_follow_until_the_concern_is_lifted():
    source = make_live().publication
    make_live(language="sv", translation_of=source)

    actions.express_concern(source, by=None, note="In doubt.")
    doubted = outdated(source)
    actions.lift_concern(source, by=None, note="Settled.")

    assert (doubted, outdated(source)) == (["concern"], [])


def test_the_other_language_is_to_follow_a_retraction():
    source = make_live().publication
    translation = make_live(language="sv", translation_of=source).publication

    actions.retract(source, by=None, note="Made up.")
    retracted = outdated(source)
    actions.retract(translation, by=None, note="Påhittat.")

    assert (retracted, outdated(source)) == (["retracted"], [])
