"""redact: take a name or a passage out everywhere, in every edition, the working copy and its history.

What is looked for is the passage as a reader would know it: in capitals or small letters, across line breaks,
whatever the apostrophes, with emphasis inside. Its own traces go too: addresses, names of files, earlier audit
lines, revisions. What other rows say (an author, a picture) is amended by hand.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications import manuscript, markup, renditions, search
from publications.diff import tokens_of
from publications.disk_reserve import with_disk_reserve
from publications.html_tree import Element, parse
from publications.models import (
    ActionType,
    Address,
    Edition,
    EditionByline,
    Publication,
    RelatedLink,
    ReviewComment,
    Revision,
    RevisionReason,
)
from publications.publication_fields import FIELDS, FIELDS_BY_NAME, RedactionRule
from publications.slugs import slugify, strip_marks, strip_marks_both_ways
from publications.snapshot import carried_paragraphs, rendered_columns

from .redacted_addresses import LinkingPublication, paths_of, publications_linking_to
from .redacted_values import (
    COLUMN_RULES,
    Rule,
    redact_field,
    redact_text,
    redact_value,
    rules_of_rows,
)
from .transaction import ActionRefused, Outdated, begin_action, lock_publication
from .word_files import redact_word_files

MIN_PASSAGE_CHARACTERS = 3

EDITION_RULES = {name: rule for name, rule in COLUMN_RULES.items() if FIELDS_BY_NAME[name].frozen}
EDITION_RULES |= dict.fromkeys(("change_note", "withdrawal_reason", "type_line"), redact_text)
TEXTS = [name for name, rule in EDITION_RULES.items() if rule is redact_text]
IDENTIFIERS = [field.name for field in FIELDS if field.redacted is RedactionRule.WHOLE]
FILE_RULES, BYLINE_RULES = rules_of_rows("attachments"), rules_of_rows("bylines")
LINK_RULES = rules_of_rows("related_links")


@dataclass(frozen=True)
class RedactionReport:
    """What a redaction took out, and what it left; `fingerprint` says that two of them are the same."""

    passage: str
    mark: str
    editions: list[int]
    """Numbers of the editions that held the passage."""
    forms: list[str]
    """How the passage stood there, or in the working copy and its history: "IVAN PETROV", "Ivan Petrovs"."""
    links: list[str]
    """Where links led that named the passage."""
    addresses: list[str]
    """The publication's own addresses, names of files and identifiers that named it."""
    files: list[str]
    """Word files of authors that held it, by name: they are deleted."""
    words_left: list[str]
    """Words of the public editions that are like the passage, or a part of it, and stay."""
    linked_from: list[LinkingPublication]
    """Other publications that keep a link to an address that is given up."""
    addresses_left: list[str]
    """Addresses, names of files, identifiers and links that hold a name in the passage, and stay."""

    @property
    def fingerprint(self) -> str:
        return sha256(json.dumps(asdict(self)).encode()).hexdigest()


@with_disk_reserve
@transaction.atomic
def preview_redaction(
    publication: Publication, passage: str, *, by, mark: str | None = None
) -> RedactionReport:
    """Return what `redact` would do. It is done and rolled back, so that both agree.

    Raises:
        ActionRefused, ClockBehind: as `redact` does.
    """
    report = _redact(publication, passage, by=by, why="", mark=mark)
    transaction.set_rollback(True)
    return report


@with_disk_reserve
@transaction.atomic
def redact(
    publication: Publication,
    passage: str,
    *,
    by,
    why: str = "",
    mark: str | None = None,
    seen: str | None = None,
) -> RedactionReport:
    """Replace a passage by a mark in everything that is stored of a publication.

    Addresses made from the passage are given up. The audit entry holds the number of words of the passage, not the
    passage.

    Args:
        passage: the words, as readers see them.
        why: the reason, for the audit log alone.
        mark: what stands in its place; None is "[redacted]" in the language of the text. It may be empty, where the law
            or the safety of a person asks for it.
        seen: the fingerprint of the report that the editor saw.

    Returns:
        What was replaced and what was left.

    Raises:
        ClockBehind: the clock of the server stands before the last action.
        Outdated: the report is not the one that was seen.
        ActionRefused: the passage is too short, is found nowhere, or would still be read somewhere.
    """
    report = _redact(publication, passage, by=by, why=why, mark=mark)
    if seen is not None and seen != report.fingerprint:
        raise Outdated(_("What would go is not what you were shown. Look at it again."))
    publication.refresh_from_db()
    return report


