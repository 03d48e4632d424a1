"""redact: take a name or a passage out everywhere, in every edition, the working copy and its history.

What is looked for is the passage as a reader would know it: across line breaks, whatever the apostrophes,
with emphasis inside. Its own traces go too: addresses, names of files, earlier audit lines, revisions. What
other rows say (an author, a picture) is amended by hand.
"""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import partial

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications import manuscript, prose, renditions, search
from publications.composing import carried_paragraphs, rendered
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
from .word_files import redact_word_files

TEXTS = ("title", "summary", "key_points", "note", "end_note", "markdown", "type_line")
WORKING = ("title", "summary", "key_points", "body", "note")
IDENTIFIERS = ("doi", "isbn")
REFERENCES = {"author", "uid", "key", "digest", "related", "translation_of", "cover"}
SHORTEST = 3
BETWEEN_WORDS = r"(?:\s|[*_\\])+"

Blacken = Callable[[str], str]


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
    pattern = _pattern(passage)
    blacken = _blackener(pattern, _mark(piece.language) if mark is None else mark)
    before = piece.digest
    editions = _redact_editions(piece, blacken, passage)
    Edition.objects.filter(pk__in=[each.pk for each in editions]).update(touched_at=deed.moment)
    in_copy = _redact_working_copy(piece, blacken, passage, by)
    if not editions and not in_copy:
        raise Refused(_("The passage stands nowhere in this publication."))
    _forget_traces(piece, blacken, passage)
    _keep_in_step(piece, before)
    _refuse_remains(piece, pattern)
    transaction.on_commit(lambda: renditions.forget(piece.pk))
    deed.tell(
        DeedKind.REDACT,
        piece,
        publication=piece,
        editions=[each.number for each in editions],
        why=blacken(why),
    )
    publication.refresh_from_db()
    return len(editions)


def _pattern(passage: str) -> re.Pattern[str]:
    words = (re.sub(r"['’‘]", "['’‘]", re.escape(word)) for word in passage.split())
    return re.compile(BETWEEN_WORDS.join(words))


def _blackener(pattern: re.Pattern[str], mark: str) -> Blacken:
    return lambda text: pattern.sub(lambda _found: mark, text)


def _dropping(blacken: Blacken) -> Blacken:
    """For identifiers, of which a part is no use."""
    return lambda text: text if blacken(text) == text else ""


def _mark(language: str) -> str:
    with override(language):
        return _("[redacted]")


def _redact_fields(row, names: tuple[str, ...], blacken: Blacken) -> bool:
    """Take the passage out of these fields of a row, not stored yet; says whether it was there."""
    changed = {name: text for name in names if (text := blacken(getattr(row, name))) != getattr(row, name)}
    for name, text in changed.items():
        setattr(row, name, text)
    return bool(changed)


def _redact_editions(piece: Publication, blacken: Blacken, passage: str) -> list[Edition]:
    """Those that held the passage."""
    with search.anew(piece.editions.values_list("pk", flat=True)):
        return [each for each in piece.editions.order_by("number") if _redact_edition(each, blacken, passage)]


def _redact_edition(edition: Edition, blacken: Blacken, passage: str) -> bool:
    names = ("name", "title", "affiliation")
    bylines = [row for row in edition.bylines.all() if _redact_fields(row, names, blacken)]
    EditionByline.objects.bulk_update(bylines, names)
    files = [row for row in edition.attachments.all() if _redact_fields(row, ("label", "filename"), blacken)]
    for row in files:
        row.save()
    touched = _redact_fields(edition, TEXTS, blacken)
    touched |= _redact_slug(edition, passage)
    touched |= _redact_fields(edition, IDENTIFIERS, _dropping(blacken))
    if touched:
        text = prose.render(edition.markdown, language=edition.language, carried=carried_paragraphs(edition))
        for name, value in rendered(text).items():
            setattr(edition, name, value)
    if touched or bylines or files:
        edition.redactions += 1
        edition.save()
    return bool(touched or bylines or files)


def _redact_slug(row, passage: str) -> bool:
    """Give up an address that was made from the passage: another is made, and the old one is forgotten."""
    part = slugify(passage)
    if not part or not re.search(rf"(^|-){re.escape(part)}(-|$)", row.slug):
        return False
    piece = row.publication if isinstance(row, Edition) else row
    row.slug = f"publication-{piece.pk}"
    Address.objects.get_or_create(tree=row.tree, slug=row.slug, defaults={"publication": piece})
    return True


