"""The people who write: all of them by family name and letter, and a page for each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from publications.locales import current_locale
from publications.metadata import json_ld, parse_name
from publications.models import (
    Author,
    Edition,
    Tag,
    count_authors,
    count_editions,
    count_tags,
    site_settings,
    top_counts,
)
from publications.presentation import (
    AuthorSummary,
    absolute_url,
    author_summaries,
    breadcrumb,
    feeds_for,
    paragraphs,
    paths_in_locales,
    render_page,
    topic_summaries,
)
from publications.slugs import strip_marks

from .descriptions import breadcrumb_context, describe_author, describe_authors
from .pagination import indexing_context, numbered_urls, paginate, paginate_teasers

NO_LETTER = "#"
"""Stands for names that begin with no letter."""
SWEDISH = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})  # the three signs behind z
AUTHORS_PER_PAGE = 60
MAX_WITHOUT_LETTERS = 30  # people whom a reader finds without letters
TOPICS = 12


@dataclass(frozen=True, order=True)
class RegisterEntry:
    """A person in the sort_register, comparable by what they are sorted by."""

    family: str
    name: str
    pk: int
    letter: str = ""


def sort_register(people: Iterable[tuple[int, str, str, bool]], locale: str) -> list[RegisterEntry]:
    """Authors, each a number, a name, the family name if it was told, and whether it is an organisation, in order."""
    return sorted(_register_entry(*person, locale) for person in people)


def _register_entry(pk: int, name: str, told: str, is_organisation: bool, locale: str) -> RegisterEntry:
    family = parse_name(name, told, is_organisation=is_organisation).family or name
    key = _sorted_as(family, locale)
    return RegisterEntry(key, _sorted_as(name, locale), pk, _letter(family, key, locale))


def _sorted_as(name: str, locale: str) -> str:
    lowered = name.casefold()
    return "".join(map(strip_marks, lowered.translate(SWEDISH))) if locale == "sv" else strip_marks(lowered)


def _letter(family: str, key: str, locale: str) -> str:
    """The letter it stands under: Å of its own in Swedish, beneath A in English."""
    first = family[:1] if locale == "sv" and key[:1] in "{|}" else key[:1]
    return first.upper() if first.isalpha() else NO_LETTER


def author_list(request: HttpRequest) -> HttpResponse:
    """All by family name; where they are many, with a way to each letter."""
    locale, site = current_locale(), site_settings()
    register = SimpleLazyObject(lambda: _register(locale))
    found = paginate(
        range(len(count_authors(locale, {}))),
        request.GET.get("page", "1"),
        numbered_urls(request.path),
        AUTHORS_PER_PAGE,
    )
    shown = found["page"].object_list
    return render_page(
        request,
        "pages/authors.html",
        section="authors",
        title=_("Authors"),
        site=site,
        description=describe_authors(site),
        has_social_image=True,
        **indexing_context(request.path, found["page"]),
        people=SimpleLazyObject(lambda: _in_order(locale, [register[place] for place in shown])),
        letters=lambda: _letters(register, request.path) if len(register) > MAX_WITHOUT_LETTERS else [],
        **breadcrumb_context(request, breadcrumb(_("Authors"))),
        alternates=paths_in_locales("publications:authors"),
        **found,
    )


def _register(locale: str) -> list[RegisterEntry]:
    named = Author.objects.filter(pk__in=list(count_authors(locale, {})))
    return sort_register(named.values_list("pk", "name", "family_name", "is_organisation"), locale)


def _in_order(locale: str, entries: Sequence[RegisterEntry]) -> list[AuthorSummary]:
    """The people of these entries, the first under a letter with its anchor."""
    found = count_authors(locale, {})
    told = Author.objects.select_related("portrait").attach_counts(
        {entry.pk: found[entry.pk] for entry in entries if entry.pk in found}
    )
    rows = {author.pk: author for author in told}
    entries = [entry for entry in entries if entry.pk in rows]
    letters = ["", *(entry.letter for entry in entries)]
    return [
        replace(writer, anchor=_anchor(entry.letter) if entry.letter != before else "")
        for writer, entry, before in zip(
            author_summaries(rows[entry.pk] for entry in entries), entries, letters, strict=False
        )
    ]


def _letters(entries: Sequence[RegisterEntry], path: str) -> list[dict[str, str]]:
    """Each letter, and the address of the first who stands under it."""
    first = {entry.letter: place for place, entry in reversed(list(enumerate(entries)))}
    url_of = numbered_urls(path)
    return [
        {"letter": letter, "url": f"{url_of(place // AUTHORS_PER_PAGE + 1)}#{_anchor(letter)}"}
        for letter, place in reversed(first.items())
    ]


def _anchor(letter: str) -> str:
    return f"letter-{'others' if letter == NO_LETTER else letter.lower()}"


def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An author and all they have written."""
    author = author_or_404(slug)
    locale, site = current_locale(), site_settings()
    live = Edition.objects.live().for_locale(locale).authored_by(author).newest_first()
    total = count_editions(locale, {"author": slug})
    found = paginate_teasers(live, request.GET.get("page", "1"), numbered_urls(request.path), total=total)
    writer = author_summaries([author])[0]
    top = top_counts(count_tags(locale, {"author": slug}), TOPICS, attrgetter("count"))
    tags = sorted(Tag.objects.order_by("name").attach_counts(top), key=lambda tag: -tag.pieces)[:TOPICS]
    return render_page(
        request,
        "pages/author.html",
        section="authors",
        title=author.name,
        site=site,
        description=describe_author(author, site),
        has_social_image=True,
        **indexing_context(request.path, found["page"]),
        author=author,
        person=writer,
        biography=paragraphs(author.biography),
        topics=topic_summaries(tags),
        feeds=feeds_for(current_locale(), author=author),
        **_described(request, author, writer),
        alternates=paths_in_locales("publications:author", slug=slug),
        **found,
    )


def author_or_404(slug: str) -> Author:
    """The author of this address; who has no live piece is as if they were not there."""
    author = get_object_or_404(Author.objects.identified().select_related("portrait"), slug=slug)
    if not Edition.objects.live().authored_by(author).exists():
        raise Http404
    return author


def _described(request: HttpRequest, author: Author, writer: AuthorSummary) -> dict[str, object]:
    picture = absolute_url(writer.portrait.src) if writer.portrait else ""
    profile = json_ld.profile(author, current_locale(), picture)
    return breadcrumb_context(
        request, breadcrumb((_("Authors"), "publications:authors"), author.name), profile
    )
