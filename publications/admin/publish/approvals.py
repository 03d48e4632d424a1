"""Approvals at the desk: who has approved a draft as it is, what it takes to get one, and the end of approvals."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from publications import actions, preflight
from publications.models import (
    NOT_WRITTEN,
    Approval,
    EditorialStatus,
    Publication,
    RevisionReason,
    Submission,
    find_approvals,
    find_ended_approvals,
    needs_approval,
)

from ..site import get_publication_or_404, require_permissions
from ..status_text import short_name_of, submission_text
from ..submissions import open_submission, submit_for_checking


@dataclass(frozen=True)
class EndedApproval:
    """An approval that a change has ended: by whom, when, and the comparison with the text of then.

    Attributes:
        is_of_earlier_text: the text has changed, and not only what is shown with it.
    """

    name: str
    at: datetime
    is_of_earlier_text: bool
    url: str


@dataclass(frozen=True, kw_only=True)
class ApprovalContext:
    """The approvals of a draft for its publish page.

    Attributes:
        approvals: those of the draft as it is, by others.
        own: that of the user.
        terms: the changes and the notes that others approved, each once, in order.
        is_author: the user alone has written it since the last edition, or has written in it and handed it over.
        may_hand_over: the user has written in the draft, and it is not handed over.
        submission: who has handed it over, as a sentence, or "".
    """

    approvals: list[Approval]
    own: Approval | None
    terms: list[tuple[str, str]]
    ended: list[EndedApproval]
    is_author: bool
    may_hand_over: bool
    submission: str

    @property
    def others(self) -> list[str]:
        return [short_name_of(approval.approved_by) for approval in self.approvals]

    @property
    def approvers(self) -> list[str]:
        own = [self.own] if self.own else []
        return [short_name_of(approval.approved_by) for approval in [*self.approvals, *own]]

    @property
    def is_complete(self) -> bool:
        return bool(self.approvals)

    @property
    def is_approver_next(self) -> bool:
        """Whether approving is the first choice of the user: nobody has approved, and they have not written it."""
        return not self.approvals and not self.may_hand_over

    @property
    def may_approve(self) -> bool:
        """Whether approving is offered: it is somebody else's text, and the user has not approved it."""
        return not self.own and not self.is_author


def build_approval_context(publication: Publication, user) -> ApprovalContext | None:
    """Return who has approved a draft as it is; None for a kind that needs one person, and for a retracted text."""
    if not needs_approval(publication) or _is_retracted(publication):
        return None
    current, submission = find_approvals(publication, None), open_submission(publication)
    approvals = [each for each in current if each.approved_by != user]
    own = [each for each in current if each.approved_by == user]
    writers = _find_writers(publication)
    return ApprovalContext(
        approvals=approvals,
        own=own[0] if own else None,
        terms=list(dict.fromkeys(approval.read_terms() for approval in approvals)),
        ended=_list_ended(publication, current),
        is_author=_is_author(user, writers, submission),
        may_hand_over=user.pk in writers and not submission and not approvals,
        submission=submission_text(submission) if submission else "",
    )


def _is_retracted(publication: Publication) -> bool:
    return publication.editions.live().filter(editorial_status=EditorialStatus.RETRACTED).exists()


def _find_writers(publication: Publication) -> set[int]:
    """Return the keys of the users who have written in a draft since its last edition, or ever if nobody has since."""
    rows = publication.revisions.order_by("number").values_list("reason", "saved_by", "digest")
    ever, since, previous = {publication.created_by_id}, {publication.created_by_id}, ""
    for reason, user_pk, digest in rows:
        if reason == RevisionReason.PUBLISHED:
            since = set()
        elif reason not in NOT_WRITTEN and digest != previous:
            since.add(user_pk)
            ever.add(user_pk)
        previous = digest
    return (since - {None}) or (ever - {None})


def _is_author(user, writers: set[int], submission: Submission | None) -> bool:
    """Return whether a text is that of a user. One of two writers may always approve, lest it wait for ever."""
    handed_over_by = submission.submitted_by_id if submission else None
    return user.pk in writers and (len(writers) == 1 or handed_over_by == user.pk)


def _list_ended(publication: Publication, current: list[Approval]) -> list[EndedApproval]:
    """Return the approvals since the last edition that have ended, each with a comparison to the draft."""
    ended = find_ended_approvals(publication, current)
    digests = {each.digest for each in ended} - {publication.digest}
    numbers = dict(
        publication.revisions.filter(digest__in=digests).order_by("number").values_list("digest", "number")
    )
    return [
        EndedApproval(
            short_name_of(each.approved_by),
            each.approved_at,
            each.digest != publication.digest,
            _comparison_url(publication, numbers[each.digest]) if each.digest in numbers else "",
        )
        for each in ended
    ]


def _comparison_url(publication: Publication, number: int) -> str:
    return reverse("desk:difference", args=[publication.pk]) + f"?from=r{number}"


def approve(
    request: HttpRequest, publication: Publication, values: dict, report: preflight.PreflightReport
) -> HttpResponse:
    """Store the approval of what the publish form says. Raises ActionRefused."""
    if report.blocking:
        raise actions.NotReady(*(issue.text for issue in report.blocking))
    terms = {name: values[name] for name in ("change", "note") if values.get(name)}
    actions.approve(publication, by=request.user, seen=values["seen"], shown=values["shown"], **terms)
    messages.success(request, _("Approved as it is now. Whoever else may publish has it among their news."))
    return HttpResponseRedirect(reverse("desk:publish", args=[publication.pk]))


@require_permissions("publish_publication")
@require_POST
def approval_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a draft over to whoever may approve it, or take one's own approval back."""
    publication = get_publication_or_404(pk)
    if "withdraw" in request.POST:
        actions.revoke_approval(publication, by=request.user)
        messages.success(request, _("Your approval is taken back."))
    elif "hand_over" in request.POST:
        submit_for_checking(publication, by=request.user)
        messages.success(request, _("Handed over: it is now among what is to be checked."))
    return HttpResponseRedirect(reverse("desk:publish", args=[pk]))


def save_revision(request: HttpRequest, publication: Publication) -> None:
    """Store a revision of a draft that the user has saved, and tell them whose approvals it has ended."""
    people = actions.store_revision(publication, by=request.user)
    for person in people:
        text = _("The approval by %(name)s ended, since the text changed.")
        messages.warning(request, text % {"name": short_name_of(person)})
