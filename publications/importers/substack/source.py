"""An export of Substack as a source: the posts of `posts.csv`, whose texts are files of HTML."""

import csv
import io
import re
import zipfile
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from itertools import islice
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid5

from publications.slugs import slugify
from publications.stored_messages import gettext as _

from ..html import ArticleSource, SourceArticle, fragments_in
from ..image_finder import MEDIA_FOLDERS
from ..imported_file import (
    NOT_PUBLIC,
    ImportedFile,
    ImportNote,
    ImportRefused,
    NoteKind,
    SourceRemark,
    describe_link,
    dropped_element_note,
    hidden_note,
    linked_element_note,
    members_only_note,
)
from ..links import host_of
from ..source import UID_NAMESPACE, ImportContext, SourceEntry

POSTS = "posts.csv"
COLUMNS = frozenset({"post_id", "title", "is_published"})
MAX_TEXT_BYTES = 20_000_000
MAX_LIST_BYTES = 100_000_000
MAX_FILES = 100_000
PUBLIC_AUDIENCE = "everyone"
PUBLIC_TYPES = ("", "newsletter")
"""Others are sound, threads of comments and mails (`adhoc_email`), which had no page or another."""
IMAGE_HOST = re.compile(
    r"(?:[\w.-]+\.)?(?:substackcdn\.com|substack\.com|(?:substack|bucketeer)[\w.-]*\.amazonaws\.com)"
)
IMAGE_SOURCE = re.compile(r"<img\b[^<>]*>|<source\b[^<>]*>", re.IGNORECASE)
ADDRESS = re.compile(r"https://[^\s\"'<>]+")
PLAYER = re.compile(r"<div[^>]*class=[\"']native-(audio|video)-embed\b")
"""A medium whose file is on the servers of Substack; the export has neither it nor its address."""
PAYWALL = re.compile(r"class=[\"'][^\"'>]*\bpaywall(?:-jump)?\b|PaywallToDOM")
Row = dict[str, str]
Folder = Path | zipfile.Path


@dataclass(kw_only=True)
class SubstackSource(ArticleSource):
    """The posts of an export, in the order of `entries`.

    Args:
        path: the folder or the archive.
        local_images: the paths below `root` of the files where pictures are looked for, by name; "" in other folders.
        missing_images: the addresses of pictures on the servers of Substack that were not found, once texts are read.
    """

    path: Path
    posts: list[Row] = field(default_factory=list)
    fragments: frozenset[str] = frozenset()
    local_images: Mapping[str, str] = field(default_factory=dict)
    missing_images: dict[str, None] = field(default_factory=dict)

    def read(self, context: ImportContext, *, processes: int) -> Iterator[ImportedFile]:
        for file in super().read(context, processes=processes):
            self.missing_images |= dict.fromkeys(_images_elsewhere(file))
            yield file

    def names_of(self, path: str) -> Iterable[str]:
        """Return also the place of a picture in the export, which may be in any folder."""
        place = self.local_images.get(path.removeprefix("/"))
        return (path, place) if place else (path,)

    def summarize(self) -> list[SourceRemark]:
        if not self.missing_images:
            return []
        message = _(
            "Pictures that an export of Substack does not have: %d. Save them under their names, pack them with "
            "posts.csv, in whatever folder, and import it again; or give the command the folder (--media)."
        )
        return [SourceRemark(message % len(self.missing_images), tuple(self.missing_images))]

    def articles(self) -> Iterator[SourceArticle]:
        folder = open_folder(self.path)
        for entry, post in zip(self.entries, self.posts, strict=True):
            html = _name_local_images(_read_text(folder, post), self.local_images)
            yield _build_article(entry, post, html, self.site)

    @property
    def linked_fragments(self) -> frozenset[str]:
        return self.fragments


def _name_local_images(html: str, names: Container[str]) -> str:
    """Return a text whose pictures on the servers of Substack have their names alone, if these are among the names."""

    def rename(match: re.Match[str]) -> str:
        name = unquote(match[0]).partition("?")[0].rpartition("/")[2]
        return f"/{name}" if name in names and IMAGE_HOST.fullmatch(host_of(match[0])) else match[0]

    return IMAGE_SOURCE.sub(lambda match: ADDRESS.sub(rename, match[0]), html) if names else html


def _list_images(path: Path, media: Iterable[Path]) -> dict[str, str]:
    """Return the files where pictures are looked for, by name: in any folder of the export, and those of `media`.

    Args:
        path: the folder of the export, its list of posts or its archive.
    """
    root = path if path.is_dir() else path.parent
    places = [folder / name for folder in (root, *media) for name in MEDIA_FOLDERS]
    names = dict.fromkeys((file.name for place in places if place.is_dir() for file in place.glob("*.*")), "")
    is_whole = (root / POSTS).is_file()  # else the folder holds an archive, and what else there is
    files = islice(root.rglob("*.*"), MAX_FILES) if is_whole else ()
    for file in files:
        names.setdefault(file.name, f"/{file.relative_to(root).as_posix()}")
    return names


