"""Many drafts at once: an author for those that have none, and their publication.

For texts of the house that came in unsigned. What a draft still lacks is reported by reason, and that draft stays one.
"""

from collections.abc import Iterable, Sequence
from itertools import batched

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from publications import actions, preflight
from publications.models import Author, Byline, Edition, Publication, Revision, SiteVersion

from ..site import render_desk_page, require_permissions
from ..unsent_forms import UnsentFormMixin
from .bulk import LIST_PAGE, selected_publications

MAX_DRAFTS = 1000
SHOWN = 200  # rows of the page that asks
BATCH = 50  # drafts in a transaction: other editors wait no longer than that
MAX_NAMED = 3  # titles behind a reason
HeldBack = dict[str, list[Publication]]


class BulkAuthorForm(UnsentFormMixin, forms.Form):
    """Who signs the drafts that nobody has signed, and whether readers are to have them at once."""

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

    def __init__(self, data, *, may_publish: bool) -> None:
        super().__init__(data, label_suffix="")
        if not may_publish:
            del self.fields["publish"]

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("author") and not cleaned.get("publish"):
            raise forms.ValidationError(_("Choose an author, or to publish."))
        return cleaned


@require_permissions("change_publication")
def bulk_author(request: HttpRequest) -> HttpResponse:
    """Sign and publish the chosen drafts, after a page that says which they are."""
    found = selected_publications(request, most=MAX_DRAFTS)
    public = set(Edition.objects.filter(publication__in=found).values_list("publication_id", flat=True))
    drafts = [publication for publication in found if publication.pk not in public]
    form = BulkAuthorForm(
        request.POST or None, may_publish=request.user.has_perm("publications.publish_publication")
    )
    if request.method == "POST" and drafts and form.is_valid():
        _carry_out(request, drafts, form.cleaned_data)
        return HttpResponseRedirect(reverse(LIST_PAGE))
    return render_desk_page(
        request, "bulk_author", title=_("Set author and publish"), form=form,
        publications=drafts[:SHOWN], count=len(drafts),
        skipped=[publication for publication in found if publication.pk in public][:SHOWN],
    )  # fmt: skip


def _carry_out(request: HttpRequest, drafts: Sequence[Publication], asked: dict) -> None:
    """Sign and publish batch by batch; what is done stays done, should the last one fail."""
    signed, published, held_back = 0, 0, HeldBack()
    kept: list[Publication] = []
    for batch in batched(drafts, BATCH, strict=False):
        with transaction.atomic():
            SiteVersion.objects.select_for_update().get()  # the lock that every action takes first
            if author := asked.get("author"):
                signed += _sign(_unpublished(batch), author, kept, by=request.user)
        if asked.get("publish"):
            published += _publish(batch, held_back, by=request.user)
    _report(request, signed, kept, published, held_back)


def _unpublished(batch: Iterable[Publication]) -> list[Publication]:
    """The drafts as the database has them now, without those that became public meanwhile."""
    editions = Edition.objects.filter(publication=OuterRef("pk"))
    rows = Publication.objects.filter(~Exists(editions), pk__in=[publication.pk for publication in batch])
    return list(rows.select_for_update(no_key=True).order_by("pk"))


def _sign(drafts: Iterable[Publication], author: Author, kept: list[Publication], *, by) -> int:
    """Sign the drafts that have no author, and say how many those are; the others are added to `kept`."""
    signed = 0
    for draft in drafts:
        if draft.bylines.exists():
            kept.append(draft)
            continue
        Byline.objects.create(publication=draft, author=author)
        draft.save(update_fields=["updated_at"])
        Revision.objects.create_from(draft, by=by)
        signed += 1
    return signed


def _publish(batch: Sequence[Publication], held_back: HeldBack, *, by) -> int:
    """Publish the drafts that nothing stands against, by the rules of the page that checks one.

    The checks may read many files, so they run before the lock is taken. A draft that was saved meanwhile is held back;
    one that became public meanwhile is passed over.
    """
    drafts = Publication.objects.filter(pk__in=[draft.pk for draft in batch]).order_by("pk")
    checked = {draft.pk: (draft.version, _find_reasons(draft)) for draft in drafts}
    with transaction.atomic():
        SiteVersion.objects.select_for_update().get()
        ready = []
        for draft in _unpublished(batch):
            version, reasons = checked[draft.pk]
            if not reasons and draft.version != version:
                reasons = [_("It was saved while it was checked. Publish it again.")]
            _hold_back(draft, reasons, held_back)
            if not reasons:
                ready.append(draft)
        outcomes = actions.publish_many(ready, by=by)
    for draft, outcome in zip(ready, outcomes, strict=True):
        if isinstance(outcome, actions.ActionRefused):
            _hold_back(draft, outcome.reasons, held_back)
    return sum(isinstance(outcome, Edition) for outcome in outcomes)


def _find_reasons(draft: Publication) -> list[str]:
    """What the checks find; who publishes many has read no question to confirm either."""
    found = preflight.run_preflight(preflight.build_preflight_draft(draft))
    return [finding.text for finding in (*found.blocking, *found.confirm)]


def _hold_back(draft: Publication, reasons: Iterable[str], held_back: HeldBack) -> None:
    for reason in reasons:
        held_back.setdefault(str(reason), []).append(draft)


def _named(drafts: Sequence[Publication]) -> str:
    return ", ".join(f"“{draft}”" for draft in drafts[:MAX_NAMED]) + ("…" if len(drafts) > MAX_NAMED else "")


def _report(
    request: HttpRequest, signed: int, kept: Sequence[Publication], published: int, held_back: HeldBack
) -> None:
    if signed:
        told = ngettext("%d draft signed.", "%d drafts signed.", signed)
        messages.success(request, told % signed)
    if kept:
        told = ngettext(
            "%d draft has an author already and keeps it.",
            "%d drafts have an author already and keep it.",
            len(kept),
        )
        messages.info(request, f"{told % len(kept)} ({_named(kept)})")
    if published:
        told = ngettext("%d publication is public.", "%d publications are public.", published)
        messages.success(request, told % published)
    for reason, drafts in sorted(held_back.items(), key=lambda each: -len(each[1])):
        told = _("Not published, %(count)d: %(reason)s")
        messages.warning(request, f"{told % {'count': len(drafts), 'reason': reason}} ({_named(drafts)})")
    if not signed and not kept and not published and not held_back:
        messages.info(request, _("Nothing has changed."))
