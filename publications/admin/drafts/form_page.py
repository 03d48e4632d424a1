"""The page of the form of a publication: which fields stand where, its status, and what the user may do with it.

The fields of readers' text are in the middle, those that describe it beside, and what few publications need is folded.
"""

from dataclasses import dataclass

from django.contrib.admin.helpers import AdminForm, Fieldset
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions, images, preflight
from publications.models import Edition, Publication, status_of

from .. import comments, related_links, submissions, translations
from ..newsletter import find_kind_of_issue
from ..planning.entries import open_plan_text
from ..publish.approvals import build_approval_context
from ..publish.withdraw import undo_name
from ..status_text import STATUS_MARKS, short_name_of, status_text
from ..word_report import word_report_context
from . import suggestions
from .new_translation import list_new_translations

MIDDLE, SIDE = "middle", "side"
FIELDSETS = (
    (None, {"classes": (MIDDLE,), "fields": ("title", "summary", "body")}),
    (gettext_lazy("Key points"), {"classes": (MIDDLE, "collapse"), "fields": ("key_points",)}),
    (None, {"classes": (SIDE,), "fields": ("bylines", "tags")}),
    (None, {"classes": (SIDE,), "fields": ("related",)}),
    (None, {"classes": (SIDE,), "fields": (("kind", "language"), "published_at", "cover_choice")}),
    (
        gettext_lazy("Files, text elsewhere"),
        {"classes": (SIDE, "collapse"), "fields": ("attach", "attach_label", "detach", "external_url")},
    ),
    (
        gettext_lazy("Address, translation, DOI, ISBN"),
        {"classes": (SIDE, "collapse"), "fields": ("slug", "translation_choice", "doi", "isbn")},
    ),
    (gettext_lazy("Internal note"), {"classes": (SIDE, "collapse"), "fields": ("internal_note",)}),
)
"""The fields of the form in the order of reading; the first class of a fieldset is its column."""
ISSUE_FIELDSETS = (
    (None, {"classes": (MIDDLE,), "fields": ("title", "summary", "related")}),
    (
        gettext_lazy("Text of its page, not of the mail"),
        {"classes": (MIDDLE, "collapse"), "fields": ("body",)},
    ),
    *(
        (heading, options)
        for heading, options in FIELDSETS
        if not {"body", "related"}.intersection(options["fields"])
    ),
)
"""Those of an issue of the newsletter: its subject, its introduction and what it has come first; it needs no text."""
UNFOLDED_IF_FILLED = {"body", "key_points", "internal_note"}


@dataclass
class SuggestionPlace:
    """Where the suggestions for a field stand, and the template of them."""

    field: str
    name: str
    template: str


SUGGESTION_PLACES = {
    "tags": SuggestionPlace("tags", gettext_lazy("Suggested tags"), "desk/suggested_tags.html"),
    "related": SuggestionPlace(
        "related", gettext_lazy("Suggested related publications"), "desk/suggested_related.html"
    ),
}


@dataclass
class FormPart:
    """A fieldset, what is suggested for its last field, and a note below."""

    fieldset: Fieldset
    suggestion_place: SuggestionPlace | None
    note: str = ""


def fieldsets_for(publication: Publication | None, *, is_issue: bool = False) -> list:
    """Return the fieldsets for a publication: what it has no files for is left out, what is filled is not folded."""
    has_attachments = bool(publication and publication.attachments.exists())
    fieldsets = []
    for heading, options in ISSUE_FIELDSETS if is_issue else FIELDSETS:
        fields, (column, *classes) = options["fields"], options["classes"]
        if any(getattr(publication, name, "") for name in fields if name in UNFOLDED_IF_FILLED):
            classes = []
        fields = tuple(name for name in fields if name != "detach" or has_attachments)
        fieldsets.append((heading, {"classes": (column, *classes), "fields": fields}))
    return fieldsets


def form_columns(adminform: AdminForm, *, is_public_at_once: bool) -> dict[str, list[FormPart]]:
    """Return the parts of the form by column.

    Args:
        is_public_at_once: whether related publications are public as soon as they are saved.
    """
    columns = {MIDDLE: [], SIDE: []}
    for fieldset in adminform:
        names = [name for name in SUGGESTION_PLACES if name in fieldset.fields]
        part = FormPart(fieldset, SUGGESTION_PLACES[names[0]] if names else None)
        if is_public_at_once and names == ["related"]:
            part.note = _("Related publications are public as soon as they are saved.")
        columns[fieldset.classes.split()[0]].append(part)
    return columns


def form_page_context(request: HttpRequest, publication: Publication | None, *, may_publish: bool) -> dict:
    """Return the status of a publication for the page of its form, and what the user may do with it.

    Args:
        publication: the draft, annotated by `with_status`, or None for a new one.
    """
    live = Edition.objects.live().filter(publication=publication).first() if publication else None
    is_live_or_scheduled = bool(publication and (publication.live_from or publication.scheduled_from))
    plan = actions.plan_undo(publication) if publication and may_publish else None
    submission = submissions.open_submission(publication)
    state = status_of(publication) if publication else None
    is_relevant = publication and (submission or publication.kind.needs_approval)
    approval = build_approval_context(publication, request.user) if is_relevant else None
    return {
        "status": status_text(publication) if publication else _("Not saved yet"),
        "state": state,
        "state_mark": STATUS_MARKS[state] if state else _("Not saved yet"),
        "undo_name": undo_name(plan) if plan else "",
        "can_cancel_schedule": bool(plan) and plan.type is actions.UndoType.CANCEL,
        "new_translations": list_new_translations(publication) if publication else [],
        "can_withdraw": is_live_or_scheduled and may_publish,
        "is_public_at_once": is_live_or_scheduled and can_relate(request, publication),
        "live": live,
        "plan_text": open_plan_text(publication),
        "submission": submission,
        "approved_by": ", ".join(approval.approvers) if approval else "",
        "may_approve": bool(approval and may_publish and approval.may_approve and not approval.is_complete),
        "submitted_by": short_name_of(submission.submitted_by) if submission else "",
        **comments.comments_context(request, publication),
        "suggestions": SimpleLazyObject(lambda: suggestions.suggestions_for_form(request, publication)),
        "broken_links": SimpleLazyObject(lambda: preflight.find_broken_links(publication) if live else {}),
        "is_issue": is_issue_form(request, publication),
        "ended_related": related_links.ended_related(publication) if publication else [],
        "outdated_translations": translations.outdated_notices(publication) if publication else [],
        "word_report": word_report_context(request, publication),
        "may_publish": may_publish,
        "may_hand_over": may_publish and not submission,
        "may_redact": request.user.has_perm("publications.redact_publication"),
        "accepted_image_types": ",".join(
            media_type for _extension, media_type in images.ACCEPTED_FORMATS.values()
        ),
        "max_upload_bytes": images.MAX_UPLOAD_BYTES,
        "too_large_message": images.too_large_message(),
    }


def is_issue_form(request: HttpRequest, publication: Publication | None) -> bool:
    """Return whether the form is that of an issue of the newsletter, stored or new."""
    return publication.kind.is_newsletter if publication else bool(find_kind_of_issue(request.GET))


def can_relate(request: HttpRequest, publication: Publication | None) -> bool:
    """Return whether a user may change the related links: every editor of a draft, otherwise by permission."""
    has_editions = bool(publication and publication.editions.not_cancelled().exists())
    return not has_editions or request.user.has_perm("publications.relate_publication")