def _redact(publication: Publication, passage: str, *, by, why: str, mark: str | None) -> RedactionReport:
    action = begin_action(by=by, publication=publication)
    piece = lock_publication(publication)
    redaction = markup.Redaction(passage, default_mark(piece.language) if mark is None else mark)
    if len(redaction.passage) < MIN_PASSAGE_CHARACTERS:
        raise ActionRefused(
            _("The passage is too short to be taken out safely: give at least three characters.")
        )
    before, paths = piece.digest, paths_of(piece)
    editions = _redact_editions(piece, redaction, passage)
    Edition.objects.filter(pk__in=[each.pk for each in editions]).update(record_changed_at=action.at)
    in_copy = _redact_working_copy(piece, redaction, passage, by)
    if not editions and not in_copy:
        raise ActionRefused(_("The passage stands nowhere in this publication."))
    _forget_traces(piece, redaction, passage)
    if in_copy:
        _renew_typed(piece)
    _keep_in_step(piece, before)
    _refuse_remains(piece, redaction)
    linked_from = publications_linking_to(paths - paths_of(piece), other_than=piece)
    report = _report(piece, passage, redaction, editions, linked_from)
    transaction.on_commit(lambda: renditions.delete_renditions(piece.pk))
    action.write_audit_entry(
        ActionType.REDACT, piece, publication=piece, editions=report.editions, mark=report.mark,
        words=sum(token.is_word for token in tokens_of(redaction.passage)), why=redaction.redact_text(why),
    )  # fmt: skip
    return report


def _report(
    piece: Publication,
    passage: str,
    redaction: markup.Redaction,
    editions: list[Edition],
    linked_from: list[LinkingPublication],
) -> RedactionReport:
    editions_shown = piece.editions.started() | piece.editions.scheduled()
    public = [(each, parse(each.html)) for each in editions_shown.prefetch_related("attachments")]
    return RedactionReport(
        passage=passage,
        mark=redaction.mark,
        editions=[each.number for each in editions],
        forms=sorted(redaction.forms),
        links=sorted(redaction.links),
        addresses=sorted(redaction.addresses),
        files=sorted(redaction.files),
        words_left=sorted({word for text in _texts(piece, public) for word in redaction.words_left(text)}),
        linked_from=linked_from,
        addresses_left=sorted(set(filter(redaction.is_named_in_part_by, _addresses(piece, public)))),
    )


def _texts(piece: Publication, editions: list[tuple[Edition, Element]]) -> Iterator[str]:
    """What readers read of these editions, each with the tree of its HTML."""
    for edition, locale in editions:
        yield from (getattr(edition, name) for name in TEXTS)
        yield edition.plain_text
        yield from (file.label for file in edition.attachments.all())
        yield from (text for name, text in markup.values_of(locale) if name != "href")
    yield from _links_of(piece).values_list("reason", flat=True)


def _addresses(piece: Publication, editions: list[tuple[Edition, Element]]) -> Iterator[str]:
    """The publication's own addresses, and those of files and links in these editions."""
    yield piece.slug
    yield from piece.addresses.values_list("slug", flat=True)
    yield from piece.redirects.values_list("path", flat=True)
    for edition, locale in editions:
        yield from (edition.slug, *(getattr(edition, name) for name in IDENTIFIERS))
        yield from (file.filename for file in edition.attachments.all())
        yield from markup.addresses_of(locale)


