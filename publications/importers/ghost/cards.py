"""Cards of Ghost's editors as HTML, in the form in which Ghost itself writes them, which `importers/html` reads.

Both editors store a card as a name and values; the names of their values are the same. What a card is made of is in
<https://github.com/TryGhost/Koenig>.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from publications import markup
from publications.stored_messages import gettext as _

from ..image_finder import image_key
from ..imported_file import ImportLog

Card = Mapping[str, Any]
MAIL_CARDS = frozenset({"email", "email-cta"})
CARDS_WITHOUT_TEXT = frozenset({"paywall", "signup", "collection", "tk"})
"""Cards without words of the text: a form, a list of other texts, and a mark that something is missing."""
TEXT_VALUES = (
    "heading", "header", "subheading", "subheader", "title", "text", "textValue", "description", "content", "html",
    "caption", "disclaimer", "plaintext",
)  # fmt: skip
"""Values of cards that have words, of which those of an unknown card are kept."""
GATE = '<!--kg-gated-block:begin nonMember:false memberSegment:"" -->{}<!--kg-gated-block:end-->'
MARKDOWN_IMAGE = re.compile(r"(!\[[^\]\n]*\]\()\s*<?([^\s()<>]+)>?")


def render_card(name: str, card: Card, log: ImportLog) -> str:
    """Return a card as HTML, between the comments of a gated block if it is not for all readers.

    Cards for mails are left out, and the words of an unknown card stay; both are reported.
    """
    if name in MAIL_CARDS or _is_for_mail(card):
        words = " ".join(re.sub(r"<[^>]*>", " ", " ".join(_texts_of(card))).split())
        message = _("A card “%(name)s” of Ghost was for mails alone and was left out: %(words)s")
        log.dropped("html", message % {"name": name, "words": words[:500]})
        return ""
    if name in CARDS_WITHOUT_TEXT:
        return ""
    render = CARDS.get(name)
    html = render(card) if render else _render_unknown(name, card, log)
    return GATE.format(html) if _is_gated(card) else html


def is_card(name: str) -> bool:
    """Return whether a card of this name is known."""
    return name in CARDS or name in MAIL_CARDS or name in CARDS_WITHOUT_TEXT


def report_unknown(name: str, log: ImportLog) -> None:
    """Report a card of an unknown name, whose words stay."""
    log.changed("html", _("A card “%s” of Ghost is unknown: its words stay.") % name)


def _is_for_mail(card: Card) -> bool:
    visibility = card.get("visibility")
    if not isinstance(visibility, dict):
        return False
    return visibility.get("showOnWeb") is False and not isinstance(visibility.get("web"), dict)


def _is_gated(card: Card) -> bool:
    visibility = card.get("visibility")
    web = visibility.get("web") if isinstance(visibility, dict) else None
    return isinstance(web, dict) and web.get("nonMember") is not True


def value_of(card: Card, name: str) -> str:
    """Return a value as text, "" if it is none."""
    value = card.get(name)
    return value.strip() if isinstance(value, str) else ""


def _texts_of(card: Card) -> Iterator[str]:
    yield from filter(None, (value_of(card, name) for name in TEXT_VALUES))


def _render_unknown(name: str, card: Card, log: ImportLog) -> str:
    report_unknown(name, log)
    return "".join(f"<div>{text}</div>" for text in _texts_of(card))


def _attributes(**values: str) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items() if value)


def _figure(content: str, card: Card, css_class: str) -> str:
    caption = value_of(card, "caption")
    end = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="kg-card {css_class}">{content}{end}</figure>'


def _image_element(card: Card) -> str:
    source = value_of(card, "src")
    alt = value_of(card, "alt") or value_of(card, "altText")
    return f"<img{_attributes(src=source, alt=alt, title=value_of(card, 'title'))}>" if source else ""


def _render_image(card: Card) -> str:
    image, href = _image_element(card), value_of(card, "href")
    return _figure(f"<a{_attributes(href=href)}>{image}</a>" if href else image, card, "kg-image-card")


def _render_gallery(card: Card) -> str:
    images = card.get("images")
    figures = (
        [_image_element(image) for image in images if isinstance(image, dict)]
        if isinstance(images, list)
        else []
    )
    return _figure(
        "".join(f'<div class="kg-gallery-image">{image}</div>' for image in figures), card, "kg-gallery-card"
    )


def _render_bookmark(card: Card) -> str:
    metadata = card.get("metadata")
    values = metadata if isinstance(metadata, dict) else card
    texts = "".join(
        f'<div class="kg-bookmark-{name}">{escape(text)}</div>'
        for name in ("title", "description", "author", "publisher")
        if (text := value_of(values, name))
    )
    return _figure(f"<a{_attributes(href=value_of(card, 'url'))}>{texts}</a>", card, "kg-bookmark-card")


def _render_embed(card: Card) -> str:
    content, address = value_of(card, "html"), value_of(card, "url")
    return _figure(
        content or f"<p><a{_attributes(href=address)}>{escape(address)}</a></p>", card, "kg-embed-card"
    )


def _render_code(card: Card) -> str:
    language = value_of(card, "language")
    css_class = f' class="language-{escape(language)}"' if language else ""
    code = card.get("code") if isinstance(card.get("code"), str) else ""
    return _figure(f"<pre><code{css_class}>{escape(code)}</code></pre>", card, "kg-code-card")


def _render_markdown(card: Card) -> str:
    """Return Markdown as HTML; its images, which are not of the library yet, keep their addresses."""
    addresses: dict[str, str] = {}

    def keep(match: re.Match[str]) -> str:
        key = image_key(hashlib.sha256(match[2].encode()).hexdigest(), b"")
        addresses[key] = match[2]
        return f"{match[1]}image:{key}"

    source = value_of(card, "markdown")
    try:
        html = markup.render_markdown(MARKDOWN_IMAGE.sub(keep, source)).html
    except markup.Unrenderable:
        return f"<pre>{escape(source)}</pre>"
    for key, address in addresses.items():
        html = html.replace(f"image:{key}", escape(address))
    return html


def _render_callout(card: Card) -> str:
    text = value_of(card, "calloutText") or value_of(card, "text")
    emoji = value_of(card, "calloutEmoji")
    return f'<blockquote class="kg-callout-card"><p>{f"{escape(emoji)} " if emoji else ""}{text}</p></blockquote>'


def _render_toggle(card: Card) -> str:
    return f"<h4>{value_of(card, 'heading')}</h4><div>{value_of(card, 'content')}</div>"


def _render_file(card: Card) -> str:
    title = value_of(card, "fileTitle") or value_of(card, "fileName")
    caption = value_of(card, "fileCaption")
    return (
        f'<div class="kg-card kg-file-card"><a{_attributes(href=value_of(card, "src"))}>'
        f'<div class="kg-file-card-title">{escape(title)}</div>'
        f'<div class="kg-file-card-caption">{escape(caption)}</div></a></div>'
    )


def _render_player(tag: str) -> Callable[[Card], str]:
    def render(card: Card) -> str:
        title = f'<div class="kg-audio-title">{escape(value_of(card, "title"))}</div>'
        player = f"<{tag}{_attributes(src=value_of(card, 'src'))}></{tag}>"
        return _figure(player + title, card, f"kg-{tag}-card")

    return render


def _render_header(card: Card) -> str:
    heading = value_of(card, "heading") or value_of(card, "header")
    return (
        f"<h2>{heading}</h2><p>{value_of(card, 'subheading')}</p>{_button(card, 'buttonText', 'buttonUrl')}"
    )


def _render_product(card: Card) -> str:
    image = _image_element({"src": card.get("productImageSrc"), "alt": card.get("productTitle")})
    texts = f"<h4>{value_of(card, 'productTitle')}</h4><div>{value_of(card, 'productDescription')}</div>"
    return f"{_figure(image, {}, 'kg-image-card')}{texts}{_button(card, 'productButton', 'productUrl')}"


def _render_call_to_action(card: Card) -> str:
    image = _image_element({"src": card.get("imageUrl")})
    return f"{image}<div>{value_of(card, 'textValue')}</div>{_button(card, 'buttonText', 'buttonUrl')}"


def _button(card: Card, text: str, address: str) -> str:
    label, href = value_of(card, text), value_of(card, address)
    return f"<p><a{_attributes(href=href)}>{escape(label or href)}</a></p>" if href else ""


CARDS: dict[str, Callable[[Card], str]] = {
    "image": _render_image,
    "gallery": _render_gallery,
    "bookmark": _render_bookmark,
    "embed": _render_embed,
    "html": lambda card: value_of(card, "html"),
    "callout": _render_callout,
    "toggle": _render_toggle,
    "file": _render_file,
    "audio": _render_player("audio"),
    "video": _render_player("video"),
    "header": _render_header,
    "product": _render_product,
    "call-to-action": _render_call_to_action,
    "button": lambda card: _button(card, "buttonText", "buttonUrl"),
    **dict.fromkeys(("markdown", "card-markdown"), _render_markdown),
    **dict.fromkeys(("code", "codeblock"), _render_code),
    **dict.fromkeys(("hr", "horizontalrule"), lambda card: "<hr>"),
}
