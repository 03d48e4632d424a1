"""The two styles of Markdown that the site writes, and how each escapes text.

EDITABLE_STYLE is for text that people edit, such as a draft made from a Word file: it escapes as little as possible.
PORTABLE_STYLE is for any Markdown parser: every character that could be markup is escaped.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape

SPACES = re.compile(r"[ \t\r\n\f]+")

SPECIAL_CHARACTERS = re.compile(r"[\\`*_\[\]{}\"']|-(?=-)|\.(?=\.\.)|!(?=\[)")
CHARACTER_REFERENCE = re.compile(r"&(?=#?\w+;)")
BLOCK_START_MARK = re.compile(r"^(#|[+-]|\d+(?=[.)]))")

ALWAYS_ESCAPED = re.compile(r"[\\`*]")
UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # within a word it is literal
BRACKET = re.compile(r"\[(?=\^)|\[(?=[^\[\]]*\][(\[:])|(?<=\])(?=\()|(?<=!)\[")
TAG_START = re.compile(r"<(?!\s)")  # of a tag or an address
POSSIBLE_REFERENCE = re.compile(r"&#|&[a-zA-Z0-9]+;?")
ATTRIBUTE_LIST = re.compile(
    r"(?<!\S)\{|\{(?=:)"
)  # at the end of a heading, a cell or a paragraph, or after a mark
LINE_MARK = re.compile(
    r"[#>]|[+-](?=\s|$)|-(?=--+\s*$)|(?P<equals>=)(?==*\s*$)|(?P<number>\d{1,9})\.(?=\s|$)"
)
DEFINITION = re.compile(
    r"(\[[^\[\]]*\]):"
)  # brackets before a colon would define a note or the target of a link
UNREADABLE_IN_CODE = re.compile(r"[`|]|&#|<(?!\s)|\]:")
ESCAPED_OR_BRACKET = re.compile(r"(\\.)|[\[\]]", re.DOTALL)
CODE_ENTITIES = {character: f"&#{ord(character)};" for character in "&<>*_`[]\\"}


@dataclass(frozen=True)
class MarkdownStyle:
    """How text is escaped, and which of several Markdown forms is used."""

    escape: Callable[[str], str]
    escape_start: Callable[[str], str]
    """Escapes markup at the beginning of a paragraph."""
    write_code: Callable[[str], str]
    write_attributes: Callable[[Mapping[str, str]], str]
    """Writes the language and the direction of a block, or returns an empty string."""
    line_break: str
    marker_width: int
    """Minimum number of columns of a list marker."""
    unsafe_in_address: re.Pattern[str]
    joins_delimiters: bool
    """Whether bold italics are written as `***text***`, which parsers interpret differently."""


def escape_markdown(text: str) -> str:
    """Return the text with all markup escaped, for any parser."""
    text = SPECIAL_CHARACTERS.sub(r"\\\g<0>", SPACES.sub(" ", text))
    return CHARACTER_REFERENCE.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def escape_block_start(text: str) -> str:
    """Return escaped text that is not read as a heading or a list at the beginning of a line."""
    return BLOCK_START_MARK.sub(
        lambda match: f"{match[1]}\\" if match[1].isdigit() else f"\\{match[1]}", text
    )


def escape_sparingly(text: str) -> str:
    """Return the text with as few escapes as the site's parser needs."""
    text = ALWAYS_ESCAPED.sub(r"\\\g<0>", SPACES.sub(" ", text))
    text = UNDERSCORE.sub(r"\\_", text)
    text = BRACKET.sub(lambda match: "\\[" if match[0] else "\\", text)
    text = ATTRIBUTE_LIST.sub(r"\\{", text)
    text = POSSIBLE_REFERENCE.sub(_escape_reference, text)
    return TAG_START.sub("&lt;", text)


def _escape_reference(match: re.Match[str]) -> str:
    """Escape an ampersand that would be read as the beginning of a character reference."""
    return match[0] if match[0] != "&#" and unescape(match[0]) == match[0] else f"&amp;{match[0][1:]}"


def escape_title(title: str) -> str:
    """Return the title of a link or an image, to be put between quotation marks."""
    title = POSSIBLE_REFERENCE.sub(lambda match: match[0].replace("&", "&amp;"), title)
    title = title.replace("\\", "&#92;").replace('"', "&quot;").replace("[", "&#91;")
    return title if title.strip("'") else title.replace("'", "&#39;")


def escape_brackets(escaped: str) -> str:
    """Return escaped text with all its brackets escaped, for the words of a link or an image."""
    return ESCAPED_OR_BRACKET.sub(lambda match: match[1] or f"\\{match[0]}", escaped)


def escape_label(content: str) -> str:
    """Return the words of a link or an image, of which a caret at the start would make a reference to a note."""
    return f"&#94;{content[1:]}" if content.startswith("^") else content


def _escape_line_starts(text: str) -> str:
    return "\n".join(_escape_line_start(line.lstrip(" ")) for line in text.split("\n"))


def _escape_line_start(line: str) -> str:
    if match := DEFINITION.match(line):
        line = f"{match[1]}&#58;{line[match.end() :]}"
    if "|" in line and not line.strip(" -:|"):
        return line.replace("|", "&#124;")  # it could be the second line of a table
    if not line.strip(" -"):
        return line.replace("-", "\\-")
    match = LINE_MARK.match(line)
    if not match:
        return line
    if match["equals"]:
        return f"&#61;{line[1:]}"
    return f"{match['number']}\\{line[match.end('number') :]}" if match["number"] else f"\\{line}"


def _write_fenced_code(text: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _write_readable_code(text: str) -> str:
    if not UNREADABLE_IN_CODE.search(text):
        return f"`{text}`"
    return f"<code>{''.join(CODE_ENTITIES.get(character, character) for character in text)}</code>"


def _write_attribute_list(attributes: Mapping[str, str]) -> str:
    written = " ".join(f"{name}={attributes[name]}" for name in ("lang", "dir") if name in attributes)
    return written and f"{{: {written} }}"


PORTABLE_STYLE = MarkdownStyle(
    escape=escape_markdown,
    escape_start=escape_block_start,
    write_code=_write_fenced_code,
    write_attributes=lambda attributes: "",
    line_break="<br>",
    marker_width=4,
    unsafe_in_address=re.compile(r"[()<>\\\s]"),
    joins_delimiters=False,
)
EDITABLE_STYLE = MarkdownStyle(
    escape=escape_sparingly,
    escape_start=_escape_line_starts,
    write_code=_write_readable_code,
    write_attributes=_write_attribute_list,
    line_break="  \n",
    marker_width=0,
    unsafe_in_address=re.compile(r"[()<>\\\s\[\]\"|*`]"),
    joins_delimiters=True,
)