def _links_of(piece: Publication) -> QuerySet[RelatedLink]:
    return RelatedLink.objects.filter(Q(source=piece) | Q(target=piece))


def default_mark(language: str) -> str:
    """Return what stands in the place of a passage, in the language of the text."""
    with override(language):
        return _("[redacted]")


def _redact_fields(row, rules: Mapping[str, Rule], redaction: markup.Redaction) -> bool:
    """Take the passage out of these fields of a row, not stored yet; says whether it was there."""
    values = {name: rule(getattr(row, name), redaction) for name, rule in rules.items()}
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _redact_editions(piece: Publication, redaction: markup.Redaction, passage: str) -> list[Edition]:
    """Those that held the passage."""
    with search.reindex_after(piece.editions.values_list("pk", flat=True)):
        return [
            each for each in piece.editions.order_by("number") if _redact_edition(each, redaction, passage)
        ]


def _redact_edition(edition: Edition, redaction: markup.Redaction, passage: str) -> bool:
    bylines = [row for row in edition.bylines.all() if _redact_fields(row, BYLINE_RULES, redaction)]
    EditionByline.objects.bulk_update(bylines, BYLINE_RULES)
    files = [row for row in edition.attachments.all() if _redact_fields(row, FILE_RULES, redaction)]
    for row in files:
        row.save()
    touched = _redact_fields(edition, EDITION_RULES, redaction) | _redact_slug(edition, redaction, passage)
    if touched:
        text = markup.render_markdown(
            edition.body, language=edition.language, previous_paragraphs=carried_paragraphs(edition)
        )
        for name, value in rendered_columns(text).items():
            setattr(edition, name, value)
    if touched or bylines or files:
        edition.redaction_count += 1
        edition.save()
    return bool(touched or bylines or files)


def _names_passage(slug: str, passage: str) -> bool:
    """Whether a slug names the passage, inflected too: "ivanovs-letter" names Ivanov, "annual" does not name Ann."""
    part = slugify(markup.fold(passage))
    if not part:
        return False
    is_specific = len(part) >= markup.SPECIFIC
    ending = "" if is_specific else rf"{markup.ENDINGS}(-|$)"
    letters = part.replace("-", "-?") if is_specific else part
    spellings = "|".join({letters, *strip_marks_both_ways(letters)})
    pattern = re.compile(rf"(^|-)({spellings}){ending}")
    slug = markup.INVISIBLE_CHARACTERS.sub("", slug)
    return bool(pattern.search(slug) or pattern.search(strip_marks(slug)))


def _redact_slug(row, redaction: markup.Redaction, passage: str) -> bool:
    """Give up an address that was made from the passage: another is made, and the old one is forgotten."""
    if not _names_passage(row.slug, passage):
        return False
    redaction.addresses.add(row.slug)
    piece = row.publication if isinstance(row, Edition) else row
    row.slug = f"publication-{piece.pk}"
    Address.objects.get_or_create(locale=row.locale, slug=row.slug, defaults={"publication": piece})
    return True


def _redact_working_copy(piece: Publication, redaction: markup.Redaction, passage: str, by) -> bool:
    touched = _redact_fields(piece, COLUMN_RULES, redaction) | _redact_slug(piece, redaction, passage)
    for file in piece.attachments.all():
        if _redact_fields(file, FILE_RULES, redaction):
            file.save()
            touched = True
    for revision in piece.revisions.all():
        touched |= _redact_revision(revision, redaction, passage)
    for link in _links_of(piece):
        if _redact_fields(link, LINK_RULES, redaction):
            link.save(update_fields=["reason"])
            touched = True
    touched |= redact_word_files(piece, redaction)
    if touched:
        piece.save()
        Revision.objects.create_from(piece, by=by, why=RevisionReason.REDACTED)
    return touched


