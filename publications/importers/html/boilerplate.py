"""Remove what is no text for readers: scripts, hidden elements, forms, and buttons to share or subscribe."""

import re

from publications.html_tree import Element, split_names
from publications.stored_messages import gettext as _

from .embeds import MEDIA
from .losses import TextLosses, one_line
from .source_tree import (
    HIDDEN_CLASSES,
    Child,
    SourceTree,
    classes_of,
    is_hidden,
    is_out_of_sight,
    visible_text,
)

CONTROLS = split_names("button input select textarea option optgroup datalist progress meter")
SILENT = split_names("head link meta title base style template source track param area map col colgroup")
"""Elements without text or media that are left out without a report."""
MAX_FORM_WORDS = 100
MAX_HIDDEN_WORDS = 10
"""More hidden words are a part of the text that opens on a click; fewer are only if their element says so."""
COLLAPSED = re.compile(r"accordion|answer|collaps|expand|faq|panel|slide|spoiler|tab\b|toggle")
OVERLAY_TAGS = split_names("dialog nav menu")
OVERLAY_ROLES = split_names("alertdialog dialog menu navigation search tooltip")
BOILERPLATE_CLASSES = split_names(
    "sharedaddy jp-relatedposts addtoany_share_save_container addtoany_content share-buttons social-share "
    "ssba essb_links heateor_sss_sharing_container a2a_kit subscription-widget-wrap subscription-widget "
    "subscription-widget-wrap-editor subscribe-widget kg-signup-card wp-block-jetpack-subscriptions "
    "mc4wp-form post-navigation nav-links wpcnt"
)
"""Classes of blocks to share, to subscribe and to navigate."""
CONTENTS_CLASSES = split_names(
    "ez-toc-container toc_container lwptoc wp-block-table-of-contents wp-block-yoast-seo-table-of- "
    "contents wp-block-rank-math-toc-block"
)
SHARE_ADDRESS = re.compile(r"action=share|%%|/subscribe\b")
SCRIPT_BUTTON = re.compile(
    r"\s*javascript:.*(?:(?<![-/\w])print\s*\(|history\.(?:back|go)|window\.close)", re.IGNORECASE | re.DOTALL
)
"""The target of a link to print a page, to go back or to close it; not to open a file whose name has such a word."""
CONTENT_WITHOUT_WORDS = MEDIA | split_names("img table")
SILENT_COMMENTS = (
    "wp:", "/wp:", "kg-card", "[if", "[endif", "<![", "more", "nextpage", "break", "startfragment", "endfragment",
    "noindex", "/noindex", "#", "/",
)  # fmt: skip
"""The beginnings of comments that programs write."""


def remove_boilerplate(root: SourceTree, losses: TextLosses) -> None:
    """Remove what is no text of the article, and report it."""
    for comment in root.comments:
        if comment and not comment.lower().startswith(SILENT_COMMENTS):
            losses.log.dropped("html", _("A comment was left out: %s") % one_line(comment))
    root.replace_descendants(lambda element: _reduce(element, losses))


def _reduce(element: Element, losses: TextLosses) -> list[Child]:
    tag = element.tag
    if tag in SILENT:
        return []
    if tag == "script":
        losses.report(element)
        return []
    if is_hidden(element):
        if not _is_collapsed(element):
            losses.report_hidden(element)
            return []
        losses.report_collapsed(element)
        for name in ("hidden", "aria-hidden", "style"):
            element.attributes.pop(name, None)
    if tag == "button" and (element.get("aria-controls") or element.get("aria-expanded")):
        return element.children  # the heading of what it opens
    if (
        tag in CONTROLS
        or (tag == "form" and _is_small_form(element))
        or _is_boilerplate(element)
        or _is_script_button(element)
    ):
        if visible_text(element).strip():
            losses.report(element)
        return []
    if tag == "noscript":
        element.tag = "div"
        return [] if element.find_all("img") and not visible_text(element).strip() else [element]
    return [element]


def _is_collapsed(element: Element) -> bool:
    """Whether a hidden element is a part of the text that a script opens, as in a list of questions and answers."""
    is_long = len(visible_text(element).split()) > MAX_HIDDEN_WORDS
    return opens_on_click(element) or (is_long and not _stays_hidden(element))


def opens_on_click(element: Element) -> bool:
    """Whether a hidden element says by its name that a script opens it, and holds something."""
    has_name = COLLAPSED.search(f"{element.get('class')} {element.get('id')} {element.get('role')}".lower())
    has_content = bool(has_name) and bool(visible_text(element).strip() or element.find_all("img"))
    return has_content and not _stays_hidden(element)


def _stays_hidden(element: Element) -> bool:
    return bool(
        classes_of(element) & HIDDEN_CLASSES
        or is_out_of_sight(element)
        or element.tag in OVERLAY_TAGS
        or element.get("role") in OVERLAY_ROLES
    )


def _is_small_form(element: Element) -> bool:
    """Whether this is a form to fill in, not one around a whole page."""
    return len(visible_text(element).split()) < MAX_FORM_WORDS


def _is_boilerplate(element: Element) -> bool:
    if "class" not in element.attributes and "id" not in element.attributes:
        return False
    names = classes_of(element) | {element.get("id").lower()}
    return bool(names & (BOILERPLATE_CLASSES | CONTENTS_CLASSES)) or _is_share_button(element, names)


def _is_script_button(element: Element) -> bool:
    """Whether this is a block of nothing but links to print the page, to go back or to close it, with their icons."""
    if element.tag not in ("p", "div", "li"):
        return False
    links = element.find_all("a")
    icons = sum(len(link.find_all(*CONTENT_WITHOUT_WORDS)) for link in links)
    return (
        bool(links)
        and all(SCRIPT_BUTTON.match(link.get("href")) for link in links)
        and "".join(map(visible_text, links)).split() == visible_text(element).split()
        and len(element.find_all(*CONTENT_WITHOUT_WORDS)) == icons
    )


def _is_share_button(element: Element, names: set[str]) -> bool:
    """Whether this is a button of Substack to share or subscribe; others lead somewhere."""
    addresses = [link.get("href") for link in element.find_all("a")]
    return "button-wrapper" in names and bool(addresses) and all(map(SHARE_ADDRESS.search, addresses))
