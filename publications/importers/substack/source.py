"""An export of Substack as a source: the posts of `posts.csv`, whose texts are files of HTML."""

import re
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from uuid import uuid5

from publications.path_patterns import PathTree
from publications.slugs import slugify
from publications.stored_messages import gettext as _

from ..html import ArticleSource, SourceArticle, fragments_in
from ..imported_file import (
    NOT_PUBLIC,
    ImportedFile,
    ImportNote,
    ImportRefused,
    SourceRemark,
    describe_link,
    hidden_note,
    linked_element_note,
    members_only_note,
    sound_note,
)
from ..source import UID_NAMESPACE, ImportContext, SourceEntry
from .embeds import expand_embeds
from .files import find_place, list_files, list_missing, name_local_files, note_missing
from .posts_list import COLUMNS, POSTS, Folder, Row, is_cut, read_head, read_posts

MAX_TEXT_BYTES = 20_000_000
PUBLIC_AUDIENCE = "everyone"
PUBLIC_TYPES = ("", "newsletter")
"""Others are sound, threads of comments and mails (`adhoc_email`), which had no page or another."""
PAYWALL = re.compile(r"class=[\"'][^\"'>]*\bpaywall(?:-jump)?\b|PaywallToDOM")


@dataclass(kw_only=True)
class SubstackSource(ArticleSource):
    """The posts of an export, in the order of `entries`.

    Args:
        path: the folder or the archive.
        local_files: the paths below a folder of the pictures and files that are there, by name.
        missing: the addresses of those on the servers of Substack that were not found, once texts are read.
    """

    path: Path
    posts: list[Row] = field(default_factory=list)
    fragments: frozenset[str] = frozenset()
    local_files: Mapping[str, str] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)

    def read(self, context: ImportContext, *, processes: int) -> Iterator[ImportedFile]:
        for file in super().read(context, processes=processes):
            self.missing |= dict.fromkeys(list_missing(file))
            note_missing(file)
            yield file

    def names_of(self, path: str) -> Iterable[str]:
        """Return also the place of a picture or a file in the export, which may be in any folder."""
        place = find_place(path, self.local_files)
        return (path, place) if place else (path,)

    def summarize(self, site_paths: PathTree) -> list[SourceRemark]:
        if not self.missing:
            return []
        message = _(
            "Pictures and files that an export of Substack does not have: %d. Save them under their names, pack them "
            "with posts.csv, in whatever folder, and import it again; or give the command the folder (--media)."
        )
        return [SourceRemark(message % len(self.missing), tuple(self.missing))]

    def articles(self) -> Iterator[SourceArticle]:
        folder = open_folder(self.path)
        for entry, post in zip(self.entries, self.posts, strict=True):
            html = name_local_files(expand_embeds(_read_text(folder, post)), self.local_files, self.site)
            yield _build_article(entry, post, html, self.site)

    @property
    def linked_fragments(self) -> frozenset[str]:
        return self.fragments


def is_substack(path: Path) -> bool:
    """Whether this is an export: a folder, an archive, or the list of posts in an unpacked one."""
    try:
        if path.is_file() and path.suffix.lower() == ".csv":
            return set(read_head(path)) >= COLUMNS
        return set(read_head(open_folder(path) / POSTS)) >= COLUMNS
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return False


def open_folder(path: Path) -> Folder:
    """Return the folder of an export, which may be an archive. Raises OSError or BadZipFile if it is neither."""
    if path.suffix.lower() == ".zip" and path.is_file():
        return zipfile.Path(path)
    return path if path.is_dir() else path.parent


def open_substack_source(
    path: Path, *, language: str, site: str = "", media: Iterable[Path] = ()
) -> SubstackSource:
    """Index an export. Raises ImportRefused if its list of posts cannot be read.

    Args:
        media: further folders with pictures and files.
    """
    folder = open_folder(path)
    entries: dict[str, SourceEntry] = {}
    posts: dict[str, Row] = {}
    refused: dict[str, str] = {}
    fragments: set[str] = set()
    names = set()
    for post in read_posts(folder):
        names.add(post["post_id"])
        entry = _describe_post(post, language)
        try:
            fragments |= fragments_in(_read_text(folder, post))
        except ImportRefused as error:
            refused[entry.source] = str(error)
            continue
        if entry.uid in entries:
            refused[entry.source] = _("It is in the export twice. A row that hides it counts before another.")
            if _is_hidden(posts[entry.uid]) or not _is_hidden(post):
                continue
        entries[entry.uid], posts[entry.uid] = entry, post
    refused |= _list_unlisted(folder, names)
    if not entries and not refused:
        raise ImportRefused(_("“%s” is an export of Substack without posts.") % path.name)
    root = path if path.is_dir() else path.parent
    return SubstackSource(
        root=root,
        local_files=list_files(path, media),
        entries=list(entries.values()),
        refused=refused,
        site=site,
        path=path,
        posts=list(posts.values()),
        fragments=frozenset(fragments),
    )


