"""Propose the rules of a mapping for an old site from what repeats on its pages."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from publications.stored_messages import gettext as _
from publications.stored_messages import ngettext

from ..kind_words import find_kind, kind_of_word
from ..mapping import ImportMapping
from .addresses import address_key
from .field_candidates import FieldProposal, source_of
from .field_proposals import (
    propose_authors,
    propose_breadcrumb,
    propose_cover,
    propose_date,
    propose_files,
    propose_number,
    propose_related,
    propose_removed,
    propose_summary,
    propose_tags,
    propose_title,
)
from .html_page import plain_text
from .page_groups import MIN_GROUP_PAGES, PageGroup, distinguish_groups, find_common_prefixes, group_pages
from .page_profiles import count_texts, profile_page, read_pages
from .proposed_matches import propose_match
from .sampled_group import SampledGroup
from .site_copy import SiteCopy
from .values import read_values, split_names

MIN_PERSON_SHARE = 0.5
MIN_KIND_SHARE = 0.8
"""Of the pages whose breadcrumb or title has to name one kind."""
HOME = "/"
"""The key of the home page, which is no text."""


def propose_rules(copy: SiteCopy) -> ImportMapping:
    """Return the rules that are proposed for a site: one for each type of page, with comments on why."""
    repeated = count_texts(copy)
    profiles = [profile_page(page, copy, repeated) for page in read_pages(copy)]
    groups = group_pages(profile for profile in profiles if address_key(profile.address) != HOME)
    markers = distinguish_groups(groups)
    rules: list[dict[str, Any]] = []
    comments: dict[tuple[str, str | int], str] = {}
    samples = {
        number: SampledGroup.of(group, copy, repeated)
        for number, group in enumerate(groups)
        if len(group.pages) >= MIN_GROUP_PAGES
    }
    drafts = {
        number: _propose_rule(sample) for number, sample in samples.items() if not groups[number].is_list
    }
    names = {name.casefold() for _rule, _lines, found in drafts.values() for name in found}
    others = {profile.key: profile for profile in profiles}
    for number, sample in sorted(
        samples.items(), key=lambda item: _order_of(groups[item[0]], markers[item[0]])
    ):
        group = groups[number]
        if group.is_list or not sample.body or _are_people(sample, names):
            reason = (
                _("They mostly link to other pages.")
                if group.is_list
                else _("Their titles are names of authors.")
            )
            rule, lines = {"ignore": True}, [reason]
        else:
            rule, lines, _names = drafts[number]
        for page in group.pages:
            del others[page.key]
        match = propose_match(group, markers[number], others.values(), is_ignored="ignore" in rule)
        name = _name_of(group, rules)
        comments["pages", len(rules)] = "\n".join([_describe_group(group), *lines])
        rules.append({"name": name, "match": match, **rule})
    return ImportMapping(pages=tuple(rules), comments=comments)


def _order_of(group: PageGroup, marker: str) -> tuple[bool, int]:
    """Return the place of a rule: selectors first, the most pages first; then addresses, as few may be within many."""
    return (False, -len(group.pages)) if marker else (True, len(group.pages))


def _propose_rule(sample: SampledGroup) -> tuple[dict[str, Any], list[str], set[str]]:
    """Return a rule without its match, the comments on it, and the names of authors that it finds."""
    date, authors = propose_date(sample), propose_authors(sample)
    title = propose_title(sample)
    fields: dict[str, FieldProposal] = {
        "title": title,
        "summary": propose_summary(sample, [*title.selectors, *date.selectors, *authors.selectors]),
        "body": FieldProposal((sample.body,), len(sample.pages)) if sample.body else FieldProposal(),
        "date": date,
        "authors": authors,
        "tags": propose_tags(sample),
        "cover": propose_cover(sample),
        "number": propose_number(sample, title),
        "files": propose_files(sample),
        "related": propose_related(sample),
        "breadcrumb": propose_breadcrumb(sample),
    }
    rule: dict[str, Any] = {"kind": kind} if (kind := _propose_kind(sample, fields["breadcrumb"])) else {}
    lines = [] if kind else [_("kind: none was recognized; without one it is that of the import.")]
    for name, field in fields.items():
        if field.selectors:
            rule[name] = field.selectors[0] if len(field.selectors) == 1 else list(field.selectors)
            lines += [_describe_field(name, field, sample)] if name != "body" else []
        elif name in ("date", "authors"):
            lines.append(_("%s: nothing that differs from page to page was found.") % name)
    removed = propose_removed(sample) if sample.body else []
    if removed:
        rule["remove"] = [selector for selector, _text in removed]
        lines += [_("remove: repeats in the texts: “%s”") % text[:60] for _selector, text in removed]
    return rule, lines, _names_in(sample, authors)


def _describe_field(name: str, field: FieldProposal, sample: SampledGroup) -> str:
    values = {"field": name, "count": field.pages, "total": len(sample.pages), "example": field.example}
    return _("%(field)s: on %(count)d of %(total)d sampled pages, as “%(example)s”") % values


def _names_in(sample: SampledGroup, authors: FieldProposal) -> set[str]:
    sources = [source_of(selector) for selector in authors.selectors]
    values = (value for page in sample.pages for value in read_values(page, sources))
    return {name for value in values for name in split_names(value)[0]}


def _are_people(sample: SampledGroup, names: set[str]) -> bool:
    titles = [title.casefold() for title in sample.titles.values()]
    return sum(title in names for title in titles) >= MIN_PERSON_SHARE * len(titles)


def _propose_kind(sample: SampledGroup, breadcrumb: FieldProposal) -> str:
    """Return the kind that the classes, the addresses, the breadcrumbs or the titles of the pages name, if one does."""
    group = sample.group
    places = " ".join([*group.chain, *(page.key.partition("?")[0] for page in group.pages[:1])])
    if kind := find_kind(places):
        return kind
    links = ", ".join(f"{selector} a" for selector in breadcrumb.selectors)
    steps = [" ".join(map(plain_text, page.select(links))) if links else "" for page in sample.pages]
    first_words = [title.partition(" ")[0].strip(":.,") for title in sample.titles.values()]
    for kinds in (map(find_kind, steps), map(kind_of_word, first_words)):
        kind, count = Counter(kinds).most_common(1)[0] if sample.pages else ("", 0)
        if kind and count >= MIN_KIND_SHARE * len(sample.pages):
            return kind
    return ""


def _name_of(group: PageGroup, rules: list[Mapping[str, Any]]) -> str:
    """Return a name for a rule: the folder of most of its pages."""
    prefixes = find_common_prefixes(page.key for page in group.pages)
    name = (prefixes[0].strip("/") if prefixes else "") or "pages"
    used = {rule["name"] for rule in rules}
    return name if name not in used else f"{name}-{len(rules) + 1}"


def _describe_group(group: PageGroup) -> str:
    count = len(group.pages)
    folders = ", ".join(find_common_prefixes(page.key for page in group.pages))
    pages = ngettext("%d page", "%d pages", count) % count
    return _("%(pages)s with one template, in: %(folders)s") % {"pages": pages, "folders": folders}
