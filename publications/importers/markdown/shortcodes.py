"""Resolve Liquid tags, outputs and filters, and Hugo shortcodes.

Those in the tables of `shortcode_handlers` are resolved; others are reported, and their text stays. Content between
`raw` and `endraw` is literal and is replaced by a placeholder until the end.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from publications.stored_messages import gettext as _

from ..imported_file import ImportLog
from ..source_authors import AuthorList
from .anchors import plain_words
from .liquid_template import END_COMMENT, END_RAW
from .placeholders import replace_spans
from .shortcode_access import may_hide
from .shortcode_handlers import (
    EMPTY_VARIABLES,
    FILTERS,
    LIQUID_TAGS,
    SHORTCODES,
    ShortcodeTag,
    TagHandler,
)
from .tag_arguments import (
    CITATION_ARGUMENTS,
    IMAGE_PATH,
    IMAGE_TAGS,
    LINK_ARGUMENTS,
    QUOTE_TAGS,
    SEVERAL_WORDS,
    absolute_path,
    image_source_of,
    insert_text,
    read_arguments,
    visible_arguments,
    write_image,
    write_link,
)

if TYPE_CHECKING:
    from .own_shortcodes import OwnShortcodes

RAW = re.compile(r"\{%-?\s*raw\s*-?%\}")
COMMENTS = (
    (re.compile(r"\{%-?\s*comment\s*-?%\}"), END_COMMENT),
    (re.compile(r"\{\{[<%]\s*comment\b[^{}/]*\}\}"), re.compile(r"\{\{[<%]\s*/\s*comment\s*[>%]\}\}")),
)
"""Blocks that readers do not see, of Liquid and of Hugo (gohugo.io/shortcodes/comment)."""
ESCAPED_SHORTCODE = re.compile(r"\{\{([<%])/\*((?:[^*{}]|\*(?!/))*+)\*/[>%]\}\}")
"""A shortcode that Hugo shows and does not run."""
CODE_BLOCKS = (
    (
        re.compile(r"\{%-?\s*highlight\s+(\w*)[^%]*-?%\}\n?"),
        re.compile(r"\{%-?\s*endhighlight\s*-?%\}"),
    ),
    (
        re.compile(r"\{\{[<%]\s*highlight\s+(\w*)[^{}<>]*[>%]\}\}\n?"),
        re.compile(r"\{\{[<%]\s*/highlight\s*[>%]\}\}"),
    ),
)
TAG = re.compile(r"\{%-?\s*(\w[\w-]*)")
END_TAG = re.compile(r"-?%\}")
OUTPUT = re.compile(r"\{\{-?(?![<%])((?:[^{}]++|\{(?!\{)|\}(?!\}))*+)\}\}")
SHORTCODE = re.compile(r"\{\{[<%]\s*(/?)\s*([\w/-]+)")
CLOSING_SHORTCODE = re.compile(r"\{\{[<%]\s*/\s*([\w/-]+)")
END_BLOCK = re.compile(r"\{%-?\s*end([\w-]+)")
END_SHORTCODE = re.compile(r"[>%]\}\}")
UNRESOLVED = re.compile(
    r"\{%(?:[^\n%{]++|%(?!\})|\{(?![%{]))*+%\}|\{\{(?:[^\n{}]++|\}(?!\})|\{(?![%{]))*+\}\}"
)
CAPTION_ARGUMENTS = ("caption", "image_caption", "text", "label", "attr", "attribution", "credit", "title")
ALT_ARGUMENTS = ("alt", "image_alt", "alt_text")

KeepLiteral = Callable[[str], str]


def resolve_shortcodes(
    text: str,
    *,
    keep: KeepLiteral,
    authors: AuthorList,
    fields: dict,
    log: ImportLog,
    own: "OwnShortcodes | None" = None,
) -> str:
    """Return the text without Liquid and shortcodes.

    Args:
        keep: stores literal text and returns a placeholder.
        fields: the front matter, for outputs of its fields.
        own: knows what the shortcodes of the site itself show.
    """
    if "{%" not in text and "{{" not in text:
        return text
    resolver = ShortcodeResolver(authors, fields, log, own=own)
    text = replace_spans(text, RAW, END_RAW, lambda _opening, content, _source: keep(content))
    for opening, closing in COMMENTS:
        text = replace_spans(
            text, opening, closing, lambda _opening, _content, tag_source: resolver.drop(tag_source)
        )
    text = ESCAPED_SHORTCODE.sub(lambda match: keep(_write_escaped(match)), text)
    for opening, closing in CODE_BLOCKS:
        text = replace_spans(text, opening, closing, _write_code_block)
    text = own.leave_out_inner(text) if own else text
    resolver.paired_names = frozenset(CLOSING_SHORTCODE.findall(text))
    resolver.block_names = frozenset(END_BLOCK.findall(text))
    text = replace_spans(text, SHORTCODE, END_SHORTCODE, resolver.resolve_shortcode)
    text = replace_spans(text, TAG, END_TAG, resolver.resolve_liquid_tag)
    text = OUTPUT.sub(resolver.resolve_output, text)
    return UNRESOLVED.sub(lambda match: resolver.drop(match[0]), text)


def _write_escaped(match: re.Match[str]) -> str:
    """Return a shortcode as it is shown; the spaces keep it from being read as a tag of HTML."""
    closing = ">" if match[1] == "<" else "%"
    return f"{{{{{match[1]} {match[2].strip()} {closing}}}}}"


def _write_code_block(opening: re.Match[str], code: str, _source: str) -> str:
    return f"\n```{opening[1]}\n{code}\n```\n"


class ShortcodeResolver:
    """Resolves the tags of one file; `paired_names` and `block_names` are of those with an end somewhere."""

    def __init__(
        self, authors: AuthorList, fields: dict, log: ImportLog, own: "OwnShortcodes | None" = None
    ) -> None:
        self.authors, self.fields, self.log, self.own = authors, fields, log, own
        self.paired_names = self.block_names = frozenset[str]()
        self.open_citations: list[str] = []  # who said the quotations that are open

    def resolve_liquid_tag(self, opening: re.Match[str], rest: str, tag_source: str) -> str:
        quoted, named = read_arguments(rest)
        name = opening[1]
        is_end = name.startswith("end") and name.removeprefix("end") in QUOTE_TAGS
        tag = ShortcodeTag(
            opening, tag_source, name.removeprefix("end") if is_end else name, rest, quoted, named, is_end
        )
        return self._resolve(LIQUID_TAGS, tag)

    def resolve_shortcode(self, opening: re.Match[str], rest: str, tag_source: str) -> str:
        rest = rest.rstrip().removesuffix("/")
        quoted, named = read_arguments(rest)
        tag = ShortcodeTag(
            opening, tag_source, opening[2].rstrip("/"), rest, quoted, named, is_end=bool(opening[1])
        )
        return self._resolve(SHORTCODES, tag)

    def _resolve(self, handlers: dict[str, TagHandler], tag: ShortcodeTag) -> str:
        handler = handlers.get(tag.name)
        text = handler(self, tag) if handler else None
        if text is not None:
            return text
        if tag.is_end:
            return self.drop_wrapper(tag.source_on_one_line)
        if self.own and tag.match.re is SHORTCODE:
            self.own.keep_shown_arguments(tag)
        is_in_pair = tag.match.re is SHORTCODE and tag.match[2] in self.paired_names
        is_in_pair |= tag.match.re is TAG and tag.name in self.block_names
        has_template = self.own is not None and tag.match.re is SHORTCODE and self.own.has_template(tag.name)
        if may_hide(tag, has_end=is_in_pair, has_template=has_template):
            self.log.hidden_part(tag.name)
            return ""
        return self._image(tag) or self._text_and_link(tag)

    def resolve_output(self, match: re.Match[str]) -> str:
        value, *filters = (part.strip() for part in match[1].removesuffix("-").split("|"))
        is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        text = value[1:-1] if is_quoted else self._variable(value)
        for name, _colon, argument in (filter_source.partition(":") for filter_source in filters):
            handler = FILTERS.get(name.strip())
            text = handler(self, text, argument) if handler and text is not None else None
        return self.drop(match[0]) if text is None else text

    def _variable(self, name: str) -> str | None:
        if name in EMPTY_VARIABLES:
            return ""
        scope, _dot, field = name.partition(".")
        value = self.fields.get(field or scope) if scope in ("page", "post") or not field else None
        return value if isinstance(value, str) else None

    def drop(self, tag: str) -> str:
        self.log.dropped("liquid", _("Liquid left out: %s") % " ".join(tag.split()))
        return ""

    def drop_wrapper(self, tag: str) -> str:
        self.log.changed("liquid", _("A frame was left out, its text stays: %s") % tag)
        return ""

    def _image(self, tag: ShortcodeTag) -> str:
        """Return the image of a tag that has a source or an alternative text, whatever its name."""
        source = image_source_of(tag.named)
        is_image = tag.name in IMAGE_TAGS or bool({*ALT_ARGUMENTS, "src"} & tag.named.keys())
        return _write_figure(source, tag.named) if source and is_image and IMAGE_PATH.search(source) else ""

    def _text_and_link(self, tag: ShortcodeTag) -> str:
        """Return the text and the link of an unknown tag, which is reported."""
        words = visible_arguments(tag.quoted, tag.named)
        address = next((tag.named[name] for name in LINK_ARGUMENTS if tag.named.get(name)), "")
        if not words and not address:
            is_wrapper = tag.match.re is SHORTCODE and tag.match[2] in self.paired_names
            return self.drop_wrapper(tag.source_on_one_line) if is_wrapper else self.drop(tag.tag_source)
        self.log.changed("liquid", _("A tag was left out, its words stay: %s") % tag.source_on_one_line)
        if address:
            words = [*words[:-1], write_link(absolute_path(address), words[-1] if words else "")]
        return insert_text(tag.match, tag.tag_source, words)

    def resolve_quotation(self, tag: ShortcodeTag) -> str:
        """Return the quotation of a tag, around its content or from its arguments."""
        self.drop_wrapper(tag.source_on_one_line)
        if tag.is_end:
            citation = self.open_citations.pop() if self.open_citations else ""
            return f"\n\n{citation}\n\n</blockquote>\n\n"
        words = visible_arguments(
            tag.quoted, {name: text for name, text in tag.named.items() if name not in CITATION_ARGUMENTS}
        )
        citation = ", ".join(tag.named[name] for name in CITATION_ARGUMENTS if tag.named.get(name))
        has_text = (
            "quote" in tag.named or "text" in tag.named or any(map(SEVERAL_WORDS.fullmatch, tag.quoted))
        )
        if words and has_text:
            quotation_text = "\n\n".join(filter(None, [*words, citation and f"— {citation}"]))
            return f"\n\n<blockquote>\n\n{quotation_text}\n\n</blockquote>\n\n"
        self.open_citations.append(f"— {citation}" if citation else "")
        return "\n\n<blockquote>\n\n" + "\n\n".join(words) + "\n\n"


def _write_figure(source: str, named: dict[str, str]) -> str:
    """Return an image with its caption; all its text stays."""
    texts = dict.fromkeys(" ".join(named[name].split()) for name in CAPTION_ARGUMENTS if named.get(name))
    alt = next((named[name] for name in ALT_ARGUMENTS if named.get(name)), next(iter(texts), ""))
    is_plain = not re.search(r"[\[<*_`]", " ".join(texts))
    caption = " ".join(text for text in texts if text != " ".join(alt.split()) or not is_plain)
    image = write_image(source, alt if is_plain else plain_words(alt), caption if is_plain else "")
    if link := named.get("link") or named.get("link_url"):
        image = f"[{image}]({link})"
    return f"\n\n{image}\n\n{'' if is_plain else caption}\n\n" if caption else image
