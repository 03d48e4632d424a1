"""What the editor of Substack describes in JSON, and leaves to a script to show: galleries, formulas and names.

Other elements that are described so, such as polls, become links or notes as in any text (`html.embeds`).
"""

import json
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Any

EMPTY_ELEMENT = re.compile(
    r"<(?P<tag>div|span)\b(?P<attributes>(?:\s+[\w-]+(?:=\"[^\"]*\"|='[^']*')?)+)\s*>\s*</(?P=tag)>"
)
ATTRIBUTE = re.compile(r"\s(class|data-attrs)=(?:\"([^\"]*)\"|'([^']*)')")
EDITOR_LABEL = re.compile(r"<label\b[^<>]*\bhide-text\b[^<>]*>[^<]*</label>")
"""Words for the author of a poem, which its readers do not see."""


def expand_embeds(html: str) -> str:
    """Return a text in which galleries, formulas and names of people are elements that readers see."""
    html = EDITOR_LABEL.sub("", html)
    return EMPTY_ELEMENT.sub(_expand, html) if "data-attrs" in html else html


def _expand(match: re.Match[str]) -> str:
    values = {
        name: unescape(double or single) for name, double, single in ATTRIBUTE.findall(match["attributes"])
    }
    write = next((WRITERS[name] for name in values.get("class", "").split() if name in WRITERS), None)
    try:
        attributes = json.loads(values.get("data-attrs", ""))
    except (ValueError, RecursionError):
        return match[0]
    return (write(attributes) if write and isinstance(attributes, dict) else "") or match[0]


def _write_gallery(attributes: dict[str, Any]) -> str:
    gallery = attributes.get("gallery")
    gallery = gallery if isinstance(gallery, dict) else {}
    images = "".join(
        f'<p><img src="{escape(source)}" alt="{escape(_text_of(gallery, "alt"))}"></p>'
        for source in _sources_of(gallery.get("images"))
    )
    caption = escape(_text_of(gallery, "caption"))
    return f"<figure>{images}<figcaption>{caption}</figcaption></figure>" if images or caption else ""


def _sources_of(images: object) -> Iterator[str]:
    for image in images if isinstance(images, list) else ():
        if isinstance(image, dict) and (source := _text_of(image, "src")):
            yield source


def _write_formula(attributes: dict[str, Any]) -> str:
    formula = _text_of(attributes, "persistentExpression")
    return f"<p><code>{escape(formula)}</code></p>" if formula else ""


def _write_text(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda attributes: escape(_text_of(attributes, name))


def _text_of(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""


WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "image-gallery-embed": _write_gallery,
    "latex-rendered": _write_formula,
    "mention-wrap": _write_text("name"),
    "cashtag-wrap": _write_text("symbol"),
}
"""What writes an element as HTML, by its class."""
