"""Merging two authors or tags that are one: what follows, what stays as it was published, and what is refused."""

import pytest
from django.urls import reverse

from publications import actions, manuscript
from publications.draft_content import unsaved_publication
from publications.integrity import CHECKS, find_faults, no_progress
from publications.models import (
    AuditEntry,
    Author,
    ImportDecision,
    Publication,
    Redirect,
    Tag,
    with_status,
)
from publications.models.status import Status, status_of
from tests.factories import make_author, make_image, make_live, make_publication, make_tag

pytestmark = pytest.mark.django_db


def merge(source, target, *, by=None):
    return actions.merge(source, target, seen=actions.plan_merge(source, target).digest, by=by)


def faults() -> dict[str, list[str]]:
    """What `verify` finds, but for indexes that no rebuild has made in a database of tests."""
    checks = [check for check in CHECKS if not (check.is_restored or check.name.endswith("-release"))]
    return {check.name: found for check in checks if (found := find_faults(check, no_progress))}


def path_of(author: Author) -> str:
    return reverse("publications:author", kwargs={"slug": author.slug})


@pytest.fixture
def spelled() -> Author:
    return make_author(
        "A. Berg",
        title_en="Researcher",
        aliases="aberg",
        orcid="0000-0002-1825-0097",
        fediverse_address="@a@example.social",
        portrait=make_image(),
    )


@pytest.fixture
def full() -> Author:
    return make_author("Anna Berg", title_en="Analyst")


def test_all_that_had_one_author_has_the_other(client, editor, spelled, full):
    edition, draft, deleted = (
        make_live(author=spelled),
        make_publication(authors=[spelled]),
        make_publication(authors=[spelled]),
    )
    actions.delete_draft(deleted, by=editor)
    topic = make_tag("Grain", responsible=spelled)
    make_live(author=full)
    older = reverse("publications:author", kwargs={"slug": "older"})
    Redirect.objects.create(path=Redirect.normalize_path(older), author=spelled)
    old_path = path_of(spelled)

    plan = merge(spelled, full, by=editor)

    full.refresh_from_db()
    assert (plan.drafts, plan.editions, plan.live_editions) == (3, 1, 1)
    assert not Author.objects.filter(pk=spelled.pk).exists()
    byline = edition.bylines.get()
    assert (byline.author, byline.name, byline.title) == (full, "A. Berg", "Researcher")
    assert (
        draft.bylines.get().author == Publication.with_deleted.get(pk=deleted.pk).bylines.get().author == full
    )
    assert full.aliases.splitlines() == ["A. Berg", "aberg"]
    assert full.fediverse_address == "@a@example.social"
    assert (full.title_en, full.orcid, full.portrait) == ("Analyst", spelled.orcid, spelled.portrait)
    assert Tag.objects.get(pk=topic.pk).responsible == full
    for path in (old_path, older):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (301, path_of(full))
    assert "A. Berg" in client.get(edition.get_absolute_url()).text
    entry = AuditEntry.objects.first()
    assert (entry.subject, entry.detail["replaced_by"], entry.by) == ("A. Berg", full.pk, editor)


def test_no_draft_counts_as_changed_and_no_check_finds_a_fault(spelled, full):
    live, changed = make_live(author=spelled, tags=(make_tag("Grains"),)), make_live(author=spelled)
    Publication.objects.filter(pk=changed.publication_id).update(title="Another", digest="x")

    merge(spelled, full)
    merge(Tag.objects.get(), make_tag("Grain"))

    rows = with_status(Publication.objects.all()).in_bulk()
    assert status_of(rows[live.publication_id]) == Status.LIVE
    assert status_of(rows[changed.publication_id]) == Status.CHANGED
    assert faults() == {}


