"""Redact the rows of a publication: editions, draft, revisions, autosaves, reviews, audit entries, addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from publications import manuscript, markup, search
from publications.markup import Redaction
from publications.models import (
    Address,
    AuditEntry,
    Author,
    Edition,
    EditionByline,
    EditorialPlan,
    Publication,
    RedactedAddress,
    Revision,
    RevisionReason,
)
from publications.publication_fields import FIELDS_BY_NAME
from publications.slugs import numbered_slug, slugify, strip_marks_both_ways
from publications.snapshot import carried_paragraphs, rendered_columns

from .redacted_addresses import names_passage
from .redacted_comments import redact_comments
from .redacted_files import remove_attachments
from .redacted_values import (
    ATTACHMENT_RULES,
    BYLINE_RULES,
    COLUMN_RULES,
    EDITION_RULES,
    LINK_RULES,
    Rule,
    cut_to_column,
    redact_detail,
    redact_field,
    redact_value,
    refuse_long_value,
    related_links_of,
)
from .redacted_word_files import redact_word_files
from .revisions import store_revision


def _redact_columns(row: Model, rules: Mapping[str, Rule], redaction: Redaction) -> bool:
    """Redact columns of a row in memory; return whether any of them contained the passage."""
    values = {name: rule(getattr(row, name), redaction) for name, rule in rules.items()}
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    for name, value in changed.items():
        refuse_long_value(type(row), name, value)
        setattr(row, name, value)
    return bool(changed)


def redact_editions(publication: Publication, redaction: Redaction) -> list[Edition]:
    """Redact all editions of a publication; return those that contained the passage, by number.

    Only these leave the index and are indexed anew, which takes longer than reading their texts.
    """
    editions = publication.editions.order_by("number").prefetch_related("bylines")
    redacted = [edition for edition in editions if _redact_edition(edition, redaction)]
    with search.reindex_after(edition.pk for edition in redacted):
        for edition in redacted:
            EditionByline.objects.bulk_update(edition.bylines.all(), BYLINE_RULES)
            edition.redaction_count += 1
            edition.save()
    return redacted


def _redact_edition(edition: Edition, redaction: Redaction) -> bool:
    """Redact an edition and its bylines in memory, its attachments in their rows; return whether any changed."""
    bylines = [row for row in edition.bylines.all() if _redact_columns(row, BYLINE_RULES, redaction)]
    has_lost_files = remove_attachments(edition.attachments.all(), redaction)
    files = [row for row in edition.attachments.all() if _redact_columns(row, ATTACHMENT_RULES, redaction)]
    for row in files:
        row.save()
    is_changed = _redact_columns(edition, EDITION_RULES, redaction)
    is_changed |= _redact_slug(edition, redaction)
    if is_changed:
        _render_again(edition)
    return bool(is_changed or bylines or files or has_lost_files)


def _render_again(edition: Edition) -> None:
    """Render the redacted Markdown of an edition; paragraphs keep their ids."""
    text = markup.render_markdown(
        edition.body, language=edition.language, previous_paragraphs=carried_paragraphs(edition)
    )
    for name, value in rendered_columns(text).items():
        setattr(edition, name, value)


def _redact_slug(row: Edition | Publication, redaction: Redaction) -> bool:
    """Replace the slug of a row where it was made from the passage; return whether it was."""
    if not names_passage(row.slug, redaction):
        return False
    redaction.addresses.add(row.slug)
    publication = row.publication if isinstance(row, Edition) else row
    row.slug = _neutral_slug(publication, row.locale)
    Address.objects.get_or_create(locale=row.locale, slug=row.slug, defaults={"publication": publication})
    return True


def _neutral_slug(publication: Publication, locale: str) -> str:
    """Return a slug that names nothing but the primary key, with a number where another publication has it."""
    slug = f"publication-{publication.pk}"
    addresses = Address.objects.filter(locale=locale, slug__startswith=slug).exclude(publication=publication)
    taken = set(addresses.values_list("slug", flat=True))
    return numbered_slug(slug, taken) if slug in taken else slug


def redact_draft(publication: Publication, redaction: Redaction, *, by) -> bool:
    """Redact the draft with its files, revisions, links, Word files and comments; return whether any had the passage.

    A draft that did is saved as a new revision.
    """
    before = publication.body
    is_changed = _redact_columns(publication, COLUMN_RULES, redaction)
    is_changed |= _redact_slug(publication, redaction)
    is_changed |= _redact_columns(publication, {"hidden_reason": redact_value}, redaction)
    is_changed |= remove_attachments(publication.attachments.all(), redaction)
    for file in publication.attachments.all():
        if _redact_columns(file, ATTACHMENT_RULES, redaction):
            file.save()
            is_changed = True
    for revision in publication.revisions.all():
        is_changed |= _redact_revision(revision, redaction)
    for link in related_links_of(publication):
        if _redact_columns(link, LINK_RULES, redaction):
            link.save(update_fields=["reason"])
            is_changed = True
    is_changed |= redact_word_files(publication, redaction)
    is_changed |= redact_comments(publication, redaction, before=before)
    if is_changed:
        publication.save()
        store_revision(publication, by=by, reason=RevisionReason.REDACTED)
    return is_changed


def _redact_revision(revision: Revision, redaction: Redaction) -> bool:
    """Redact every text in the manuscript of a revision; return whether any contained the passage."""
    text = manuscript.loads(revision.manuscript)
    slug = "" if names_passage(text.slug, redaction) else text.slug
    redacted = replace(redact_value(text, redaction), slug=slug)
    redacted = replace(
        redacted, bylines=tuple(_without_former_slug(line, redaction) for line in redacted.bylines)
    )
    if redacted == text:
        return False
    for name in COLUMN_RULES:
        refuse_long_value(Publication, name, getattr(redacted, FIELDS_BY_NAME[name].manuscript_key))
    revision.manuscript = manuscript.dumps(redacted)
    revision.save(update_fields=["manuscript"])
    return True


def _without_former_slug(
    line: manuscript.ManuscriptByline, redaction: Redaction
) -> manuscript.ManuscriptByline:
    """Return a byline without a slug that names the passage, unless an author has it: then that row is changed."""
    if not names_passage(line.author, redaction) or Author.objects.filter(slug=line.author).exists():
        return line
    return replace(line, author="")


def update_autosave_versions(publication: Publication) -> None:
    """Set autosaves of the version before the redaction to the redacted version, as both lost the passage."""
    old, new = ["version", str(publication.version - 1)], ["version", str(publication.version)]
    for autosave in publication.autosaves.unsaved():
        if old in autosave.values:
            autosave.values = [new if pair == old else pair for pair in autosave.values]
            autosave.save(update_fields=["values"])


def redact_related_rows(publication: Publication, redaction: Redaction) -> bool:
    """Delete addresses with the passage; redact what else stands beside the text, from autosaves to press links.

    Returns:
        Whether any of it contained the passage.
    """
    is_changed = _delete_addresses(publication, redaction)
    for autosave in publication.autosaves.all():
        values = [[name, _redact_form_value(name, value, redaction)] for name, value in autosave.values]
        path = autosave.path.partition("?")[0] if redaction.is_in_address(autosave.path) else autosave.path
        is_changed |= _store_redacted(autosave, values=values, path=path)
    for row, column in _related_texts(publication):
        text = cut_to_column(type(row), column, redaction.redact_text(getattr(row, column)))
        if _store_redacted(row, **{column: text}):
            is_changed = True
            if isinstance(row, EditorialPlan):  # a form that shows the plan as it was is overtaken
                _store_redacted(row, changed_at=timezone.now())
    return is_changed


def redact_audit_entries(publication: Publication, redaction: Redaction) -> dict[int, str]:
    """Redact the audit entries of a publication; return what the entry of the redaction has to record of them."""
    redacted: dict[int, str] = {}
    read_recorded = cache(AuditEntry.objects.read_redacted_hashes)
    for entry in publication.audit_entries.all():
        redacted |= AuditEntry.objects.redact(
            entry,
            read_recorded=read_recorded,
            subject=cut_to_column(AuditEntry, "subject", redaction.redact_text(entry.subject)),
            detail=redact_detail(entry.detail, redaction),
        )
    return redacted


def _related_texts(publication: Publication) -> Iterator[tuple[Model, str]]:
    """Yield the rows that belong to a publication, each with its column of free text."""
    content_type = ContentType.objects.get_for_model(Publication)
    log_entries = LogEntry.objects.filter(content_type=content_type, object_id=str(publication.pk))
    rows = {
        "reader": publication.reviews.all(),
        "note": EditorialPlan.objects.filter(publication=publication),
        "recipient": publication.press_links.all(),
        "object_repr": log_entries,
    }
    return ((row, column) for column, queryset in rows.items() for row in queryset)


def _store_redacted(row: Model, **values: object) -> bool:
    """Store columns of a row that differ; return whether any did."""
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if changed:
        type(row)._base_manager.filter(pk=row.pk).update(**changed)
    return bool(changed)


def _delete_addresses(publication: Publication, redaction: Redaction) -> bool:
    """Delete addresses and redirects with the passage; return whether there were any."""
    addresses = [address for address in publication.addresses.all() if names_passage(address.slug, redaction)]
    publication.addresses.filter(pk__in=[address.pk for address in addresses]).delete()
    spellings = {
        letters
        for passage in redaction.passages
        for spelling in strip_marks_both_ways(passage)
        if (letters := _letters_of(spelling))
    }

    def holds_passage(address: str) -> bool:
        return any(spelling in _letters_of(address) for spelling in spellings)

    redirects = [
        redirect for redirect in publication.redirects.all() if any(map(holds_passage, redirect.readings))
    ]
    for redirect in redirects:
        RedactedAddress.objects.store(redirect.addresses_given_up(holds_passage))
    publication.redirects.filter(pk__in=[redirect.pk for redirect in redirects]).delete()
    redaction.addresses |= {address.slug for address in addresses}
    redaction.addresses |= {redirect.address for redirect in redirects}
    return bool(addresses or redirects)


def _letters_of(text: str) -> str:
    """Return letters and digits alone: "/John_Smithson.html" contains those of "john smithson"."""
    return "".join(markup.split_address_words(text))


def _redact_form_value(name: str, value: str, redaction: Redaction) -> str:
    if name == "slug" and names_passage(slugify(value), redaction):
        return ""
    return redact_field(name, value, redaction)