def _redact_revision(revision: Revision, redaction: markup.Redaction, passage: str) -> bool:
    """Read the manuscript, take the passage out of every text in it, and write it again."""
    text = manuscript.loads(revision.manuscript)
    slug = "" if _names_passage(text.slug, passage) else text.slug
    clean = replace(redact_value(text, redaction), slug=slug)
    if clean == text:
        return False
    revision.manuscript = manuscript.dumps(clean)
    revision.save(update_fields=["manuscript"])
    return True


def _redact_typed(name: str, value: str, redaction: markup.Redaction, passage: str) -> str:
    if name == "slug" and _names_passage(slugify(value), passage):
        return ""
    return redact_field(name, value, redaction)


def _renew_typed(piece: Publication) -> None:
    """Let what was typed from the draft as it stood before go on from the redacted one: both lost the passage."""
    before, now = ["version", str(piece.version - 1)], ["version", str(piece.version)]
    for typed in piece.autosaves.unsaved():
        if before in typed.values:
            typed.values = [now if pair == before else pair for pair in typed.values]
            typed.save(update_fields=["values"])


def _spelled(text: str) -> str:
    """Letters and digits alone: "/John_Smithson.html" and "john smithson" are spelled alike."""
    return "".join(markup.words_of_address(text))


def _forget_traces(piece: Publication, redaction: markup.Redaction, passage: str) -> None:
    """Addresses that hold the passage, and what earlier deeds and saves were called."""
    named = [address for address in piece.addresses.all() if _names_passage(address.slug, passage)]
    piece.addresses.filter(pk__in=[each.pk for each in named]).delete()
    spellings = set(filter(None, map(_spelled, strip_marks_both_ways(passage))))
    told = [each for each in piece.redirects.all() if any(name in _spelled(each.path) for name in spellings)]
    piece.redirects.filter(pk__in=[each.pk for each in told]).delete()
    redaction.addresses |= {each.slug for each in named} | {each.path for each in told}
    for line in piece.audit_entries.all():
        subject, detail = redaction.redact_text(line.subject), redact_value(line.detail, redaction)
        if (subject, detail) != (line.subject, line.detail):
            line.subject, line.detail = subject, detail
            line.save(update_fields=["subject", "detail"])
    for typed in piece.autosaves.all():
        typed.values = [
            [name, _redact_typed(name, value, redaction, passage)] for name, value in typed.values
        ]
        typed.save(update_fields=["values"])
    for review in piece.reviews.all():
        review.reader = redaction.redact_text(review.reader)
        review.save(update_fields=["reader"])
    for remark in ReviewComment.objects.filter(review__publication=piece):
        remark.text = redaction.redact_text(remark.text)
        remark.save(update_fields=["text"])
    own = ContentType.objects.get_for_model(Publication)
    for entry in LogEntry.objects.filter(content_type=own, object_id=str(piece.pk)):
        LogEntry.objects.filter(pk=entry.pk).update(object_repr=redaction.redact_text(entry.object_repr))


def _keep_in_step(piece: Publication, before: str) -> None:
    """A working copy that was public as it stood still is: both have lost the same passage."""
    for edition in piece.editions.filter(digest=before):
        edition.digest, edition.redaction_count = piece.digest, edition.redaction_count + 1
        edition.save(update_fields=["digest", "redaction_count"])


def _refuse_remains(piece: Publication, redaction: markup.Redaction) -> None:
    """Nothing is done where readers would still find the passage, split by markup we do not see through."""
    for edition in piece.editions.all():
        if _still_tells(edition, redaction):
            raise ActionRefused(
                _(
                    "The passage would still be read in edition %(number)d: markup divides it. Give it in parts."
                )
                % {"number": edition.number}
            )


def _still_tells(edition: Edition, redaction: markup.Redaction) -> bool:
    headings = [text for _level, text, _anchor in edition.contents]
    texts = (getattr(edition, name) for name in TEXTS)
    if any(map(redaction.is_in, (*texts, edition.plain_text, *headings))):
        return True
    values = markup.values_of(parse(edition.html))
    return any(
        redaction.is_named_by(value) if name == "href" else redaction.is_in(value) for name, value in values
    )
