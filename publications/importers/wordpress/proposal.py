"""A mapping proposed for an export: topics with their parents, kinds of categories and types, custom fields."""

from collections import Counter
from dataclasses import replace

from publications.stored_messages import gettext as _
from publications.stored_messages import join_messages, ngettext

from ..kind_words import kind_of_word
from ..mapping import ImportMapping, normalize_key
from .index import ExportIndex
from .posts import PAGE, POST, SYSTEM_TYPES
from .topics import CATEGORY, parents_of

KNOWN_FIELDS = {
    "doi": "doi", "isbn": "isbn", "subtitle": "summary", "sub_title": "summary", "ingress": "summary",
    "lead": "summary", "preamble": "summary", "external_url": "external_url", "report_number": "number",
    "guest_author": "authors", "guest_authors": "authors", "extra_authors": "authors", "pdf_file": "files",
    "pdf": "files",
}  # fmt: skip
"""Fields of publications by usual names of custom fields."""


def propose_mapping(proposal: ImportMapping, index: ExportIndex) -> ImportMapping:
    """Return the mapping of topics and people with what an export of WordPress has besides."""
    kinds, fields = _propose_kinds(index), _propose_fields(index)
    comments = dict(proposal.comments)
    for (taxonomy, slug), term in index.terms.items():
        key = ("topics", normalize_key(term["name"]))
        if taxonomy == CATEGORY and (parents := parents_of(slug, index)) and key[1] in proposal.topics:
            parent = index.terms.get((CATEGORY, parents[0]), {}).get("name", parents[0])
            comments[key] = join_messages(comments.get(key, ""), _("below “%s”") % parent)
    types = Counter[str]()
    for (post_type, _status), count in index.counts.items():
        types[post_type] += count
    for section, counts in (("kinds", types), ("fields", index.fields)):
        for name, count in counts.items():
            comments[section, normalize_key(name)] = ngettext("%d text", "%d texts", count) % count
    names = ImportMapping.from_names(kinds=kinds, fields=fields)
    own_types = frozenset(map(normalize_key, _list_types(index)))
    return replace(proposal, kinds=names.kinds, fields=names.fields, types=own_types, comments=comments)


def _propose_kinds(index: ExportIndex) -> dict[str, str]:
    """Return kinds for categories that are called as one is, and rows for types of their own."""
    kinds = {
        term["name"]: kind
        for (taxonomy, slug), term in index.terms.items()
        if taxonomy == CATEGORY and (kind := kind_of_word(slug))
    }
    return kinds | {
        post_type: kinds.get(post_type) or kind_of_word(post_type) for post_type in _list_types(index)
    }


def _list_types(index: ExportIndex) -> list[str]:
    """Return the types of their own that texts have."""
    types = {post_type for post_type, _status in index.counts}
    return sorted(types - SYSTEM_TYPES - {POST, PAGE})


def _propose_fields(index: ExportIndex) -> dict[str, str]:
    return {
        name: KNOWN_FIELDS.get(name.casefold(), "")
        for name in sorted(index.fields)
        if not name.startswith("_")
    }
