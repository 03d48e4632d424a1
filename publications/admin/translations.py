"""Texts that have not followed the other language: notices on the pages of both, and the page of what changed."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from publications import actions
from publications.locales import language_in_sentence
from publications.models import (
    CounterpartEvent,
    EditionWithRows,
    OutdatedTranslation,
    Publication,
    outdated_translations_of,
    parse_pk,
)
from publications.preflight import describe_outdated

from .history.comparison import build_comparison
from .site import get_publication_or_404, render_publication_page, require_permissions


@dataclass(frozen=True)
class OutdatedNotice:
    """A notice on a page of one of the two texts: a sentence, and the page that shows what changed."""

    text: str
    url: str
    is_ended: bool


def outdated_notices(publication: Publication) -> list[OutdatedNotice]:
    """Return what has not followed among a publication and its translations; what is no longer public comes first."""
    notices = [
        OutdatedNotice(
            describe_outdated(outdated, publication),
            reverse("desk:translation", args=[outdated.publication.pk, outdated.counterpart.pk]),
            outdated.is_ended,
        )
        for outdated in outdated_translations_of(publication)
        if outdated.is_public or outdated.publication.pk == publication.pk
    ]
    return sorted(notices, key=lambda notice: not notice.is_ended)


@require_permissions("change_publication")
@require_http_methods(["GET", "HEAD", "POST"])
def translation_page(request: HttpRequest, pk: int, counterpart_pk: int) -> HttpResponse:
    """Show what changed in the other language; a POST says that this text needs no change."""
    publication, counterpart = get_publication_or_404(pk), get_publication_or_404(counterpart_pk)
    if publication == counterpart or publication.source_publication != counterpart.source_publication:
        raise Http404
    if request.method == "POST":
        return _check_translation(request, publication, counterpart)
    outdated = next(
        (
            each
            for each in outdated_translations_of(publication)
            if each.publication == publication and each.counterpart == counterpart
        ),
        None,
    )
    return render_publication_page(
        request, "translation", publication,
        title=_("Changed in the other language"),
        counterpart=counterpart,
        counterpart_language=language_in_sentence(counterpart.language),
        outdated=outdated,
        may_retract=bool(outdated and outdated.event == CounterpartEvent.RETRACTED and outdated.is_public)
        and request.user.has_perm("publications.publish_publication"),
        may_withdraw=bool(outdated and outdated.is_ended and outdated.is_public)
        and request.user.has_perm("publications.publish_publication"),
        **(_build_change_context(outdated, publication) if outdated else {}),
    )  # fmt: skip


def _check_translation(
    request: HttpRequest, publication: Publication, counterpart: Publication
) -> HttpResponse:
    if not request.user.has_perm("publications.publish_publication"):
        raise PermissionDenied
    edition = parse_pk(request.POST.get("edition", ""))
    try:
        actions.check_translation(publication, counterpart, edition=edition, by=request.user)
    except actions.ActionRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return HttpResponseRedirect(reverse("desk:translation", args=[publication.pk, counterpart.pk]))
    messages.success(request, _("Noted: “%(title)s” needs no change.") % {"title": publication})
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[publication.pk]))


def _build_change_context(outdated: OutdatedTranslation, publication: Publication) -> dict[str, object]:
    """Return the sentence, the notes to readers, and the passages that changed since this text followed last."""
    editions = outdated.counterpart.editions
    newest = editions.get(number=outdated.edition)
    later = editions.in_effect().filter(number__gt=outdated.followed, number__lte=outdated.edition)
    context = {
        "notice": describe_outdated(outdated, publication),
        "notes": list(later.exclude(change_note="").order_by("number").values_list("change_note", flat=True)),
        "reason": newest.withdrawal_reason if outdated.is_ended else "",
    }
    followed = editions.filter(number=outdated.followed).first()
    if outdated.is_ended or not followed:
        return context
    live = editions.live().first() or newest
    return context | build_comparison(EditionWithRows.get(followed), EditionWithRows.get(live))