def _images_elsewhere(file: ImportedFile) -> Iterator[str]:
    """Yield the addresses of the pictures of a text that became links to the servers of Substack."""
    for note in file.notes:
        address = getattr(note.text, "values", "") if note.topic == "image-elsewhere" else ""
        if isinstance(address, str) and IMAGE_HOST.fullmatch(host_of(address)):
            yield address


def is_substack(path: Path) -> bool:
    """Whether this is an export: a folder, an archive, or the list of posts in an unpacked one."""
    try:
        if path.is_file() and path.suffix.lower() == ".csv":
            return set(_read_head(path)) >= COLUMNS
        return set(_read_head(open_folder(path) / POSTS)) >= COLUMNS
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return False


def open_folder(path: Path) -> Folder:
    """Return the folder of an export, which may be an archive. Raises OSError or BadZipFile if it is neither."""
    if path.suffix.lower() == ".zip" and path.is_file():
        return zipfile.Path(path)
    return path if path.is_dir() else path.parent


def _read_head(file: Folder) -> list[str]:
    with file.open("rb") as stream:
        line = stream.readline(10_000).decode("utf-8-sig")
    return next(csv.reader([line]), [])


def open_substack_source(
    path: Path, *, language: str, site: str = "", media: Iterable[Path] = ()
) -> SubstackSource:
    """Index an export. Raises ImportRefused if its list of posts cannot be read.

    Args:
        media: further folders with pictures.
    """
    folder = open_folder(path)
    entries: dict[str, SourceEntry] = {}
    posts: list[Row] = []
    refused: dict[str, str] = {}
    fragments: set[str] = set()
    names = set()
    for post in _read_posts(folder):
        names.add(post["post_id"])
        entry = _describe_post(post, language)
        try:
            fragments |= fragments_in(_read_text(folder, post))
        except ImportRefused as error:
            refused[entry.source] = str(error)
            continue
        if entry.uid in entries:
            refused[entry.source] = _("It is in the export twice.")
            continue
        entries[entry.uid] = entry
        posts.append(post)
    refused |= _list_unlisted(folder, names)
    if not entries and not refused:
        raise ImportRefused(_("“%s” is an export of Substack without posts.") % path.name)
    root = path if path.is_dir() else path.parent
    return SubstackSource(
        root=root,
        local_images=_list_images(path, media),
        entries=list(entries.values()),
        refused=refused,
        site=site,
        path=path,
        posts=posts,
        fragments=frozenset(fragments),
    )


def _list_unlisted(folder: Folder, names: Container[str]) -> dict[str, str]:
    """Return the texts that the list of posts does not have, and the list if it is cut off, with the reasons."""
    refused = {}
    if _is_cut(folder):
        refused[POSTS] = _("It ends in the middle of a row, as a download that broke off: export again.")
    texts = folder / "posts"
    for file in sorted(texts.iterdir(), key=lambda file: file.name) if texts.is_dir() else ():
        if file.name.endswith(".html") and file.name.removesuffix(".html") not in names:
            message = _("It is in no row of posts.csv, which says whether it is public: export again.")
            refused[f"posts/{file.name}"] = message
    return refused


def _is_cut(folder: Folder) -> bool:
    """Whether the list of posts ends within quotation marks, or with a row that is too short."""
    with (folder / POSTS).open("rb") as file:
        text = file.read(MAX_LIST_BYTES).decode("utf-8-sig", errors="replace")
    rows = deque(csv.reader(io.StringIO(text, newline="")), maxlen=1)
    head = next(csv.reader([text.partition("\n")[0]]), [])
    return text.count('"') % 2 == 1 or (bool(rows) and 0 < len(rows[0]) < len(head))


def _read_posts(folder: Folder) -> Iterator[Row]:
    try:
        with (folder / POSTS).open("rb") as file:
            content = file.read(MAX_LIST_BYTES + 1)
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        for row in reader:
            if (row.get("post_id") or "").strip():
                yield {name: (row[name] or "").strip() for name in reader.fieldnames or ()}
    except (csv.Error, UnicodeDecodeError, OSError, KeyError) as error:
        message = _("The list of posts, posts.csv, cannot be read: %s. Export the publication again.")
        raise ImportRefused(message % error) from error


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
    for medium in dict.fromkeys(PLAYER.findall(html)):
        notes.append(dropped_element_note(medium, f"native-{medium}-embed"))
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
        message = _("It is the page of a sound file that is not in the export: it is a draft.")
        yield ImportNote(NoteKind.CHANGED, NOT_PUBLIC, message)
    elif kind not in PUBLIC_TYPES:
        yield hidden_note(kind)


def _date_of(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date and not date.tzinfo else date
