"""Approvals at the desk: who has approved a draft as it is, and the buttons that give and take back one's own."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from publications.models import Approval, NewsEvent, NewsType, Publication, approvers_of, needs_approval

from ..site import get_publication_or_404, require_permissions
from ..status_text import short_name_of


def build_approval_context(publication: Publication, user) -> dict[str, object] | None:
    """Return who has approved a draft as it is, for its publish page; None for a kind that needs one person."""
    if not needs_approval(publication):
        return None
    others = approvers_of(publication, user)
    return {
        "others": [short_name_of(other) for other in others],
        "is_own": publication.approvals.valid().filter(approved_by=user).exists(),
        "is_complete": bool(others),
    }


@require_permissions("publish_publication")
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a draft as the page showed it, or take one's own approval back."""
    publication = get_publication_or_404(pk)
    if "withdraw" in request.POST:
        publication.approvals.filter(approved_by=request.user).delete()
        messages.success(request, _("Your approval is taken back."))
    elif _store_approval(publication, request.POST.get("seen", ""), by=request.user):
        messages.success(
            request, _("Approved as it is now. Whoever else may publish has it among their news.")
        )
    else:
        messages.error(
            request, _("The draft has changed since you saw it, and is not approved. Look at it again.")
        )
    return HttpResponseRedirect(reverse("desk:publish", args=[pk]))


@transaction.atomic
def _store_approval(publication: Publication, seen: str, *, by) -> bool:
    """Store an approval with its news, once if submitted twice; return False if the draft is not what was seen."""
    locked = Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    if locked.digest != seen:
        return False
    _approval, is_new = Approval.objects.get_or_create(publication=locked, digest=seen, approved_by=by)
    if is_new:
        NewsEvent.objects.create(type=NewsType.APPROVED, publication=locked, by=by)
    return True
