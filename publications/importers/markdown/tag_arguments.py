"""Classify the arguments of Liquid tags and Hugo shortcodes: visible text, image or link target."""

import re

SOURCES = ("src", "image_path", "image", "image_url", "img", "path", "file", "url")
TARGETS = ("href", "link", "link_url", "url", "src", "file", "path")
WORDY = (
    "kicker", "title", "heading", "alt", "caption", "text", "quote", "content", "summary", "description", "label",
    "cite", "author", "attribution", "attr", "credit", "subtitle",
)  # fmt: skip
"""Visible arguments, in their default order."""
CITED = ("cite", "author", "attribution", "attr", "credit")
CONTROL = (
    "assign", "capture", "if", "elsif", "else", "unless", "case", "when", "for", "cycle", "comment", "raw", "highlight",
    "endraw", "link", "post_url", "ref", "relref",
)  # fmt: skip
QUOTES = ("quote", "pullquote", "pull-quote", "blockquote")
PICTURES = ("figure", "img", "image", "picture", "photo")
PICTURED = re.compile(r"(?:\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)|^[^.]*)(?:[?#].*)?$", re.IGNORECASE)
PLAIN_WORDS = re.compile(r"(?!.*(?:://|\.\w{2,4}$|/))\S+\s+\S.*", re.DOTALL)
CLASS_NAMES = re.compile(r"\s*(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)+\s*)+")
"""Class names, such as "image-reduce right-aligned": no sentence has a hyphen in every word."""
QUOTED = re.compile(
    r"""(?:(?<![\w-])([\w-]++)\s*+[=:]\s*+)?(?<!\\)(?:"((?:[^"\\]++|\\.)*+)"|'((?:[^'\\]++|\\.)*+)')""",
    re.DOTALL,
)
NAMED = re.compile(r"(?<![\w-])([\w-]++)\s*+=\s*+([^\s\"']+)")


def read_arguments(text: str) -> tuple[list[str], dict[str, str]]:
    """Return the quoted and the named arguments of a tag."""
    plain: list[str] = []
    named = {match[1]: match[2] for match in NAMED.finditer(text)}
    for match in QUOTED.finditer(text):
        value = match[2] if match[2] is not None else match[3]
        if match[1]:
            named[match[1]] = value
        else:
            plain.append(value)
    return plain, named


def source_of(named: dict[str, str]) -> str:
    return next((named[name] for name in SOURCES if named.get(name)), "")


def words_of(plain: list[str], named: dict[str, str]) -> list[str]:
    """Return the visible arguments of a tag."""
    texts = [named[name] for name in WORDY if named.get(name)]
    return list(dict.fromkeys([*texts, *filter(_is_seen, plain)]))


def _is_seen(value: str) -> bool:
    """Whether a positional value is visible text, not an address or class names."""
    return bool(PLAIN_WORDS.fullmatch(value)) and not CLASS_NAMES.fullmatch(value)


def words_in_tag(tag: str) -> str:
    """Return the visible text of a tag, for counting."""
    name, _space, rest = tag.strip("{}%<>-/ \t\n").partition(" ")
    return "" if name.removeprefix("end") in CONTROL else " ".join(words_of(*read_arguments(rest)))


def set_apart(opening: re.Match[str], tag_source: str, texts: list[str]) -> str:
    """Return text inline if the tag was within a line, otherwise as paragraphs."""
    before = opening.string[: opening.start()].rpartition("\n")[2]
    behind = opening.string[opening.start() + len(tag_source) :].partition("\n")[0]
    return " ".join(texts) if (before + behind).strip() else "\n\n" + "\n\n".join(texts) + "\n\n"


def from_root(address: str) -> str:
    """Return an address of the old site from its root, unless it is relative."""
    return address if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/.#]", address) else f"/{address}"


def write_image(source: str, alt: str, caption: str = "") -> str:
    label = " ".join(alt.split()).replace("[", "(").replace("]", ")")
    title = f' "{caption.replace(chr(34), "”")}"' if caption else ""
    return f"![{label}]({from_root(source).replace(' ', '%20')}{title})"


def write_link(address: str, label: str) -> str:
    return f"[{' '.join(label.split()) or address}]({address})"
