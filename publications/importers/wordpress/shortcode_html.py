"""The HTML of known shortcodes: `SHORTCODES` by name."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ..videos import VIDEO_PAGES
from .export_item import read_number
from .post_parts import PostParts, render_picture
from .posts import LibraryFile

_IMAGE_AND_CAPTION = re.compile(r"\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)(.*)", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s<>\"']+")
_TAG = re.compile(r"<[^<>]*>")
MEDIA_VALUES = (
    "src",
    "url",
    "mp3",
    "m4a",
    "ogg",
    "wav",
    "mp4",
    "m4v",
    "webm",
    "ogv",
    "flv",
    "file",
    "link",
    "href",
)
PLAYERS = {
    **VIDEO_PAGES, "tweet": "https://twitter.com/i/status/{}",
    "wpvideo": "https://videopress.com/v/{}", "videopress": "https://videopress.com/v/{}",
    "gist": "https://gist.github.com/{}", "ted": "https://www.ted.com/talks/{}",
    "soundcloud": "https://soundcloud.com/{}", "instagram": "https://www.instagram.com/p/{}/",
}  # fmt: skip
"""The pages of what a shortcode embeds by its number or name."""
NOTE_NAMES = ("footnote", "ref", "efn_note", "fn", "mfn", "modern_footnote", "sidenote", "footnotes_note")
SILENT_NAMES = ("footnotes", "efn_reference", "reflist", "references", "toc", "no_toc")
"""Lists that the texts of this site have anyway."""


@dataclass
class Shortcode:
    """A shortcode with its values by name, its other words, and the HTML between it and its end."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    content: str = ""


Handler = Callable[[Shortcode, PostParts], str | None]
"""Returns the HTML, or None if the shortcode cannot be read."""


def as_paragraph(text: str) -> str:
    return f"\n\n<p><strong>{html.escape(html.unescape(text))}</strong></p>\n\n" if text.strip() else ""


def _caption(shortcode: Shortcode, post: PostParts) -> str:
    match = _IMAGE_AND_CAPTION.match(shortcode.content)
    image, caption = match.groups() if match else (shortcode.content, "")
    caption = caption.strip() or html.unescape(shortcode.values.get("caption", ""))
    figcaption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"\n\n<figure>{image.strip()}{figcaption}</figure>\n\n"


def _gallery(shortcode: Shortcode, post: PostParts) -> str:
    images = [render_picture(file) for file in post.list_files(_listed_files(shortcode, post))]
    return "\n\n" + "".join(images) + "\n\n"


def _playlist(shortcode: Shortcode, post: PostParts) -> str:
    files = post.list_files(_listed_files(shortcode, post))
    return "\n\n" + "".join(_link(file.url, file.caption) for file in files) + "\n\n"


def _listed_files(shortcode: Shortcode, post: PostParts) -> list[LibraryFile]:
    """Return the files that are named by number, or those that were uploaded to the post."""
    listed = shortcode.values.get("ids") or shortcode.values.get("include", "")
    numbers = [read_number(number) for number in re.split(r"[\s,]+", listed)]
    if any(numbers):
        return [file for number in numbers if number and (file := post.find(number))]
    excluded = {read_number(number) for number in re.split(r"[\s,]+", shortcode.values.get("exclude", ""))}
    return [file for file in post.children if file.post_id not in excluded]


def _media(shortcode: Shortcode, post: PostParts) -> str | None:
    """Return a link to what is embedded or played."""
    plain = html.unescape(_TAG.sub(" ", shortcode.content))
    values = [shortcode.values.get(name, "") for name in MEDIA_VALUES]
    candidates = [match[0] for text in (plain, *values, *shortcode.words) if (match := _ADDRESS.search(text))]
    candidates += [value for value in values if value.startswith("/")]
    if not candidates and (player := PLAYERS.get(shortcode.name)):
        names = (shortcode.values.get("id", ""), *shortcode.words, plain.strip())
        candidates = [player.format(name) for name in names if re.fullmatch(r"[\w/-]+", name)]
    if not candidates and (number := read_number(shortcode.values.get("id", ""))):
        candidates = [file.url] if (file := post.find(number)) else []
    return _link(candidates[0], shortcode.values.get("title", "")) if candidates else None


def _link(address: str, label: str = "") -> str:
    url = html.escape(html.unescape(address))
    return f'\n\n<p><a href="{url}">{label or url}</a></p>\n\n'


def _button(shortcode: Shortcode, post: PostParts) -> str | None:
    address = next(filter(None, map(shortcode.values.get, ("link", "url", "href"))), "")
    label = shortcode.content or html.escape(
        shortcode.values.get("text", "") or shortcode.values.get("title", "")
    )
    return f'<a href="{html.escape(html.unescape(address))}">{label}</a>' if address and label else None


def _note(shortcode: Shortcode, post: PostParts) -> str | None:
    return post.add_note(shortcode.content.strip()) if shortcode.content.strip() else None


def _quotation(shortcode: Shortcode, post: PostParts) -> str | None:
    source = next(filter(None, map(shortcode.values.get, ("author", "cite", "source"))), "")
    cite = f"\n\n{html.escape(html.unescape(source))}" if source else ""
    return f"\n\n<blockquote>{shortcode.content}{cite}</blockquote>\n\n" if shortcode.content else None


def _nothing(shortcode: Shortcode, post: PostParts) -> str:
    return ""


def _code(shortcode: Shortcode, post: PostParts) -> str:
    language = (
        shortcode.values.get("language") or shortcode.values.get("lang") or next(iter(shortcode.words), "")
    )
    name = f' class="language-{html.escape(language.lower())}"' if language else ""
    content = html.escape(html.unescape(shortcode.content.strip("\r\n")), quote=False)
    return f"\n\n<pre><code{name}>{content}</code></pre>\n\n"


SHORTCODES: dict[str, Handler] = {
    "caption": _caption, "wp_caption": _caption, "gallery": _gallery, "playlist": _playlist,
    **dict.fromkeys(("embed", "audio", "video", "embedyt", "facebook", "twitter", "googlemaps", "iframe"), _media),
    **dict.fromkeys(PLAYERS, _media),
    **dict.fromkeys(NOTE_NAMES, _note),
    **dict.fromkeys(SILENT_NAMES, _nothing),
    **dict.fromkeys(("quote", "blockquote", "pullquote"), _quotation),
    "button": _button,
}  # fmt: skip
"""Shortcodes of WordPress, of Jetpack, and of plugins for notes. Others are named in the report."""
RAW_SHORTCODES: dict[str, Callable[[Shortcode, PostParts], str]] = {
    "sourcecode": _code, "code": _code, "source": _code, "highlight": _code,
}  # fmt: skip
"""Shortcodes whose content is text as it stands."""
