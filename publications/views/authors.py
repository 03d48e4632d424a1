"""The people who write: all of them by name, and a page for each."""

from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from publications.metadata import linked
from publications.models import Author, Edition, Tag
from publications.presentation import (
    Writer,
    absolute,
    current_tree,
    everywhere,
    feeds_for,
    page,
    paragraphs,
    subjects,
    way_here,
    writers,
)

from .describing import described
from .paging import indexed, paged, paged_cards, plain

PER_PAGE = 60
TOPICS = 12


def author_list(request: HttpRequest) -> HttpResponse:
    live = Edition.objects.live().in_tree(current_tree())
    known = Author.objects.known().with_pieces(live).select_related("portrait").order_by(Lower("name"), "pk")
    found = paged(known, request.GET.get("page", "1"), plain(request.path), PER_PAGE)
    return page(
        request,
        "authors.html",
        section="authors",
        title=_("Authors"),
        **indexed(request.path, found["page"]),
        people=writers(found["page"].object_list),
        **described(request, way_here(_("Authors"))),
        alternates=everywhere("publications:authors"),
        **found,
    )


def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An author and all they have written; who has no live piece is as if they were not there."""
    author = get_object_or_404(Author.objects.known().select_related("portrait"), slug=slug)
    if not Edition.objects.live().by(author).exists():
        raise Http404
    live = Edition.objects.live().in_tree(current_tree()).by(author).newest_first()
    found = paged_cards(live, request.GET.get("page", "1"), plain(request.path))
    writer = writers([author])[0]
    tags = Tag.objects.with_pieces(live).order_by("-pieces", "name")[:TOPICS]
    return page(
        request,
        "author.html",
        section="authors",
        title=author.name,
        description=author.biography[:300],
        **indexed(request.path, found["page"]),
        author=author,
        person=writer,
        biography=paragraphs(author.biography),
        subjects=subjects(tags),
        feeds=feeds_for(current_tree(), author=author),
        **_described(request, author, writer),
        alternates=everywhere("publications:author", slug=slug),
        **found,
    )


def _described(request: HttpRequest, author: Author, writer: Writer) -> dict[str, object]:
    picture = absolute(writer.portrait.src) if writer.portrait else ""
    profile = linked.profile(author, current_tree(), picture)
    return described(request, way_here((_("Authors"), "publications:authors"), author.name), profile)
