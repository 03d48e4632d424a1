"""An export of Ghost as a source: its posts and pages, tags and authors."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid5

from publications.locales import LANGUAGE_NAMES, language_code
from publications.path_patterns import PathTree
from publications.slugs import slugify
from publications.stored_messages import gettext as _

from ..html import ArticleSource, SourceArticle, fragments_in
from ..imported_file import (
    NOT_PUBLIC,
    ImportLog,
    ImportNote,
    ImportRefused,
    NoteKind,
    SourceRemark,
    hidden_note,
    members_only_note,
    other_original_note,
    page_note,
    unknown_field_note,
)
from ..links import is_address_of, link_key
from ..source import UID_NAMESPACE, SourceEntry, SourceTopic
from ..source_authors import AuthorList, SourceAuthor
from ..source_redirects import SourceRedirect, describe_redirects, resolve_redirects
from .editors import render_editor_text
from .export import GhostExport, Row, date_of, has_export_head, is_public_tag, read_export, text_of
from .redirects import MAX_REDIRECTS, read_redirects

SITE_PLACEHOLDER = "__GHOST_URL__"
"""What an export has in place of the address of the site."""
PUBLIC_STATUS, PUBLIC_VISIBILITY = "published", "public"
GATED = "gated block"
GATED_PART = re.compile(r"<!--\s*kg-gated-block:begin([^>]*)", re.IGNORECASE)
NOTES_KEY = " notes"
"""Where the index keeps the notes on a text that it has rendered; no column of Ghost begins with a space."""
UNREAD_META = (
    "meta_title",
    "meta_description",
    "og_title",
    "og_description",
    "twitter_title",
    "twitter_description",
)
CODE_COLUMNS = ("codeinjection_head", "codeinjection_foot")


@dataclass(kw_only=True)
class GhostSource(ArticleSource):
    """The posts and pages of an export, in the order of `entries`.

    Args:
        lost_redirects: redirects that are not kept.
        unread_files: the names of files of redirects that could not be read whole.
    """

    export: GhostExport
    posts: list[Row] = field(default_factory=list)
    lost_redirects: tuple[SourceRedirect, ...] = ()
    unread_files: tuple[str, ...] = ()

    def summarize(self, site_paths: PathTree) -> list[SourceRemark]:
        remarks = []
        if self.unread_files:
            message = _(
                "Files of redirects with none that can be read, or with more than %d: download them from Ghost again, "
                "or divide them."
            )
            remarks.append(SourceRemark(message % MAX_REDIRECTS, self.unread_files))
        return [*remarks, *describe_redirects(self.lost_redirects, self.site, site_paths)]

    def articles(self) -> Iterator[SourceArticle]:
        for entry, post in zip(self.entries, self.posts, strict=True):
            yield _build_article(entry, post, self.export, self.site)

    @property
    def linked_fragments(self) -> frozenset[str]:
        return frozenset().union(*(fragments_in(text_of(post, "html")) for post in self.posts))

    def read_authors(self) -> AuthorList:
        return AuthorList(
            {
                text_of(user, "slug"): SourceAuthor(
                    slug=slugify(text_of(user, "name")) or slugify(text_of(user, "slug")),
                    name=text_of(user, "name") or text_of(user, "slug"),
                    former_paths=(f"/author/{text_of(user, 'slug')}/",),
                    biography=text_of(user, "bio"),
                    fediverse_address=text_of(user, "mastodon"),
                    portrait=_path_of_image(text_of(user, "profile_image")),
                    folder=self.root,
                )
                for user in self.export.users.values()
                if text_of(user, "slug")
            }
        )


def is_ghost(path: Path) -> bool:
    """Whether a file is an export of Ghost."""
    return path.suffix.lower() == ".json" and path.is_file() and has_export_head(path)


def open_ghost_source(path: Path, *, language: str, site: str = "") -> GhostSource:
    """Index an export. Raises ImportRefused if it cannot be read, or has no posts."""
    export = read_export(path)
    entries: dict[str, SourceEntry] = {}
    posts: list[Row] = []
    refused: dict[str, str] = {}
    for post in export.posts:
        entry = _describe_post(post, export, language)
        post, reason = _render_text(post)
        if entry.uid in entries:
            reason = _("It is in the export twice.")
        if reason:
            refused[entry.source] = reason
            continue
        entries[entry.uid] = entry
        posts.append(post)
    if not entries and not refused:
        raise ImportRefused(_("“%s” is an export of Ghost without posts.") % path.name)
    topics = _topics_of(export)
    redirects, unread = read_redirects(path.parent)
    keys = {link_key(address): owner for owner, address in _owners_of(entries, topics)}
    found, others = resolve_redirects(redirects, keys, site)
    return GhostSource(
        root=path.parent,
        entries=[_add_addresses(entry, found.get(entry.uid, ())) for entry in entries.values()],
        refused=refused,
        topics={key: _add_addresses(topic, found.get(f"topic:{key}", ())) for key, topic in topics.items()},
        site=site,
        language=language_code(export.language) or language,
        export=export,
        posts=posts,
        lost_redirects=tuple(others),
        unread_files=tuple(unread),
    )


def _owners_of(
    entries: Mapping[str, SourceEntry], topics: Mapping[str, SourceTopic]
) -> Iterator[tuple[str, str]]:
    """Yield the uids of texts and the ids of topics with their old addresses."""
    for uid, entry in entries.items():
        yield from ((uid, address) for address in entry.former_paths)
    for key, topic in topics.items():
        yield from ((f"topic:{key}", address) for address in topic.former_paths)


def _add_addresses[T: (SourceEntry, SourceTopic)](owner: T, addresses: Iterable[str]) -> T:
    return replace(owner, former_paths=(*owner.former_paths, *addresses))


def _describe_post(post: Row, export: GhostExport, language: str) -> SourceEntry:
    slug = text_of(post, "slug") or text_of(post, "id")
    path = f"/{slug}/"
    codes = (text_of(post, "locale"), export.language, language)
    code = next(code for code in (*codes, "en") if code[:2].lower() in LANGUAGE_NAMES)[:2].lower()
    meta = export.meta.get(text_of(post, "id"), {})
    is_public = text_of(post, "status") == PUBLIC_STATUS and not meta.get("email_only")
    return SourceEntry(
        source=path if is_public else f"{path} ({text_of(post, 'status') or '–'})",
        uid=str(uuid5(UID_NAMESPACE, f"ghost:{text_of(post, 'uuid') or text_of(post, 'id')}")),
        language=code,
        requested_slug=slugify(slug) or slugify(text_of(post, "title")) or "publication",
        names=(slug,),
        former_paths=(path,) if is_public else (),
        default_paths=() if is_public else (f"/{slug.lower()}",),
        tags=tuple(text_of(tag, "slug") or text_of(tag, "name") for tag in export.tags_of(post)),
        authors=tuple(text_of(user, "slug") for user in export.authors_of(post)),
    )


def _render_text(post: Row) -> tuple[Row, str]:
    """Return a post with its text as HTML, and the reason why it has none although there is a text, or ""."""
    if text_of(post, "html"):
        return post, ""
    log = ImportLog()
    try:
        html = render_editor_text(text_of(post, "lexical"), text_of(post, "mobiledoc"), log)
    except ValueError as error:
        return post, _("Its text cannot be read (%s). Open it in Ghost, save it and export again.") % error
    if not html and text_of(post, "plaintext"):
        return post, _("It has no text as HTML: open it in Ghost, save it and export again.")
    return post | {"html": html, NOTES_KEY: tuple(log.notes)}, ""


def _topics_of(export: GhostExport) -> dict[str, SourceTopic]:
    return {
        text_of(tag, "slug").lower(): SourceTopic(
            name=text_of(tag, "name"),
            introduction=text_of(tag, "description"),
            former_paths=(f"/tag/{text_of(tag, 'slug')}/",),
        )
        for tag in export.tags.values()
        if text_of(tag, "slug") and is_public_tag(tag)
    }


def _build_article(entry: SourceEntry, post: Row, export: GhostExport, site: str) -> SourceArticle:
    meta = export.meta.get(text_of(post, "id"), {})
    notes = [*post.get(NOTES_KEY, ()), *_notes_on_access(post, meta), *_notes_on_fields(post, meta, site)]
    notes += _notes_on_tags(post, export)
    return SourceArticle(
        entry=entry,
        title=_escape(text_of(post, "title")),
        html=text_of(post, "html").replace(SITE_PLACEHOLDER, site.rstrip("/")),
        url=f"{site.rstrip('/')}/{text_of(post, 'slug')}/" if site else "",
        summary=_escape(text_of(post, "custom_excerpt")),
        published_at=date_of(post, "published_at") or date_of(post, "created_at"),
        cover=text_of(post, "feature_image").replace(SITE_PLACEHOLDER, site.rstrip("/")),
        cover_alt=text_of(meta, "feature_image_alt"),
        cover_credit=text_of(meta, "feature_image_caption"),
        is_draft=any(note.topic == NOT_PUBLIC for note in notes),
        notes=tuple(notes),
    )


def _notes_on_access(post: Row, meta: Row) -> Iterator[ImportNote]:
    """Yield why a text was not public on the old site, so that it becomes a draft."""
    status, visibility = text_of(post, "status"), text_of(post, "visibility")
    if status != PUBLIC_STATUS or meta.get("email_only"):
        yield hidden_note(_name_status(status))
    elif visibility not in ("", PUBLIC_VISIBILITY) or _has_gated_part(post):
        yield members_only_note(GATED if visibility in ("", PUBLIC_VISIBILITY) else visibility)
    elif text_of(post, "type") == "page" or post.get("page"):
        yield page_note()


def _name_status(status: str) -> str:
    return "email_only" if status == PUBLIC_STATUS else status or "–"


def _has_gated_part(post: Row) -> bool:
    """Whether a part of a public post was for members only: Ghost writes such parts between two comments."""
    return any(
        "nonmember:true" not in part.replace(" ", "")
        for part in GATED_PART.findall(text_of(post, "html").lower())
    )


def _notes_on_fields(post: Row, meta: Row, site: str) -> Iterator[ImportNote]:
    """Yield what this site has no field for."""
    values = {name: text_of(meta, name) or text_of(post, name) for name in UNREAD_META}
    for name, value in values.items():
        if value and value not in (text_of(post, "title"), text_of(post, "custom_excerpt")):
            yield unknown_field_note(name, value[:500])
    address, own = text_of(post, "canonical_url"), f"/{text_of(post, 'slug')}/"
    if address and not is_address_of(address.replace(SITE_PLACEHOLDER, site), (own,), site):
        yield other_original_note(address)
    for name in CODE_COLUMNS:
        if text_of(post, name):
            message = _("Code that Ghost added to the page was left out: %s")
            yield ImportNote(NoteKind.DROPPED, "html", message % name)


def _notes_on_tags(post: Row, export: GhostExport) -> Iterator[ImportNote]:
    """Yield the internal tags of a post, which order texts for its editors and do not become topics."""
    for name in export.internal_tags_of(post):
        yield unknown_field_note("tag", name)


def _escape(text: str) -> str:
    """Return plain text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _path_of_image(address: str) -> str:
    """Return the path of an image of the site, as it is in the folder of the export; "" if it is not there."""
    try:
        path = unquote(urlsplit(address.replace(SITE_PLACEHOLDER, "")).path)
    except ValueError:
        return ""
    return path if "/content/images/" in path else ""
