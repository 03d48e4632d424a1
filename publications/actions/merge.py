"""Merge two authors, or two tags, that are one: what refers to the one refers to the other, and the one is deleted.

Editions keep names, titles and affiliations as they were published. The old address redirects to the page of the other.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from publications import search
from publications.hash_chain import hash_value
from publications.models import (
    ActionType,
    Author,
    Byline,
    Edition,
    EditionByline,
    EditionTag,
    ImportDecision,
    Publication,
    Redirect,
    RevisionReason,
    Tag,
    TaggedPublication,
)
from publications.slugs import fold_name

from .name_manuscripts import update_edition_digests
from .recorded_editions import ChangedEditions
from .redirects import addresses_of, keep_redirects
from .revisions import store_revisions
from .save import editions_showing, mark_changed_records
from .transaction import ActionRefused, Outdated, begin_action

MAX_NAMED_TITLES = 3  # of publications, in a refusal
MergeableRow = Author | Tag


@dataclass(frozen=True)
class MergeableRows:
    """How rows of a model are merged.

    Args:
        draft_rows, edition_rows: the models that refer to it, by `name`.
        owner: the field of `draft_rows` with the publication.
        filled: the columns that are taken over where the row that stays has none.
    """

    name: str
    draft_rows: type[models.Model]
    edition_rows: type[models.Model]
    owner: str
    filled: tuple[str, ...]


MERGEABLE_ROWS: dict[type[models.Model], MergeableRows] = {
    Author: MergeableRows(
        "author", Byline, EditionByline, "publication",
        (
            "title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv", "portrait",
            "orcid", "fediverse_address",
        ),
    ),
    Tag: MergeableRows(
        "tag", TaggedPublication, EditionTag, "content_object",
        ("name_sv", "introduction_en", "introduction_sv", "lead", "responsible"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class MergePlan:
    """What merging `source` into `target` changes.

    Attributes:
        drafts: how many publications have the source in their draft, deleted ones too.
        editions: how many editions have it; `live_editions` of them are live.
        filled: the columns that the target takes over, with their values.
        reasons: why it is refused; empty if it is not.
    """

    source: MergeableRow
    target: MergeableRow
    drafts: int
    editions: int
    live_editions: int
    filled: dict[str, object] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """What a page carries of the plan that it has shown."""
        columns = [
            [row.pk, *(str(value) for value in _columns_of(row).values())]
            for row in (self.source, self.target)
        ]
        return hash_value([columns, self.drafts, self.editions, self.live_editions])


def _columns_of(row: MergeableRow) -> dict[str, object]:
    return {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}


def plan_merge(source: MergeableRow, target: MergeableRow) -> MergePlan:
    """Return what merging two rows of a model changes, in a fixed number of queries."""
    rule = MERGEABLE_ROWS[type(source)]
    editions = editions_showing(source)
    return MergePlan(
        source,
        target,
        drafts=_drafts_with(source).count(),
        editions=editions.count(),
        live_editions=editions.live().count(),
        filled={
            name: value
            for name in rule.filled
            if (value := getattr(source, name)) and not getattr(target, name)
        },
        reasons=tuple(_list_reasons(source, target)),
    )


def _drafts_with(row: MergeableRow) -> models.QuerySet[Publication]:
    rule = MERGEABLE_ROWS[type(row)]
    rows = rule.draft_rows.objects.filter(**{rule.name: row})
    return Publication.with_deleted.filter(pk__in=rows.values(rule.owner)).order_by("pk")


def _list_reasons(source: MergeableRow, target: MergeableRow) -> list[str]:
    if source.pk == target.pk:
        return [_("Choose another one: this is the same.")]
    return _list_reasons_of_authors(source, target) if isinstance(source, Author) else []


def _list_reasons_of_authors(source: Author, target: Author) -> list[str]:
    reasons = []
    if source.is_pseudonymous or target.is_pseudonymous:
        reasons.append(_("A pen name is never merged: it would say who stands behind it."))
    for author in (source, target):
        if author.is_proposed:
            message = _("“%(name)s” is proposed and not accepted yet. Accept the author first.")
            reasons.append(message % {"name": author})
    if source.orcid and target.orcid and source.orcid != target.orcid:
        message = _(
            "They have different ORCID iDs, %(source)s and %(target)s, as two people have. If one is wrong, remove it "
            "from its author first."
        )
        reasons.append(message % {"source": source.orcid, "target": target.orcid})
    both = editions_showing(source) & editions_showing(target)
    if titles := _name_titles(both):
        message = _("Both are authors of what has been published: %(titles)s. They are two people there.")
        reasons.append(message % {"titles": titles})
    elif titles := _name_titles(Publication.objects.filter(authors=source).filter(authors=target)):
        message = _(
            "Both are authors of drafts: %(titles)s. If they are one person, remove one of the two there first."
        )
        reasons.append(message % {"titles": titles})
    return reasons


def _name_titles(rows: models.QuerySet) -> str:
    """Return the titles of a few publications or editions; "" if there are none."""
    titles = dict.fromkeys(rows.order_by("pk").values_list("title", flat=True)[:MAX_NAMED_TITLES])
    return ", ".join(f"“{title or _('Untitled')}”" for title in titles)


@transaction.atomic
def merge(source: MergeableRow, target: MergeableRow, *, seen: str, by) -> MergePlan:
    """Merge an author into another, or a tag; `source` is deleted. It cannot be undone.

    A text with both tags, and a deleted draft with both authors, keeps the line of `target`. Every draft gets a
    revision. Imports take the name of `source`, and the address of an author, for those of `target` from then on.

    Args:
        seen: the digest of the plan that the user has confirmed.

    Returns:
        The plan that was carried out.

    Raises:
        ActionRefused: they may not be one; nothing has changed.
        Outdated: one of the two, or how often they are used, has changed since, or one is no longer there.
    """
    action = begin_action(by=by)
    plan = _read_plan(source, target)
    if plan.reasons:
        raise ActionRefused(*plan.reasons)
    if plan.digest != seen:
        raise Outdated(_("Something has changed since this page was opened. Look again at what follows."))
    source, target, rule = plan.source, plan.target, MERGEABLE_ROWS[type(plan.source)]
    drafts, shown = list(_drafts_with(source)), editions_showing(source)
    editions = ChangedEditions(shown)
    editions.check(Edition.objects.filter(publication__in=drafts))
    shown.live().update(record_changed_at=action.at)
    with search.reindex_after(shown.values_list("pk", flat=True)):
        _replace_rows(rule.edition_rows, "edition", source, target)
    _replace_rows(rule.draft_rows, rule.owner, source, target)
    _fill_columns(plan, at=action.at)
    _redirect_addresses(source, target)
    ImportDecision.objects.merge(source, target, by=by)
    search.delete_names(source)
    pk, name = source.pk, str(source)
    source.delete()
    search.index_names(target)
    _store_revisions(drafts, by=by)
    action.write_audit_entry(
        ActionType.AMEND, name, kind=rule.name, pk=pk, removed=True, replaced_by=target.pk,
        recorded_editions=editions.store_digests(), differing=editions.list_differing(),
    )  # fmt: skip
    return plan


def _read_plan(source: MergeableRow, target: MergeableRow) -> MergePlan:
    """Return the plan of two rows as the database has them."""
    rows = type(source).objects.in_bulk([source.pk, target.pk])
    if len(rows) < 2:
        message = _("“%(source)s” or “%(target)s” is no longer there.")
        raise Outdated(message % {"source": source, "target": target})
    return plan_merge(rows[source.pk], rows[target.pk])


def _replace_rows(model: type[models.Model], owner: str, source: MergeableRow, target: MergeableRow) -> None:
    """Let the rows of the source be those of the target, without those whose owner has the target already."""
    name = MERGEABLE_ROWS[type(source)].name
    rows, others = (model.objects.filter(**{name: row}) for row in (source, target))
    rows.filter(**{f"{owner}__in": others.values(owner)}).delete()
    rows.update(**{name: target})


def _fill_columns(plan: MergePlan, *, at: datetime) -> None:
    """Store what the target takes over: what it lacks, the name of the source, its topics."""
    source, target = plan.source, plan.target
    for name, value in plan.filled.items():
        setattr(target, name, value)
    if isinstance(target, Author):
        names = (*target.aliases.splitlines(), source.name, *source.aliases.splitlines())
        spellings = {fold_name(name): name.strip() for name in reversed(names) if name.strip()}
        spellings.pop(fold_name(target.name), None)
        target.aliases = "\n".join(reversed(spellings.values()))
        Tag.objects.filter(responsible=source).update(responsible=target)
    else:
        target.made_in_draft = target.made_in_draft and source.made_in_draft
    _check(target)
    mark_changed_records(target, at)
    target.save()


def _check(row: MergeableRow) -> None:
    """Check the row that stays, which may be older than the rules. Raises ActionRefused, with fields and name."""
    try:
        row.full_clean()
    except ValidationError as error:
        message = _("“%(name)s” cannot be stored with this value of “%(field)s”: %(fault)s Correct it first.")
        faults = [(name, fault) for name, messages in error.message_dict.items() for fault in messages]
        raise ActionRefused(
            *(
                message % {"name": row, "field": _label_of(row, name), "fault": fault}
                if name != NON_FIELD_ERRORS
                else fault
                for name, fault in faults
            )
        ) from error


def _label_of(row: MergeableRow, name: str) -> str:
    return str(row._meta.get_field(name).verbose_name)


def _redirect_addresses(source: MergeableRow, target: MergeableRow) -> None:
    """Redirect the addresses of the source, and those that redirect to it, to the target."""
    name = MERGEABLE_ROWS[type(source)].name
    Redirect.objects.filter(**{name: source}).update(**{name: target})
    keep_redirects(target, addresses_of(source))


def _store_revisions(drafts: list[Publication], *, by) -> None:
    """Store revisions, whose digests depend on slugs. Editions follow, so that no draft counts as changed."""
    before = {draft.pk: draft.digest for draft in drafts}
    store_revisions(drafts, by=by, reason=RevisionReason.MERGED)
    for draft in drafts:
        if draft.digest != before[draft.pk]:
            update_edition_digests(draft, before[draft.pk])
