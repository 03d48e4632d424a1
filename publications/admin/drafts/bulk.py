"""Bulk actions on publications: change tags, withdraw. Each page shows its effects before it performs the action."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.mail import can_send_mail
from publications import actions
from publications.models import (
    Change,
    Edition,
    Publication,
    RevisionReason,
    Tag,
    get_or_create_tags,
    parse_pk,
    scheduled_end,
    use_existing_names,
    with_status,
)
from subscriptions.audience import count_readers_of_withdrawal
from subscriptions.models import Timing

from ..form_data import RedisplayMixin
from ..form_fields import ModelChoicesField, TagInput, TagNamesField
from ..publish.withdraw import ReasonForm
from ..related_links import editions_linking_to
from ..site import render_desk_page, require_permissions
from ..status_text import status_with_submission, with_submissions
from .suggestions import describe_new_tags

MAX_BULK_PUBLICATIONS = 200
MAX_COUNTED_PUBLICATIONS = 20
"""Of whose withdrawal the mails are counted: each takes about as long as a page."""
LIST_URL_NAME = "desk:publications_publication_changelist"


def redirect_to_bulk_page(
    request: HttpRequest, page: str, queryset: QuerySet, *, limit: int = 0
) -> HttpResponse:
    """Redirect from the selection in the list to the page of a bulk action, unless it exceeds the limit."""
    limit = limit or MAX_BULK_PUBLICATIONS
    pks = list(queryset.order_by("pk").values_list("pk", flat=True)[: limit + 1])
    if len(pks) > limit:
        messages.error(request, _("At most %(most)d publications at once, please.") % {"most": limit})
        return HttpResponseRedirect(request.get_full_path())
    params = {"of": format_ranges(pks)}
    if listed := request.GET.urlencode():
        params["list"] = listed
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode(params)}")


def list_url(request: HttpRequest) -> str:
    """Return the URL of the list with the search and the filters that a bulk page was opened from."""
    return f"{reverse(LIST_URL_NAME)}?{request.GET.get('list', '')}".rstrip("?")


def format_ranges(pks: Sequence[int]) -> str:
    """Return ascending primary keys as `1-3,7`: those of one import are consecutive, and URLs are limited."""
    ranges: list[list[int]] = []
    for number in pks:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def parse_ranges(text: str, limit: int) -> list[int]:
    """Return at most `limit` primary keys from the text of `format_ranges`, without parts that are not valid."""
    pks: list[int] = []
    for part in text.split(",")[:limit]:
        first, dash, last = part.partition("-")
        start = parse_pk(first)
        end = parse_pk(last) if dash else start
        if start and end:
            pks += range(start, min(end, start + limit) + 1)
    return pks[:limit]


def get_selected_publications(request: HttpRequest, *, limit: int = 0) -> list[Publication]:
    """Return the publications that the URL names, with their status, ordered by title."""
    pks = parse_ranges(request.GET.get("of", ""), limit or MAX_BULK_PUBLICATIONS)
    publications = with_submissions(with_status(Publication.objects.filter(pk__in=pks)))
    publications = list(publications.select_related("kind").prefetch_related("tags").order_by("title", "pk"))
    for publication in publications:
        publication.status_label = status_with_submission(publication)
    return publications


class TagsForm(RedisplayMixin, forms.Form):
    """Tags to add, tags to remove, and whether to publish the change."""

    add = TagNamesField(
        required=False,
        label=gettext_lazy("Put on"),
        help_text=gettext_lazy("Divided by commas. A tag that is not there yet is made."),
        widget=TagInput(attrs={"data-url": reverse_lazy("desk:tag-search"), "autocomplete": "off"}),
    )
    take_off = ModelChoicesField(
        Tag.objects.none(),
        required=False,
        label=gettext_lazy("Take off"),
        widget=forms.CheckboxSelectMultiple,
    )
    publish = forms.BooleanField(
        required=False,
        label=gettext_lazy("Publish at once what is public and has no other changes"),
        help_text=gettext_lazy(
            "As a fix that readers are not told of. Of all others the draft alone is changed."
        ),
    )

    def __init__(self, data, *, publications: Sequence[Publication], may_publish: bool) -> None:
        super().__init__(data, label_suffix="")
        tag_pks = {tag.pk for publication in publications for tag in publication.tags.all()}
        self.fields["take_off"].queryset = Tag.objects.filter(pk__in=tag_pks).order_by("name")
        if not tag_pks:
            del self.fields["take_off"]
        if not may_publish:
            del self.fields["publish"]

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned["add"] = use_existing_names(cleaned.get("add") or [])
        if not cleaned["add"] and not cleaned.get("take_off"):
            raise forms.ValidationError(_("Name a tag to put on, or choose one to take off."))
        return cleaned


@require_permissions("change_publication")
def bulk_tags(request: HttpRequest) -> HttpResponse:
    """Change the tags of many drafts, and publish them if chosen."""
    publications = get_selected_publications(request)
    may_publish = request.user.has_perm("publications.publish_publication")
    form = TagsForm(request.POST or None, publications=publications, may_publish=may_publish)
    if request.method == "POST" and form.is_valid():
        for text in describe_new_tags(form.cleaned_data["add"]):
            messages.info(request, text)
        _report_tags(
            request,
            [_change_tags(publication, form.cleaned_data, request.user) for publication in publications],
        )
        return HttpResponseRedirect(list_url(request))
    return render_desk_page(
        request,
        "bulk_tags",
        title=_("Change tags"),
        publications=publications,
        form=form,
        list_url=list_url(request),
    )


@transaction.atomic
def _change_tags(publication: Publication, options: dict, by) -> str:
    """Change the tags of one publication.

    Returns:
        What has changed: "same" (nothing), "draft" or "public"; "deleted" if another editor has deleted the draft.
    """
    try:
        actions.lock_for_action(publication.pk)
    except Publication.DoesNotExist:
        return "deleted"
    publication = with_status(Publication.objects).get(pk=publication.pk)
    before = set(publication.tags.values_list("pk", flat=True))
    has_no_changes = (
        publication.live_from
        and publication.live_digest == publication.digest
        and not publication.scheduled_from
    )
    publication.tags.remove(*(options.get("take_off") or ()))
    publication.tags.add(*get_or_create_tags(options["add"]))
    if before == set(publication.tags.values_list("pk", flat=True)):
        return "same"
    publication.save(update_fields=["updated_at"])
    actions.store_revision(publication, by=by, reason=RevisionReason.BULK)
    if not (options.get("publish") and has_no_changes):
        return "draft"
    try:
        actions.publish(publication, by=by, change=Change.SILENT, **_keep_scheduled_end(publication))
    except actions.ActionRefused:
        return "draft"
    return "public"


def _keep_scheduled_end(publication: Publication) -> dict[str, object]:
    return {"until": scheduled_end(publication)} if scheduled_end(publication) else {}


TAG_REPORTS = {
    "public": (messages.SUCCESS, ngettext_lazy(
        "Tags changed, and public: %d publication.", "Tags changed, and public: %d publications."
    )),
    "draft": (messages.SUCCESS, ngettext_lazy(
        "Tags changed in %d draft. Readers see it once that is published.",
        "Tags changed in %d drafts. Readers see it once they are published.",
    )),
    "same": (messages.INFO, ngettext_lazy(
        "Nothing changed in %d draft: its tags were like that already.",
        "Nothing changed in %d drafts: their tags were like that already.",
    )),
    "deleted": (messages.WARNING, ngettext_lazy(
        "%d draft has been deleted in the meantime.", "%d drafts have been deleted in the meantime."
    )),
}  # fmt: skip
"""The message for each outcome of `_change_tags`."""


def _report_tags(request: HttpRequest, outcomes: list[str]) -> None:
    for outcome, (level, text) in TAG_REPORTS.items():
        if count := outcomes.count(outcome):
            messages.add_message(request, level, text % count)


@require_permissions("publish_publication")
def bulk_withdraw(request: HttpRequest) -> HttpResponse:
    """Withdraw many publications, after a page that lists them and the editions that link to them."""
    publications = get_selected_publications(request)
    public = [
        publication for publication in publications if publication.live_from or publication.scheduled_from
    ]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and public and form.is_valid():
        _withdraw(request, public, form.cleaned_data["note"])
        return HttpResponseRedirect(list_url(request))
    states = actions.public_states(public)
    for publication in public:
        publication.state = states[publication.pk]
    return render_desk_page(
        request, "bulk_withdraw",
        title=_("Withdraw"), form=form, publications=public, list_url=list_url(request),
        skipped=[publication for publication in publications if publication not in public],
        linking_editions=list(editions_linking_to(public)[:MAX_BULK_PUBLICATIONS]) if public else [],
        mails=[_describe_mails(public)] if public else [],
    )  # fmt: skip


def _describe_mails(publications: Sequence[Publication]) -> str:
    """Return how many mails go out at once when publications are withdrawn together."""
    live = Edition.objects.live().filter(publication__in=publications)
    if not can_send_mail():
        return _("Mail is off on this server: no reader is mailed.")
    if live.count() > MAX_COUNTED_PUBLICATIONS:
        return _("Readers who have been mailed about them get one mail for each of them.")
    recipients = [count_readers_of_withdrawal(edition) for edition in live]
    if not any(numbers.has_any for numbers in recipients):
        return _("No reader is mailed: nobody has been mailed about them so far.")
    count = sum(numbers.counts[Timing.AT_ONCE] for numbers in recipients)
    text = ngettext(
        "%d mail says at once that they are withdrawn, one for each publication and reader; daily and weekly mails do "
        "later.",
        "%d mails say at once that they are withdrawn, one for each publication and reader; daily and weekly mails do "
        "later.",
        count,
    )
    return text % count


def _withdraw(request: HttpRequest, publications: Iterable[Publication], note: str) -> None:
    withdrawn_count = 0
    states_seen = dict(pair.split(":", 1) for pair in request.POST.getlist("state") if ":" in pair)
    for publication in publications:
        state = states_seen.get(str(publication.pk), actions.NEVER_PUBLIC)
        try:
            actions.withdraw(publication, by=request.user, note=note, state=state)
            withdrawn_count += 1
        except actions.ActionRefused as refusal:
            messages.error(request, f"{publication}: {' '.join(refusal.reasons)}")
    if withdrawn_count:
        text = ngettext(
            "%d publication withdrawn; nothing has been deleted.",
            "%d publications withdrawn; nothing has been deleted.",
            withdrawn_count,
        )
        messages.success(request, text % withdrawn_count)
