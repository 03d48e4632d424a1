"""Read a Markdown file as a manuscript with its files, rendered, and with notes on all changes.

Manuscripts of this site (`format: 1`) are read strictly: one with an error is refused, because tolerant reading would
lose fields of its publication. Other files are read tolerantly.
"""

import html
import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from publications.manuscript import Manuscript
from publications.stored_messages import gettext as _

from ..html import SourceArticle, read_article, read_safely
from ..html.attachments import AttachmentCollector
from ..imported_file import ImportedFile, ImportLog, elsewhere_note
from ..rendered_page import (
    anchors_in,
    build_excerpt,
    fragment_links_in,
    render_as_published,
    report_losses,
)
from ..source import ImportContext
from .anchors import keep_anchors, slug_rules_of
from .fields import FrontMatterFields
from .front_matter import FrontMatter, as_text, as_texts, first_value, read_front_matter
from .hidden_places import reasons_in_place
from .hidden_words import HiddenWords
from .images import MARKDOWN_IMAGE, ImageRewriter
from .includes import ResolvedText, resolve_includes
from .links import LinkRewriter, resolve_references
from .liquid_template import find_conditional_parts, parse_template
from .manuscript_file import read_manuscript, report_hidden
from .omitted_html import omit_html, omits_html
from .own_shortcodes import OwnShortcodes
from .page import measure_coverage, strip_markup
from .placeholders import Placeholders, remove_marks
from .raw_html import reduce_html, remove_elements
from .search_settings import read_search_settings
from .shortcodes import resolve_shortcodes
from .source_file import SourceFile, read_source, report_changed_slug
from .source_site import SourceSite
from .text_files import TextMedia

HTML_SUFFIXES = (".html", ".htm", ".xhtml")
TASK = re.compile(r"^([ \t]*(?:[*+-]|\d+[.)])[ \t]+)\[([ xX])\](?=[ \t])", re.MULTILINE)
"""The box of an item in a list of tasks (github.github.com/gfm)."""
MARKDOWN_LINK = re.compile(r"(?<!!)\[([^\[\]\n<>]*)\]\(([^\s()<>]+)\)")


@dataclass(frozen=True, kw_only=True)
class MarkdownImportContext(ImportContext):
    """The data shared by all files of an import."""

    source_site: SourceSite = field(default_factory=SourceSite)


def read_file(file: SourceFile, context: MarkdownImportContext) -> ImportedFile:
    """Read one file. Errors never raise; they become the refusal of the file."""
    log = ImportLog()
    return read_safely(file.source, log, lambda: _read_file(file, context, log))


def _read_file(file: SourceFile, context: MarkdownImportContext, log: ImportLog) -> ImportedFile:
    if file.is_manuscript:
        return read_manuscript(file, log, context.source_site)
    front_matter = read_front_matter(read_source(file.path), log)
    inherited = {name: value for name, value in file.inherited.items() if name not in front_matter.fields}
    front_matter = replace(front_matter, fields=front_matter.fields | inherited)
    text = _MarkdownFile(file, front_matter, context, log)
    return text.read_html() if file.path.suffix.lower() in HTML_SUFFIXES else text.read()


