"""Check and publish: issues, what changes for readers, and one edition however often the button is pressed."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from publications import actions, preflight
from publications.locales import datetime_with_zone
from publications.models import FOREVER, Change, Edition, EditionWithRows, Publication, RevisionReason

from ..history.audit_log import describe_actions_since
from ..history.comparison import build_comparison, content_of_draft, content_of_revision
from ..site import get_publication_or_404, render_publication_page, require_permissions
from .change_proposal import propose_change
from .form import PublishForm


@require_permissions("publish_publication")
def publish_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands against publishing, what changes for readers, where it will stand, when, and as what."""
    publication = get_publication_or_404(pk)
    found = preflight.run_preflight(preflight.build_preflight_draft(publication))
    form = PublishForm(
        request.POST or None, publication=publication, asks_about_placeholders=bool(found.confirm)
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _lead_to_result(_published(request, publication, form.asked, found))
        except actions.ActionRefused as refusal:
            form.add_error(None, refusal.reasons)
    publication = get_publication_or_404(pk)
    live = publication.editions.live().first()
    newer = describe_actions_since(publication, form.data.get("state", "")) if form.is_bound else []
    seen, changes = form.see_again(publication), _what_changes(publication, live)
    facts = [fact.name for fact in changes.get("compared", {}).get("facts", ())]
    form.propose(propose_change(changes.get("difference"), facts))
    where = _where(publication, live, found)
    return render_publication_page(
        request, "publish", publication, form=form, title=_("Check and publish"), issues=found, newer_entries=newer,
        live=live, show_preview=not (found.blocking and form.errors), **where, **changes, **_since(publication, seen),
    )  # fmt: skip


def _published(
    request: HttpRequest, publication: Publication, asked: dict, found: preflight.PreflightReport
) -> Edition:
    """Publish once, however often the button is pressed: the form knows which edition was the last."""
    if found.blocking:
        raise actions.NotReady(*(finding.text for finding in found.blocking))
    after = asked.pop("after")
    with transaction.atomic():
        actions.lock_for_action(publication.pk)
        last = publication.editions.latest()
        if after is not None and after != (last.number if last else 0):
            return _of_the_first_press(request, publication, after, asked)
        return actions.publish(publication, by=request.user, **asked)


def _of_the_first_press(request: HttpRequest, publication: Publication, after: int, asked: dict) -> Edition:
    """The edition that the same button has made already. Raises Outdated where something else was published."""
    made = publication.editions.filter(number=after + 1, published_by=request.user).first()
    if made and _is_as_asked(made, asked) and _was_seen(publication, made, asked["seen"]):
        return made
    raise actions.Outdated(
        _("Another edition has been published since you saw this page. Look at what changes now.")
    )


def _is_as_asked(made: Edition, asked: dict) -> bool:
    start, until = made.visible_from if made.is_scheduled else None, asked.get("until", FOREVER)
    same_words = made.change_note == asked.get("note", "").strip() and made.change in (
        asked.get("change"),
        Change.FIRST,
    )
    return same_words and start == asked.get("at") and made.expires_at == until


def _was_seen(publication: Publication, made: Edition, seen: str) -> bool:
    """Whether the edition is of the draft that was seen: publishing keeps a revision right after that of the draft."""
    kept = (
        publication.revisions.filter(digest=made.digest, reason=RevisionReason.PUBLISHED)
        .order_by("number")
        .last()
    )
    return (
        bool(kept)
        and publication.revisions.filter(number__in=(kept.number - 1, kept.number), digest=seen).exists()
    )


def _lead_to_result(edition: Edition) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk:publish-result", args=[edition.publication_id, edition.number]))


def _where(
    publication: Publication, live: Edition | None, found: preflight.PreflightReport
) -> dict[str, object]:
    """The address to come, and the one that will lead to it."""
    try:
        slug = actions.slug_to_claim(publication)
    except actions.NotReady as refusal:
        found.blocking.append(preflight.PreflightIssue("address", refusal.reasons[0], "slug"))
        slug = publication.proposed_slug()
    with translation.override(publication.locale):
        address = reverse("publications:detail", kwargs={"slug": slug})
    former = live.get_absolute_url() if live else ""
    return {"address": address, "redirected_from": former if former != address else ""}


def _what_changes(publication: Publication, live: Edition | None) -> dict[str, object]:
    """The difference from what readers see now, and what waits to be seen."""
    waiting = publication.editions.scheduled().first()
    return {
        **(build_comparison(EditionWithRows.get(live), content_of_draft(publication)) if live else {}),
        "waiting": waiting,
        "waiting_from": datetime_with_zone(waiting.visible_from) if waiting else "",
    }


def _since(publication: Publication, seen: str) -> dict[str, object]:
    """Where the draft has changed since it was seen: by whom, and the difference."""
    kept = publication.revisions.filter(digest=seen).first() if seen and seen != publication.digest else None
    if not kept:
        return {}
    changed = build_comparison(content_of_revision(publication, kept), content_of_draft(publication))
    last = publication.revisions.select_related("saved_by").first()
    return {"since": {**changed, "revision": last}}
