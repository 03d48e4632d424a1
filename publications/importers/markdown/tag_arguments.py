"""Classify the arguments of Liquid tags and Hugo shortcodes: visible text, image or link target."""

import re

SOURCE_ARGUMENTS = ("src", "image_path", "image", "image_url", "img", "path", "file", "url")
LINK_ARGUMENTS = ("href", "link", "link_url", "url", "src", "file", "path")
TEXT_ARGUMENTS = (
    "kicker", "title", "heading", "alt", "caption", "text", "quote", "content", "summary", "description", "label",
    "cite", "author", "attribution", "attr", "credit", "subtitle",
)  # fmt: skip
"""Visible arguments, in their default order."""
CITATION_ARGUMENTS = ("cite", "author", "attribution", "attr", "credit")
CONTROL_TAGS = (
    "assign", "capture", "if", "elsif", "else", "unless", "case", "when", "for", "cycle", "comment", "raw", "highlight",
    "endraw", "link", "post_url", "ref", "relref",
)  # fmt: skip
QUOTE_TAGS = ("quote", "pullquote", "pull-quote", "blockquote")
IMAGE_TAGS = ("figure", "img", "image", "picture", "photo")
IMAGE_PATH = re.compile(r"(?:\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)|^[^.]*)(?:[?#].*)?$", re.IGNORECASE)
SEVERAL_WORDS = re.compile(r"(?!.*(?:://|\.\w{2,4}$|/))\S+\s+\S.*", re.DOTALL)
CLASS_NAMES = re.compile(r"\s*(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)+\s*)+")
"""Class names, such as "image-reduce right-aligned": no sentence has a hyphen in every word."""
QUOTED_ARGUMENT = re.compile(
    r"""(?:(?<![\w-])([\w-]++)\s*+[=:]\s*+)?(?<!\\)(?:"((?:[^"\\]++|\\.)*+)"|'((?:[^'\\]++|\\.)*+)')""",
    re.DOTALL,
)
NAMED_ARGUMENT = re.compile(r"(?<![\w-])([\w-]++)\s*+=\s*+([^\s\"']+)")


def read_arguments(text: str) -> tuple[list[str], dict[str, str]]:
    """Return the quoted and the named arguments of a tag."""
    quoted: list[str] = []
    named = {match[1]: match[2] for match in NAMED_ARGUMENT.finditer(text)}
    for match in QUOTED_ARGUMENT.finditer(text):
        value = match[2] if match[2] is not None else match[3]
        if match[1]:
            named[match[1]] = value
        else:
            quoted.append(value)
    return quoted, named


def image_source_of(named: dict[str, str]) -> str:
    return next((named[name] for name in SOURCE_ARGUMENTS if named.get(name)), "")


def visible_arguments(quoted: list[str], named: dict[str, str]) -> list[str]:
    """Return the visible arguments of a tag."""
    texts = [named[name] for name in TEXT_ARGUMENTS if named.get(name)]
    return list(dict.fromkeys([*texts, *filter(_is_visible, quoted)]))


def _is_visible(value: str) -> bool:
    """Whether a positional value is visible text, not an address or class names."""
    return bool(SEVERAL_WORDS.fullmatch(value)) and not CLASS_NAMES.fullmatch(value)


def words_in_tag(tag: str) -> str:
    """Return the visible text of a tag, for counting."""
    name, _space, rest = tag.strip("{}%<>-/ \t\n").partition(" ")
    return (
        "" if name.removeprefix("end") in CONTROL_TAGS else " ".join(visible_arguments(*read_arguments(rest)))
    )


def insert_text(opening: re.Match[str], tag_source: str, texts: list[str]) -> str:
    """Return text inline if the tag was within a line, otherwise as paragraphs."""
    before = opening.string[: opening.start()].rpartition("\n")[2]
    after = opening.string[opening.start() + len(tag_source) :].partition("\n")[0]
    return " ".join(texts) if (before + after).strip() else "\n\n" + "\n\n".join(texts) + "\n\n"


def absolute_path(address: str) -> str:
    """Return an address of the old site from its root, unless it is relative."""
    return address if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/.#]", address) else f"/{address}"


def write_image(source: str, alt: str, caption: str = "") -> str:
    label = " ".join(alt.split()).replace("[", "(").replace("]", ")")
    title = f' "{caption.replace(chr(34), "”")}"' if caption else ""
    return f"![{label}]({absolute_path(source).replace(' ', '%20')}{title})"


def write_link(address: str, label: str) -> str:
    return f"[{' '.join(label.split()) or address}]({address})"
