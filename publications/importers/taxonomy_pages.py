"""Topics and authors of the old site: the new addresses of their pages, and the texts of those pages."""

from collections.abc import Callable, Iterable, Mapping

from publications import actions, images
from publications.fediverse import parse_fediverse_address
from publications.locales import LOCALES, locale_of, localized_path
from publications.models import ActionType, AuditEntry, Author, Image, Tag, tags_by_name
from publications.slugs import normalize_redirect_path, slugify
from publications.stored_messages import gettext_lazy as _
from publications.stored_messages import join_messages

from .image_finder import FoundImage, ImageFinder
from .imported_file import NoteKind
from .markdown import AUTHOR_FOLDERS, PATH_END_PREFIX, TOPIC_FOLDERS
from .options import ImportOptions
from .report import FileReport, ImportReport
from .source import SourceEntry, SourceTopic
from .source_authors import AuthorList, SourceAuthor


def taxonomy_addresses(
    files: Iterable[SourceEntry], authors: AuthorList, topics: Mapping[str, str]
) -> dict[str, str]:
    """Return the addresses of topics and authors in these files, by the old paths of their pages."""
    files = list(files)
    existing = tags_by_name()
    tags = {tag: topics.get(tag.casefold(), tag) for file in files for tag in file.tags}
    addresses = {}
    for tag_name, name in tags.items():
        slug = existing[name.casefold()].slug if name.casefold() in existing else slugify(name)
        addresses |= _old_addresses(
            TOPIC_FOLDERS, {tag_name, slugify(tag_name), slug}, "publications:topic", slug
        )
    for name in {author for file in files for author in file.authors}:
        slug = authors.find(name).slug
        addresses |= _old_addresses(AUTHOR_FOLDERS, {name, slugify(name), slug}, "publications:author", slug)
    return addresses


def _old_addresses(folders: Iterable[str], names: Iterable[str], url_name: str, slug: str) -> dict[str, str]:
    """Return the address of a page by the paths that site generators use, with and without a language folder."""
    if not slug:
        return {}
    addresses = {}
    for folder in folders:
        for name in filter(None, names):
            target = localized_path(LOCALES[0], url_name, slug=slug)
            addresses |= {
                normalize_redirect_path(f"/{folder}/{name}"): target,
                f"{PATH_END_PREFIX}{folder}/{name}": target,
            }
            addresses |= {
                normalize_redirect_path(f"/{locale}/{folder}/{name}"): localized_path(
                    locale, url_name, slug=slug
                )
                for locale in LOCALES
            }
    return addresses


FIELDS_BY_PART = {
    "biography": ("biography_en", "biography_sv"),
    "portrait": ("portrait", "portrait_choice", "portrait_file"),
    "fediverse": ("fediverse_address",),
    "introduction": ("introduction_en", "introduction_sv"),
}
"""The fields that hold a part of an old page, with those of its form at the desk; audit entries name either."""
KEPT_MESSAGES = {
    "biography": _("The biography of %s stays as it is on the site: that of the profile was not taken."),
    "portrait": _("The portrait of %s stays as it is on the site: that of the profile was not taken."),
    "fediverse": _(
        "The fediverse address of %s stays as it is on the site: that of the profile was not taken."
    ),
    "introduction": _(
        "The introduction of %s stays as it is on the site: that of the old page was not taken."
    ),
}


def complete_authors(
    authors: AuthorList,
    image_finder: ImageFinder,
    options: ImportOptions,
    report: ImportReport,
    *,
    language: str,
) -> None:
    """Set biography, fediverse address and portrait of the authors of these texts from their profiles, if never set.

    Values that were written or cleared at the desk stay; differing profiles are reported.

    Args:
        language: that of the biographies.
    """
    first_files = _first_files(report, lambda file: file.authors)
    profiles = {
        profile.slug: profile
        for profile in authors.by_id.values()
        if profile.biography or profile.portrait or profile.fediverse_address
    }
    for author in Author.objects.filter(slug__in=profiles.keys() & first_files.keys(), is_pseudonymous=False):
        profile, file = profiles[author.slug], first_files[author.slug]
        field = f"biography_{locale_of(language)}"
        changed_fields = [
            *_fill_text(author, field, profile.biography, file),
            *_fill_fediverse_address(author, profile, file),
            *_fill_portrait(author, profile, image_finder, file, write_file=not options.dry_run),
        ]
        if changed_fields:
            actions.save_instance(author, by=options.by, changed=changed_fields)


def _first_files(
    report: ImportReport, names_of: Callable[[FileReport], Iterable[str]]
) -> dict[str, FileReport]:
    """Return the first file of each author or topic, by name in lower case."""
    return {name.casefold(): file for file in reversed(report.files) for name in names_of(file)}


