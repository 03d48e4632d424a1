"""The list pages that WordPress makes of its texts, and what each leads to here.

Source: the rewrite rules of WordPress (wp-includes/class-wp-rewrite.php) in their default form.
"""

import re
from collections.abc import Container, Iterable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from publications.locales import locale_of, localized_path
from publications.stored_messages import gettext as _

from ..imported_file import SourceRemark
from ..links import address_on_site
from ..source import OldPage
from .addresses import attachment_addresses
from .authors import AUTHOR_TAXONOMY, authors_of
from .export_item import ItemTerm
from .index import ExportIndex
from .languages import LANGUAGE_TAXONOMY, TRANSLATIONS_TAXONOMY
from .posts import PAGE, POST, PUBLISHED, IndexedPost
from .topics import CATEGORY, FORMAT, TAG, archive_paths, format_of, term_name

LIST, AUTHORS = "publications:list", "publications:authors"
INTERNAL_TAXONOMIES = (AUTHOR_TAXONOMY, LANGUAGE_TAXONOMY, TRANSLATIONS_TAXONOMY)
"""Taxonomies of plugins, whose terms have no pages that list texts."""
MIN_TEXTS_PER_PAGE = 5
"""A list of WordPress has ten texts a page unless its owner changes it; the export does not say."""
MAX_EXAMPLES = 10
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def find_archive_pages(index: ExportIndex, posts: Iterable[IndexedPost], language: str) -> dict[str, OldPage]:
    """Return what the list pages of public posts lead to, by their old path and query.

    Args:
        posts: the texts of the import.
        language: that of the site.
    """
    posts = list(posts)
    public = [post for post in posts if is_listed(post)]
    of_types = [post for post in posts if post.post_type not in (POST, PAGE) and post.status == PUBLISHED]
    locale, home = locale_of(language), urlsplit(index.address).path.rstrip("/")
    texts = OldPage(address=localized_path(locale, LIST))
    pages = dict.fromkeys((f"{home}{path}" for path in _list_paths(public)), texts)
    pages |= dict.fromkeys((path for post in of_types for path in _type_paths(post, index, home)), texts)
    for term in dict.fromkeys(term for post in (*public, *of_types) for term in post.terms):
        is_topic = term.taxonomy in (CATEGORY, TAG)
        page = OldPage(address=texts.address, topic=term_name(term, index)) if is_topic else texts
        pages |= dict.fromkeys(_term_paths(term, index, home), page)
    for login in dict.fromkeys(login for post in (*public, *of_types) for login in authors_of(post)):
        page = OldPage(address=localized_path(locale, AUTHORS), author=login)
        number = index.authors.get(login.casefold(), {}).get("wp:author_id", "")
        pages |= {f"{home}/?author={number}": page} if number else {}
    return pages


def is_listed(post: IndexedPost) -> bool:
    """Whether WordPress shows a text in its lists."""
    return post.post_type == POST and post.status == PUBLISHED


def describe_file_pages(index: ExportIndex, texts: Container[int]) -> Iterator[SourceRemark]:
    """Yield the pages of files that belong to no text of the import, by some examples.

    Args:
        texts: the numbers of the texts of the import.
    """
    files = [file for file in index.attachments.values() if file.parent not in texts]
    if files:
        message = _(
            "Pages that the old site made of single files, of which no imported text is the parent: %d. Their "
            "addresses answer 404, or lead to the home page where they are a number; examples:"
        )
        examples = (address for file in files for address in attachment_addresses(file, index.address))
        yield SourceRemark(message % len(files), tuple(islice(examples, MAX_EXAMPLES)))


def _list_paths(posts: list[IndexedPost]) -> Iterator[str]:
    """Yield the pages of the list of all texts, and those of years, months and days."""
    for number in range(2, -(-len(posts) // MIN_TEXTS_PER_PAGE) + 1):
        yield from (f"/page/{number}/", f"/?paged={number}")
    for post in posts:
        if date := _DATE.match(post.date):
            year, month, day = date.groups()
            yield from (f"/{year}/", f"/{year}/{month}/", f"/{year}/{month}/{day}/")
            yield from (f"/?m={year}", f"/?m={year}{month}", f"/?m={year}{month}{day}")


def _type_paths(post: IndexedPost, index: ExportIndex, home: str) -> Iterator[str]:
    """Yield the pages that list the texts of a type of its own: by the name of the type, and above its texts."""
    yield f"{home}/?post_type={post.post_type}"
    yield f"{home}/{post.post_type}/"
    above = address_on_site(post.link, index.address).rstrip("/").rpartition("/")[0]
    if above.startswith(f"{home}/") and "?" not in above:
        yield f"{above}/"


def _term_paths(term: ItemTerm, index: ExportIndex, home: str) -> Iterator[str]:
    if term.taxonomy == FORMAT:
        yield f"{home}/type/{format_of(term)}/"
        yield f"{home}/?post_format={term.slug}"
    elif term.taxonomy not in (CATEGORY, TAG) and term.taxonomy not in INTERNAL_TAXONOMIES:
        yield f"{home}/{term.taxonomy}/{term.slug}/"
        yield f"{home}/?{term.taxonomy}={term.slug}"
    if term.taxonomy not in (CATEGORY, TAG):
        return
    yield from archive_paths(term.taxonomy, term.slug, index)
    if term.taxonomy == TAG:
        yield f"{home}/?tag={term.slug}"
        return
    yield f"{home}/?category_name={term.slug}"
    if number := index.terms.get((CATEGORY, term.slug), {}).get("number", ""):
        yield f"{home}/?cat={number}"
