"""Revisions: whoever approved a text is informed of its end, whatever action stores the revision."""

import ast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import actions
from publications.importers.import_cache import ImportCache
from publications.importers.manuscripts import ManuscriptFiles, import_manuscript, import_manuscripts
from publications.manuscript import Manuscript
from publications.models import Kind, NewsEvent, NewsType, Publication
from tests.conftest import ROOT
from tests.factories import make_person, make_publication

pytestmark = pytest.mark.django_db

ALLOWED = {
    "actions/revisions.py": "stores the news of the approvals that the revision ends",
    "actions/publish.py": "the text is as it was approved, and its edition spends the approvals",
}


def test_revisions_are_stored_with_the_news_of_ended_approvals():
    """All other modules call `actions.store_revision` or `store_revisions`."""
    package = ROOT / "publications"

    storing = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "migrations" not in path.parts and _stores_revision(path.read_text())
    }

    assert storing == ALLOWED.keys()


def _stores_revision(source: str) -> bool:
    """Return whether code calls a method that stores revisions, of a manager or of related rows, or makes the rows."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return any(
        (isinstance(call, ast.Attribute) and call.attr in ("create_from", "create_many_from"))
        or (isinstance(call, ast.Name) and call.id == "Revision")
        or (
            isinstance(call, ast.Attribute)
            and ast.unparse(call).endswith(("Revision.objects.create", "revisions.create"))
        )
        for call in calls
    )


def approve_report(title: str, person) -> Publication:
    Kind.objects.filter(slug="report").update(needs_approval=True)
    draft = make_publication(kind="report", title=title)
    actions.approve(draft, by=person, seen=draft.digest)
    return draft


def ended_of(person) -> list[Publication]:
    events = NewsEvent.objects.visible_to(person).filter(type=NewsType.ENDED)
    return [event.publication for event in events.order_by("publication_id")]


def test_an_import_of_many_manuscripts_ends_approvals_as_of_one():
    ann, bo = make_person("Editors"), make_person("Editors")
    drafts = [approve_report(title, bo) for title in ("Rye", "Oats", "Barley")]
    other_kind = {"kind": "commentary"}
    manuscripts = [
        Manuscript(uid=str(draft.uid), title=f"{draft.title} anew", **fields)
        for draft, fields in zip(drafts, ({"kind": "report"}, other_kind, other_kind), strict=True)
    ]

    import_manuscripts(
        [(text, ManuscriptFiles(), draft) for text, draft in zip(manuscripts[:2], drafts, strict=False)],
        by=ann, import_cache=ImportCache(),
    )  # fmt: skip
    import_manuscript(manuscripts[2], by=ann)

    assert ended_of(bo) == drafts
    unapproved = NewsEvent.objects.filter(type=NewsType.UNAPPROVED).order_by("publication_id")
    assert [event.publication for event in unapproved] == drafts[1:]


def test_revisions_of_many_drafts_that_end_no_approval_take_as_many_queries_as_of_one():
    counts = []
    for number in (1, 20):
        drafts = [make_publication(title=f"Text {number}") for number in range(number)]
        with CaptureQueriesContext(connection) as captured:
            actions.store_revisions(drafts, by=None)
        counts.append(len(captured))

    assert counts[0] == counts[1]
