"""The publish page: preflight issues, what changes for readers, and the form. A repeated submission publishes once."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import uri_to_iri
from django.utils.translation import gettext as _

from publications import actions, preflight
from publications.locales import datetime_with_zone
from publications.models import (
    FOREVER,
    Change,
    Edition,
    EditionWithRows,
    Publication,
    RevisionReason,
    late_issue_item_errors,
)

from ..history.audit_text import describe_actions_since
from ..history.comparison import build_comparison, build_draft_snapshot, build_revision_snapshot
from ..site import get_publication_or_404, render_publication_page, require_permissions
from ..translations import outdated_notices
from .approvals import ApprovalContext, approve, build_approval_context
from .change_proposal import propose_change
from .form import PublishForm
from .issues_with import describe_issues_with
from .recipients import describe_recipients


@require_permissions("publish_publication")
def publish_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the issues, the difference from the live edition, the address and the form; publish when it is sent."""
    publication = get_publication_or_404(pk)
    report = preflight.run_preflight(preflight.build_preflight_draft(publication))
    approval = build_approval_context(publication, request.user)
    form = PublishForm(
        request.POST or None,
        publication=publication,
        to_confirm={issue.name for issue in report.confirm},
        approval=approval,
    )
    if request.method == "POST" and form.is_valid():
        try:
            if form.is_approval:
                return approve(request, publication, form.cleaned_data, report)
            return _redirect_to_result(_publish_once(request, publication, form.params, report))
        except actions.ActionRefused as refusal:
            form.add_error(None, refusal.reasons)
    publication = get_publication_or_404(pk)
    live = publication.editions.live().first()
    newer_entries = describe_actions_since(publication, form.data.get("state", "")) if form.is_bound else []
    seen, change_context = form.refresh(publication), _build_change_context(publication, live)
    field_names = [change.name for change in change_context.get("compared", {}).get("field_changes", ())]
    form.propose(propose_change(change_context.get("difference"), field_names))
    address_context = _build_address_context(publication, live, report)
    return render_publication_page(
        request, "publish", publication, form=form, title=_("Check and publish"), report=report,
        fields_with_errors=[] if report.blocking else [field for field in form.visible_fields() if field.errors],
        newer_entries=newer_entries, live=live, show_preview=not (report.blocking and form.errors),
        outdated_translations=outdated_notices(publication), approval=approval,
        approval_refusal=_approval_refusal(publication, approval),
        may_publish=not form.lacks_approval,
        may_approve=bool(approval) and approval.may_approve and form.lacks_approval,
        **address_context, **change_context, **_build_outdated_context(publication, seen),
    )  # fmt: skip


def _approval_refusal(publication: Publication, approval: ApprovalContext | None) -> str:
    """Return why a draft waits for a second person, or "". Who has approved it has done what is to be done."""
    if not approval or approval.is_complete or approval.own:
        return ""
    return actions.approval_refusal(publication)


def _publish_once(
    request: HttpRequest, publication: Publication, params: dict, report: preflight.PreflightReport
) -> Edition:
    """Publish, or return the edition of an earlier submission: the form has the number of the last edition."""
    if report.blocking:
        raise actions.NotReady(*(issue.text for issue in report.blocking))
    after = params.pop("after")
    with transaction.atomic():
        actions.lock_for_action(publication.pk)
        last = publication.editions.latest()
        if after is not None and after != (last.number if last else 0):
            return _find_published_edition(request, publication, after, params)
        return actions.publish(publication, by=request.user, **params)


def _find_published_edition(
    request: HttpRequest, publication: Publication, after: int, params: dict
) -> Edition:
    """Return the edition of an earlier submission of this form. Raises `Outdated` if it is of something else."""
    edition = publication.editions.filter(number=after + 1, published_by=request.user).first()
    if (
        edition
        and _matches_params(edition, params)
        and _is_of_seen_draft(publication, edition, params["seen"])
    ):
        return edition
    raise actions.Outdated(
        _("Another edition has been published since you saw this page. Look at what changes now.")
    )


def _matches_params(edition: Edition, params: dict) -> bool:
    start, until = edition.visible_from if edition.is_scheduled else None, params.get("until", FOREVER)
    is_same_change = edition.change_note == params.get("note", "").strip() and edition.change in (
        params.get("change"),
        Change.FIRST,
    )
    return is_same_change and start == params.get("at") and edition.expires_at == until


def _is_of_seen_draft(publication: Publication, edition: Edition, seen: str) -> bool:
    """Return whether an edition is of the seen draft: publishing stores a revision right after that of the draft."""
    revision = (
        publication.revisions.filter(digest=edition.digest, reason=RevisionReason.PUBLISHED)
        .order_by("number")
        .last()
    )
    return (
        bool(revision)
        and publication.revisions.filter(
            number__in=(revision.number - 1, revision.number), digest=seen
        ).exists()
    )


def _redirect_to_result(edition: Edition) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk:publish-result", args=[edition.publication_id, edition.number]))


def _build_address_context(
    publication: Publication, live: Edition | None, report: preflight.PreflightReport
) -> dict[str, object]:
    """Return the address of the next edition, and the one that will redirect to it."""
    try:
        slug = actions.available_slug(publication)
    except actions.NotReady as refusal:
        report.blocking.append(preflight.PreflightIssue("address", refusal.reasons[0], "slug"))
        slug = publication.proposed_slug()
    with translation.override(publication.locale):
        address = reverse("publications:detail", kwargs={"slug": slug})
    current_url = live.get_absolute_url() if live else ""
    redirected_from = current_url if current_url != address else ""
    return {"address": uri_to_iri(address), "redirected_from": uri_to_iri(redirected_from)}


def _build_change_context(publication: Publication, live: Edition | None) -> dict[str, object]:
    """Return the difference from the live edition, who is informed of the next one, and the scheduled edition."""
    scheduled, snapshot = publication.editions.scheduled().first(), build_draft_snapshot(publication)
    return {
        **(build_comparison(EditionWithRows.get(live), snapshot) if live else {}),
        "recipients": describe_recipients(snapshot) + (describe_issues_with(publication) if live else []),
        "late_items": late_issue_item_errors(publication, timezone.now()),
        "scheduled": scheduled,
        "scheduled_from": datetime_with_zone(scheduled.visible_from) if scheduled else "",
    }


def _build_outdated_context(publication: Publication, seen: str) -> dict[str, object]:
    """Return the difference between the seen draft and the stored one, if they differ."""
    revision = (
        publication.revisions.filter(digest=seen).first() if seen and seen != publication.digest else None
    )
    if not revision:
        return {}
    difference = build_comparison(
        build_revision_snapshot(publication, revision), build_draft_snapshot(publication)
    )
    last = publication.revisions.select_related("saved_by").first()
    return {"draft_change": {**difference, "revision": last}}
