"""redact: take a name or a passage out everywhere, in every edition, the working copy and its history.

What is looked for is the passage as a reader would know it: across line breaks, whatever the apostrophes,
with emphasis inside. Its own traces go too: addresses, names of files, earlier audit lines, revisions. What
other rows say (an author, a picture) is amended by hand.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications import manuscript, prose, renditions, search
from publications.composing import carried_paragraphs, rendered
from publications.disk_reserve import with_disk_reserve
from publications.languages import slugify
from publications.models import (
    Address,
    DeedKind,
    Edition,
    EditionByline,
    Publication,
    ReviewRemark,
    Revision,
    Why,
)

from .ground import Refused, begin, locked
from .redacted_values import redact_field, redact_file_name, redact_identifier, redact_value
from .word_files import redact_word_files

SHORTEST = 3
INFLECTION = "(s|es|en|ens|a|u|y|e|om|ov)?"
"""Endings of a short name in the languages of the site, in Latin letters as slugs of them may have."""

Rule = Callable[[str, prose.Redaction], str]


def _redact_text(text: str, redaction: prose.Redaction) -> str:
    return redaction.redact_text(text)


def _redact_markdown(text: str, redaction: prose.Redaction) -> str:
    return redaction.redact_markdown(text)


IDENTIFIERS = dict.fromkeys(("doi", "isbn", "external_url"), redact_identifier)
EDITION = dict.fromkeys(("title", "summary", "key_points", "note", "end_note", "type_line"), _redact_text)
EDITION |= {"markdown": _redact_markdown, **IDENTIFIERS}
WORKING = dict.fromkeys(("title", "summary", "key_points", "note"), _redact_text)
WORKING |= {"body": _redact_markdown, **IDENTIFIERS}
FILE = {"label": _redact_text, "filename": redact_file_name}
BYLINE = dict.fromkeys(("name", "title", "affiliation"), _redact_text)


@with_disk_reserve
@transaction.atomic
def redact(publication: Publication, passage: str, *, by, why: str = "", mark: str | None = None) -> int:
    """Replace the passage by a mark in all that was kept of the piece; says in how many editions.

    The mark is "[redacted]" in the language of the text, unless one is given (it may be empty where the law
    or someone's safety asks for it). The passage itself is not written into the audit line. Addresses made
    from it are given up. Raises ClockBehind, or Refused where the passage is too short, stands nowhere, or
    would still be read somewhere.
    """
    deed = begin(by=by, publication=publication)
    piece = locked(publication)
    if len(passage.strip()) < SHORTEST:
        raise Refused(_("The passage is too short to be taken out safely: give at least three characters."))
    redaction = prose.Redaction(passage, _mark(piece.language) if mark is None else mark)
    before = piece.digest
    editions = _redact_editions(piece, redaction, passage)
    Edition.objects.filter(pk__in=[each.pk for each in editions]).update(touched_at=deed.moment)
    in_copy = _redact_working_copy(piece, redaction, passage, by)
    if not editions and not in_copy:
        raise Refused(_("The passage stands nowhere in this publication."))
    _forget_traces(piece, redaction, passage)
    _keep_in_step(piece, before)
    _refuse_remains(piece, redaction)
    transaction.on_commit(lambda: renditions.forget(piece.pk))
    deed.tell(
        DeedKind.REDACT,
        piece,
        publication=piece,
        editions=[each.number for each in editions],
        why=redaction.redact_text(why),
    )
    publication.refresh_from_db()
    return len(editions)


def _mark(language: str) -> str:
    with override(language):
        return _("[redacted]")


def _redact_fields(row, rules: Mapping[str, Rule], redaction: prose.Redaction) -> bool:
    """Take the passage out of these fields of a row, not stored yet; says whether it was there."""
    values = {name: rule(getattr(row, name), redaction) for name, rule in rules.items()}
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _redact_editions(piece: Publication, redaction: prose.Redaction, passage: str) -> list[Edition]:
    """Those that held the passage."""
    with search.anew(piece.editions.values_list("pk", flat=True)):
        return [
            each for each in piece.editions.order_by("number") if _redact_edition(each, redaction, passage)
        ]


def _redact_edition(edition: Edition, redaction: prose.Redaction, passage: str) -> bool:
    bylines = [row for row in edition.bylines.all() if _redact_fields(row, BYLINE, redaction)]
    EditionByline.objects.bulk_update(bylines, BYLINE)
    files = [row for row in edition.attachments.all() if _redact_fields(row, FILE, redaction)]
    for row in files:
        row.save()
    touched = _redact_fields(edition, EDITION, redaction) | _redact_slug(edition, passage)
    if touched:
        text = prose.render(edition.markdown, language=edition.language, carried=carried_paragraphs(edition))
        for name, value in rendered(text).items():
            setattr(edition, name, value)
    if touched or bylines or files:
        edition.redactions += 1
        edition.save()
    return bool(touched or bylines or files)


def _names_passage(slug: str, passage: str) -> bool:
    """Whether a slug names the passage, inflected too: "ivanovs-letter" names Ivanov, "annual" does not name Ann."""
    part = slugify(passage)
    ending = "" if len(part) >= prose.SPECIFIC else rf"{INFLECTION}(-|$)"
    return bool(part) and bool(re.search(rf"(^|-){re.escape(part)}{ending}", slug))


def _redact_slug(row, passage: str) -> bool:
    """Give up an address that was made from the passage: another is made, and the old one is forgotten."""
    if not _names_passage(row.slug, passage):
        return False
    piece = row.publication if isinstance(row, Edition) else row
    row.slug = f"publication-{piece.pk}"
    Address.objects.get_or_create(tree=row.tree, slug=row.slug, defaults={"publication": piece})
    return True


def _redact_working_copy(piece: Publication, redaction: prose.Redaction, passage: str, by) -> bool:
    touched = _redact_fields(piece, WORKING, redaction) | _redact_slug(piece, passage)
    for file in piece.attachments.all():
        if _redact_fields(file, FILE, redaction):
            file.save()
            touched = True
    for revision in piece.revisions.all():
        touched |= _redact_revision(revision, redaction, passage)
    touched |= redact_word_files(piece, redaction)
    if touched:
        piece.save()
        Revision.objects.keep(piece, by=by, why=Why.REDACTED)
    return touched


def _redact_revision(revision: Revision, redaction: prose.Redaction, passage: str) -> bool:
    """Read the manuscript, take the passage out of every text in it, and write it again."""
    text = manuscript.loads(revision.manuscript)
    slug = "" if _names_passage(text.slug, passage) else text.slug
    clean = replace(redact_value(text, redaction), slug=slug)
    if clean == text:
        return False
    revision.manuscript = manuscript.dumps(clean)
    revision.save(update_fields=["manuscript"])
    return True


def _spelled(text: str) -> str:
    """Letters and digits alone: "/John_Smithson.html" and "john smithson" are spelled alike."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _forget_traces(piece: Publication, redaction: prose.Redaction, passage: str) -> None:
    """Addresses that hold the passage, and what earlier deeds and saves were called."""
    named = [address.pk for address in piece.addresses.all() if _names_passage(address.slug, passage)]
    piece.addresses.filter(pk__in=named).delete()
    told = [former.pk for former in piece.former_paths.all() if _spelled(passage) in _spelled(former.path)]
    piece.former_paths.filter(pk__in=told).delete()
    for line in piece.audit.all():
        subject, detail = redaction.redact_text(line.subject), redact_value(line.detail, redaction)
        if (subject, detail) != (line.subject, line.detail):
            line.subject, line.detail = subject, detail
            line.save(update_fields=["subject", "detail"])
    for typed in piece.typed.all():
        typed.values = [[name, redact_field(name, value, redaction)] for name, value in typed.values]
        typed.save(update_fields=["values"])
    for remark in ReviewRemark.objects.filter(review__publication=piece):
        remark.text = redaction.redact_text(remark.text)
        remark.save(update_fields=["text"])
    own = ContentType.objects.get_for_model(Publication)
    for entry in LogEntry.objects.filter(content_type=own, object_id=str(piece.pk)):
        LogEntry.objects.filter(pk=entry.pk).update(object_repr=redaction.redact_text(entry.object_repr))


def _keep_in_step(piece: Publication, before: str) -> None:
    """A working copy that was public as it stood still is: both have lost the same passage."""
    for edition in piece.editions.filter(digest=before):
        edition.digest, edition.redactions = piece.digest, edition.redactions + 1
        edition.save(update_fields=["digest", "redactions"])


def _refuse_remains(piece: Publication, redaction: prose.Redaction) -> None:
    """Nothing is done where readers would still find the passage, split by markup we do not see through."""
    for edition in piece.editions.all():
        if _still_tells(edition, redaction):
            raise Refused(
                _(
                    "The passage would still be read in edition %(number)d: markup divides it. Give it in parts."
                )
                % {"number": edition.number}
            )


def _still_tells(edition: Edition, redaction: prose.Redaction) -> bool:
    headings = [text for _level, text, _anchor in edition.contents]
    if any(
        map(redaction.is_in, (edition.title, edition.summary, edition.key_points, edition.text, *headings))
    ):
        return True
    values = prose.values_of(prose.tree_of(edition.html))
    return any(
        redaction.is_named_by(value) if name == "href" else redaction.is_in(value) for name, value in values
    )
