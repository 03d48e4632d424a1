"""Pages for the related links of live publications, and links to publications that are no longer public.

Changes are public at once.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions
from publications.locales import localized_path
from publications.models import (
    Address,
    Edition,
    ExcludedSuggestion,
    LastChange,
    Publication,
    RelatedLink,
    last_change,
)

from .choice_sources import can_read_drafts
from .chooser_forms import ChooserFormMixin
from .choosers import ChooserField, read_initial_pks
from .drafts import suggestions
from .form_data import get_pk, get_pks, mark_redisplay
from .model_admin import limit_query
from .site import render_desk_page, require_permissions

LINKED_URL = re.compile(r'href="([^"#?]*)')
MAX_ENDED_PUBLICATIONS = 40
"""How many publications, those that ended last, are searched for in texts: each search reads every text."""


def ended_publications() -> QuerySet[Publication]:
    """Return the publications that were public and are no longer, the last to end first."""
    own = Edition.objects.filter(publication=OuterRef("pk"))
    ended = own.ever_public().order_by("-visible_until").values("visible_until")[:1]
    publications = Publication.objects.filter(Exists(own.ever_public()), ~Exists(own.live()))
    return publications.annotate(last_ended_at=Subquery(ended)).order_by("-last_ended_at", "pk")


def links_to_ended() -> QuerySet[RelatedLink]:
    return RelatedLink.objects.filter(target__in=ended_publications().order_by().values("pk"))


def has_links_to_ended() -> Q:
    """Return a condition on publications that link to one that is no longer public."""
    return Q(pk__in=_find_linking_to_ended(last_change()))


@lru_cache(maxsize=1)
def _find_linking_to_ended(_change: LastChange) -> tuple[int, ...]:
    """Return these publications, found once after each change of the public site: the desk asks often."""
    newest = list(ended_publications().values_list("pk", flat=True)[:MAX_ENDED_PUBLICATIONS])
    if not newest:
        return ()
    return tuple({*links_to_ended().values_list("source", flat=True), *_find_linking(newest)})


def editions_linking_to(publications: Sequence[Publication]) -> QuerySet[Edition]:
    """Return the live editions of other publications that link to these, by a related link or in their text."""
    pks = [publication.pk for publication in publications]
    linked = Q(publication__in=RelatedLink.objects.filter(target__in=pks).values("source"))
    linked |= Q(publication__in=_find_linking(pks))
    live = Edition.objects.live().filter(linked).exclude(publication__in=pks)
    return live.without_texts().order_by("title", "pk")


def ended_related(publication: Publication) -> list[Publication]:
    """Return the related publications of a publication that are no longer public."""
    return list(ended_publications().filter(linked_from__source=publication.pk))


def _find_linking(pks: Sequence[int]) -> list[int]:
    """Return the other publications whose live text links to an address of one of these.

    Each text is read once, and its links are compared here: conditions for hundreds of addresses are too many for
    SQLite, and each would search all texts.
    """
    addresses, own = Address.objects.filter(publication__in=pks), set(pks)
    urls = {url for address in addresses for url in _url_spellings(address)}
    texts = Edition.objects.live().values_list("publication", "html")
    return [
        pk
        for pk, html in texts.iterator(chunk_size=200)
        if pk not in own and any(_leads_to(href, urls) for href in LINKED_URL.findall(html))
    ]


def _leads_to(href: str, urls: set[str]) -> bool:
    """Return whether a link has one of these addresses, each of which ends in a slash, or a page below one."""
    return any(href[: slash.end()] in urls for slash in re.finditer("/", href))


def _url_spellings(address: Address) -> set[str]:
    path = localized_path(address.locale, "publications:detail", slug=address.slug)
    paths = {path, quote(path), escape(path)}
    return paths | {f"{settings.SITE_URL}{path}" for path in paths}


EXCLUSION_BUTTONS = {"_apart", "_together"}
EDITIONS_PER_PAGE = 50
MIN_LINKS = 3  # fewer are few


class RelatedLinksForm(ChooserFormMixin, forms.Form):
    """The related publications of a live one, for a user who may choose only some of them."""

    class Media:
        js = [Script("js/desk/suggestions.js", type="module")]

    def __init__(self, data, *, publication: Publication, user) -> None:
        stored = list(publication.related_links.values_list("target", flat=True))
        super().__init__(data, initial={"related": [(pk, "") for pk in stored]})
        self.instance = publication
        self.fields["related"] = ChooserField(
            "publications", limit=actions.MAX_RELATED_LINKS, required=False, label=_("Related publications"),
            is_merged=True, user=user, always_selectable=stored,
        )  # fmt: skip


@require_permissions("relate_publication")
def related_links_list(request: HttpRequest) -> HttpResponse:
    """List the live publications, those with the fewest links first."""
    query, selected_filter = limit_query(request, request.GET.get("q", "")), request.GET.get("only", "")
    live = (
        Edition.objects.live()
        .filter(title__icontains=query)
        .select_related("kind")
        .prefetch_related("bylines")
    )
    editions = live.annotate(links=Count("publication__related_links")).order_by(
        "links", "-published_at", "-pk"
    )
    editions = FILTERS.get(selected_filter, lambda editions: editions)(editions)
    page = Paginator(editions.without_texts(), EDITIONS_PER_PAGE).get_page(request.GET.get("page"))
    return render_desk_page(
        request, "related_links",
        title=_("Related links"), page=page, query=query,
        selected_filter=selected_filter, filters=FILTER_LABELS,
    )  # fmt: skip


def _with_links_to_ended(editions: QuerySet) -> QuerySet:
    return editions.filter(publication__in=links_to_ended().values("source"))


FILTERS = {
    "none": lambda editions: editions.filter(links=0),
    "few": lambda editions: editions.filter(links__lt=MIN_LINKS),
    "gone": _with_links_to_ended,
}
FILTER_LABELS = (
    ("", gettext_lazy("All")),
    ("none", gettext_lazy("Without links")),
    ("few", gettext_lazy("With one or two at most")),
    ("gone", gettext_lazy("Linked to what is no longer public")),
)


@require_permissions("relate_publication")
def related_links_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the related links of a live publication."""
    edition = get_object_or_404(Edition.objects.live().select_related("publication"), publication=pk)
    publication = edition.publication
    data = suggestions.apply_suggestion(request.POST) if "_take" in request.POST else request.POST
    if EXCLUSION_BUTTONS & set(data):
        data = _exclude_or_allow(request, publication)
    form = RelatedLinksForm(data or None, publication=publication, user=request.user)
    if request.method == "POST" and form.is_valid() and _save_links(request, publication, form):
        return HttpResponseRedirect(reverse("desk:related-links"))
    related_pks = get_pks(data, "related") or [pk for pk, _role in form.initial["related"]]
    return render_desk_page(
        request, "related_links_edit",
        title=edition.title, edition=edition, form=form, ended_related=ended_related(publication),
        can_read_drafts=can_read_drafts(request.user),
        related=suggestions.find_similar_to_live(publication.pk, related_pks),
        excluded_suggestions=_excluded_suggestions(publication), may_exclude=True,
    )  # fmt: skip