class _MarkdownFile:
    """Reads one file of another program."""

    def __init__(
        self, file: SourceFile, front_matter: FrontMatter, context: MarkdownImportContext, log: ImportLog
    ) -> None:
        self.file, self.front_matter, self.context, self.log = file, front_matter, context, log
        self.left_out: list[str] = []  # words that are reported, and not on the page
        self.fields = FrontMatterFields(
            front_matter.fields,
            log,
            context.topics,
            inherited=file.inherited,
            zone=context.source_site.time_zone,
        )
        page = next(iter(file.former_paths), "")
        self.images = ImageRewriter(
            context.image_finder, file.path.parent, file.language, log, page, context.source_site
        )
        self.page = page or next(iter(file.default_paths), "/")
        media = TextMedia(
            context.image_finder, file.path.parent, self.page, context.site, context.source_site
        )
        self.files = AttachmentCollector(media, file, log)

    def read(self) -> ImportedFile:
        title, source = self.fields.title(remove_marks(self.front_matter.body), self.file.stem)
        bylines = self.fields.bylines(self.context.authors)
        body = self._body(source)
        cover = self.images.cover(*self.fields.cover())
        text = replace(self._manuscript(has_text=bool(body)), title=title, body=body, cover=cover)
        rendered = render_as_published(text, self.log)
        text = replace(
            text,
            bylines=tuple(byline for byline, _author in bylines),
            summary=self.fields.summary(
                lambda: build_excerpt(rendered, self.images.words),
                lambda written: strip_markup(written, self.log),
            ),
            images=tuple(self.images.used.images_by_key.values()),
            attachments=tuple(self.files.attachments.values()),
        )
        is_draft, expires_at = self._is_hidden(text.published_at), self.fields.expires_at()
        self._report_names()
        report_losses(text, rendered, self.log)
        coverage = measure_coverage(source, text, rendered, self.log, left_out=self.left_out)
        return ImportedFile(
            self.file.source, text, notes=self.log.notes, former_paths=self.file.former_paths, is_draft=is_draft,
            former_files=self.images.former_files | self.files.former_files,
            files={name: image.path for name, image in self.images.used.files_by_name.items()} | self.files.files,
            image_properties={name: image.properties for name, image in self.images.used.files_by_name.items()},
            non_guest_authors=frozenset(author.slug for _byline, author in bylines if author.is_known),
            rendered=rendered, coverage=coverage, expires_at=expires_at,
            anchors=anchors_in(rendered), fragment_links=fragment_links_in(rendered),
        )  # fmt: skip

    def read_html(self) -> ImportedFile:
        """Return a text in HTML, with what its templates give, as the texts of other systems are read."""
        title, source = self.fields.title(remove_marks(self.front_matter.body), self.file.stem)
        manuscript = self._manuscript(has_text=True)
        cover, cover_alt, credit = self.fields.cover()
        article = SourceArticle(
            entry=self.file,
            title=html.escape(title),
            html=self._resolve_html(source),
            url=f"/{self.file.source}",
            summary=html.escape(as_text(self.fields.read_value("summary"))),
            published_at=manuscript.published_at,
            cover=cover,
            cover_alt=cover_alt,
            cover_credit=credit,
            kind=manuscript.kind,
            is_draft=self._is_hidden(manuscript.published_at),
        )
        expires_at = self.fields.expires_at()
        self.fields.read_value("authors")
        self._report_names()
        imported = read_article(replace(article, notes=tuple(self.log.notes)), self.context)
        text = imported.manuscript and replace(
            imported.manuscript, related=manuscript.related, external_url=manuscript.external_url
        )
        return replace(imported, manuscript=text, expires_at=expires_at)

    def _resolve_html(self, source: str) -> str:
        """Return HTML with its templates resolved: what they write as Markdown becomes HTML."""
        placeholders = Placeholders()
        text = placeholders.restore(self._resolve_templates(source, placeholders).text)
        if text == source:
            return text
        text = MARKDOWN_IMAGE.sub(
            lambda match: f'<img src="{html.escape(match[2].strip("<>"))}" alt="{html.escape(match[1])}">',
            text,
        )
        return MARKDOWN_LINK.sub(
            lambda match: f'<a href="{html.escape(match[2])}">{html.escape(match[1], quote=False)}</a>', text
        )

    def _is_hidden(self, published_at: datetime | None) -> bool:
        """Whether the text, or a part of it, was not public on the old site, which is reported with the reasons."""
        is_ahead = bool(published_at) and published_at > timezone.now()
        reasons = self.fields.hiding_reasons(is_dated=not is_ahead)
        if self.file.redirect:
            self.log.add(elsewhere_note(self.file.redirect))
        return report_hidden([*reasons, *self._reasons_in_place()], self.log) or self.log.is_hidden

    def _reasons_in_place(self) -> list[str]:
        return reasons_in_place(self.file.path, self.file.root, self.context.source_site)

    def _manuscript(self, *, has_text: bool) -> Manuscript:
        """Return the manuscript without its text and images."""
        return Manuscript(
            uid=self.file.uid,
            kind=self.fields.kind(self.context.kinds, self.context.kind),
            language=self.file.language,
            tags=self.fields.tags(),
            published_at=self.fields.published_at(self.file.stem),
            slug=self.file.slug,
            related=self._related(),
            translation_of=self.file.translation_of,
            external_url=self.fields.external_url(has_text=has_text),
        )

    def _resolve_templates(self, source: str, placeholders: Placeholders) -> ResolvedText:
        """Return a text without Liquid and shortcodes, and the definitions of links in included files."""
        fields, site = self.front_matter.fields, self.context.source_site
        resolved = resolve_includes(
            source, site=site, page=fields, folder=self.file.path.parent, log=self.log
        )
        if site.generator != "hugo":  # which has no Liquid
            for condition in find_conditional_parts(parse_template(resolved.text)):
                self.log.hidden_part(condition)
        own = OwnShortcodes(site, self.log)
        text = resolve_shortcodes(
            resolved.text,
            keep=placeholders.keep,
            authors=self.context.authors,
            fields=fields,
            log=self.log,
            own=own,
        )
        self.left_out += own.left_out
        return replace(resolved, text=text)

    def _body(self, source: str) -> str:
        context, log, placeholders = self.context, self.log, Placeholders()
        if omits_html(context.source_site, self.front_matter.fields):
            source = omit_html(source, log, self.left_out, OwnShortcodes(context.source_site, log).find_raw)
        resolved = self._resolve_templates(source, placeholders)
        text = remove_elements(placeholders.keep_code(resolved.text), log)
        hidden = HiddenWords(log, placeholders.restore)
        text = hidden.leave_out(text)
        self.left_out += hidden.left_out
        text = TASK.sub(lambda match: f"{match[1]}{'☐' if match[2] == ' ' else '☑'}", text)
        text = keep_anchors(
            text,
            rules=slug_rules_of(context.source_site),
            linked_fragments=context.linked_fragments,
            placeholders=placeholders,
        )
        text = resolve_references(text, resolved.definitions, log)
        text = self.images.rewrite_images(text)
        links = LinkRewriter(
            self.file.source, context.addresses, context.site, log, self.page, self.files, context.source_site
        )
        text = reduce_html(links.rewrite_links(text), placeholders, log)
        return placeholders.restore(text).strip("\n")

    def _related(self) -> tuple[str, ...]:
        """Return the uids of publications that a list names by file or other names, in the same language."""
        uids: dict[str, None] = {}
        for name in as_texts(first_value(self.front_matter.fields, "related", "related_posts")):
            name_without_path = name.rstrip("/").rpartition("/")[2].removesuffix(".md").lower()
            uid = self.context.uids_by_name.get((self.file.language, name_without_path))
            if uid and uid != self.file.uid:
                uids[uid] = None
            elif not uid:
                self.log.dropped("related", _("A related piece did not come along: %s") % name)
        return tuple(uids)

    def _report_names(self) -> None:
        """Report authors that are not in the list, and unread fields."""
        fields = self.front_matter.fields
        report_changed_slug(self.file, self.log)
        if not first_value(fields, "title") and "title" in fields:
            self.log.guessed("title", _("The title was empty."))
        if uid := as_text(fields.get("uid")):
            message = _(
                "The uid was left out: it counts in manuscripts of this site alone, with “format: 1”: %s"
            )
            self.log.dropped("manuscript", message % uid)
        paths = (*self.file.former_paths, *self.file.default_paths)
        for key, note in read_search_settings(fields, paths, self.context.source_site.url):
            self.fields.read_keys.add(key)
            if note:
                self.log.add(note)
        self.fields.report_unread()
