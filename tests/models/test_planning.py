"""Editorial plans: when one is fulfilled, and that it is neither content nor anything that publishing knows."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions, manuscript
from publications.actions import delete_draft
from publications.admin.drafts.deleted_drafts import restore_draft
from publications.models import (
    Change,
    Edition,
    EditorialPlan,
    Publication,
    Status,
    in_status,
    manuscript_of,
    status_of,
    with_status,
)
from tests.conftest import ROOT
from tests.factories import make_live, make_person, make_publication, saved, tomorrow

PLAN_READERS = {
    "actions/name_rules.py",
    "actions/redacted_rows.py",
    "admin/drafts/publication_admin.py",
    "admin/handover.py",
    "admin/home.py",
    "admin/planning/",
    "admin/register.py",
    "admin/status_text.py",
    "admin/worklists.py",
    "archive/tables.py",
    "demonstration/load.py",
    "importers/archive_import_undo_plan.py",
    "migrations/",
    "models/__init__.py",
    "models/planning.py",
    "templatetags/desk_menu.py",
}
"""The only modules that may name plans. Redaction reaches their notes, an archive has them, the undo of an import keeps a
draft that has one; nothing that publishes is among them."""


def make_plan(publication: Publication | None = None, **fields) -> EditorialPlan:
    return EditorialPlan.objects.create(publication=publication or make_publication(), **fields)


def is_open(plan: EditorialPlan) -> bool:
    return EditorialPlan.objects.open().filter(pk=plan.pk).exists()


def test_nothing_that_publishes_reads_a_plan():
    naming = [
        path.relative_to(ROOT / "publications").as_posix()
        for path in (ROOT / "publications").glob("**/*.py")
        if re.search(r"EditorialPlan|editorial_plan|admin\.planning", path.read_text(encoding="utf-8"))
    ]

    assert naming
    assert not [name for name in naming if not name.startswith(tuple(PLAN_READERS))]


@pytest.mark.django_db
class TestContent:
    def test_a_plan_is_no_content_of_the_draft(self):
        edition = make_live()
        text, revisions = manuscript_of(edition.publication), edition.publication.revisions.count()

        make_plan(edition.publication, planned_on=timezone.localdate(), note="An update.")

        publication = with_status(Publication.objects).get(pk=edition.publication_id)
        assert status_of(publication) is Status.LIVE
        assert manuscript.dumps(manuscript_of(publication)) == manuscript.dumps(text)
        assert publication.revisions.count() == revisions
        assert publication.updated_at == edition.publication.updated_at

    def test_a_planned_day_publishes_nothing(self):
        plan = make_plan(planned_on=timezone.localdate())

        with time_machine.travel(timezone.now() + timedelta(days=2)):
            assert not Edition.objects.filter(publication=plan.publication).exists()
            assert in_status(with_status(Publication.objects), Status.DRAFT).filter(pk=plan.publication_id)

    def test_an_edition_is_the_same_with_and_without_a_plan(self):
        planned, other = (make_publication(title="Rye", body="Rye.") for _n in range(2))
        make_plan(planned, note="Secret plan", planned_on=timezone.localdate())

        edition = actions.publish(planned, by=None)

        assert "Secret plan" not in str(vars(edition))
        assert edition.html == actions.publish(saved(other, slug="other"), by=None).html


@pytest.mark.django_db
class TestOpen:
    def test_a_plan_is_open_until_something_is_published(self):
        plan = make_plan(planned_on=timezone.localdate())
        assert is_open(plan)

        actions.publish(plan.publication, by=None)

        assert not is_open(plan)

    def test_scheduling_fulfils_a_plan_until_it_is_cancelled(self):
        plan = make_plan(planned_on=timezone.localdate())

        actions.publish(plan.publication, by=None, at=tomorrow())
        assert not is_open(plan)
        actions.withdraw(plan.publication, by=None)

        assert is_open(plan)

    def test_days_chosen_after_publishing_plan_the_next_update(self):
        publication = make_live().publication

        plan = make_plan(publication, planned_on=timezone.localdate())

        assert is_open(plan)

    @pytest.mark.parametrize(
        ("change", "note", "stays"),
        [(Change.SILENT, "", True), (Change.CORRECTION, "A misprint.", True), (Change.UPDATE, "", False)],
    )
    def test_an_update_fulfils_a_plan_and_a_correction_does_not(self, change, note, stays):
        publication = make_live().publication
        plan = make_plan(publication, planned_on=timezone.localdate())

        actions.publish(saved(publication, body="Corrected."), by=None, change=change, note=note)

        assert is_open(plan) is stays

    def test_the_plan_of_a_deleted_draft_comes_back_with_it(self):
        plan = make_plan(planned_on=timezone.localdate())

        delete_draft(plan.publication, by=make_person())
        assert not is_open(plan)
        restore_draft(plan.publication, by=make_person())

        assert is_open(plan)


@pytest.mark.django_db
class TestPeople:
    def test_a_plan_outlives_the_accounts_of_its_people(self):
        person = make_person()
        plan = make_plan(writer=person, editor=person, changed_by=person, note="Stays.")

        person.delete()

        plan.refresh_from_db()
        assert (plan.writer, plan.editor, plan.changed_by, plan.note) == (None, None, None, "Stays.")


@pytest.mark.django_db
class TestRedaction:
    def test_a_redaction_reaches_the_note(self):
        plan = make_plan(make_publication(body="Vera Holm said so."), note="Ask Vera Holm.")
        before = plan.changed_at

        actions.redact(plan.publication, "Vera Holm", by=make_person("Administrators"))

        plan.refresh_from_db()
        assert plan.note == "Ask [redacted]."
        assert plan.changed_at > before, "a form opened before says that the plan has changed"


def test_an_edition_that_was_taken_back_does_not_fulfil_a_plan(editor):
    plan = make_plan(planned_on=timezone.localdate())
    actions.publish(plan.publication, by=editor)
    fulfilled = not is_open(plan)

    actions.undo(plan.publication, by=editor)

    assert fulfilled and is_open(plan)