def _fill_text(instance: Author | Tag, field: str, text: str, file: FileReport) -> list[str]:
    """Set a text that the instance never had; return the changed fields."""
    part = field.partition("_")[0]
    if not text or text in (getattr(instance, name) for name in FIELDS_BY_PART[part]):
        return []
    if _report_if_kept(instance, part, file):
        return []
    setattr(instance, field, text)
    return [field]


def _fill_fediverse_address(author: Author, profile: SourceAuthor, file: FileReport) -> list[str]:
    """Set the address of an author who never had one; return the changed fields. Profiles may lack the first @."""
    text = profile.fediverse_address
    address = parse_fediverse_address(text) or parse_fediverse_address(f"@{text}")
    if text and not address:
        message = _("The profile of %(name)s has a fediverse address that is none, left out: %(value)s")
        file.add_note(NoteKind.DROPPED, "field", message % {"name": author.name, "value": text[:100]})
    return _fill_text(author, "fediverse_address", address, file)


def _fill_portrait(
    author: Author, profile: SourceAuthor, image_finder: ImageFinder, file: FileReport, *, write_file: bool
) -> list[str]:
    """Set the portrait of an author who never had one; return the changed fields."""
    if not profile.portrait:
        return []
    match = image_finder.find(profile.portrait, profile.folder)
    if isinstance(match, str):
        if not _has_been_set(author, FIELDS_BY_PART["portrait"]):
            file.add_note(NoteKind.DROPPED, "image", join_messages(f"{profile.portrait}:", match))
        return []
    if author.portrait and author.portrait.key == match.key:
        return []
    if _report_if_kept(author, "portrait", file):
        return []
    author.portrait = _get_or_create_portrait(match, profile.name, write_file=write_file)
    if not author.portrait:
        file.add_note(
            NoteKind.DROPPED,
            "image",
            join_messages(f"{profile.portrait}:", _("The picture is missing.")),
        )
        return []
    return ["portrait"]


def _report_if_kept(instance: Author | Tag, part: str, file: FileReport) -> bool:
    """Return whether the site keeps its value, set or cleared, and report it if so."""
    if is_kept := _has_been_set(instance, FIELDS_BY_PART[part]):
        file.add_note(NoteKind.DROPPED, "kept", KEPT_MESSAGES[part] % instance)
    return is_kept


def _has_been_set(instance: Author | Tag, fields: Iterable[str]) -> bool:
    """Return whether one of the fields has or had a value: an audit entry without field names changed each of them."""
    if any(getattr(instance, field, None) for field in fields):
        return True
    entries = AuditEntry.objects.filter(
        action=ActionType.AMEND, detail__kind=instance._meta.model_name, detail__pk=instance.pk
    )
    changed_fields = (detail.get("changed") for detail in entries.values_list("detail", flat=True))
    return any(not field_names or {*field_names} & {*fields} for field_names in changed_fields)


def _get_or_create_portrait(found_image: FoundImage, name: str, *, write_file: bool) -> Image | None:
    """Return the library image of a profile, added if necessary; None if it cannot be read."""
    if image := Image.objects.filter(key=found_image.key).first():
        return image
    image = Image(key=found_image.key, alt_en=name, alt_sv=name)
    try:
        content, filename = found_image.path.read_bytes(), found_image.path.name
        image.store_upload(content, filename, properties=found_image.properties, write=write_file)
    except (images.UnsuitableImage, OSError):
        return None
    image.save()
    return image


def _merge_topics(topics: Iterable[SourceTopic]) -> dict[str, SourceTopic]:
    """Return topics by name in lower case. Those that are one here have the old pages of all."""
    merged: dict[str, SourceTopic] = {}
    for topic in topics:
        previous = merged.get(topic.name.casefold(), SourceTopic(topic.name))
        paths = dict.fromkeys((*previous.former_paths, *topic.former_paths))
        merged[topic.name.casefold()] = SourceTopic(
            previous.name, previous.introduction or topic.introduction, tuple(paths)
        )
    return merged


def complete_topics(
    topics: Mapping[str, SourceTopic], options: ImportOptions, report: ImportReport, *, language: str
) -> int:
    """Set the introductions of topics from their old pages, if they never had any, and redirect those pages.

    Args:
        language: that of the introductions.

    Returns:
        The number of old pages that redirect.
    """
    topics_by_name = _merge_topics(topics.values())
    first_files = _first_files(report, lambda file: file.tags)
    field, redirects = f"introduction_{locale_of(language)}", 0
    existing = tags_by_name() if topics_by_name else {}
    for name, topic in topics_by_name.items():
        if not (tag := existing.get(name)):
            continue
        file = first_files.get(name)
        if file and (changed_fields := _fill_text(tag, field, topic.introduction, file)):
            actions.save_instance(tag, by=options.by, changed=changed_fields)
        conflicting_paths = actions.add_redirects(tag, topic.former_paths, by=options.by)
        redirects += len(topic.former_paths) - len(conflicting_paths)
    return redirects
