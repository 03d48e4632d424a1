"""Rewrite links to the new addresses of imported files; report links to unknown targets.

Reference links (`[words][label]`) with definitions from included files are completed; undefined ones become text.
"""

import html
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urljoin

from publications.markup import fragment_on_page, normalize_label
from publications.slugs import normalize_redirect_path
from publications.stored_messages import gettext as _

from ..html.attachments import AttachmentCollector
from ..imported_file import ImportLog
from ..links import ANCHOR_HREF, DEFINITION, INLINE_TARGET, AddressRewriter
from .source_site import SourceSite

FILE_PREFIX = "file:"
PATH_END_PREFIX = "end:"
LINK_TEXT = r"(?:[^\[\]\n\\]++|\\.|\n(?![ \t]*\n)|\[(?:[^\[\]\n\\]++|\\.|\n(?![ \t]*\n))*+\])*+"
LABEL = r"(?:[^\[\]\n\\]++|\\.|\n(?![ \t]*\n))*+"
REFERENCE_LINK = re.compile(
    rf"(?<![\\\]])(?P<image>!?)\[(?!\^)(?P<words>{LINK_TEXT})\]\[(?!\^)(?P<label>{LABEL})\]"
)
SHORT_REFERENCE = re.compile(rf"(?<![\\\]])\[(?!\^)(?P<label>{LABEL})\](?![\[(:])")
DEFINITION_LABEL = re.compile(r"^ {0,3}\[(?!\^)((?:[^\[\]\n\\]|\\.)+)\]:", re.MULTILINE)
ARRAY_INDEX = re.compile(r"\w{0,3}")
LABELLED_TARGET = re.compile(r"\[([^\[\]\n]++)\]\([ \t]*+(<[^<>\n]*+>|[^\s()<>]++)")
INLINE_MARKS = re.compile(r"[*_~\ue000\ue001]|<[^<>]*>")


class LinkRewriter(AddressRewriter):
    """Rewrites the links of one file to the new addresses of imported files.

    Args:
        source: the path of the file below the folder.
        addresses: new addresses by old path, by FILE_PREFIX and a path, and by PATH_END_PREFIX and the end of a path.
        files: attaches the files of the old site that links lead to.
        source_site: has the path below which the old site was.
    """

    def __init__(
        self,
        source: str,
        addresses: Mapping[str, str],
        site: str,
        log: ImportLog,
        page: str,
        files: AttachmentCollector,
        source_site: SourceSite,
    ) -> None:
        super().__init__(addresses, site, log, page)
        self.source, self.files, self.source_site = source, files, source_site
        self.labels: dict[str, str] = {}

    def rewrite_links(self, text: str) -> str:
        for match in LABELLED_TARGET.finditer(text):
            self.labels.setdefault(match[2].strip("<>"), INLINE_MARKS.sub("", match[1]).strip())
        text = INLINE_TARGET.sub(lambda match: f"]({self.rewrite(match[1].strip('<>'))}", text)
        text = DEFINITION.sub(lambda match: f"{match[1]}{self.rewrite(match[2])}", text)
        return ANCHOR_HREF.sub(self._rewrite_anchor, text)

    def _rewrite_anchor(self, match: re.Match[str]) -> str:
        address = html.unescape(match[2] if match[2] is not None else match[3])
        return f'{match[1]}"{html.escape(self.rewrite(address))}"'

    def _new_address(self, address: str) -> str:
        before, mark, _name = address.partition("post:")
        if mark and before.rstrip("/") in ("", self.source_site.base_path):
            return self._address_of_post(address.removeprefix(before))
        if address.startswith(("#", "image:")):
            return address
        attached = self.files.find_address(
            self.files.media.resolve(self.source_site.under_base(address)), self.labels.get(address, "")
        )
        return attached or super()._new_address(address)

    def _resolve_relative_address(self, path: str) -> str | None:
        """Return the address for a relative path: of a file beside this one, or an old address."""
        folder = self.source.rpartition("/")[0]
        is_page = not PurePosixPath(path).suffix
        as_page = path.removeprefix("../") if is_page else path
        for relative in (as_page, path):  # a page that ends in a slash stands a step below its file
            file = normpath(f"{folder}/{unquote(relative)}" if folder else unquote(relative)).lstrip("/")
            names = (file, f"{file}.md", f"{file}/index.md", file.removesuffix(".html") + ".md")
            for name in names:
                if address := self.addresses.get(f"{FILE_PREFIX}{name}"):
                    return address
        return self.addresses.get(normalize_redirect_path(f"/{path.lstrip('./')}"))

    def _address_of_post(self, address: str) -> str:
        """Return the address of a file in `ref`, `link` or `post_url`, by its path or the end of it."""
        name, mark, fragment = address.removeprefix("post:").strip("/\"' ").partition("#")
        if not name:
            return f"#{fragment}"
        plain = name.removeprefix("_posts/").removesuffix(".md").removesuffix("/_index").strip("/")
        keys = (
            f"{FILE_PREFIX}{plain}.md",
            f"{FILE_PREFIX}{plain}/index.md",
            f"{FILE_PREFIX}{name}",
            f"{PATH_END_PREFIX}{plain}",
        )
        new = next((self.addresses[key] for key in keys if key in self.addresses), "")
        if not new:
            self.log.changed("link-lost", _("A link names a file that did not come along: %s") % name)
            return urljoin(self.site, f"/{plain}/") + mark + fragment
        self.log.changed("link", _("%(old)s leads to %(new)s now.") % {"old": name, "new": new})
        return new + mark + fragment_on_page(fragment)


