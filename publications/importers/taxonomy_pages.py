"""Topics and authors of the old site: where links to their pages lead now, and what those pages said."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from publications import actions, images
from publications.locales import LOCALES, locale_of, localized_path
from publications.models import ActionType, AuditEntry, Author, Image, Tag
from publications.slugs import normalize_redirect_path, slugify

from .markdown import (
    AUTHOR_FOLDERS,
    TOPIC_FOLDERS,
    AuthorList,
    FoundImage,
    ImageFinder,
    ListedAuthor,
    ListedTopic,
    SourceFile,
)
from .options import ImportOptions
from .report import FileReport, ImportReport, NoteKind


def taxonomy_addresses(
    files: Iterable[SourceFile], authors: AuthorList, topics: Mapping[str, str]
) -> dict[str, str]:
    """Return the addresses of topics and authors that the texts name, by the old paths of their pages."""
    files = list(files)
    slugs = {name.casefold(): slug for name, slug in Tag.objects.values_list("name", "slug")}
    tags = {tag: topics.get(tag.casefold(), tag) for file in files for tag in file.tags}
    addresses = {}
    for identity, name in tags.items():
        slug = slugs.get(name.casefold()) or slugify(name)
        addresses |= _old_paths(
            TOPIC_FOLDERS, {identity, slugify(identity), slug}, "publications:topic", slug
        )
    for name in {author for file in files for author in file.authors}:
        slug = authors.find(name).slug
        addresses |= _old_paths(AUTHOR_FOLDERS, {name, slugify(name), slug}, "publications:author", slug)
    return addresses


def _old_paths(folders: Iterable[str], names: Iterable[str], page: str, slug: str) -> dict[str, str]:
    """The addresses of a page by the paths at which generators have it, in the folder of a language too."""
    if not slug:
        return {}
    addresses = {}
    for folder in folders:
        for name in filter(None, names):
            first = localized_path(LOCALES[0], page, slug=slug)
            addresses |= {normalize_redirect_path(f"/{folder}/{name}"): first, f"end:{folder}/{name}": first}
            addresses |= {
                normalize_redirect_path(f"/{locale}/{folder}/{name}"): localized_path(locale, page, slug=slug)
                for locale in LOCALES
            }
    return addresses


FIELDS = {
    "biography": ("biography_en", "biography_sv"),
    "portrait": ("portrait", "portrait_choice", "portrait_file"),
    "introduction": ("introduction_en", "introduction_sv"),
}
"""The fields, of the row and of its form at the desk, that hold what an old page says."""
KEPT_MESSAGES = {
    "biography": _("The biography of %s stays as it is on the site: that of the profile was not taken."),
    "portrait": _("The portrait of %s stays as it is on the site: that of the profile was not taken."),
    "introduction": _(
        "The introduction of %s stays as it is on the site: that of the old page was not taken."
    ),
}


def complete_authors(
    authors: AuthorList, images: ImageFinder, options: ImportOptions, report: ImportReport
) -> None:
    """Give the authors of these texts the biography and portrait of their old profile, where the site never had one.

    What was written or emptied at the desk stays; what the profile says otherwise is reported.
    """
    first_files = _first_files(report, lambda file: file.authors)
    profiles = {
        profile.slug: profile for profile in authors.by_id.values() if profile.biography or profile.portrait
    }
    for author in Author.objects.filter(slug__in=profiles.keys() & first_files.keys(), is_pseudonymous=False):
        profile, file = profiles[author.slug], first_files[author.slug]
        field = f"biography_{locale_of(options.language)}"
        filled = _fill_text(author, field, profile.biography, file) + _fill_portrait(
            author, profile, images, file, is_stored=not options.dry_run
        )
        if filled:
            actions.save_instance(author, by=options.by, changed=filled)


def _first_files(report: ImportReport, names: Callable[[FileReport], Iterable[str]]) -> dict[str, FileReport]:
    """The first file of each author or topic that files name."""
    return {name.casefold(): file for file in reversed(report.files) for name in names(file)}


def _fill_text(row: Author | Tag, field: str, text: str, file: FileReport) -> list[str]:
    """Set a text that the site never had. Returns the fields that were set."""
    what = field.partition("_")[0]
    if not text or text in (getattr(row, name) for name in FIELDS[what]):
        return []
    if _is_kept(row, what, file):
        return []
    setattr(row, field, text)
    return [field]


def _fill_portrait(
    author: Author, profile: ListedAuthor, images: ImageFinder, file: FileReport, *, is_stored: bool
) -> list[str]:
    """Set the portrait of an author who never had one. Returns the fields that were set."""
    found = images.find(profile.portrait, profile.home) if profile.portrait else ""
    if isinstance(found, str) or (author.portrait and author.portrait.key == found.key):
        return []
    if _is_kept(author, "portrait", file):
        return []
    author.portrait = _portrait(found, profile.name, is_stored=is_stored)
    return ["portrait"] if author.portrait else []


def _is_kept(row: Author | Tag, what: str, file: FileReport) -> bool:
    """Whether the site keeps what it has, or what was emptied there; if so it is reported."""
    if is_kept := _has_been_set(row, FIELDS[what]):
        file.add_note(NoteKind.DROPPED, "kept", KEPT_MESSAGES[what] % row)
    return is_kept


def _has_been_set(row: Author | Tag, fields: Iterable[str]) -> bool:
    """Whether one of the fields holds something, or did once. A change that names no fields may have been of these."""
    if any(getattr(row, field, None) for field in fields):
        return True
    lines = AuditEntry.objects.filter(
        action=ActionType.AMEND, detail__kind=row._meta.model_name, detail__pk=row.pk
    )
    changes = (detail.get("changed") for detail in lines.values_list("detail", flat=True))
    return any(not changed or {*changed} & {*fields} for changed in changes)


def _portrait(found: FoundImage, name: str, *, is_stored: bool) -> Image | None:
    """The image of a profile, added to the library where it is not there yet."""
    if image := Image.objects.filter(key=found.key).first():
        return image
    image = Image(key=found.key, alt_en=name, alt_sv=name)
    try:
        image.store_upload(found.path.read_bytes(), found.path.name, facts=found.facts, store=is_stored)
    except (images.UnsuitableImage, OSError):
        return None
    image.save()
    return image


def complete_topics(topics: Mapping[str, ListedTopic], options: ImportOptions, report: ImportReport) -> int:
    """Give the topics of these texts the introduction of their old page, where the site never had one, and let that
    page redirect to the new one.

    Returns:
        How many old pages redirect now.
    """
    by_name = {topic.name.casefold(): topic for topic in topics.values()}
    first_files = _first_files(report, lambda file: file.tags)
    field, redirects = f"introduction_{locale_of(options.language)}", 0
    for tag in Tag.objects.all() if by_name else ():
        if not (topic := by_name.get(tag.name.casefold())):
            continue
        file = first_files.get(tag.name.casefold())
        if file and (filled := _fill_text(tag, field, topic.introduction, file)):
            actions.save_instance(tag, by=options.by, changed=filled)
        redirects += not actions.add_redirects(tag, [topic.former_path], by=options.by)
    return redirects
