"""Replace embedded media and cards of editors by links, with their title or their host as words."""

import json
import re
from collections.abc import Iterator
from typing import Any

from publications.html_tree import Element, split_names

from ..imported_file import dropped_element_note, linked_element_note
from ..links import host_of
from ..videos import VIDEO_PAGES, page_of_video
from .losses import MAX_SHOWN, TextLosses, one_line
from .source_tree import Child, classes_of, replace_elements, visible_text

MEDIA = split_names("iframe video audio object embed")
MAX_FALLBACK_WORDS = 30
"""The length of the text for browsers that cannot play a medium."""
PLAYER_CARDS = frozenset({"kg-audio-card", "kg-video-card"})
ADDRESS = re.compile(r"https?://[^\s<>]+")
BARE_ADDRESS = re.compile(r"\s*(https?://[^\s<>]+)\s*")
SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*+:")
ADDRESS_START = re.compile(r"https?:", re.IGNORECASE)
EMBEDDING_HOSTS = re.compile(
    r"(?:^|\.)(?:youtube|vimeo|dailymotion|twitter|x|facebook|instagram|tiktok|spotify|soundcloud|mixcloud|flickr|slideshare"
    r"|scribd|issuu|ted|wordpress|reddit|tumblr|imgur|kickstarter|speakerdeck|pinterest)\.(?:com|net|tv)$"
    r"|^(?:youtu\.be|flic\.kr|dai\.ly|bsky\.app|pca\.st)$"
)
"""Hosts of which editors embed a post, a video or the like whose address is a paragraph of its own."""
KEYS_OF_ADDRESS = ("url", "canonical_url", "href", "src", "permalink")


def replace_embeds(root: Element, losses: TextLosses) -> None:
    """Replace embedded media by links, and report each by its name."""
    replace_elements(root, lambda element: _replace(element, losses))


def _replace(element: Element, losses: TextLosses) -> list[Child] | None:
    if "data-attrs" in element.attributes:
        embed = _described_embed(element, losses)
        if embed is not None:
            return embed
    if element.tag in MEDIA:
        return _media(element, losses)
    if element.tag == "svg":
        losses.report(element) if visible_text(element).strip() else None
        return []
    if element.tag == "math":
        return [Element("code", {}, [one_line(element.get("alttext") or visible_text(element))])]
    classes = classes_of(element) if "class" in element.attributes else set()
    if "kg-bookmark-card" in classes:
        return _bookmark(element, losses)
    if classes & PLAYER_CARDS:
        return _player_card(element, losses)
    if "kg-file-card" in classes:
        return _file_card(element, losses)
    return _bare_address(element, losses)


def _media(element: Element, losses: TextLosses) -> list[Child]:
    address = _address_of_media(element)
    if not address:
        losses.report(element)
        return []
    link = _link(address, element.get("title") or element.get("aria-label"), element.tag, losses)
    words = len(visible_text(element).split())
    if words > MAX_FALLBACK_WORDS:  # its end tag is missing
        return [link, Element("div", {}, element.children)]
    losses.report(element) if words else None
    return [link]


def _address_of_media(element: Element) -> str:
    names = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data")
    addresses = (
        child.get(name) for child in element.find_all(element.tag, "source", "embed") for name in names
    )
    return next((address for address in map(str.strip, addresses) if _is_address_of_media(address)), "")


def _is_address_of_media(address: str) -> bool:
    """Whether a reader can follow an address: it is on the web, or on the site itself."""
    return bool(address) and (not SCHEME.match(address) or bool(ADDRESS_START.match(address)))


def _link(address: str, title: str, name: str, losses: TextLosses) -> Element:
    """Return a paragraph with a link to what was embedded."""
    address = page_of_video(f"https:{address}" if address.startswith("//") else address)
    losses.log.add(linked_element_note(name, address))
    label = one_line(title) or _label_of(address)
    return Element("p", {}, [Element("a", {"href": address}, [label])])


def _label_of(address: str) -> str:
    """Return the name of a file of the site itself, or the host of an address."""
    return host_of(address) or address.rstrip("/").rpartition("/")[2] or address