def _exclude_or_allow(request: HttpRequest, publication: Publication) -> QueryDict:
    """Exclude a live publication as a suggestion, or allow it again. Returns the form data, to be redisplayed."""
    for name, change in (("_apart", actions.exclude_suggestion), ("_together", actions.allow_suggestion)):
        live = (
            Edition.objects.live()
            .filter(publication=get_pk(request.POST, name))
            .select_related("publication")
        )
        other = live.first()
        if other and other.publication_id != publication.pk:
            try:
                change(publication, other.publication, by=request.user)
            except actions.ActionRefused as refusal:
                messages.error(request, refusal.reasons[0])
    return mark_redisplay(request.POST)


def _excluded_suggestions(publication: Publication) -> QuerySet[Edition]:
    """Return the live editions that are not to be suggested for a publication."""
    return (
        Edition.objects.live()
        .filter(publication__in=ExcludedSuggestion.excluded_with(publication.pk))
        .without_texts()
    )


def _save_links(request: HttpRequest, publication: Publication, form: RelatedLinksForm) -> bool:
    try:
        targets = [target for target, _role in form.cleaned_data["related"]]
        seen = read_initial_pks(form.data, "related")
        changed = actions.set_related_links(publication, targets, by=request.user, seen=seen)
    except actions.ActionRefused as refusal:
        form.add_error("related", refusal.reasons)
        return False
    messages.success(request, _("Saved, and public now.") if changed else _("Nothing has changed."))
    return True
