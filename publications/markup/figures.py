"""Images and permalinks: placeholders in the stored text, put in when a page is shown.

Stored HTML names an image by its key and never holds an address, so that images may move, and a text that is shown
where its images are not public simply has none.

The link at each paragraph and heading holds no text, so that copying takes none along. It is hidden until the pointer
or the focus is in its paragraph, or the reader asks for all of them: a hidden link is neither a stop of the Tab key nor
a word of a screen reader, of which a long report would otherwise have hundreds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from publications.html_tree import Element, is_blank

from .links import KEY

SIZES = "(min-width: 44rem) 38rem, 94vw"
PLACEHOLDER = re.compile(
    rf'(?P<figure><figure>)?(?P<link><a [^<>]*>)?<img data-image="(?P<key>{KEY})" alt="(?P<alt>[^"]*)">'
    r"(?P<end>(?(link)</a>))(?(figure)(?:<figcaption>(?P<caption>[^<]*)</figcaption>)?</figure>)"
)
BLOCK = re.compile(r'(<(p|h[2-6]) id="([ps]-[^"]+)"[^<>]*>.*?)(</\2>)', re.DOTALL)


@dataclass(frozen=True)
class ResponsiveImage:
    """What a page needs to show one image; `sources` are pairs of media type and srcset."""

    src: str
    width: int
    height: int
    alt: str
    credit: str = ""
    sources: tuple[tuple[str, str], ...] = ()


def build_figures(tree: Element) -> None:
    """A paragraph that holds just pictures becomes figures; within a line a picture has no caption."""
    tree.replace(_shape)


def _shape(element: Element) -> list[Element | str]:
    if element.tag != "p":
        return [element]
    content = [child for child in element.children if not is_blank(child) and not _is_break(child)]
    if content and all(_is_picture(child) for child in content):
        return [_figure(child) for child in content if isinstance(child, Element)]
    return [element] if content else []


def _is_break(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag == "br"


def _is_picture(child: Element | str) -> bool:
    if isinstance(child, str):
        return False
    if child.tag == "a":
        return len(child.children) == 1 and _is_picture(child.children[0])
    return child.tag == "img"


def _figure(picture: Element) -> Element:
    image = picture.find_all("img")[0]
    caption = image.attributes.pop("title", "")
    return Element("figure", {}, [picture, Element("figcaption", {}, [caption])] if caption else [picture])


def insert_images(html: str, pictures: Mapping[str, ResponsiveImage]) -> str:
    """The stored HTML with its pictures in place. An image that is not given is left out, figure and all."""
    return PLACEHOLDER.sub(lambda match: _place(match, pictures.get(match["key"])), html)


def _place(match: re.Match[str], picture: ResponsiveImage | None) -> str:
    if picture is None:
        return ""
    alt = match["alt"] or escape(picture.alt)
    shown = f"{match['link'] or ''}{_picture(picture, alt)}{match['end']}"
    if not match["figure"]:
        return shown
    return f"<figure>{shown}{_caption(match['caption'] or '', picture.credit)}</figure>"


def _picture(picture: ResponsiveImage, alt: str) -> str:
    """`alt` is HTML."""
    image = (
        f'<img src="{escape(picture.src)}" width="{picture.width}" height="{picture.height}" '
        f'loading="lazy" decoding="async" alt="{alt}">'
    )
    sources = "".join(_source(media_type, srcset) for media_type, srcset in picture.sources)
    return f"<picture>{sources}{image}</picture>" if sources else image


def _source(media_type: str, srcset: str) -> str:
    sizes = f' sizes="{SIZES}"' if srcset.endswith("w") else ""
    return f'<source type="{escape(media_type)}" srcset="{escape(srcset)}"{sizes}>'


def _caption(caption: str, credit: str) -> str:
    """`caption` is HTML of the stored text, `credit` is plain."""
    shown = f'<span class="credit">{escape(credit)}</span>' if credit else ""
    inside = " ".join(part for part in (caption, shown) if part)
    return f"<figcaption>{inside}</figcaption>" if inside else ""


def insert_permalinks(html: str, paragraph: str, section: str, *, language: str = "") -> str:
    """The stored HTML with its permalinks, named in words of the page, whose language is told if it differs."""
    spoken = f' lang="{escape(language)}"' if language else ""

    def linked(match: re.Match[str]) -> str:
        name = escape(paragraph if match[2] == "p" else section)
        link = f'<a class="permalink" href="#{match[3]}" aria-label="{name}"{spoken}></a>'
        return f"{match[1]}{link}{match[4]}"

    return BLOCK.sub(linked, html)
