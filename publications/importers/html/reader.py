"""Read a text of another system as a manuscript with its files, rendered, and with notes on all changes."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from publications.html_tree import Element
from publications.manuscript import Manuscript, ManuscriptByline
from publications.markup import RenderedText, write_source_html
from publications.publication_fields import MAX_LENGTHS
from publications.slugs import normalize_redirect_path
from publications.stored_messages import gettext as _

from ..imported_file import ImportedFile, ImportLog, ImportRefused, describe_cover_caption
from ..rendered_page import (
    anchors_in,
    build_excerpt,
    fragment_links_in,
    render_as_published,
    report_losses,
)
from ..source import ImportContext
from ..source_authors import SourceAuthor, note_mail
from ..titles import complete_summary, complete_title
from ..used_images import MAX_CREDIT, UsedImages
from .article import SourceArticle
from .attachments import AttachmentCollector
from .blocks import normalize_blocks
from .boilerplate import remove_boilerplate
from .embeds import replace_embeds
from .footnotes import NoteFinder
from .images import ImageReplacer, build_captions, find_captions
from .links import ArticleLinks
from .losses import TextLosses, one_line
from .media import SourceMedia
from .source_tree import parse_html, visible_text
from .word_lists import build_word_lists


def read_article(article: SourceArticle, context: ImportContext) -> ImportedFile:
    """Read one text. Errors never raise; they become the refusal of the text."""
    log = ImportLog()
    for note in article.notes:
        log.add(note)
    return read_safely(article.entry.source, log, lambda: _ArticleReader(article, context, log).read())


def read_safely(source: str, log: ImportLog, read: Callable[[], ImportedFile]) -> ImportedFile:
    """Return what `read` returns. Its errors become the refusal of the one text, so that the others go on.

    Args:
        source: the place of the text in the source.
        log: the notes on it, which a refused text keeps.
    """
    try:
        return read()
    except ImportRefused as error:
        return ImportedFile(source, refusal=str(error), notes=log.notes)
    except OSError as error:
        refusal = _("The file cannot be read (%s).") % (error.strerror or error)
        return ImportedFile(source, refusal=refusal, notes=log.notes)
    except (
        RecursionError,
        MemoryError,
        ArithmeticError,
        ValueError,
        TypeError,
        LookupError,
    ) as error:
        refusal = _("The file cannot be understood: %s") % f"{type(error).__name__}: {error}"[:200]
        return ImportedFile(source, refusal=refusal, notes=log.notes)


class _ArticleReader:
    """Reads one text."""

    def __init__(self, article: SourceArticle, context: ImportContext, log: ImportLog) -> None:
        self.article, self.context, self.log = article, context, log
        self.entry = article.entry
        self.media = SourceMedia(context.image_finder, article.url, context.site)
        self.used = UsedImages(self.entry.language)
        self.files = AttachmentCollector(self.media, self.entry, log)

    def read(self) -> ImportedFile:
        article, log = self.article, self.log
        root = parse_html(article.html)
        losses, captions = TextLosses(root, log), list(find_captions(root))
        title = self._title()
        images = ImageReplacer(self.media, self.used, log, losses)
        cover = images.find_cover(article.cover, article.cover_alt)
        body = self._body(root, losses, images, title)
        self._keep_credit(cover)
        for address, label in article.files:
            self.files.add(address, label)
        bylines = self._bylines()
        text = self._manuscript(title=title, cover=cover, body=body, bylines=bylines)
        rendered = render_as_published(text, log)
        text = replace(text, summary=self._summary(rendered, captions))
        report_losses(text, rendered, log)
        coverage = losses.measure_coverage(rendered, title)
        return ImportedFile(
            self.entry.source, text, notes=log.notes, former_paths=self.entry.former_paths, is_draft=article.is_draft,
            files={name: image.path for name, image in self.used.files_by_name.items()} | self.files.files,
            former_files=images.former_files | self.files.former_files,
            image_properties={name: image.properties for name, image in self.used.files_by_name.items()},
            non_guest_authors=frozenset(author.slug for author in bylines if author.is_known),
            rendered=rendered, coverage=coverage,
            anchors=anchors_in(rendered), fragment_links=fragment_links_in(rendered),
        )  # fmt: skip

    def _body(self, root: Element, losses: TextLosses, images: ImageReplacer, title: str) -> str:
        replace_embeds(root, losses)
        remove_boilerplate(root, losses)
        build_word_lists(root, losses)
        contents = NoteFinder(root, self.article.url, losses).take_notes()
        notes = [Element("div", {}, content) for content in contents]
        links = ArticleLinks(self.article.url, self.context, self.media, self.files, self.log)
        for part in (root, *notes):
            images.replace_images(part)
            links.rewrite_links(part)
            normalize_blocks(part, losses, title=title, language=self.entry.locale)
            build_captions(part, self.log)
        self._keep_linked_ids([root, *notes])
        return write_source_html(root, notes).strip("\n")

    def _keep_linked_ids(self, roots: list[Element]) -> None:
        """Remove the ids that no link points to."""
        linked = set(self.context.linked_fragments)
        elements = [element for root in roots for element in root.walk()]
        for element in elements:
            if element.get("href").startswith("#"):
                linked |= {element.get("href")[1:], unquote(element.get("href")[1:])}
        for element in elements:
            for name in ("id", "name"):
                if name in element.attributes and element.get(name) not in linked:
                    del element.attributes[name]

    def _keep_credit(self, cover: str) -> None:
        """Give the main image its credit, which is plain text, and report one that is lost or has a link."""
        html = self.article.cover_credit
        credit = one_line(visible_text(parse_html(html)))
        if cover and credit:
            self.used.add_credit(cover, credit)
        if credit and (not cover or len(credit) > MAX_CREDIT or "<a" in html.lower()):
            self.log.dropped("value", describe_cover_caption(html))

    def _title(self) -> str:
        title = one_line(visible_text(parse_html(self.article.title)))
        name = self.entry.requested_slug.replace("-", " ").capitalize() or self.entry.source
        return complete_title(title, name, self.log)

    def _summary(self, rendered: RenderedText | None, captions: list[str]) -> str:
        summary = one_line(visible_text(parse_html(self.article.summary)))
        return complete_summary(summary, lambda: build_excerpt(rendered, captions), self.log)

    def _bylines(self) -> dict[SourceAuthor, ManuscriptByline]:
        """Return the bylines of the distinct authors, in order."""
        bylines: dict[SourceAuthor, ManuscriptByline] = {}
        for name in self.entry.authors:
            author = self.context.authors.find(name)
            if author.slug:
                note_mail(author, self.log)
                bylines.setdefault(author, ManuscriptByline(author=author.slug, name=author.name))
            else:
                self.log.dropped("author", _("This is nobody's name: %s") % name)
        return bylines

    def _manuscript(
        self, *, title: str, cover: str, body: str, bylines: dict[SourceAuthor, ManuscriptByline]
    ) -> Manuscript:
        article, kinds = self.article, self.context.kinds
        return Manuscript(
            uid=self.entry.uid,
            title=title,
            kind=article.kind if article.kind in kinds else self.context.kind,
            language=self.entry.language,
            bylines=tuple(bylines.values()),
            tags=self._tags(),
            published_at=article.published_at,
            number=article.number,
            slug=self.entry.slug,
            cover=cover,
            images=tuple(self.used.images_by_key.values()),
            attachments=tuple(self.files.attachments.values()),
            related=self._related(),
            translation_of=self.entry.translation_of,
            body=body,
        )

    def _tags(self) -> tuple[str, ...]:
        """Return the names of the distinct tags, ignoring case; a comma would divide one."""
        names = (self.context.topics.get(tag.casefold(), tag) for tag in self.entry.tags)
        plain = (name.replace(",", " ")[: MAX_LENGTHS["tags"]].strip() for name in names)
        return tuple({name.casefold(): name for name in reversed([name for name in plain if name])}.values())[
            ::-1
        ]

    def _related(self) -> tuple[str, ...]:
        """Return the uids of the texts that were at the addresses, or the address where there is none."""
        uids = self.context.uids_by_name
        related: dict[str, None] = {}
        for address in self.article.related:
            path = normalize_redirect_path(self.media.resolve(address))
            names = (path, path.rpartition("/")[2])
            keys = ((self.entry.language, name) for name in names)
            related[next((uids[key] for key in keys if key in uids), address)] = None
        return tuple(related)
