"""Categories and tags of an export as topics, and those that are kinds of publications."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from ..mapping import ImportMapping, normalize_key
from ..name_matching import TopicName
from ..source import SourceTopic
from .export_item import ItemTerm
from .index import ExportIndex
from .language_marks import choose_part
from .posts import IndexedPost, plain_name

CATEGORY, TAG, FORMAT = "category", "post_tag", "post_format"
_HTML = re.compile(r"<[^>]*>")
MAX_PARENTS = 20


def topics_of(post: IndexedPost, index: ExportIndex, mapping: ImportMapping) -> tuple[str, ...]:
    """Return the names of the topics of a post: its categories, then its tags, without those that are kinds."""
    terms = sorted(
        (term for term in post.terms if term.taxonomy in (CATEGORY, TAG)),
        key=lambda term: term.taxonomy != CATEGORY,
    )
    names = (
        term_name(term, index) for term in terms if not is_uncategorized(term) and not _is_kind(term, mapping)
    )
    return tuple({normalize_key(name): name for name in reversed([*names])}.values())[::-1]


def term_name(term: ItemTerm, index: ExportIndex) -> str:
    known = index.terms.get((term.taxonomy, term.slug))
    return (known["name"] if known else plain_name(term.name)) or term.slug


def format_of(term: ItemTerm) -> str:
    """Return the name of a post format, such as “aside”."""
    return term.slug.removeprefix("post-format-")


def is_uncategorized(term: ItemTerm) -> bool:
    return term.taxonomy == CATEGORY and any(
        TopicName(name).is_uncategorized for name in (term.slug, term.name)
    )


def _is_kind(term: ItemTerm, mapping: ImportMapping) -> bool:
    if normalize_key(term.name) in mapping.topics:
        return False
    return bool(mapping.kinds.get(normalize_key(term.name)) or mapping.kinds.get(normalize_key(term.slug)))


def kind_of(post: IndexedPost, mapping: ImportMapping) -> str:
    """Return the slug of the kind that the mapping gives to a category or the type of a post, or ""."""
    names = [name for term in post.terms if term.taxonomy == CATEGORY for name in (term.name, term.slug)]
    kinds = (mapping.kinds.get(normalize_key(name)) for name in (*names, post.post_type))
    return next(filter(None, kinds), "")


def find_topics(index: ExportIndex, used_terms: Iterable[ItemTerm] = ()) -> dict[str, SourceTopic]:
    """Return the topics by name, with their introductions and the addresses of their old pages.

    Args:
        used_terms: those of texts, which an export of single texts does not list.
    """
    topics: dict[str, SourceTopic] = {}
    used = {
        (term.taxonomy, term.slug): {"name": term_name(term, index), "description": ""} for term in used_terms
    }
    for (taxonomy, slug), term in (used | index.terms).items():
        if taxonomy not in (CATEGORY, TAG) or is_uncategorized(ItemTerm(taxonomy, slug, term["name"])):
            continue
        key, previous = term["name"].casefold(), topics.get(term["name"].casefold())
        introduction = " ".join(_HTML.sub(" ", choose_part(term["description"])).split())
        paths = (*(previous.former_paths if previous else ()), *archive_paths(taxonomy, slug, index))
        introduction = (previous.introduction if previous else "") or introduction
        topics[key] = SourceTopic(term["name"], introduction, tuple(dict.fromkeys(paths)))
    return topics


def archive_paths(taxonomy: str, slug: str, index: ExportIndex) -> Iterable[str]:
    """Return the paths of the old page of a category or tag, with and without the parents of a category."""
    home = urlsplit(index.address).path.rstrip("/")
    if taxonomy == TAG:
        return (f"{home}/tag/{slug}/",)
    parents = parents_of(slug, index)
    path = "/".join([*reversed(parents), slug])
    return dict.fromkeys((f"{home}/category/{path}/", f"{home}/category/{slug}/"))


def parents_of(slug: str, index: ExportIndex) -> list[str]:
    """Return the slugs of the categories above one, the nearest first."""
    parents: list[str] = []
    term = index.terms.get((CATEGORY, slug))
    while term and term["parent"] and term["parent"] not in (slug, *parents) and len(parents) < MAX_PARENTS:
        parents.append(term["parent"])
        term = index.terms.get((CATEGORY, term["parent"]))
    return parents
