"""Whether an import publishes: every state of a publication with every intent of its file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from publications import actions
from publications.importers.report import FileOutcome
from publications.models import FOREVER, AuditEntry, Edition, Publication
from tests.blogs import import_blog, texts_of, write_post
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
    "draft": lambda publication: None,
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
    result: dict[str, list] = {}
    now = timezone.now()
    for edition in Edition.objects.not_cancelled().filter(visible_until__gt=now).order_by("visible_from"):
        result.setdefault(edition.title, []).append(
            (edition.plain_text, edition.expires_at, edition.visible_from > now)
        )
    return result


def all_states(folder: Path, body: str) -> Path:
    """Import a blog with a publication in every state, then change its files."""
    for state, says in CASES:
        if STATES[state]:
            write_post(folder, f"{state} {says}.md", title=f"{state} {says}", body="Before.")
    if folder.exists():
        import_blog(folder, publish=False)
    for publication in Publication.objects.all():
        STATES[publication.title.rpartition(" ")[0]](publication)
    for state, says in CASES:
        write_post(folder, f"{state} {says}.md", title=f"{state} {says}", body=body, **SAYS[says])
    return folder


@pytest.mark.parametrize("body", ["Before.", "After."])
@pytest.mark.parametrize("params", [True, False])
def test_what_may_follow_to_readers(tmp_path, params, body):
    folder = all_states(tmp_path / "blog", body)
    before = readers_see()

    import_blog(folder, publish=params)

    expected = dict(before)
    for state, says in FOLLOW if params else ():
        title = f"{state} {says}"
        until = before[title][0][1] if title in before else FOREVER
        expected[title] = [(body, until, False)]
    assert readers_see() == expected


def test_a_second_run_takes_no_action(tmp_path):
    folder = all_states(tmp_path / "blog", "After.")
    import_blog(folder)
    actions_done = AuditEntry.objects.count()

    import_report = import_blog(folder)

    assert AuditEntry.objects.count() == actions_done
    assert not import_report.totals()["new"] and not import_report.totals()["updated"]


def brought_back(folder: Path, state: str, says: str, body: str):
    """Return the report of a run over a publication in a state, whose file was changed."""
    if STATES[state]:
        import_blog(write_post(folder, body="Before."), publish=False)
        STATES[state](Publication.objects.get())
    return import_blog(write_post(folder, body=body, **SAYS[says]))


HELD = [
    ("draft, edited", "public", "the desk"),
    ("live, edited", "public", "the desk"),
    ("live, another waits", "public", "waits for its moment"),
    ("scheduled", "public", "waits for its moment"),
    ("cancelled", "public", "taken back"),
    ("withdrawn", "public", "taken back"),
    ("new", "draft", "draft: true"),
    ("live", "ahead", "lies ahead"),
    ("live", "undated", "no date"),
]


@pytest.mark.parametrize(("state", "says", "why"), HELD)
@pytest.mark.parametrize("body", ["Before.", "After."])
def test_what_is_held_back_is_reported_with_its_reason(tmp_path, state, says, why, body):
    import_report = brought_back(tmp_path / "blog", state, says, body)

    (line,) = texts_of(import_report, "held")
    assert why in line


def test_a_changed_text_of_a_draft_is_held_back_from_readers_of_the_publication(tmp_path):
    import_report = brought_back(tmp_path / "blog", "live", "draft", "After.")

    assert "draft" in texts_of(import_report, "held")[0] and Publication.objects.get().body == "After."


def test_a_publication_that_its_file_calls_a_draft_stays_public_and_that_is_reported(tmp_path):
    import_report = brought_back(tmp_path / "blog", "live", "draft", "Before.")

    assert Edition.objects.live().exists() and "withdraw it" in texts_of(import_report, "still-public")[0]


def test_an_unpublished_update_is_published_on_request(tmp_path):
    folder = write_post(tmp_path / "blog", body="Before.")
    import_blog(folder)
    import_blog(write_post(folder, body="After."), publish=False)

    import_blog(folder)

    assert Edition.objects.live().get().plain_text == "After."


def test_a_file_that_is_a_draft_no_longer_follows(tmp_path):
    folder = write_post(tmp_path / "blog", body="Before.")
    import_blog(folder)
    import_blog(write_post(folder, body="After.", front="draft: true\n"))

    import_blog(write_post(folder, body="After."))

    assert Edition.objects.live().get().plain_text == "After."


def test_nothing_is_reported_of_what_readers_see_as_it_stands(tmp_path):
    folder = write_post(tmp_path / "blog")
    import_blog(folder)

    assert texts_of(import_blog(folder), "held") == []


def test_a_draft_whose_file_is_refused_now_is_not_published(tmp_path):
    folder = write_post(tmp_path / "blog")
    import_blog(folder, publish=False)
    uid = Publication.objects.get().uid
    (folder / "a.md").write_text(
        f"---\ntitle: A\nuid: {uid}\nkind: poem\ndate: 2024-04-09\nformat: 1\n---\nB.\n"
    )

    import_report = import_blog(folder)

    assert import_report.files[0].outcome is FileOutcome.REFUSED and not Edition.objects.exists()