def _list_unlisted(folder: Folder, names: Container[str]) -> dict[str, str]:
    """Return the texts that the list of posts does not have, and the list if it is cut off, with the reasons."""
    refused = {}
    if is_cut(folder):
        refused[POSTS] = _("It ends in the middle of a row, as a download that broke off: export again.")
    texts = folder / "posts"
    for file in sorted(texts.iterdir(), key=lambda file: file.name) if texts.is_dir() else ():
        if file.name.endswith(".html") and file.name.removesuffix(".html") not in names:
            message = _("It is in no row of posts.csv, which says whether it is public: export again.")
            refused[f"posts/{file.name}"] = message
    return refused


def _describe_post(post: Row, language: str) -> SourceEntry:
    number, _dot, slug = post["post_id"].partition(".")
    path = f"/p/{slug}" if slug else ""
    is_public = _is_published(post)
    return SourceEntry(
        source=path if path and is_public else post["post_id"],
        uid=str(uuid5(UID_NAMESPACE, f"substack:{number}")),
        language=language,
        requested_slug=slugify(slug) or slugify(post.get("title", "")) or "publication",
        names=(slug,),
        former_paths=(path,) if path and is_public else (),
        default_paths=() if is_public or not path else (path.lower(),),
    )


def _is_published(post: Row) -> bool:
    return post.get("is_published", "").lower() == "true"


def _read_text(folder: Folder, post: Row) -> str:
    """Return the HTML of a post. Raises ImportRefused if the export does not have it."""
    name = post["post_id"]
    if "/" in name or "\\" in name:
        raise ImportRefused(_("“%s” is no name of a post.") % name)
    try:
        file_of_post = folder / "posts" / f"{name}.html"
        if isinstance(folder, Path) and not file_of_post.resolve().is_relative_to(folder.resolve()):
            raise ImportRefused(describe_link())
        with file_of_post.open("rb") as file:
            content = file.read(MAX_TEXT_BYTES + 1)
    except (OSError, KeyError) as error:
        raise ImportRefused(_("The export has no text of it (posts/%s.html).") % name) from error
    if len(content) > MAX_TEXT_BYTES:
        raise ImportRefused(_("The file is larger than 20 MB: it is no text for readers."))
    return content.decode("utf-8-sig", errors="replace")


def _build_article(entry: SourceEntry, post: Row, html: str, site: str) -> SourceArticle:
    notes = list(_notes_on_access(post, html))
    slug = post["post_id"].partition(".")[2]
    if podcast := post.get("podcast_url", ""):
        html += f'<p><a href="{escape(podcast)}">{escape(post.get("title", "") or podcast)}</a></p>'
        notes.append(linked_element_note("audio", podcast))
    return SourceArticle(
        entry=entry,
        title=escape(post.get("title", "")),
        html=html,
        url=f"{site.rstrip('/')}/p/{slug}" if site and slug else "",
        summary=escape(post.get("subtitle", "")),
        published_at=_date_of(post.get("post_date", "")),
        is_draft=any(note.topic == NOT_PUBLIC for note in notes),
        notes=tuple(notes),
    )


def _notes_on_access(post: Row, html: str) -> Iterator[ImportNote]:
    """Yield why a text was not public on the old site, so that it becomes a draft."""
    audience, kind = post.get("audience", ""), post.get("type", "")
    if not _is_published(post):
        yield hidden_note("draft")
    elif audience != PUBLIC_AUDIENCE or PAYWALL.search(html):
        yield members_only_note("paywall" if audience == PUBLIC_AUDIENCE else audience or "–")
    elif kind == "podcast":
        yield sound_note()
    elif kind not in PUBLIC_TYPES:
        yield hidden_note(kind)


def _is_hidden(post: Row) -> bool:
    return any(_notes_on_access(post, ""))


def _date_of(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date and not date.tzinfo else date