def _redact_working_copy(piece: Publication, blacken: Blacken, passage: str, by) -> bool:
    touched = _redact_fields(piece, WORKING, blacken) | _redact_slug(piece, passage)
    touched |= _redact_fields(piece, IDENTIFIERS, _dropping(blacken))
    for file in piece.attachments.all():
        if _redact_fields(file, ("label", "filename"), blacken):
            file.save()
            touched = True
    for revision in piece.revisions.all():
        touched |= _redact_revision(revision, blacken, passage)
    touched |= redact_word_files(piece, partial(_blackened, blacken=blacken))
    if touched:
        piece.save()
        Revision.objects.keep(piece, by=by, why=Why.REDACTED)
    return touched


def _redact_revision(revision: Revision, blacken: Blacken, passage: str) -> bool:
    """Read the manuscript, take the passage out of every text in it, and write it again."""
    text = manuscript.loads(revision.manuscript)
    drop = _dropping(blacken)
    clean = replace(_blackened(text, blacken), **{name: drop(getattr(text, name)) for name in IDENTIFIERS})
    part = slugify(passage)
    if part and part in clean.slug:
        clean = replace(clean, slug="")
    if clean == text:
        return False
    revision.manuscript = manuscript.dumps(clean)
    revision.save(update_fields=["manuscript"])
    return True


def _blackened(value, blacken: Blacken):
    if isinstance(value, str):
        return blacken(value)
    if isinstance(value, list | tuple):
        return type(value)(_blackened(each, blacken) for each in value)
    if isinstance(value, dict):
        return {key: _blackened(each, blacken) for key, each in value.items()}
    if is_dataclass(value):
        return replace(
            value,
            **{
                each.name: _blackened(getattr(value, each.name), blacken)
                for each in fields(value)
                if each.name not in REFERENCES
            },
        )
    return value


def _spelled(text: str) -> str:
    """Letters and digits alone: "/John_Smithson.html" and "john smithson" are spelled alike."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _forget_traces(piece: Publication, blacken: Blacken, passage: str) -> None:
    """Addresses that hold the passage, and what earlier deeds and saves were called."""
    part = slugify(passage)
    if part:
        piece.addresses.filter(slug__contains=part).delete()
    told = [former.pk for former in piece.former_paths.all() if _spelled(passage) in _spelled(former.path)]
    piece.former_paths.filter(pk__in=told).delete()
    for line in piece.audit.all():
        subject, detail = blacken(line.subject), _blackened(line.detail, blacken)
        if (subject, detail) != (line.subject, line.detail):
            line.subject, line.detail = subject, detail
            line.save(update_fields=["subject", "detail"])
    for typed in piece.typed.all():
        typed.values = _blackened(typed.values, blacken)
        typed.save(update_fields=["values"])
    for remark in ReviewRemark.objects.filter(review__publication=piece):
        remark.text = blacken(remark.text)
        remark.save(update_fields=["text"])
    own = ContentType.objects.get_for_model(Publication)
    for entry in LogEntry.objects.filter(content_type=own, object_id=str(piece.pk)):
        LogEntry.objects.filter(pk=entry.pk).update(object_repr=blacken(entry.object_repr))


def _keep_in_step(piece: Publication, before: str) -> None:
    """A working copy that was public as it stood still is: both have lost the same passage."""
    for edition in piece.editions.filter(digest=before):
        edition.digest, edition.redactions = piece.digest, edition.redactions + 1
        edition.save(update_fields=["digest", "redactions"])


def _refuse_remains(piece: Publication, pattern: re.Pattern[str]) -> None:
    """Nothing is done where readers would still find the passage, split by markup we do not see through."""
    for edition in piece.editions.all():
        shown = (
            edition.title,
            edition.summary,
            edition.key_points,
            edition.html,
            edition.text,
            str(edition.contents),
        )
        if any(pattern.search(text) for text in shown):
            raise Refused(
                _(
                    "The passage would still be read in edition %(number)d: markup divides it. Give it in parts."
                )
                % {"number": edition.number}
            )
