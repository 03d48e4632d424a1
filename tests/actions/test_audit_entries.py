"""The audit entry of each action: who acted, on which publication, and the facts that are looked for later."""

import ast
from datetime import timedelta

import pytest

from publications import actions
from publications.models import PUBLISHING_ACTIONS, STATUS_ACTIONS, AuditEntry, SiteVersion
from tests.conftest import ROOT
from tests.factories import make_author, make_live, make_publication, make_tag, saved, tomorrow

pytestmark = pytest.mark.django_db


def last_entry() -> AuditEntry:
    return AuditEntry.objects.first()


def test_publishing_records_the_edition_its_moment_and_the_editor(editor):
    edition = actions.publish(make_publication(), by=editor)

    entry = last_entry()
    assert (entry.publication, entry.by, entry.subject) == (edition.publication, editor, str(edition))
    assert entry.at == edition.visible_from
    assert entry.detail == {"edition": 1, "change": "first", "at": edition.visible_from.isoformat()}


def test_scheduling_records_start_end_and_the_replaced_edition(editor):
    publication, start, end = make_publication(), tomorrow(), tomorrow() + timedelta(days=10_000)
    actions.publish(publication, by=editor, at=start)

    actions.publish(saved(publication, body="Another text."), by=editor, at=start, until=end)

    detail = last_entry().detail
    assert (detail["edition"], detail["replaced"]) == (2, 1)
    assert (detail["at"], detail["until"]) == (start.isoformat(), end.isoformat())


def test_an_action_increments_the_site_version_by_one(editor):
    before = SiteVersion.objects.get().number

    actions.save_instance(make_tag(), by=editor)

    assert SiteVersion.objects.get().number == before + 1


def test_undo_records_the_undone_and_the_restored_edition(editor):
    publication = make_publication(body="One.")
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Two."), by=editor)

    actions.undo(publication, by=editor)

    assert last_entry().detail == {"edition": 2, "restored": 1}


def test_withdrawing_without_a_note_records_none(editor):
    publication = make_live().publication

    actions.withdraw(publication, by=editor)

    assert last_entry().detail == {"edition": 1}


def test_withdrawing_records_the_note_and_the_cancelled_edition(editor):
    publication = make_live().publication
    actions.publish(saved(publication, body="Later."), by=editor, at=tomorrow())

    actions.withdraw(publication, by=editor, note=" Wrong figures. ")

    assert last_entry().detail == {"edition": 1, "note": "Wrong figures.", "cancelled": 2}


def test_related_links_are_recorded_as_before_and_after(editor):
    publication, first, second = (make_live().publication for _number in range(3))
    actions.set_related_links(publication, [first], by=editor)

    actions.set_related_links(publication, [second], by=editor, imported=True)

    entry = last_entry()
    assert entry.by == editor
    assert entry.detail == {"before": [first.pk], "after": [second.pk], "imported": True}


def test_excluded_and_allowed_suggestions_are_recorded_with_the_other_publication(editor):
    publication, other = make_live().publication, make_live().publication

    actions.exclude_suggestion(publication, other, by=editor)
    excluded = last_entry()
    actions.allow_suggestion(publication, other, by=editor)
    allowed = last_entry()

    assert excluded.detail == {"apart": other.pk} and allowed.detail == {"together": other.pk}
    assert {excluded.by, allowed.by} == {editor}


def test_redirects_are_recorded_by_their_number_alone(editor):
    publication, author = make_publication(), make_author()

    actions.add_redirects(publication, ["/2019/ivan-petrov", "/2020/case"], by=editor)
    for_publication = last_entry()
    actions.add_redirects(author, ["/people/ivan-petrov"], by=editor)
    for_author = last_entry()

    assert for_publication.publication == publication and for_author.publication is None
    details = [
        {"kind": "redirect", "model": model, "pk": row.pk, "count": count}
        for model, row, count in (("publication", publication, 2), ("author", author, 1))
    ]
    assert [for_publication.detail, for_author.detail] == details


def test_saved_and_deleted_rows_are_recorded_with_their_model(editor):
    tag = make_tag("Belarus")

    actions.save_instance(tag, by=editor, changed=["name"])
    stored, pk = last_entry(), tag.pk
    actions.delete_instance(tag, by=editor)

    assert stored.detail == {"kind": "tag", "pk": pk, "changed": ["name"]}
    assert last_entry().detail == {"kind": "tag", "pk": pk, "removed": True}


@pytest.mark.parametrize(
    ("action", "detail"),
    [
        (actions.repair_windows, {"repaired": "windows"}),
        (actions.repair_copied_columns, {"repaired": "copies"}),
        (actions.trust_clock, {}),
        (lambda by: actions.rebuild_index("search", by=by), {}),
    ],
)
def test_maintenance_records_who_started_it(editor, action, detail):
    action(by=editor)

    assert last_entry().by == editor
    assert last_entry().detail == detail


def test_the_types_of_actions_that_publish_or_set_a_status_are_listed_once():
    """A list of their own, which some module had, would lack a type that is added."""
    assert {change.action_type for change in actions.STATUS_CHANGES} == set(STATUS_ACTIONS)
    package = ROOT / "publications"
    lists = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if path != package / "models" / "audit.py" and _lists_action_types(path.read_text())
    }
    assert lists == set()


def _lists_action_types(source: str) -> bool:
    """Return whether code has a literal with all members of one of the two lists."""
    literals = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Tuple | ast.List | ast.Set)
    ]
    named = [{ast.unparse(element) for element in literal.elts} for literal in literals]
    members = [
        {f"ActionType.{action.name}" for action in types} for types in (PUBLISHING_ACTIONS, STATUS_ACTIONS)
    ]
    return any(types <= names for types in members for names in named)