def resolve_references(text: str, definitions: Mapping[str, str], log: ImportLog) -> str:
    """Return the text with reference links completed, or replaced by their text.

    Args:
        definitions: addresses by normal label, from included files; used ones are appended to the text.
    """
    if "][" not in text and not definitions:
        return text
    own_labels = {normalize_label(label) for label in DEFINITION_LABEL.findall(text)}
    references = ReferenceResolver(text, own_labels, definitions, log)
    text = REFERENCE_LINK.sub(references.resolve, text)
    if definitions:
        for match in SHORT_REFERENCE.finditer(text):
            references.use_definition(normalize_label(match["label"]))
    lines = [f"[{label}]: {definitions[label]}" for label in references.used]
    return "\n".join([text.rstrip("\n"), "", *lines]) if lines else text


class ReferenceResolver:
    """The reference links of one text."""

    def __init__(
        self, text: str, own_labels: set[str], definitions: Mapping[str, str], log: ImportLog
    ) -> None:
        self.text, self.own_labels, self.definitions, self.log = text, own_labels, definitions, log
        self.used: dict[str, None] = {}

    def use_definition(self, label: str) -> bool:
        """Return whether a label has a definition; one from an included file is marked as used."""
        if label not in self.own_labels and label in self.definitions:
            self.used[label] = None
        return label in self.own_labels or label in self.definitions

    def resolve(self, match: re.Match[str]) -> str:
        words, label = _join_lines(match["words"]), " ".join(match["label"].split())
        if self._is_index(match):
            return match[0]
        if self.use_definition(normalize_label(label or words)):
            return f"{match['image']}[{words}][{label}]"
        if REFERENCE_LINK.search(words):
            words = REFERENCE_LINK.sub(self.resolve, words)
        message = _("A link refers to “%s”, which nothing defines: its words stay.")
        self.log.dropped("reference", message % " ".join((label or words).split()))
        return words

    def _is_index(self, match: re.Match[str]) -> bool:
        """Whether this is an index such as `matrix[0][1]`, which is not a link."""
        before = self.text[: match.start()][-1:]
        is_word = before.isascii() and (before.isalnum() or before == "_")
        return (
            is_word
            and bool(ARRAY_INDEX.fullmatch(match["words"]))
            and bool(ARRAY_INDEX.fullmatch(match["label"]))
        )


def _join_lines(words: str) -> str:
    """Return text on one line without a leading Markdown mark, such as the `#` of a number."""
    return re.sub(r"\n[ \t]*(?=[#>+*-])", " ", words)