def _bookmark(card: Element, losses: TextLosses) -> list[Child] | None:
    """Return the link of a bookmark card, with its description, its author and its publisher."""
    links = [link for link in card.find_all("a") if link.get("href")]
    if not links:
        return None
    texts = {
        name: one_line(visible_text(child))
        for child in card.walk()
        for name in ("title", "description", "author", "publisher")
        if f"kg-bookmark-{name}" in classes_of(child)
    }
    address = links[0].get("href")
    paragraph = Element("p", {}, [Element("a", {"href": address}, [texts.get("title") or address])])
    origin = ", ".join(filter(None, (texts.get("author"), texts.get("publisher"))))
    for text in filter(None, (texts.get("description"), origin)):
        paragraph.children += [Element("br"), text]
    losses.log.add(linked_element_note("kg-bookmark-card", address))
    return _replace_card(card, [paragraph, *_caption_of(card)], losses)


def _player_card(card: Element, losses: TextLosses) -> list[Child] | None:
    """Return a link to what a player of Ghost plays, without the words of its buttons."""
    media = card.find_all("audio", "video")
    if not media:
        return None
    title = next((visible_text(child) for child in card.walk() if "kg-audio-title" in classes_of(child)), "")
    captions = _caption_of(card)
    losses.forget(card)
    for element in (Element("p", {}, [title]), *captions):
        losses.expect(element)
    return [_link(_address_of_media(media[0]), title, media[0].tag, losses), *captions]


def _file_card(card: Element, losses: TextLosses) -> list[Child] | None:
    links = [link for link in card.find_all("a") if link.get("href")]
    if not links:
        return None
    texts = [
        one_line(visible_text(child))
        for name in (
            "kg-file-card-title",
            "kg-file-card-caption",
            "kg-file-card-filename",
            "kg-file-card-filesize",
        )
        for child in card.walk()
        if name in classes_of(child)
    ]
    title, *others = [text for text in texts if text] or [_label_of(links[0].get("href"))]
    paragraph = Element("p", {}, [Element("a", {"href": links[0].get("href")}, [title])])
    if others:
        paragraph.children.append(f" ({', '.join(others)})")
    return _replace_card(card, [paragraph], losses)


def _replace_card(card: Element, paragraphs: list[Child], losses: TextLosses) -> list[Child]:
    """Expect the words of some paragraphs on the page instead of those of a card."""
    losses.forget(card)
    losses.expect(Element("div", {}, paragraphs))
    return paragraphs


def _caption_of(card: Element) -> list[Child]:
    captions = card.find_all("figcaption")
    return [Element("p", {}, captions[0].children)] if captions else []


def _described_embed(element: Element, losses: TextLosses) -> list[Child] | None:
    """Return a link to an embed that its editor describes in JSON, as Substack does, if it has no text.

    One without an address is reported with what describes it.
    """
    if element.tag in ("a", "img") or visible_text(element).strip() or element.find_all("img"):
        return None
    attributes = _read_description(element)
    video_id = next((str(attributes[key]) for key in ("videoId", "video_id") if attributes.get(key)), "")
    provider = next((name for name in VIDEO_PAGES if name in element.get("class")), "youtube")
    address = VIDEO_PAGES[provider].format(video_id) if re.fullmatch(r"[\w-]{1,40}", video_id) else ""
    address = address or next(
        (str(attributes[key]) for key in KEYS_OF_ADDRESS if ADDRESS.fullmatch(str(attributes.get(key, "")))),
        "",
    )
    name = next(iter(element.get("class").split()), element.tag)
    if address:
        title = attributes.get("title")
        return [_link(address, title if isinstance(title, str) else "", name, losses)]
    if element.find_all(*MEDIA, "svg", "table"):
        return None
    description = one_line(" ".join(_words_of(attributes)))[:MAX_SHOWN]
    losses.log.add(dropped_element_note(name, description))
    return []


def _read_description(element: Element) -> dict[str, Any]:
    try:
        attributes = json.loads(element.get("data-attrs"))
    except (ValueError, RecursionError):
        return {}
    return attributes if isinstance(attributes, dict) else {}


def _words_of(value: object) -> Iterator[str]:
    """Yield the texts and numbers in some JSON."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words_of(part)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)


def _bare_address(element: Element, losses: TextLosses) -> list[Child] | None:
    """Return a paragraph that consists of an address as a link: editors embed what is there, which is reported."""
    is_embed_block = "wp-block-embed__wrapper" in element.get("class")
    is_text = (element.tag == "p" or is_embed_block) and all(
        isinstance(child, str) for child in element.children
    )
    match = BARE_ADDRESS.fullmatch(element.text) if is_text else None
    if not match:
        return None
    if is_embed_block or EMBEDDING_HOSTS.search(host_of(match[1])):
        losses.log.add(linked_element_note("embed", match[1]))
    return [Element("p", {}, [Element("a", {"href": match[1]}, [match[1]])])]
