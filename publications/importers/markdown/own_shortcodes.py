"""The shortcodes of Hugo that a site or its theme has made: which of their words their templates show.

Source: gohugo.io/templates/shortcode.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..coverage import split_words
from ..html.losses import hidden_words_note, one_line
from ..imported_file import ImportLog
from .data_files import read_within
from .go_templates import ANY, INNER, Shown, find_shown
from .hidden_words import HiddenWords
from .page import split_visible_words
from .placeholders import find_spans, replace_spans
from .shortcode_handlers import ShortcodeTag
from .shortcodes import CODE_BLOCKS
from .source_site import SourceSite
from .tag_arguments import SOURCE_ARGUMENTS, read_arguments, visible_arguments

TEMPLATE_FOLDERS = (
    "layouts/_shortcodes", "layouts/shortcodes", "themes/*/layouts/_shortcodes", "themes/*/layouts/shortcodes",
)  # fmt: skip
MAX_TEMPLATE_BYTES = 50_000
MAX_USES = 1_000
"""How many different uses of shortcodes are looked at in a text; those of more may be hidden."""
SOME_WORDS = "-"
NAME = re.compile(r"[\w-]+(?:/[\w-]+)*")
WHOLE_TAG = re.compile(
    r"\{\{[<%]\s*(?P<end>/?)\s*(?P<name>[\w/-]+?)(?:\s(?P<rest>[^{}]*?))?\s*(?P<closed>/?)\s*[>%]\}\}"
)
RENDERED = re.compile(r"markdownify|Render|Page\.Markup")
UNSEEN = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(closing, re.IGNORECASE))
    for opening, closing in (
        ("<!--", "-->"), (r"<script\b", r"</script\s*>"), (r"<style\b", r"</style\s*>"),
        (r"<template\b", r"</template\s*>"),
    )
)  # fmt: skip


@dataclass
class OwnShortcodes:
    """Leaves out the words of one text that the templates of a site do not show.

    Words under a condition that only Hugo can decide make their text a draft.
    """

    site: SourceSite
    log: ImportLog
    left_out: list[str] = field(default_factory=list)
    _templates: dict[str, str | None] = field(default_factory=dict)
    _shown: dict[tuple[str, str], Shown] = field(default_factory=dict)

    def leave_out_inner(self, text: str) -> str:
        """Return a text without the inner words of shortcodes that do not show them, and without their end tags."""
        parts, position = [], 0
        for opening, closing in sorted(self._find_pairs(text), key=lambda pair: pair[0].start()):
            inner = text[opening.end() : closing.start()]
            if opening.start() < position or not inner.strip():
                continue
            is_shown = self._status(INNER, self._find_shown(opening["name"], opening["rest"] or ""))
            if is_shown is None:
                self.log.hidden_part(one_line(opening[0]))
            elif not is_shown:
                self.log.add(hidden_words_note(one_line(inner)))
                self.left_out += split_visible_words(inner)
                parts.append(text[position : opening.end()])
                position = closing.end()
        return "".join([*parts, text[position:]])

    def find_raw(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of what shortcodes show as it is, and not as Markdown."""
        for opening, closing in self._find_pairs(text):
            template = self._find_template(opening["name"]) or ""
            if opening[0].startswith("{{<") and INNER in template and not RENDERED.search(template):
                yield opening.start(), closing.end()
        for opening, closing in CODE_BLOCKS:
            yield from find_spans(text, opening, closing)

    def keep_shown_arguments(self, tag: ShortcodeTag) -> None:
        """Take those arguments from a tag that its template does not show."""
        shown = self._find_shown(tag.name, tag.rest)
        if shown is None:
            return
        before = visible_arguments(tag.quoted, tag.named)
        if not shown:
            tag.quoted, tag.named = [], {}
        tag.quoted = [
            text for place, text in enumerate(tag.quoted) if self._status(place, shown) is not False
        ]
        tag.named = {
            name: text
            for name, text in tag.named.items()
            if name in SOURCE_ARGUMENTS or self._status(name, shown) is not False
        }
        left = visible_arguments(tag.quoted, tag.named)
        names = [*(name for name, text in tag.named.items() if text in left), *range(len(tag.quoted))]
        if left and any(self._status(name, shown) is None for name in names):
            self.log.hidden_part(tag.source_on_one_line)
        self.left_out += split_words(" ".join(text for text in before if text not in left))

    def _find_pairs(self, text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
        """Yield the tags of shortcodes with templates that have an end tag."""
        open_tags: dict[str, list[re.Match[str]]] = defaultdict(list)
        for tag in WHOLE_TAG.finditer(text):
            if not tag["end"] and not tag["closed"]:
                open_tags[tag["name"]].append(tag)
            elif tag["end"] and open_tags[tag["name"]]:
                opening = open_tags[tag["name"]].pop()
                if self.has_template(tag["name"]):
                    yield opening, tag

    def _find_shown(self, name: str, rest: str) -> Shown | None:
        """Return what the template of a shortcode shows, or None if it has none here."""
        template = self._find_template(name)
        if template is None:
            return None
        use = (name, " ".join(rest.split()))
        if use not in self._shown and len(self._shown) >= MAX_USES:
            return {ANY: None}
        if use not in self._shown:
            quoted, named = read_arguments(rest)
            arguments = {**dict(enumerate(quoted or rest.split())), **named}
            self._shown[use] = find_shown(template, arguments, SOME_WORDS)
        return self._shown[use]

    def _status(self, key: str | int, shown: Shown | None) -> bool | None:
        """Whether something is shown; None if that is not known."""
        if shown is None:
            return True
        return shown.get(key, None if ANY in shown else False)

    def has_template(self, name: str) -> bool:
        """Whether the site has the template of a shortcode."""
        return self._find_template(name) is not None

    def _find_template(self, name: str) -> str | None:
        if name not in self._templates:
            self._templates[name] = self._read_template(name)
        return self._templates[name]

    def _read_template(self, name: str) -> str | None:
        folder = self.site.folder if self.site.generator == "hugo" and NAME.fullmatch(name) else None
        file_name = f"{name.rpartition('/')[2]}.html"
        for place in TEMPLATE_FOLDERS if folder else ():
            paths = sorted(folder.glob(f"{place}/{name}.*"), key=lambda path: (path.name != file_name, path))
            if paths:
                return _without_unseen(
                    read_within(paths[0], folder, MAX_TEMPLATE_BYTES) or "{{ template . }}"
                )
        return None


def _without_unseen(template: str) -> str:
    """Return a template without what its page does not show, such as scripts and hidden elements."""
    for opening, closing in UNSEEN:
        template = replace_spans(template, opening, closing, lambda *_found: "")
    return HiddenWords(ImportLog(), str).leave_out(template)
