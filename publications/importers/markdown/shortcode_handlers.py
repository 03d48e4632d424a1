"""The Liquid tags, shortcodes, filters and variables that imports know, each with what takes its place."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publications.stored_messages import gettext as _

from ..videos import VIDEO_PAGES
from .tag_arguments import (
    CONTROL_TAGS,
    IMAGE_TAGS,
    QUOTE_TAGS,
    QUOTED_ARGUMENT,
    image_source_of,
    write_image,
    write_link,
)

if TYPE_CHECKING:
    from .shortcodes import ShortcodeResolver


@dataclass
class ShortcodeTag:
    """A Liquid tag or a shortcode with its name, its quoted and named arguments, and its source."""

    match: re.Match[str]
    tag_source: str
    name: str
    rest: str
    quoted: list[str]
    named: dict[str, str]
    is_end: bool = False

    @property
    def source_on_one_line(self) -> str:
        return " ".join(self.tag_source.split())

    @property
    def positional(self) -> list[str]:
        """The positional arguments, quoted or not."""
        return self.quoted or self.rest.split()


# Handlers of tags return the text in place of a tag, or None where it is to be treated as any other.
TagHandler = Callable[["ShortcodeResolver", ShortcodeTag], str | None]
# Handlers of filters get the text and the argument, and return a text, or None where the output is dropped.
FilterHandler = Callable[["ShortcodeResolver", str, str], str | None]


def _text_after(rest: str, argument: str) -> str:
    """Return the text after an argument: an alternative text may contain quotes."""
    after = rest[rest.index(argument) + len(argument) + 1 :].strip()
    return after.strip("\"' ") if after.count('"') > 2 else after.strip("\"'")


def _image_tag(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> str | None:
    return write_image(tag.quoted[0], _text_after(tag.rest, tag.quoted[0])) if tag.quoted else None


def _image_with_class(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> str | None:
    if not tag.quoted:
        return None
    return write_image(tag.quoted[0], _text_after(tag.rest, tag.quoted[1]) if len(tag.quoted) > 2 else "")


def _include(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> str | None:
    """Return the link of a video for an include that names one; file names are not text."""
    file = " ".join([*tag.quoted, tag.rest]).lower()
    name = next((name for name in VIDEO_PAGES if name in file), "")
    if name and tag.named.get("id"):
        return write_link(VIDEO_PAGES[name].format(tag.named["id"]), tag.named.get("title", ""))
    if tag.rest.lstrip()[:1] in ("'", '"'):
        tag.quoted = tag.quoted[1:]
    return None


def _post_address(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> str:
    return f"post:{tag.rest.strip()}"


def _reference(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> str | None:
    return f"post:{tag.positional[0]}" if tag.positional else None


def _video(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> str | None:
    video = tag.named.get("id") or next(iter(tag.positional), "")
    return write_link(VIDEO_PAGES[tag.name].format(video), tag.named.get("title", "")) if video else None


def _embed(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> str | None:
    """Return the link of an embedded page, by the named or else the positional arguments of its address."""
    pattern, names = EMBEDDED_PAGES[tag.name]
    positional = [value.strip("\"'`") for value in tag.positional if "=" not in value]
    values = [tag.named.get(name) or next(iter(positional[place:]), "") for place, name in enumerate(names)]
    return write_link(pattern.format(*values), "") if all(values) else None


def _details(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> str:
    """Return the summary of a block that opens, as a paragraph of its own above its text."""
    resolver.drop_wrapper(tag.source_on_one_line)
    summary = " ".join(tag.named.get("summary", "").split())
    return f"\n\n**{summary}**\n\n" if summary and not tag.is_end else "\n\n"


def _open_comment(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> str:
    """Leave out a tag of a comment that has no other: what it hides is not known."""
    resolver.log.hidden_part(tag.source_on_one_line)
    return resolver.drop(tag.tag_source)


def _image_source(resolver: "ShortcodeResolver", tag: ShortcodeTag) -> None:
    """Use the first positional argument as the source of the image."""
    if not image_source_of(tag.named) and tag.positional:
        tag.named["src"] = tag.positional[0]


def _author_name(resolver: "ShortcodeResolver", text: str, argument: str) -> str:
    author = resolver.authors.find(text)
    if not author.is_known:
        message = _("A name in the text was made from an id: %(id)s became %(name)s.")
        resolver.log.guessed("liquid", message % {"id": text, "name": author.name})
    return author.name


def _author_portrait(resolver: "ShortcodeResolver", text: str, argument: str) -> str:
    name = resolver.authors.find(text).name
    resolver.log.dropped("image", _("A portrait that the old site put in: %s") % name)
    return ""


def _embedded_link(resolver: "ShortcodeResolver", text: str, argument: str) -> str:
    label = QUOTED_ARGUMENT.search(argument)
    return write_link(text, (label[2] or label[3]) if label else "")


EMBEDDED_PAGES = {
    "gist": ("https://gist.github.com/{}/{}", ("user", "id")),
    "instagram": ("https://www.instagram.com/p/{}/", ("id",)),
    **dict.fromkeys(("tweet", "twitter", "x"), ("https://x.com/i/status/{}", ("id",))),
}
"""The addresses of what Hugo embeds, with the arguments in them (gohugo.io/shortcodes)."""
SINGLE_SITE_TAGS: dict[str, TagHandler] = {"image_with_class": _image_with_class}
SINGLE_SITE_FILTERS: dict[str, FilterHandler] = {
    "team_link": _author_name,
    "team_photo": _author_portrait,
    "embed": _embedded_link,
}
SINGLE_SITE_VARIABLES = frozenset({"page.preview_baseurl"})
"""Names defined by single sites; those of generators are in the tables below."""

LIQUID_TAGS: dict[str, TagHandler] = {
    **dict.fromkeys(CONTROL_TAGS, lambda resolver, tag: resolver.drop(tag.tag_source)),
    **dict.fromkeys(("comment", "endcomment"), _open_comment),
    **dict.fromkeys(QUOTE_TAGS, lambda resolver, tag: resolver.resolve_quotation(tag)),
    "image": _image_tag,
    "include": _include,
    "link": _post_address,
    "post_url": _post_address,
    **SINGLE_SITE_TAGS,
}
SHORTCODES: dict[str, TagHandler] = {
    **dict.fromkeys(QUOTE_TAGS, lambda resolver, tag: resolver.resolve_quotation(tag)),
    **dict.fromkeys(IMAGE_TAGS, _image_source),
    **dict.fromkeys(VIDEO_PAGES, _video),
    **dict.fromkeys(EMBEDDED_PAGES, _embed),
    "comment": _open_comment,
    "details": _details,
    "ref": _reference,
    "relref": _reference,
}
FILTERS: dict[str, FilterHandler] = {
    **dict.fromkeys(
        (
            "url", "relative_url", "absolute_url", "safe", "escape", "htmlBaseUrl", "relURL", "absURL", "trim",
            "strip",
        ),
        lambda resolver, text, argument: text,
    ),
    **SINGLE_SITE_FILTERS,
}  # fmt: skip
EMPTY_VARIABLES = SINGLE_SITE_VARIABLES | {
    "site.baseurl", "site.url", "pathPrefix", "baseurl", "root", "site.BaseURL",
}  # fmt: skip
"""Variables that are empty in an address from the root of a site."""
