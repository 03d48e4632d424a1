"""Bulk action on drafts: set an author where there is none, and publish.

For imported texts without a byline. Drafts that cannot be published are reported by reason and stay drafts.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import batched
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from publications import actions, preflight
from publications.models import Author, Byline, Edition, Publication, RevisionReason

from ..form_data import RedisplayMixin
from ..site import render_desk_page, require_permissions
from .bulk import get_selected_publications, list_url

MAX_DRAFTS = 1000
MAX_LISTED = 200  # drafts on the page that asks for confirmation
BATCH_SIZE = 50  # drafts of one transaction, for which other editors have to wait
MAX_TITLES = 3  # named with each reason
DraftsByReason = dict[str, list[Publication]]


class BulkAuthorForm(RedisplayMixin, forms.Form):
    """The author of drafts that have none, and whether to publish them."""

    author = forms.ModelChoiceField(
        Author.objects.order_by("name"),
        required=False,
        label=gettext_lazy("Author"),
        help_text=gettext_lazy("Of the drafts that have none. The others keep theirs."),
    )
    publish = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("Publish them now"),
        help_text=gettext_lazy("Those that nothing stands against; of the others you are told why not."),
    )

    although_hidden = forms.BooleanField(
        required=False, label=gettext_lazy("Publish also those that the old site hid")
    )

    def __init__(self, data, *, may_publish: bool, has_hidden: bool) -> None:
        super().__init__(data, label_suffix="")
        if not may_publish:
            del self.fields["publish"]
        if not (may_publish and has_hidden):
            del self.fields["although_hidden"]

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("author") and not cleaned.get("publish"):
            raise forms.ValidationError(_("Choose an author, or to publish."))
        return cleaned


@require_permissions("change_publication")
def bulk_author(request: HttpRequest) -> HttpResponse:
    """Sign and publish the chosen drafts, after a page that lists them."""
    publications = get_selected_publications(request, limit=MAX_DRAFTS)
    public = set(
        Edition.objects.filter(publication__in=publications).values_list("publication_id", flat=True)
    )
    drafts = [publication for publication in publications if publication.pk not in public]
    may_publish = request.user.has_perm("publications.publish_publication")
    hidden = [draft for draft in drafts if draft.hidden_reason] if may_publish else []
    form = BulkAuthorForm(
        request.POST or None,
        may_publish=may_publish,
        has_hidden=bool(hidden),
    )
    if request.method == "POST" and drafts and form.is_valid():
        _sign_and_publish(request, drafts, form.cleaned_data)
        return HttpResponseRedirect(list_url(request))
    return render_desk_page(
        request, "bulk_author", title=_("Set author and publish"), form=form,
        publications=drafts[:MAX_LISTED], count=len(drafts), list_url=list_url(request), hidden=hidden[:MAX_LISTED],
        more_hidden=len(hidden[MAX_LISTED:]),
        skipped=[publication for publication in publications if publication.pk in public][:MAX_LISTED],
    )  # fmt: skip


class CheckedDraft(NamedTuple):
    """A draft as it was checked.

    Attributes:
        version: of the row that was checked.
        reasons: the issues that stand against publishing it, without those of pending links.
        pending: the primary keys of the drafts that it links to, and the issues of these links.
    """

    version: int
    reasons: list[str]
    pending: Set[int]
    pending_reasons: list[str]


def _sign_and_publish(request: HttpRequest, drafts: Sequence[Publication], options: dict) -> None:
    """Sign and publish batch by batch: a failure leaves the batches before it done."""
    signed, published, refused = 0, 0, DraftsByReason()
    already_signed: list[Publication] = []
    for batch in batched(drafts, BATCH_SIZE, strict=False):
        with transaction.atomic():
            actions.lock_site_version()
            if author := options.get("author"):
                signed += _sign(_lock_unpublished(batch), author, already_signed, by=request.user)
    if options.get("publish"):
        although_hidden = bool(options.get("although_hidden"))
        checked = _check(drafts, although_hidden=although_hidden)
        for batch in batched(drafts, BATCH_SIZE, strict=False):
            published += _publish(batch, checked, refused, by=request.user, although_hidden=although_hidden)
    _report(request, signed, already_signed, published, refused)


def _lock_unpublished(batch: Iterable[Publication]) -> list[Publication]:
    """Return the drafts as stored now and lock them, without those that have become public."""
    editions = Edition.objects.filter(publication=OuterRef("pk"))
    drafts = Publication.objects.filter(~Exists(editions), pk__in=[draft.pk for draft in batch])
    return list(drafts.select_for_update(no_key=True).order_by("pk"))


def _sign(drafts: Iterable[Publication], author: Author, already_signed: list[Publication], *, by) -> int:
    """Sign the drafts without an author and return their number; add the others to `already_signed`."""
    signed = 0
    for draft in drafts:
        if draft.bylines.exists():
            already_signed.append(draft)
            continue
        Byline.objects.create(publication=draft, author=author)
        draft.save(update_fields=["updated_at"])
        actions.store_revision(draft, by=by, reason=RevisionReason.BULK)
        signed += 1
    return signed


def _check(drafts: Sequence[Publication], *, although_hidden: bool) -> dict[int, CheckedDraft]:
    """Return all drafts, checked by the rules of the publish page, by primary key.

    The checks may read many files, so they run before a lock is taken. A draft may link to others that are published
    with it; it is held back where one of these is.
    """
    checked: dict[int, CheckedDraft] = {}
    for batch in batched([draft.pk for draft in drafts], BATCH_SIZE, strict=False):
        rows = Publication.objects.filter(pk__in=batch).order_by("pk")
        checked |= {draft.pk: _check_draft(draft, although_hidden=although_hidden) for draft in rows}
    ready = {pk for pk, draft in checked.items() if not draft.reasons}
    while held := {pk for pk in ready if not checked[pk].pending <= ready}:
        ready -= held
    return {
        pk: draft if pk in ready else draft._replace(reasons=[*draft.reasons, *draft.pending_reasons])
        for pk, draft in checked.items()
    }


def _check_draft(draft: Publication, *, although_hidden: bool) -> CheckedDraft:
    """Return the blocking issues and those to confirm: a bulk action asks no questions of single drafts."""
    preflight_draft = preflight.build_preflight_draft(draft)
    report = preflight.run_preflight(preflight_draft)
    pending = [issue for issue in report.confirm if issue.name == preflight.PENDING_LINK]
    others = [
        issue
        for issue in report.confirm
        if issue not in pending and not (although_hidden and issue.name == preflight.HIDDEN)
    ]
    return CheckedDraft(
        draft.version,
        [issue.text for issue in (*report.blocking, *others)],
        set(preflight_draft.pending_links.values()),
        [issue.text for issue in pending],
    )


def _publish(
    batch: Sequence[Publication],
    checked: Mapping[int, CheckedDraft],
    refused: DraftsByReason,
    *,
    by,
    although_hidden: bool,
) -> int:
    """Publish the drafts that nothing stands against; return their number.

    A draft that was saved since it was checked is refused; one that has become public since is skipped.
    """
    with transaction.atomic():
        actions.lock_site_version()
        ready = []
        for draft in _lock_unpublished(batch):
            check = checked[draft.pk]
            reasons = check.reasons
            if not reasons and draft.version != check.version:
                reasons = [_("It was saved while it was checked. Publish it again.")]
            _add_refusal(draft, reasons, refused)
            if not reasons:
                ready.append(draft)
        outcomes = actions.publish_many(ready, by=by, although_hidden=although_hidden)
    for draft, outcome in zip(ready, outcomes, strict=True):
        if isinstance(outcome, actions.ActionRefused):
            _add_refusal(draft, outcome.reasons, refused)
    return sum(isinstance(outcome, Edition) for outcome in outcomes)


def _add_refusal(draft: Publication, reasons: Iterable[str], refused: DraftsByReason) -> None:
    for reason in reasons:
        refused.setdefault(str(reason), []).append(draft)


def _list_titles(drafts: Sequence[Publication]) -> str:
    return ", ".join(f"“{draft}”" for draft in drafts[:MAX_TITLES]) + (
        "…" if len(drafts) > MAX_TITLES else ""
    )


def _report(
    request: HttpRequest,
    signed: int,
    already_signed: Sequence[Publication],
    published: int,
    refused: DraftsByReason,
) -> None:
    if signed:
        text = ngettext("%d draft signed.", "%d drafts signed.", signed)
        messages.success(request, text % signed)
    if already_signed:
        text = ngettext(
            "%d draft has an author already and keeps it.",
            "%d drafts have an author already and keep it.",
            len(already_signed),
        )
        messages.info(request, f"{text % len(already_signed)} ({_list_titles(already_signed)})")
    if published:
        text = ngettext("%d publication is public.", "%d publications are public.", published)
        messages.success(request, text % published)
    for reason, drafts in sorted(refused.items(), key=lambda item: -len(item[1])):
        text = _("Not published, %(count)d: %(reason)s")
        messages.warning(
            request, f"{text % {'count': len(drafts), 'reason': reason}} ({_list_titles(drafts)})"
        )
    if not signed and not already_signed and not published and not refused:
        messages.info(request, _("Nothing has changed."))
