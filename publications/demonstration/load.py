"""Load the demonstration into a site: authors and tags first, then publications by date, then related links.

Faulty content raises ValueError: an unknown author, a missing image, a passage of an earlier edition that the text
does not have.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import yaml
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db.models import Q
from django.utils import timezone

from publications import actions, manuscript, markup, renditions
from publications.importers.archive_imports import run_unfinished, runner_lock
from publications.importers.manuscripts import import_manuscript
from publications.models import (
    ARCHIVE_FOLDER,
    ArchiveImport,
    Author,
    Comment,
    EditorialPlan,
    Image,
    Kind,
    LinkPlacement,
    MenuLink,
    NewsEvent,
    NewsType,
    PressLink,
    PressLinkEventType,
    Publication,
    Review,
    SitePage,
    SiteSettings,
    Tag,
    original_storage,
)

CONTENT = Path(__file__).parent / "content"
PORTRAITS = CONTENT / "people"
ARCHIVE = CONTENT / "archive"
UNDESCRIBED_IMAGE = CONTENT / "bridge.png"
ENDINGS = {"withdrawn": actions.withdraw, "retracted": actions.retract, "concern": actions.express_concern}
"""By the option of a manuscript that gives the reason: what becomes of its publication."""
PORTRAIT_ALT = {
    "en": "Drawing in place of a portrait of {name}.",
    "sv": "Teckning i stället för ett porträtt av {name}.",
}


def load(*, by, write: Callable[[str], object] = print) -> list[Publication]:
    """Import every manuscript of the demonstration and publish those that are meant to be public.

    Args:
        write: called with a line of progress for each manuscript.
    """
    people = yaml.safe_load((CONTENT / "people.yaml").read_text(encoding="utf-8"))
    write(f"Demonstration content: {len(people['authors'])} authors, {len(people['tags'])} topics")
    actions.save_instance(_with_fields(SiteSettings.objects.get(), people["site"]), by=by)
    _save_site_pages_and_accounts(people, by)
    for fields in (*people["authors"], *people["proposed_authors"]):
        actions.save_instance(_with_fields(Author(), _with_portrait(fields, by)), by=by)
    for fields in people["tags"]:
        actions.save_instance(_with_fields(Tag(), fields), by=by)
    bundles = sorted((manuscript.read(path.parent) for path in CONTENT.glob("*/index.md")), key=_import_order)
    publications = []
    for number, (text, files) in enumerate(bundles, start=1):
        write(f"Demonstration content: {number} of {len(bundles)}, {text.title}")
        publications.append(_import_and_publish(text, files, by))
    _set_related_links([text for text, _files in bundles], publications, by)
    _set_leads(people["leads"], publications, by)
    kind = Kind.objects.get(slug=people["needs_approval"])
    actions.save_instance(_with_fields(kind, {"needs_approval": True}), by=by)
    _save_image(UNDESCRIBED_IMAGE, {}, by)
    _check_archive(by)
    news_of_loading = Q(publication__in=publications) | Q(type=NewsType.UNAPPROVED, publication=None)
    NewsEvent.objects.due().filter(news_of_loading).delete()  # nobody has to read that it was loaded
    return publications


def _save_site_pages_and_accounts(people: dict, by) -> None:
    """Save site pages and social accounts. Raises SitePage.DoesNotExist for a page that a new site does not have."""
    for slug, fields in people["pages"].items():
        actions.save_instance(_with_fields(SitePage.objects.get(slug_en=slug), fields), by=by)
    for position, fields in enumerate(people["accounts"], start=1):
        actions.save_instance(
            _with_fields(MenuLink(place=LinkPlacement.SOCIAL, position=10 * position), fields), by=by
        )


def _with_portrait(fields: dict, by) -> dict:
    """Return the fields of an author; the file that `portrait` names becomes an image of the library."""
    if "portrait" not in fields:
        return fields
    path = PORTRAITS / fields["portrait"]
    alt = {f"alt_{language}": text.format(name=fields["name"]) for language, text in PORTRAIT_ALT.items()}
    return {**fields, "portrait": _save_image(path, alt, by)}


def _save_image(path: Path, alt: dict[str, str], by) -> Image:
    image = _with_fields(Image(), {**alt, "credit": "Drawn for this demonstration"})
    image.store_upload(path.read_bytes(), path.name)
    actions.save_instance(image, by=by)
    renditions.make_image_files(image)
    return image


def _check_archive(by) -> None:
    """Store an archive of texts of another site, and the report of its check; nothing of it is imported."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in sorted(ARCHIVE.iterdir()):
            archive.write(path, f"blog/_posts/{path.name}")
    content = ContentFile(stream.getvalue())
    ArchiveImport.objects.create(
        archive=original_storage().save(f"{ARCHIVE_FOLDER}/{uuid4().hex}.zip", content),
        filename="blog.zip",
        size=content.size,
        options={"kind": "commentary", "language": "en", "publish": True},
        requested_by=by,
    )
    with runner_lock() as is_free:
        if is_free:
            run_unfinished()


def _set_related_links(texts: list[manuscript.Manuscript], publications: list[Publication], by) -> None:
    by_uid = {str(publication.uid): publication for publication in publications}
    for text, publication in zip(texts, publications, strict=True):
        actions.set_related_links(publication, [by_uid[uid] for uid in text.related], by=by)


def _set_leads(leads: dict, publications: list[Publication], by) -> None:
    """Set the leads of the home page and of topics. Raises KeyError for a slug that no publication has."""
    by_slug = {
        publication.editions.get(number=1).slug: publication
        for publication in publications
        if publication.editions.exists()
    }
    actions.save_instance(_with_fields(SiteSettings.objects.get(), {"lead": by_slug[leads["home"]]}), by=by)
    for topic, slug in leads["topics"].items():
        actions.save_instance(_with_fields(Tag.objects.get(slug=topic), {"lead": by_slug[slug]}), by=by)


