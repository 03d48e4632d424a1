"""Insert images and permalinks into stored HTML when a page is rendered.

Stored HTML contains image keys but no addresses, so that images may move; where its images are not public, a text is
rendered without them.

The link at each paragraph and heading has no text, so that it is not copied. It is hidden until the pointer or the
focus is in its paragraph, or the reader turns permalinks on: hidden links are skipped by the Tab key and by screen
readers, for which a long report would otherwise contain hundreds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from publications.html_tree import Element, is_blank

from .links import KEY

SIZES = "(min-width: 44rem) 38rem, 94vw"
PLACEHOLDER_START = '<img data-image="'
PLACEHOLDER = re.compile(
    rf'(?P<figure><figure>)?(?P<link><a [^<>]*>)?{PLACEHOLDER_START}(?P<key>{KEY})" alt="(?P<alt>[^"]*)">'
    r"(?P<end>(?(link)</a>))(?(figure)(?:<figcaption>(?P<caption>[^<]*)</figcaption>)?</figure>)"
)
BLOCK = re.compile(r'(<(p|h[2-6]) id="([ps]-[^"]+)"[^<>]*>.*?)(</\2>)', re.DOTALL)


@dataclass(frozen=True)
class ResponsiveImage:
    """The attributes of an image on a page; `sources` are pairs of media type and srcset."""

    src: str
    width: int
    height: int
    alt: str
    credit: str = ""
    sources: tuple[tuple[str, str], ...] = ()


def build_figures(root: Element) -> None:
    """Replace paragraphs that contain only images by figures. Images within a line have no caption."""
    root.replace_descendants(_figures_of_paragraph)


def _figures_of_paragraph(element: Element) -> list[Element | str]:
    if element.tag != "p":
        return [element]
    content = [child for child in element.children if not is_blank(child) and not _is_break(child)]
    if content and all(_is_image(child) for child in content):
        return [_build_figure(child) for child in content if isinstance(child, Element)]
    return [element] if content else []


def _is_break(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag == "br"


def _is_image(child: Element | str) -> bool:
    if isinstance(child, str):
        return False
    if child.tag == "a":
        return len(child.children) == 1 and _is_image(child.children[0])
    return child.tag == "img"


def _build_figure(linked_image: Element) -> Element:
    image = linked_image.find_all("img")[0]
    caption = image.attributes.pop("title", "")
    captions = [Element("figcaption", {}, [caption])] if caption else []
    return Element("figure", {}, [linked_image, *captions])


def insert_images(html: str, images: Mapping[str, ResponsiveImage]) -> str:
    """Return stored HTML with its images inserted; an image that is not in `images` is omitted with its figure."""
    if PLACEHOLDER_START not in html:
        return html
    return PLACEHOLDER.sub(lambda match: _render_image(match, images.get(match["key"])), html)


def _render_image(match: re.Match[str], image: ResponsiveImage | None) -> str:
    if image is None:
        return ""
    alt = match["alt"] or escape(image.alt)
    html = f"{match['link'] or ''}{_render_picture(image, alt)}{match['end']}"
    if not match["figure"]:
        return html
    return f"<figure>{html}{_render_caption(match['caption'] or '', image.credit)}</figure>"


def _render_picture(image: ResponsiveImage, alt: str) -> str:
    """Return the HTML of an image; `alt` is escaped already."""
    img = (
        f'<img src="{escape(image.src)}" width="{image.width}" height="{image.height}" '
        f'loading="lazy" decoding="async" alt="{alt}">'
    )
    sources = "".join(_render_source(media_type, srcset) for media_type, srcset in image.sources)
    return f"<picture>{sources}{img}</picture>" if sources else img


def _render_source(media_type: str, srcset: str) -> str:
    sizes = f' sizes="{SIZES}"' if srcset.endswith("w") else ""
    return f'<source type="{escape(media_type)}" srcset="{escape(srcset)}"{sizes}>'


def _render_caption(caption: str, credit: str) -> str:
    """Return the HTML of a caption; `caption` is stored HTML, `credit` plain text."""
    credit_html = f'<span class="credit">{escape(credit)}</span>' if credit else ""
    content = " ".join(part for part in (caption, credit_html) if part)
    return f"<figcaption>{content}</figcaption>" if content else ""


def insert_permalinks(html: str, paragraph: str, section: str, *, language: str = "") -> str:
    """Return stored HTML with its permalinks.

    Args:
        paragraph: the label of a link to a paragraph.
        section: the label of a link to a heading.
        language: the language of the labels, if it is not that of the text.
    """
    language_attribute = f' lang="{escape(language)}"' if language else ""

    def add_permalink(match: re.Match[str]) -> str:
        name = escape(paragraph if match[2] == "p" else section)
        link = f'<a class="permalink" href="#{match[3]}" aria-label="{name}"{language_attribute}></a>'
        return f"{match[1]}{link}{match[4]}"

    return BLOCK.sub(add_permalink, html)
