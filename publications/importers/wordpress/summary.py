"""What an export holds as a whole, counted against its own numbers, and what of it is not imported, with the reason."""

from collections import Counter
from collections.abc import Iterator

from publications.stored_messages import gettext as _
from publications.stored_messages import ngettext

from ..imported_file import UNREAD, SourceRemark
from ..mapping import ImportMapping, normalize_key
from .authors import AUTHOR_TAXONOMY
from .index import ExportIndex
from .languages import LANGUAGE_TAXONOMY, TRANSLATIONS_TAXONOMY
from .media import unused_attachments
from .posts import ATTACHMENT, BLOCK, GUEST_AUTHOR, PAGE, POST, REDIRECT_RULE, REPEATED, SYSTEM_TYPES
from .topics import CATEGORY, FORMAT, TAG

READ_TAXONOMIES = (AUTHOR_TAXONOMY, CATEGORY, FORMAT, LANGUAGE_TAXONOMY, TAG, TRANSLATIONS_TAXONOMY)


def summarize_export(
    index: ExportIndex,
    mapping: ImportMapping,
    left_out: Counter[tuple[str, str]],
    missing_files: tuple[str, ...],
) -> list[SourceRemark]:
    """Return notes on an export: its numbers, and what is not imported."""
    return [
        *_count_texts(index, left_out),
        *_count_other_types(left_out, mapping),
        *_count_terms(index),
        *_describe_files(index, missing_files),
        *_describe_fields(index, mapping),
        *map(SourceRemark, index.notes),
    ]


def _count_texts(index: ExportIndex, left_out: Counter[tuple[str, str]]) -> Iterator[SourceRemark]:
    """Yield a sentence for each type of text: how many items the export has, and how many are imported."""
    types = Counter[str]()
    for (post_type, _status), count in index.counts.items():
        types[post_type] += count
    for post_type, count in sorted(types.items(), key=lambda item: (item[0] not in (POST, PAGE), item[0])):
        reasons = {status: number for (kind, status), number in left_out.items() if kind == post_type}
        imported = count - sum(reasons.values())
        if not imported and post_type not in (POST, PAGE):
            continue
        values = {"type": post_type, "count": count, "imported": imported}
        text = _("Items of type “%(type)s” in the export: %(count)d; read as texts: %(imported)d.") % values
        yield SourceRemark(text, tuple(f"{status}: {number}" for status, number in sorted(reasons.items())))
    if types[PAGE] - sum(number for (kind, _status), number in left_out.items() if kind == PAGE) > 0:
        yield SourceRemark(
            _(
                "Pages come in as drafts, with their old addresses: make the pages of the site at the desk (Site "
                "pages) of those that are about the site itself, and delete their drafts. A row “page” under kinds in "
                "a mapping reads them all as texts of that kind."
            )
        )
    repeated = sum(count for (_type, status), count in index.counts.items() if status == REPEATED)
    if repeated:
        yield SourceRemark(_("Texts that are in several files, of which the latest is read: %d.") % repeated)


def _count_other_types(left_out: Counter[tuple[str, str]], mapping: ImportMapping) -> Iterator[SourceRemark]:
    """Yield the types of items that are no texts here: without an answer, left out on purpose, and of the system."""
    custom, refused, internal = Counter[str](), Counter[str](), Counter[str]()
    for (post_type, _status), count in left_out.items():
        if post_type in (POST, PAGE, ATTACHMENT, BLOCK, GUEST_AUTHOR, REDIRECT_RULE):
            continue
        is_answered = normalize_key(post_type) in mapping.kinds
        counts = internal if post_type in SYSTEM_TYPES else refused if is_answered else custom
        counts[post_type] += count
    if custom:
        text = _(
            "Items of types of their own of which nobody has said what they are: %d. They are not imported until the "
            "settings or the mapping give them a kind."
        )
        yield SourceRemark(text % custom.total(), _list_counts(custom), topic=UNREAD)
    if refused:
        text = _("Items of types that are left out, as the settings or the mapping say: %d.")
        yield SourceRemark(text % refused.total(), _list_counts(refused))
    if internal:
        text = _("Menus, earlier versions, designs and forms of the old site that are left out: %d.")
        yield SourceRemark(text % internal.total(), _list_counts(internal))


def _list_counts(counts: Counter[str]) -> tuple[str, ...]:
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return tuple(f"{name}: {count}" for name, count in rows)


def _count_terms(index: ExportIndex) -> Iterator[SourceRemark]:
    """Yield the numbers of authors, categories, tags, other terms and comments."""
    taxonomies = Counter(index.term_counts)
    values = {
        "authors": len(index.authors),
        "guests": len(index.guests),
        "categories": taxonomies.pop(CATEGORY, 0),
        "tags": taxonomies.pop(TAG, 0),
    }
    text = _(
        "Authors: %(authors)d, guest authors: %(guests)d, categories: %(categories)d, tags: %(tags)d. Those are "
        "created that a text has."
    )
    yield SourceRemark(text % values)
    unlisted = {term for term in index.used_terms if (term.taxonomy, term.slug) not in index.terms}
    taxonomies.update(Counter(term.taxonomy for term in unlisted if term.taxonomy not in READ_TAXONOMIES))
    if taxonomies:
        text = _("Terms of other taxonomies, which are left out: %d.") % taxonomies.total()
        yield SourceRemark(text, _list_counts(taxonomies))
    if index.comments:
        yield SourceRemark(_("Comments of readers, which are left out: %d.") % index.comments)


def _describe_files(index: ExportIndex, missing_files: tuple[str, ...]) -> Iterator[SourceRemark]:
    """Yield the numbers of files, of those that no text uses, and of those that are not there."""
    if not index.attachments:
        return
    unused = sorted(attachment.url for attachment in unused_attachments(index))
    text = _("Files in the media library of the export: %d.") % len(index.attachments)
    yield SourceRemark(text)
    if unused:
        yield SourceRemark(
            _("Files that no imported text shows or links to, which are left out: %d.") % len(unused),
            tuple(unused),
        )
    if missing_files:
        text = ngettext(
            "A file that texts use is not beside the export: fetch it from this address into the folder “uploads”, "
            "with the same path.",
            "%d files that texts use are not beside the export: fetch them from these addresses into the folder "
            "“uploads”, with the same paths.",
            len(missing_files),
        )
        yield SourceRemark(text % len(missing_files) if len(missing_files) > 1 else text, missing_files)


def _describe_fields(index: ExportIndex, mapping: ImportMapping) -> Iterator[SourceRemark]:
    """Yield the custom fields of texts that are not imported; those of WordPress and known plugins are no content."""
    fields, refused, internal = Counter[str](), Counter[str](), Counter[str]()
    for name, count in index.fields.items():
        is_reference = name.startswith("_") and name[1:] in index.fields  # of Advanced Custom Fields
        target = mapping.fields.get(normalize_key(name))
        if target == "":
            refused[name] = count
        elif target is None and not is_reference:
            (internal if name.startswith("_") else fields)[name] = count
    if internal:
        text = _("Fields that plugins keep for themselves, which are left out: %d.")
        yield SourceRemark(text % len(internal), _list_counts(internal))
    if fields:
        text = _(
            "Custom fields of which nobody has said what they become: %d. They are left out until the settings or the "
            "mapping give them a field."
        )
        yield SourceRemark(text % len(fields), _list_counts(fields), topic=UNREAD)
    if refused:
        text = _("Custom fields that are left out, as the settings or the mapping say: %d.")
        yield SourceRemark(text % len(refused), _list_counts(refused))
