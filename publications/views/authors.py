"""The list of authors, by family name and letter, and the page of an author."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from publications.locales import current_locale
from publications.metadata import json_ld, parse_name
from publications.models import (
    Author,
    EditionList,
    Tag,
    count_authors,
    count_tags,
    facet_of,
    is_public,
    site_settings,
    top_counts,
)
from publications.presentation import (
    AuthorSummary,
    absolute_url,
    author_summaries,
    breadcrumb,
    feeds_for,
    identity_links,
    paragraphs_html,
    paths_in_locales,
    render_page,
    topic_summaries,
)
from publications.slugs import strip_marks

from .descriptions import breadcrumb_context, describe_author, describe_authors
from .pagination import indexing_context, page_url_of, paginate, paginate_teasers

NO_LETTER = "#"
"""The heading of names that do not begin with a letter."""
SWEDISH_SORT_KEYS = str.maketrans(
    {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"}
)  # characters after z in ASCII
AUTHORS_PER_PAGE = 60
MAX_WITHOUT_LETTERS = 30  # authors up to which the list has no index of letters
MAX_TOPICS = 12


@dataclass(frozen=True, order=True)
class AuthorEntry:
    """An author in the sorted list. Entries compare by their sort keys."""

    family: str
    name: str
    pk: int
    letter: str = ""


def sort_authors(authors: Iterable[tuple[int, str, str, bool]], locale: str) -> list[AuthorEntry]:
    """Return authors by family name, sorted by the rules of the locale.

    Args:
        authors: primary key, name, family name ("" to derive it) and whether it is an organisation.
    """
    return sorted(_author_entry(*author, locale) for author in authors)


def _author_entry(pk: int, name: str, family_name: str, is_organisation: bool, locale: str) -> AuthorEntry:
    family = parse_name(name, family_name, is_organisation=is_organisation).family or name
    key = _sort_key(family, locale)
    return AuthorEntry(key, _sort_key(name, locale), pk, _letter(family, key, locale))


def _sort_key(name: str, locale: str) -> str:
    lowered = name.casefold()
    if locale != "sv":
        return strip_marks(lowered)
    return "".join(map(strip_marks, lowered.translate(SWEDISH_SORT_KEYS)))


def _letter(family: str, key: str, locale: str) -> str:
    """Return the heading letter: in Swedish Å, Ä and Ö are letters of their own, in English variants of A and O."""
    first = family[:1] if locale == "sv" and key[:1] in "{|}" else key[:1]
    return first.upper() if first.isalpha() else NO_LETTER


def author_list(request: HttpRequest) -> HttpResponse:
    """List all authors by family name, with an index of letters if they are many."""
    locale, site = current_locale(), site_settings()
    entries = SimpleLazyObject(lambda: _all_entries(locale))
    pagination = paginate(
        range(len(count_authors(locale, {}))),
        request.GET.get("page", "1"),
        page_url_of(request.path),
        AUTHORS_PER_PAGE,
    )
    indexes = pagination["page"].object_list
    return render_page(
        request,
        "pages/authors.html",
        section="authors",
        title=_("Authors"),
        site=site,
        description=describe_authors(site),
        has_social_image=True,
        **indexing_context(request.path, pagination["page"]),
        people=SimpleLazyObject(lambda: _summaries(locale, [entries[index] for index in indexes])),
        letters=SimpleLazyObject(lambda: _letter_index(entries, request.path)),
        **breadcrumb_context(request, breadcrumb(_("Authors"))),
        alternates=paths_in_locales("publications:authors"),
        **pagination,
    )


def _all_entries(locale: str) -> list[AuthorEntry]:
    authors = Author.objects.filter(pk__in=list(count_authors(locale, {})))
    return sort_authors(authors.values_list("pk", "name", "family_name", "is_organisation"), locale)


def _summaries(locale: str, entries: Sequence[AuthorEntry]) -> list[AuthorSummary]:
    """Return the summaries of these entries; the first of each letter has the anchor of the letter."""
    counts = count_authors(locale, {})
    authors = Author.objects.select_related("portrait").attach_counts(
        {entry.pk: counts[entry.pk] for entry in entries if entry.pk in counts}
    )
    authors_by_pk = {author.pk: author for author in authors}
    entries = [entry for entry in entries if entry.pk in authors_by_pk]
    previous_letters = ["", *(entry.letter for entry in entries)]
    return [
        replace(summary, anchor=_anchor(entry.letter) if entry.letter != previous_letter else "")
        for summary, entry, previous_letter in zip(
            author_summaries(authors_by_pk[entry.pk] for entry in entries),
            entries,
            previous_letters,
            strict=False,
        )
    ]


def _letter_index(entries: Sequence[AuthorEntry], path: str) -> list[dict[str, str]]:
    """Return each letter with the URL of its first author, or [] for a short list."""
    if len(entries) <= MAX_WITHOUT_LETTERS:
        return []
    first_index = {entry.letter: index for index, entry in reversed(list(enumerate(entries)))}
    page_url = page_url_of(path)
    return [
        {"letter": letter, "url": f"{page_url(index // AUTHORS_PER_PAGE + 1)}#{_anchor(letter)}"}
        for letter, index in reversed(first_index.items())
    ]


def _anchor(letter: str) -> str:
    return f"letter-{'others' if letter == NO_LETTER else letter.lower()}"


def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an author and their publications."""
    author = author_or_404(slug)
    locale, site = current_locale(), site_settings()
    pagination = paginate_teasers(
        EditionList(locale, {"author": slug}), request.GET.get("page", "1"), page_url_of(request.path)
    )
    summary = author_summaries([author])[0]
    counts = top_counts(count_tags(locale, {"author": slug}), MAX_TOPICS, attrgetter("count"))
    tags = sorted(Tag.objects.order_by("name").attach_counts(counts), key=lambda tag: -tag.edition_count)[
        :MAX_TOPICS
    ]
    return render_page(
        request,
        "pages/author.html",
        section="authors",
        title=author.name,
        site=site,
        description=describe_author(author, site),
        has_social_image=True,
        **indexing_context(request.path, pagination["page"]),
        head_links=identity_links(author.profile_urls),
        author=author,
        person=summary,
        biography=paragraphs_html(author.biography),
        topics=topic_summaries(tags),
        alert_choice=urlencode({"author": slug}),
        feeds=feeds_for(current_locale(), author=author),
        **_breadcrumb_context(request, author, summary),
        alternates=paths_in_locales("publications:author", slug=slug),
        **pagination,
    )


def author_or_404(slug: str) -> Author:
    """Return the author with this slug. Raises Http404 also if they have no live publication."""
    author = get_object_or_404(Author.objects.not_pseudonymous().select_related("portrait"), slug=slug)
    if not is_public(facet_of(author), slug):
        raise Http404
    return author


def _breadcrumb_context(request: HttpRequest, author: Author, summary: AuthorSummary) -> dict[str, object]:
    portrait_url = absolute_url(summary.portrait.src) if summary.portrait else ""
    profile = json_ld.profile(author, current_locale(), portrait_url)
    return breadcrumb_context(
        request, breadcrumb((_("Authors"), "publications:authors"), author.name), profile
    )
