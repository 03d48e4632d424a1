"""May this follow to readers? Every state of a piece, everything its file may say of it, asked or not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from publications import actions
from publications.importers.report import FileOutcome
from publications.models import FOREVER, AuditEntry, Edition, Publication
from tests.blogs import bring_in, put, texts_of
from tests.factories import saved, tomorrow

pytestmark = pytest.mark.django_db


def edited(publication: Publication) -> None:
    saved(publication, body="The desk's.")


def live(publication: Publication) -> None:
    actions.publish(publication, by=None)


def live_and_edited(publication: Publication) -> None:
    live(publication)
    edited(publication)


def with_an_end(publication: Publication) -> None:
    actions.publish(publication, by=None, until=tomorrow())


def scheduled(publication: Publication) -> None:
    actions.publish(publication, by=None, at=tomorrow())


def live_and_scheduled(publication: Publication) -> None:
    live(publication)
    actions.publish(saved(publication, body="The desk's."), by=None, at=tomorrow())


def cancelled(publication: Publication) -> None:
    scheduled(publication)
    actions.undo(publication, by=None)


def withdrawn(publication: Publication) -> None:
    live(publication)
    actions.withdraw(publication, by=None)


STATES: dict[str, Callable[[Publication], None] | None] = {
    "new": None,
    "draft": lambda piece: None,
    "draft, edited": edited,
    "live": live,
    "live, edited": live_and_edited,
    "live, with an end": with_an_end,
    "live, another waits": live_and_scheduled,
    "scheduled": scheduled,
    "cancelled": cancelled,
    "withdrawn": withdrawn,
}
SAYS = {
    "public": {"date": "2024-04-09"},
    "draft": {"date": "2024-04-09", "front": "draft: true\n"},
    "ahead": {"date": "2199-01-01"},
    "undated": {"date": ""},
}
FOLLOW = {("new", "public"), ("draft", "public"), ("live", "public"), ("live, with an end", "public")}
CASES = [(state, says) for state in STATES for says in SAYS]


def readers_see() -> dict[str, list]:
    """By title, the text that is live, until when, and what waits."""
    found: dict[str, list] = {}
    now = timezone.now()
    for edition in Edition.objects.not_cancelled().filter(visible_until__gt=now).order_by("visible_from"):
        found.setdefault(edition.title, []).append(
            (edition.plain_text, edition.expires_at, edition.visible_from > now)
        )
    return found


def all_states(folder: Path, body: str) -> Path:
    """A blog with a piece for each case, the pieces brought into their states, the files then changed."""
    for state, says in CASES:
        if STATES[state]:
            put(folder, f"{state} {says}.md", title=f"{state} {says}", body="Before.")
    if folder.exists():
        bring_in(folder, publish=False)
    for publication in Publication.objects.all():
        STATES[publication.title.rpartition(" ")[0]](publication)
    for state, says in CASES:
        put(folder, f"{state} {says}.md", title=f"{state} {says}", body=body, **SAYS[says])
    return folder


@pytest.mark.parametrize("body", ["Before.", "After."])
@pytest.mark.parametrize("params", [True, False])
def test_what_may_follow_to_readers(tmp_path, params, body):
    folder = all_states(tmp_path / "blog", body)
    before = readers_see()

    bring_in(folder, publish=params)

    expected = dict(before)
    for state, says in FOLLOW if params else ():
        title = f"{state} {says}"
        until = before[title][0][1] if title in before else FOREVER
        expected[title] = [(body, until, False)]
    assert readers_see() == expected


def test_a_second_run_does_no_deed(tmp_path):
    folder = all_states(tmp_path / "blog", "After.")
    bring_in(folder)
    actions_done = AuditEntry.objects.count()

    account = bring_in(folder)

    assert AuditEntry.objects.count() == actions_done
    assert not account.totals()["new"] and not account.totals()["updated"]


def brought_back(folder: Path, state: str, says: str, body: str):
    """The account of a run over a piece in a state, whose file then says something else."""
    if STATES[state]:
        bring_in(put(folder, body="Before."), publish=False)
        STATES[state](Publication.objects.get())
    return bring_in(put(folder, body=body, **SAYS[says]))


HELD = [
    ("draft, edited", "public", "the desk"),
    ("live, edited", "public", "the desk"),
    ("live, another waits", "public", "waits for its moment"),
    ("scheduled", "public", "waits for its moment"),
    ("cancelled", "public", "taken back"),
    ("withdrawn", "public", "taken back"),
    ("new", "draft", "says that it is a draft"),
    ("live", "ahead", "lies ahead"),
    ("live", "undated", "no date"),
]


@pytest.mark.parametrize(("state", "says", "why"), HELD)
@pytest.mark.parametrize("body", ["Before.", "After."])
def test_what_is_held_back_is_told_with_its_reason(tmp_path, state, says, why, body):
    account = brought_back(tmp_path / "blog", state, says, body)

    (line,) = texts_of(account, "held")
    assert why in line


def test_a_changed_text_of_a_draft_is_held_back_from_readers_of_the_piece(tmp_path):
    account = brought_back(tmp_path / "blog", "live", "draft", "After.")

    assert "draft" in texts_of(account, "held")[0] and Publication.objects.get().body == "After."


def test_a_piece_that_its_file_calls_a_draft_stays_public_and_that_is_told(tmp_path):
    account = brought_back(tmp_path / "blog", "live", "draft", "Before.")

    assert Edition.objects.live().exists() and "withdraw it" in texts_of(account, "still-public")[0]


def test_what_was_never_taken_further_than_the_draft_follows_when_asked(tmp_path):
    folder = put(tmp_path / "blog", body="Before.")
    bring_in(folder)
    bring_in(put(folder, body="After."), publish=False)

    bring_in(folder)

    assert Edition.objects.live().get().plain_text == "After."


def test_a_file_that_is_a_draft_no_longer_follows(tmp_path):
    folder = put(tmp_path / "blog", body="Before.")
    bring_in(folder)
    bring_in(put(folder, body="After.", front="draft: true\n"))

    bring_in(put(folder, body="After."))

    assert Edition.objects.live().get().plain_text == "After."


def test_nothing_is_told_of_what_readers_see_as_it_stands(tmp_path):
    folder = put(tmp_path / "blog")
    bring_in(folder)

    assert texts_of(bring_in(folder), "held") == []


def test_a_draft_whose_file_is_refused_now_is_not_published(tmp_path):
    folder = put(tmp_path / "blog")
    bring_in(folder, publish=False)
    uid = Publication.objects.get().uid
    (folder / "a.md").write_text(
        f"---\ntitle: A\nuid: {uid}\nkind: poem\ndate: 2024-04-09\nformat: 1\n---\nB.\n"
    )

    account = bring_in(folder)

    assert account.files[0].outcome is FileOutcome.REFUSED and not Edition.objects.exists()
