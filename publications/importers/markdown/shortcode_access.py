"""Whether a shortcode or a Liquid tag may hide its words from some readers, by its name.

The names are those of WordPress and its plugins, which others use too.
"""

from pathlib import PurePosixPath

from ..access_words import words_of
from ..wordpress.access import is_access_shortcode, is_harmless_shortcode
from .shortcode_handlers import ShortcodeTag
from .tag_arguments import CONTROL_TAGS, IMAGE_TAGS, visible_arguments

HIDING_WORDS = frozenset({"decrypt", "encrypt", "encrypted", "encryptor", "premium"})
INCLUDE_TAGS = ("include", "include_cached", "include_relative")
HARMLESS_WORDS = frozenset({
    "admonition", "attachment", "audio", "carousel", "code", "diagram", "example", "filetree", "fragment", "gallery",
    "hint", "html", "inline", "katex", "kbd", "keyword", "link", "markdown", "markdownify", "math", "mathjax", "md",
    "mermaid", "nav", "note", "notice", "plain", "plantuml", "pseudocode", "rawhtml", "ref", "ruby", "step", "swiper",
    "typeit", "video",
})  # fmt: skip
"""Words of which names of themes consist that show what is in them, beside those of WordPress."""


def may_hide(tag: ShortcodeTag, *, has_end: bool, has_template: bool) -> bool:
    """Whether a tag without a meaning of its own may hide words: one around words that nothing is known of does.

    Args:
        has_end: whether it stands around words.
        has_template: whether what it shows is known from its template.
    """
    name = PurePosixPath(_file_of(tag)).stem if tag.name in INCLUDE_TAGS else tag.name
    has_words = has_end or bool(visible_arguments(tag.quoted, tag.named))
    words = set(words_of(name))
    if is_access_shortcode(name, tag.named, has_end=has_words) or (has_words and words & HIDING_WORDS):
        return True
    is_known = has_template or tag.name in (*CONTROL_TAGS, *IMAGE_TAGS) or words <= HARMLESS_WORDS
    return has_end and not is_known and not is_harmless_shortcode(name)


def _file_of(tag: ShortcodeTag) -> str:
    return (tag.rest.split() or [""])[0].strip("\"'")
