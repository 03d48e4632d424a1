"""Propose the selectors of the fields of a text: title, date, names, summary, tags, files, related texts, breadcrumb.

Each proposal is the selector that finds a fitting value on most of the sampled pages; what it found, and on how many
pages, goes into a comment.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from ..series_number_formats import find_series_number
from .content_types import is_document
from .field_candidates import (
    MIN_DISTINCT,
    MIN_SHARE,
    NO_FIELD,
    FieldProposal,
    add_fallbacks,
    are_distinct,
    class_selectors,
    describe_field,
    has_date,
    is_byline,
    is_name,
    is_one,
    is_one_with_links,
    link_targets,
    meta_sources,
    time_selectors,
    values_on_pages,
    visible_selectors,
)
from .html_page import HtmlPage, Node, plain_text
from .page_profiles import classes_of, lineage_of, selectors_of, texts_in
from .rules import JSON_LD
from .sampled_group import SampledGroup
from .selectors import find_selector
from .values import find_date, split_names

PUBLISHED = re.compile(
    r"publi[cs]|published|issued|created|datum|^date|\bdate\b|posted|skapad", re.IGNORECASE
)
MODIFIED = re.compile(r"updat|uppdat|modif|ändrad|granskad|reviewed|revised|senast|last", re.IGNORECASE)
DATE_META = re.compile(r"date|publi[cs]|issued|created|modified|time", re.IGNORECASE)
AUTHOR_META = re.compile(r"author|creator|byl", re.IGNORECASE)
AUTHOR_CLASS = re.compile(
    r"author|byline|forfattare|författare|writer|signatur|skribent|contributor", re.IGNORECASE
)
TAG_META = re.compile(r"(?:article:tag|keywords|dc(?:terms)?\.subject|news_keywords)$", re.IGNORECASE)
TAG_CLASS = re.compile(
    r"(?:^|[-_])(?:tag|tags|taglist|topic|topics|keyword|keywords|amne|amnen|ämne|ämnen|categor\w*)(?:$|[-_])",
    re.IGNORECASE,
)
SUMMARY_CLASS = re.compile(
    r"ingress|lead\b|intro|preamble|summary|excerpt|standfirst|abstract|sammanfattning", re.IGNORECASE
)
RELATED_HEADING = re.compile(
    r"^(?:relatera(?:t|de)|related|läs (?:också|mer|även|vidare)|see also|read (?:more|also)|mer (?:om|i ämnet))",
    re.IGNORECASE,
)
RELATED_CLASS = re.compile(r"related|relaterat|read-?more|see-?also", re.IGNORECASE)
BREADCRUMB = re.compile(r"bread-?crumb|br[oö]dsmul|crumbs", re.IGNORECASE)
FILES_CLASS = re.compile(r"file|download|attach|dokument|document|bilag", re.IGNORECASE)
NUMBER_CLASS = re.compile(
    r"(?:^|[-_])(?:number|nummer|nr|serie|series|rapportn\w*|reportn\w*)(?:$|[-_])", re.IGNORECASE
)
COVER_CLASS = re.compile(r"omslag|cover|framsida|front-?page-?image", re.IGNORECASE)
MIN_COVER_SHARE = 0.1
"""Of the sampled pages that have to have a picture beside the text: few may."""
MIN_FILES_SHARE = 0.1
"""Of the sampled pages that have to have files: few may."""
JSON_LD_DATES = ("datePublished", "dateCreated")


def propose_title(sample: SampledGroup) -> FieldProposal:
    """Return `h1` if each page has one, or the element whose words the title in the head begins with."""
    titles = sample.titles
    if all(len(page.select("h1")) == 1 for page in sample.pages):
        return describe_field(sample, ["h1"])

    def is_title(page: HtmlPage, nodes: list[Node]) -> bool:
        return len(nodes) == 1 and plain_text(nodes[0]) == titles[id(page)] != ""

    for page in sample.pages[:5]:
        for node in page.select("body *"):
            if (
                titles[id(page)]
                and plain_text(node) == titles[id(page)]
                and (selector := find_selector(sample.pages, node, is_title, share=0.8))
            ):
                return describe_field(sample, [selector])
    return describe_field(sample, ["h1", "meta[property='og:title']", "title"])


def propose_date(sample: SampledGroup) -> FieldProposal:
    """Return where the date of publication is: visible or in the head; one of an update only if there is no other."""
    candidates = [*meta_sources(sample, DATE_META), *(f"{JSON_LD}{name}" for name in JSON_LD_DATES)]
    candidates += [f"{selector} @datetime" for selector in time_selectors(sample)]
    candidates += visible_selectors(sample, has_date)
    scored = []
    for number, selector in enumerate(dict.fromkeys(candidates)):
        dates = [find_date(" ".join(values[:1])) for values in values_on_pages(sample, selector)]
        found = [date for date in dates if date]
        texts = " ".join(values[0] for values in values_on_pages(sample, selector)[:5] if values)
        if len(found) < MIN_SHARE * len(sample.pages) or len(set(found)) < MIN_DISTINCT * len(found):
            continue
        is_update = bool(MODIFIED.search(selector) or MODIFIED.search(texts))
        is_publication = bool(PUBLISHED.search(selector) or PUBLISHED.search(texts))
        scored.append(
            (is_update, -round(len(found) / len(sample.pages), 1), not is_publication, number, selector)
        )
    ordered = [selector for *_score, selector in sorted(scored)]
    without_updates = [selector for is_update, *_rest, selector in sorted(scored) if not is_update]
    return describe_field(
        sample, add_fallbacks(sample, without_updates or ordered, lambda text: find_date(text) is not None)
    )


def propose_authors(sample: SampledGroup) -> FieldProposal:
    """Return where the names are: a byline, links, or the head; one name on all pages is that of the organisation."""
    candidates = visible_selectors(sample, is_byline)
    candidates += class_selectors(sample, AUTHOR_CLASS, ("rel", "itemprop"))
    candidates += [f"{JSON_LD}author.name", f"{JSON_LD}author", *meta_sources(sample, AUTHOR_META)]
    good = []
    for selector in dict.fromkeys(candidates):
        values = [value for values in values_on_pages(sample, selector) for value in values]
        names = [name for value in values for name in split_names(value)[0]]
        pages = sum(bool(found) for found in values_on_pages(sample, selector))
        likely = sum(is_name(name) for name in names)
        distinct = len(set(names)) > 1 or len(sample.pages) < 3
        if pages >= MIN_SHARE * len(sample.pages) and distinct and likely >= 0.7 * max(1, len(names)):
            good.append((-pages, len(good), selector))
    return describe_field(
        sample, add_fallbacks(sample, [selector for *_rest, selector in sorted(good)], bool)
    )


def propose_summary(sample: SampledGroup, taken: Iterable[str]) -> FieldProposal:
    """Return the element with an introduction, by its class or because it stands between heading and text."""
    used = set(taken)
    candidates = class_selectors(sample, SUMMARY_CLASS, ("itemprop",))
    candidates += visible_selectors(
        sample, lambda text: len(text.split()) >= 8 and not is_byline(text), links=False
    )
    for selector in dict.fromkeys(candidates):
        values = values_on_pages(sample, selector)
        texts = [found[0] for found in values if len(found) == 1]
        if selector not in used and len(texts) >= MIN_SHARE * len(sample.pages) and are_distinct(texts):
            return describe_field(sample, [selector])
    selector = "meta[name='description' i]"
    texts = [found[0] for found in values_on_pages(sample, selector) if found]
    titles = set(sample.titles.values())
    if len(texts) >= MIN_SHARE * len(sample.pages) and are_distinct(texts) and not titles & set(texts):
        return describe_field(sample, [selector])
    return NO_FIELD


def propose_tags(sample: SampledGroup) -> FieldProposal:
    """Return links to topics, or keywords in the head."""
    candidates = [
        "a[rel~='tag']",
        *class_selectors(sample, TAG_CLASS, (), inner="a"),
        *class_selectors(sample, TAG_CLASS, (), inner="li"),
    ]
    candidates += meta_sources(sample, TAG_META)
    for selector in dict.fromkeys(candidates):
        found = [values for values in values_on_pages(sample, selector, outside_text=True) if values]
        tags = [tag for values in found for tag in values]
        is_short = sum(len(tag.split()) <= 4 for tag in tags) >= 0.9 * max(1, len(tags))
        if len(found) >= MIN_SHARE * len(sample.pages) and is_short and len(set(map(tuple, found))) > 1:
            return describe_field(sample, [selector])
    return NO_FIELD


def propose_number(sample: SampledGroup, title: FieldProposal) -> FieldProposal:
    """Return where the number of a report is: in the title ("Rapport 2011:1 Gas"), or in an element named for it."""
    candidates = [*title.selectors[:1], *class_selectors(sample, NUMBER_CLASS, ("itemprop",))]
    for selector in candidates:
        numbers = [find_series_number(found[0]) for found in values_on_pages(sample, selector) if found]
        numbers = [number for number in numbers if number]
        if len(numbers) >= MIN_SHARE * len(sample.pages) and are_distinct(numbers):
            return FieldProposal((selector,), len(numbers), numbers[0])
    return NO_FIELD


def propose_cover(sample: SampledGroup) -> FieldProposal:
    """Return the picture beside the text, or that for sharing, unless all pages have the same.

    One whose class says that it is a cover may be the same on all of them, as if a site has few.
    """
    sources = Counter(
        image.attributes["src"] for page in sample.pages for image in page.select("body img[src]")
    )
    found: dict[str, bool] = {}
    for page in sample.pages:
        inside = sample.text_ids(page)
        for image in page.select("body img[src]"):
            is_named = bool(COVER_CLASS.search(" ".join(classes_of(image))))
            is_own = is_named or sources[image.attributes["src"]] < MIN_DISTINCT * len(sample.pages)
            if is_own and image.mem_id not in inside and not sample.in_frame(image):
                selector = find_selector(sample.pages, image, is_one, share=MIN_COVER_SHARE)
                found |= {selector: is_named} if selector else {}
    found["meta[property='og:image']"] = False
    for selector, is_named in sorted(found.items(), key=lambda item: not item[1]):
        values = [found[0] for found in values_on_pages(sample, selector) if found]
        share = MIN_SHARE if selector.startswith("meta") else MIN_COVER_SHARE
        if len(values) >= share * len(sample.pages) and (is_named or are_distinct(values)):
            return describe_field(sample, [selector])
    return NO_FIELD


def propose_files(sample: SampledGroup) -> FieldProposal:
    """Return the block with links to documents beside the text."""
    return _propose_block(
        sample, lambda page, link: is_document(page.resolve(link.attributes.get("href") or ""))
    )


def propose_related(sample: SampledGroup) -> FieldProposal:
    """Return the block with links to other texts, by its heading."""
    for page in sample.pages:
        for heading in page.select("h2, h3, h4, h5, strong"):
            if (
                not RELATED_HEADING.match(plain_text(heading))
                or sample.in_frame(heading)
                or heading.parent is None
            ):
                continue
            selector = find_selector(sample.pages, heading.parent, is_one_with_links, share=MIN_SHARE)
            links = link_targets(sample, selector) if selector else []
            if selector and len(set(links)) >= MIN_DISTINCT * max(1, len(links)):
                return describe_field(sample, [selector])
    return NO_FIELD


def propose_breadcrumb(sample: SampledGroup) -> FieldProposal:
    """Return the path of pages above a page."""
    for page in sample.pages[:3]:
        for node in page.select("nav, div, ol, ul, p"):
            name = " ".join(
                filter(
                    None, (node.attributes.get("aria-label"), *classes_of(node), node.attributes.get("id"))
                )
            )
            if BREADCRUMB.search(name) and node.css("a"):
                selector = find_selector(sample.pages, node, is_one)
                if selector:
                    return describe_field(sample, [selector])
    return NO_FIELD


def propose_removed(sample: SampledGroup) -> list[tuple[str, str]]:
    """Return selectors of blocks in the text that repeat on many pages, such as buttons to share, with their words."""
    found: dict[str, list[str]] = {}
    own: set[str] = set()
    for page in sample.pages:
        for body in page.select(sample.body):
            for node in body.css("*")[1:]:
                for selector in selectors_of(node):
                    text = plain_text(node)
                    if text and _all_repeated(sample, node) and not is_byline(text):
                        found.setdefault(selector, []).append(text)
                    elif text:
                        own.add(selector)
    least = max(2, 0.1 * len(sample.pages))
    return [
        (selector, texts[0])
        for selector, texts in found.items()
        if selector not in own and len(texts) >= least
    ]


def _all_repeated(sample: SampledGroup, node: Node) -> bool:
    return all(sample.repeated.is_repeated(text) for _node, text in texts_in(node))


def _propose_block(sample: SampledGroup, is_link: Callable[[HtmlPage, Node], bool]) -> FieldProposal:
    """Return the block outside of the text with such links: the innermost that has a selector of its own."""

    def has_links(page: HtmlPage, nodes: list[Node]) -> bool:
        return len(nodes) == 1 and any(is_link(page, link) for link in nodes[0].css("a[href]"))

    for page in sample.pages:
        inside = sample.text_ids(page)
        for link in page.select("body a[href]"):
            if link.mem_id not in inside and not sample.in_frame(link) and is_link(page, link):
                for node in lineage_of(link)[1:-1][::-1]:
                    if selector := find_selector(sample.pages, node, has_links, share=MIN_FILES_SHARE):
                        return describe_field(sample, [selector])
    return NO_FIELD
