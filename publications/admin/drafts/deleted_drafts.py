"""Deleted drafts: a draft that was never public is deleted, listed for thirty days, and restored whole.

Everything of it stays: text, tags, authors, files, related links, reviews and revisions. Links of other publications to
it are taken away at once, as their forms must not show it, and what people typed there and did not save becomes that of
a new draft. `manage.py tidy` removes the draft for good.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from publications import actions
from publications.draft_content import IDENTIFIERS
from publications.models import (
    DELETED_DRAFT_RETENTION,
    Publication,
    RevisionReason,
    parse_pk,
)

from ..model_admin import DeskModelAdmin
from ..site import render_desk_page, require_permissions

DRAFTS_PER_PAGE = 50


class DraftDeletionMixin(DeskModelAdmin):
    """Who may delete a draft, and what Django's delete view does with it."""

    delete_confirmation_template = "desk/draft_delete.html"

    def has_delete_permission(self, request: HttpRequest, obj: Publication | None = None) -> bool:
        """A publication that is or was public, or will be, is withdrawn or cancelled, never deleted."""
        if not super().has_delete_permission(request, obj) or (obj and actions.has_lasting_editions(obj)):
            return False
        return not obj or _may_delete(request.user, obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context=None) -> HttpResponse:
        context = {"days": DELETED_DRAFT_RETENTION.days, **(extra_context or {})}
        try:
            return super().delete_view(request, object_id, context)
        except actions.ActionRefused as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[object_id]))

    def get_deleted_objects(self, objs, request: HttpRequest) -> tuple[list, dict, set, list]:
        """Return that nothing goes with a draft, and nothing protects it: it stays whole until it is purged."""
        return [], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Publication) -> None:
        actions.delete_draft(obj, by=request.user)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        text = _("“%(title)s” is deleted. For %(days)d days it can be restored here.")
        messages.success(request, text % {"title": obj_display, "days": DELETED_DRAFT_RETENTION.days})
        return HttpResponseRedirect(reverse("desk:deleted-drafts"))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts, object_id: str) -> HttpResponse:
        """Redirect from the form of a deleted draft to the list that restores it."""
        if _restorable_by(request.user).filter(pk=parse_pk(object_id)).exists():
            messages.warning(request, _("This draft is deleted. Restore it to work on it again."))
            return HttpResponseRedirect(reverse("desk:deleted-drafts"))
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)


@transaction.atomic
def restore_draft(publication: Publication, *, by) -> list[str]:
    """Make a deleted draft a draft again, without what another publication has now: DOI, ISBN, translation group.

    Returns:
        The DOI or ISBN that stayed away, a sentence each.

    Raises:
        Http404: the draft has been purged.
    """
    restored = Publication.with_deleted.filter(pk=publication.pk)
    if not restored.update(deleted_at=None, deleted_by=None):
        raise Http404  # it was purged while the page was open
    original = publication.translation_of
    if original and (original.translation_of_id or _has_language(original, publication)):
        restored.update(translation_of=None)
    content = {name: getattr(publication, name) for name in IDENTIFIERS}
    missing = actions.drop_used_identifiers(publication, content)
    if missing:
        restored.update(**{name: content.get(name, "") for name in IDENTIFIERS})
        actions.store_revision(restored.get(), by=by, reason=RevisionReason.RESTORED)
    return missing


def _has_language(original: Publication, translation: Publication) -> bool:
    """Return whether an original or another of its translations is in the language of this one."""
    group = Publication.objects.filter(Q(pk=original.pk) | Q(translation_of=original))
    return group.exclude(pk=translation.pk).filter(language=translation.language).exists()


@require_permissions("delete_publication")
def deleted_drafts_page(request: HttpRequest) -> HttpResponse:
    """List the deleted drafts that the user may restore."""
    drafts = _restorable_by(request.user).select_related("kind", "deleted_by")
    page = Paginator(drafts, DRAFTS_PER_PAGE).get_page(request.GET.get("page"))
    return render_desk_page(
        request,
        "deleted_drafts",
        title=_("Deleted drafts"),
        page=page,
        days=DELETED_DRAFT_RETENTION.days,
        may_redact=request.user.has_perm("publications.redact_publication"),
    )


@require_permissions("delete_publication")
@require_POST
def restore_deleted_draft(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(_restorable_by(request.user), pk=pk)
    for text in restore_draft(draft, by=request.user):
        messages.warning(request, text)
    messages.success(request, _("Restored: “%(title)s” is a draft again.") % {"title": draft})
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))


def _may_delete(user, publication: Publication) -> bool:
    return publication.created_by_id == user.pk or user.has_perm("publications.publish_publication")


def _restorable_by(user) -> QuerySet:
    """Return the deleted drafts that a user could have deleted."""
    drafts = Publication.with_deleted.deleted()
    return drafts if user.has_perm("publications.publish_publication") else drafts.filter(created_by=user)