def test_a_text_of_both_topics_has_one_and_imports_remember_the_other(editor):
    source, target = make_tag("Grains", name_sv="Spannmål"), make_tag("Grain")
    edition = make_live(tags=(source, target))
    other = make_live(tags=(source,))

    merge(source, target, by=editor)

    target.refresh_from_db()
    assert [row.tag for edition in (edition, other) for row in edition.tag_rows.all()] == [target, target]
    drafts = Publication.objects.filter(pk__in=[edition.publication_id, other.publication_id])
    assert [list(draft.tags.all()) for draft in drafts] == [[target], [target]]
    assert target.name_sv == "Spannmål"
    decisions = ImportDecision.objects.filter(tag=target)
    assert {decision.name for decision in decisions} == {"Grains", "Spannmål"}


def test_an_earlier_revision_with_the_merged_author_is_read_with_the_other(spelled, full):
    draft = make_publication(authors=[spelled, full])
    text = manuscript.loads(draft.revisions.first().manuscript)
    draft.bylines.filter(author=full).delete()

    merge(spelled, full)

    assert [line.author for line in unsaved_publication(text, publication=draft).bylines.all()] == [full]


@pytest.mark.parametrize(("fields", "reason"), [
    ({"is_pseudonymous": True}, "pen name"),
    ({"is_proposed": True}, "Accept the author first"),
    ({"orcid": "0000-0001-5109-3700"}, "different ORCID iDs"),
])  # fmt: skip
def test_two_people_are_not_merged(spelled, fields, reason):
    other = make_author("Anna Berg", **fields)
    edition = make_live(author=spelled)

    for source, target in ((spelled, other), (other, spelled)):
        with pytest.raises(actions.ActionRefused, match=reason):
            merge(source, target)
    assert edition.bylines.get().author == spelled and Author.objects.count() == 2


def test_authors_of_one_text_are_two_but_for_a_deleted_draft(editor, spelled, full):
    draft = make_publication(title="Oats", authors=[spelled, full])
    edition = make_live(title="Rye", authors=[spelled, full])

    with pytest.raises(actions.ActionRefused, match="“Rye”"):
        merge(spelled, full)
    assert draft.bylines.count() == edition.bylines.count() == 2

    other = make_author("Anna B. Berg")
    both = make_publication(title="Oats", authors=[other, full])
    for source, target in ((other, full), (full, other)):
        with pytest.raises(actions.ActionRefused, match="drafts: “Oats”"):
            merge(source, target)
    assert both.bylines.count() == 2

    actions.delete_draft(both, by=editor)
    merge(other, full)
    assert Publication.with_deleted.get(pk=both.pk).bylines.get().author == full


@pytest.mark.parametrize(
    ("source_values", "target_values", "field"),
    [({}, {"family_name": "Lind"}, "family name"), ({"orcid": "0000-0002-1825-0098"}, {}, "ORCID iD")],
)
def test_a_stored_author_who_is_invalid_now_is_named_with_the_field(source_values, target_values, field):
    source, target = make_author("A. Berg"), make_author("Anna Berg")
    Author.objects.filter(pk=source.pk).update(**source_values)
    Author.objects.filter(pk=target.pk).update(**target_values)
    source.refresh_from_db(), target.refresh_from_db()

    with pytest.raises(actions.ActionRefused, match=f"“Anna Berg”.*“{field}”.*Correct it first"):
        merge(source, target)

    assert Author.objects.filter(pk=source.pk).exists()


def test_what_has_changed_since_the_page_was_opened_is_looked_at_again(spelled, full):
    seen = actions.plan_merge(spelled, full).digest
    make_live(author=spelled)

    with pytest.raises(actions.Outdated):
        actions.merge(spelled, full, seen=seen, by=None)
    merge(spelled, full)
    with pytest.raises(actions.Outdated, match="no longer there"):
        actions.merge(Author(pk=spelled.pk, name="A. Berg"), full, seen=seen, by=None)


def test_a_pen_name_taken_later_leaves_no_entry_with_the_merged_name(editor, spelled, full):
    make_live(author=spelled)
    merge(spelled, full, by=editor)
    full.refresh_from_db()

    full.name, full.is_pseudonymous = "A. Writer", True
    actions.save_instance(full, by=editor)

    assert not AuditEntry.objects.filter(subject__contains="Berg").exists()