def _import_order(bundle: tuple) -> tuple:
    """Return the sort key of a manuscript: translations last, then by date and title."""
    text, _files = bundle
    return (bool(text.translation_of), str(text.published_at or "9"), text.title)


def _import_and_publish(text: manuscript.Manuscript, files: dict[str, Path], by) -> Publication:
    content = {name: path.read_bytes() for name, path in files.items()}
    report = import_manuscript(text, content, by=by)
    if report.messages:
        raise ValueError(f"{text.title}: {' '.join(report.messages)}")
    publication = report.publication
    options = text.extra_fields.get("demo", {})
    if "editions" in options:
        _publish_editions(publication, [EditionStep(**step) for step in options["editions"]], by)
    elif options.get("public", True):
        actions.publish(publication, by=by, at=_days_from_now(options.get("in_days")))
    for name, action in ENDINGS.items():
        if reason := options.get(name):
            action(publication, by=by, note=reason)
    if changes := options.get("draft"):
        _change_draft(publication, changes, by)
    _add_comments(publication, [CommentText(**fields) for fields in options.get("comments", [])], by)
    if plan := options.get("plan"):
        _save_plan(publication, by=by, **plan)
    if recipient := options.get("press"):
        _make_press_link(publication, recipient, by)
    return publication


def _save_plan(
    publication: Publication,
    *,
    by,
    note: str,
    due_in_days: int | None = None,
    planned_in_days: int | None = None,
    writer: str = "",
    editor: str = "",
) -> None:
    """Store the plan of a publication. Accounts that the site does not have are left out."""
    today, users = timezone.localdate(), get_user_model().objects
    EditorialPlan.objects.create(
        publication=publication,
        due_on=today + timedelta(days=due_in_days) if due_in_days is not None else None,
        planned_on=today + timedelta(days=planned_in_days) if planned_in_days is not None else None,
        writer=users.filter(username=writer).first(),
        editor=users.filter(username=editor).first(),
        note=note,
        changed_by=by,
    )


def _make_press_link(publication: Publication, recipient: str, by) -> None:
    """Make a press link to a scheduled publication, where the recipient has opened page and PDF."""
    scheduled = publication.editions.scheduled().get()
    link, _token, _password = PressLink.objects.make(
        publication.revisions.first(), recipient=recipient, embargoed_until=scheduled.visible_from, by=by
    )
    for type in (PressLinkEventType.PAGE, PressLinkEventType.PDF):
        link.events.create(type=type)


def _change_draft(publication: Publication, changes: dict[str, str], by) -> None:
    """Change passages in the draft of a live publication. Raises ValueError for a passage that it lacks."""
    for before, after in changes.items():
        publication.body = _replace(re.escape(before), after, publication.body)
    publication.save()
    actions.store_revision(publication, by=by)


@dataclass(frozen=True, kw_only=True)
class CommentText:
    """A comment on a draft: the words that it is about, and who wrote it; `by` is somebody in Word."""

    text: str
    about: str = ""
    by: str = ""
    reader: str = ""
    reply: str = ""
    is_resolved: bool = False


def _add_comments(publication: Publication, texts: list[CommentText], by) -> None:
    """Add comments to a draft, with a review for each reader. Words that the text lacks are quoted beside it."""
    plain_text = markup.anchor_text(publication.body)
    for text in texts:
        comment = Comment(publication=publication, text=text.text, quote=text.about, author_name=text.by)
        comment.place(plain_text, markup.find_quote(plain_text, text.about))
        if text.reader:
            comment.review, _token = Review.objects.invite(
                publication.revisions.first(), reader=text.reader, days=14, by=by
            )
        comment.author = None if text.by or text.reader else by
        comment.resolved_at = timezone.now() if text.is_resolved else None
        comment.resolved_by = by if text.is_resolved else None
        comment.save()
        if text.reply:
            comment.replies.create(publication=publication, author=by, text=text.reply)


@dataclass(frozen=True, kw_only=True)
class EditionStep:
    """What an edition changed: passages with their former text, a new section, the former date."""

    change: str
    note: str
    was: dict[str, str] | None = None
    added: str = ""
    published_at: object = None

    def undo(self, text: str) -> str:
        """Return the text before this step. Raises ValueError for a passage that the text lacks."""
        earlier = text
        for current, before in (self.was or {}).items():
            earlier = _replace(re.escape(current), before, earlier)
        if self.added:
            earlier = _replace(rf"## {re.escape(self.added)}\n.*?(?=^## |\Z)", "", earlier)
        return earlier


def _replace(pattern: str, replacement: str, text: str) -> str:
    changed, count = re.subn(pattern, lambda _match: replacement, text, flags=re.MULTILINE | re.DOTALL)
    if not count:
        raise ValueError(f"An earlier edition should differ at “{pattern}”, which is not in the text.")
    return changed


def _publish_editions(publication: Publication, steps: list[EditionStep], by) -> None:
    """Publish the first version of the text, then each later one."""
    versions = [(publication.body, publication.published_at)]
    for step in reversed(steps):
        text, date = versions[0]
        versions.insert(0, (step.undo(text), step.published_at or date))
    changes = [{}, *({"change": step.change, "note": step.note} for step in steps)]
    for (body, date), change in zip(versions, changes, strict=True):
        Publication.objects.filter(pk=publication.pk).update(body=body, published_at=date)
        actions.publish(publication, by=by, **change)


def _days_from_now(days: int | None):
    return timezone.now() + timedelta(days=days) if days else None


def _with_fields(row, fields: dict):
    for name, value in fields.items():
        setattr(row, name, value)
    return row
