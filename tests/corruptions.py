"""Corruptions of a valid site, at least one for each check of `verify` and each type of file."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from publications import actions, renditions
from publications.actions.windows import copy_edition, store_editions
from publications.integrity import record_rows
from publications.models import (
    FOREVER,
    Address,
    Approval,
    Attachment,
    AuditEntry,
    Edition,
    EditionAttachment,
    EditionImage,
    EditionTag,
    EditionTerm,
    EditionWithRows,
    Image,
    IndexedTerm,
    Kind,
    NamedTerm,
    OutboxMail,
    Publication,
    Review,
    Revision,
    SearchIndex,
    Similarity,
    SiteVersion,
    WordFile,
    original_storage,
    store_original,
)
from publications.models.guards import SQLITE_TRIGGERS
from publications.models.translated import SingleRowModel
from publications.search.engines import engine
from publications.search.index import build_row, read_editions
from publications.search.similarity import mark_incomplete
from tests.factories import (
    make_author,
    make_image,
    make_live,
    make_person,
    make_publication,
    make_tag,
    saved,
    tomorrow,
)

PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


def _make_mail(**fields) -> None:
    OutboxMail.objects.create(
        key="news:1:1", recipient="ann@example.org", message_id="<1@example.org>", **fields
    )


def _cut_log_before_head() -> None:
    call_command("sign_head", verbosity=0)
    AuditEntry.objects.order_by("site_version").last().delete()


def make_site() -> Publication:
    """Create an edition in every state and a file of every type; return a publication with several editions."""
    author, tag = make_author("Ann Ek"), make_tag("Grain")
    cover, shown = make_image(colour="red"), make_image(colour="green")
    publication = make_publication(
        authors=[author], tags=(tag,), cover=cover, body=f"Rye.\n\n![]({'image:' + shown.key})"
    )
    for model in (Attachment, WordFile):
        FILES[model](publication)
    saved(publication)
    publication.comments.create(text="Where?", quote="Rye", start=0, end=3)
    publication.comments.create(text="Gone.", quote="Oats")
    actions.publish(publication, by=None)
    actions.publish(saved(publication, title="Oats"), by=None, change="correction", note="It was rye.")
    actions.publish(saved(publication, title="Barley"), by=None, at=tomorrow())
    actions.publish(saved(publication, title="Wheat"), by=None, keep_scheduled=True)
    others = [make_live(author=author, tags=(tag,), title=f"Grain {n}").publication for n in range(3)]
    actions.withdraw(others[0], by=None, note="Not ours.")
    actions.undo(actions.publish(saved(others[1], body="Mistaken."), by=None).publication, by=None)
    actions.redact(others[2], "paragraph", by=None)
    actions.publish(make_publication(title="Soon"), by=None, until=tomorrow())
    actions.undo(
        actions.publish(make_publication(title="Never"), by=None, at=tomorrow()).publication, by=None
    )
    retracted = make_live(title="Retracted").publication
    actions.retract(retracted, by=None, note="Made up.")
    doubted = make_live(title="Doubted").publication
    actions.express_concern(doubted, by=None, note="In doubt.")
    actions.publish(saved(doubted, body="Better."), by=None)
    actions.lift_concern(doubted, by=None, note="Settled.")
    call_command("rebuild", verbosity=0)
    return Publication.objects.get(pk=publication.pk)


def _with_image(publication: Publication) -> str:
    return Image.objects.get(pk=publication.cover_id or make_image().pk).original


def _with_attachment(publication: Publication) -> str:
    row, _made = Attachment.objects.get_or_create(
        publication=publication, filename="report.pdf", original=store_original(PDF, "pdf"), size=len(PDF)
    )
    return row.original


def _with_edition_attachment(publication: Publication) -> str:
    content = b"%PDF-1.7 of an edition" + PDF
    edition = publication.editions.latest()
    EditionAttachment.objects.create(
        edition=edition,
        filename="as.pdf",
        original=store_original(content, "pdf"),
        size=len(content),
        position=9,
    )
    return edition.attachments.get(filename="as.pdf").original


def _with_word_file(publication: Publication) -> str:
    content = b"PK of Word" + PDF
    row, _made = WordFile.objects.get_or_create(
        publication=publication,
        filename="a.docx",
        original=store_original(content, "docx"),
        size=len(content),
        text="-",
    )
    return row.original


FILES: dict[type, Callable[[Publication], str]] = {
    Image: _with_image,
    Attachment: _with_attachment,
    EditionAttachment: _with_edition_attachment,
    WordFile: _with_word_file,
}
"""For each model with files, a function that attaches one to a publication and returns its name in the storage."""


def _remove(name: str) -> None:
    original_storage().delete(name)


def _empty(name: str) -> None:
    original_storage().save(name, ContentFile(b""))


def _truncate(name: str) -> None:
    with original_storage().open(name) as file:
        content = file.read()
    original_storage().save(name, ContentFile(content[: len(content) // 2]))


def _flip_bit(name: str) -> None:
    with original_storage().open(name) as file:
        content = file.read()
    original_storage().save(name, ContentFile(content[:-1] + bytes([content[-1] ^ 1])))


DAMAGES = {"missing-files": [_remove], "damaged-files": [_empty, _truncate, _flip_bit]}
"""For each check of files, the functions that damage a file."""


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def drop_guards() -> None:
    """Drop the triggers and constraints that refuse invalid windows of editions."""
    indexes = ("one_start_at_a_time", "one_open_end", "edition_numbered_once")
    if connection.vendor == "sqlite":
        execute(*(f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE_TRIGGERS))
        execute("PRAGMA ignore_check_constraints = ON", *(f"DROP INDEX IF EXISTS {name}" for name in indexes))
        return
    table = "publications_edition"
    checks = ("window_in_order", "edition_no_overlap", "edition_numbered_once")
    execute(
        "SET CONSTRAINTS ALL IMMEDIATE",
        f"DROP TRIGGER edition_frozen ON {table}",
        f"DROP TRIGGER edition_kept ON {table}",
        *(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}" for name in checks),
        *(f"DROP INDEX IF EXISTS {name}" for name in indexes),
    )


def _set_edition(
    edition_number: int, *, without_guards: bool = True, **fields
) -> Callable[[Publication], None]:
    """Return a function that changes columns of the edition with this number."""

    def corrupt(publication: Publication) -> None:
        if without_guards:
            drop_guards()
        edition = publication.editions.get(number=edition_number)
        values = {name: value(edition) if callable(value) else value for name, value in fields.items()}
        Edition.objects.filter(pk=edition.pk).update(**values)

    return corrupt


def _retracted(_publication: Publication) -> Publication:
    return Edition.objects.get(change="retraction").publication


def _one_microsecond_later(edition: Edition):
    return edition.visible_from + timedelta(microseconds=1)


def _forget_migration(_publication: Publication) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="accounts").delete()


def _break_check_constraint(_publication: Publication) -> None:
    if connection.vendor == "sqlite":  # PostgreSQL is trusted with its own files
        drop_guards()
        Edition.objects.update(redaction_count=-1)
        execute("PRAGMA ignore_check_constraints = OFF")


def _drop_index(_publication: Publication) -> None:
    execute("DROP INDEX edition_window")


def _drop_guard(_publication: Publication) -> None:
    table = "" if connection.vendor == "sqlite" else " ON publications_edition"
    execute(f"DROP TRIGGER edition_frozen{table}")
    connection.check_constraints()  # PostgreSQL alters no table while some are to be checked


def _refer_to_nothing(publication: Publication) -> None:
    Review.objects.create(
        publication=publication, revision_id=10**6, reader="Ann", token_hash="x", expires_at=timezone.now()
    )


def _schedule_twice(publication: Publication) -> None:
    drop_guards()
    later = [timezone.now() + timedelta(days=days) for days in (2, 3)]
    for edition, at in zip(publication.editions.not_cancelled()[:2], later, strict=True):
        Edition.objects.filter(pk=edition.pk).update(visible_from=at, visible_until=FOREVER, end_reason="")


def _truncate_rendition(publication: Publication) -> None:
    renditions.make_image_files(publication.cover)
    file = next(Path(settings.RENDITIONS).rglob("*.jpg"))
    file.write_bytes(file.read_bytes()[:200])


def _publish_while_rule_is_off(publication: Publication) -> None:
    publication.kind.needs_approval = True
    actions.save_instance(publication.kind, by=None)
    kinds = Kind.objects.filter(pk=publication.kind_id)
    kinds.update(needs_approval=False)
    actions.publish(make_publication(kind=publication.kind.slug), by=None)
    kinds.update(needs_approval=True)


def _live(publication: Publication) -> Edition:
    return publication.editions.live().get()


def _index_again(edition: int) -> None:
    engine().store([build_row(edition_with_rows) for edition_with_rows in read_editions([edition])])


def _index_other_words(publication: Publication) -> None:
    edition = _live(publication)
    engine().remove([edition.pk])
    (row,) = read_editions([edition.pk])
    row.edition.plain_text = "Other words altogether."
    engine().store([build_row(row)])


def _exchange_entries() -> None:
    """Exchange what two entries that follow each other say, with their hashes."""
    first, second = AuditEntry.objects.filter(action="publish").order_by("site_version")[:2]
    first.pk, second.pk = second.pk, first.pk
    first.site_version, second.site_version = second.site_version, 10**9
    for entry in (second, first):
        entry.save()
    AuditEntry.objects.filter(pk=second.pk).update(site_version=first.site_version - 1)


def _delete_public(title: str) -> None:
    """Delete a publication that was public, with its editions and all that refers to it."""
    drop_guards()
    publication = Publication.objects.get(title=title)
    publication.editions.all().delete()
    publication.delete()


def _next_edition(publication: Publication) -> EditionWithRows:
    """Return an edition that no action has published, which is never public."""
    copy = copy_edition(_live(publication))
    edition = copy.edition
    edition.number, edition.end_reason = publication.editions.next_number(), "cancelled"
    edition.expires_at = edition.visible_until = edition.visible_from
    return copy


CORRUPTIONS: dict[str, list[Callable[[Publication], object]]] = {
    "schema": [
        _forget_migration,
        lambda _publication: MigrationRecorder(connection).record_applied("accounts", "9999_later"),
    ],
    "pages": [_break_check_constraint],
    "constraints": [_drop_index],
    "guards": [_drop_guard],
    "single-rows": [
        lambda _publication, model=model: model.objects.all().delete()
        for model in SingleRowModel.__subclasses__()
    ],
    "references": [_refer_to_nothing],
    "comments": [
        lambda publication: publication.comments.create(text="Outside.", quote="Rye", start=5000, end=5003),
        lambda publication: publication.comments.create(text="Other words.", quote="Rye", start=1, end=4),
        lambda publication: publication.comments.create(text="Half a range.", quote="Rye", start=0),
        lambda publication: publication.comments.create(text="No words.", start=0, end=3),
    ],
    "order": [_set_edition(1, visible_until=lambda edition: edition.visible_from - timedelta(days=1))],
    "one-live": [_set_edition(1, visible_until=FOREVER, expires_at=FOREVER)],
    "ends": [
        _set_edition(1, without_guards=False, visible_until=_one_microsecond_later),
        _set_edition(2, visible_until=lambda edition: edition.visible_from),
    ],
    "taken-back": [
        _set_edition(3, visible_until=tomorrow() + timedelta(days=5)),
        _set_edition(4, end_reason="withdrawn"),
    ],
    "notices": [
        _set_edition(2, editorial_status="retracted"),
        _set_edition(2, editorial_status="concern", notice_text="Why?", notice_at=tomorrow()),
        lambda publication: _set_edition(2, notice_text="Else.")(_retracted(publication)),
        lambda publication: _set_edition(2, editorial_status="", notice_text="", notice_at=None)(
            _retracted(publication)
        ),
    ],
    "one-scheduled": [_schedule_twice],
    "numbers": [
        _set_edition(2, number=12),
        _set_edition(2, visible_from=timezone.now() - timedelta(days=900)),
    ],
    "copies": [
        lambda publication: EditionTag.objects.filter(edition=_live(publication)).update(
            visible_until=FOREVER
        ),
        lambda publication: _live(publication).bylines.update(year=1999),
    ],
    "years": [_set_edition(1, without_guards=False, year=1999)],
    "images": [
        lambda publication: EditionImage.objects.filter(
            edition=_live(publication), image=publication.cover
        ).delete(),
        lambda publication: (
            EditionImage.objects.filter(edition=_live(publication)).exclude(image=publication.cover).delete()
        ),
    ],
    "addresses": [lambda publication: Address.objects.filter(publication=publication).delete()],
    "revisions": [
        lambda publication: publication.revisions.latest("number").delete(),
        lambda publication: Revision.objects.filter(publication=publication).update(digest="x"),
    ],
    "versions": [
        lambda _publication: AuditEntry.objects.filter(action="rebuild").delete(),
        lambda _publication: AuditEntry.objects.order_by("-site_version").first().delete(),
        lambda _publication: SiteVersion.objects.update(number=1),
    ],
    "entries": [
        lambda publication: publication.audit_entries.filter(action="schedule").delete(),
        lambda publication: publication.audit_entries.filter(detail__edition=2).delete(),
        *(
            lambda _publication, action=action: AuditEntry.objects.filter(action=action).delete()
            for action in ("withdraw", "undo", "cancel", "redact")
        ),
    ],
    "chain": [
        lambda publication: publication.audit_entries.filter(detail__edition=2).delete(),
        lambda publication: publication.audit_entries.update(at=timezone.now() - timedelta(days=900)),
        lambda publication: publication.audit_entries.update(action="amend"),
        lambda publication: publication.audit_entries.update(publication=None),
        lambda _publication: AuditEntry.objects.update(changed_publications=[]),
        lambda _publication: AuditEntry.objects.filter(action="redact").update(public_part={}),
        lambda _publication: AuditEntry.objects.filter(action="redact").update(hash=""),
        lambda _publication: AuditEntry.objects.filter(action="redact").update(personal_hash="0" * 64),
        lambda _publication: _exchange_entries(),
    ],
    "published-head": [lambda _publication: _cut_log_before_head()],
    "entry-texts": [
        lambda publication, values=values: publication.audit_entries.update(**values)
        for values in ({"subject": "Rice"}, {"actor_name": "bo"}, {"detail": {}}, {"personal_salt": "0" * 32})
    ],
    "recorded-editions": [
        _set_edition(1, html="<p>Rice.</p>"),
        _set_edition(1, redaction_count=1, plain_text="Rice."),
        _set_edition(2, without_guards=False, content_digest="0" * 64),
        _set_edition(2, without_guards=False, withdrawal_reason="Not ours."),
        _set_edition(2, without_guards=False, expires_at=FOREVER - timedelta(days=1)),
        lambda publication: _live(publication).bylines.update(name="Ann Eks"),
        lambda publication: _live(publication).attachments.update(label="Other"),
        lambda publication: _live(publication).tag_rows.all().delete(),
        lambda publication: _live(publication).images.update(original=store_original(b"another", "png")),
        lambda publication: _live(publication).image_rows.create(image=make_image(colour="blue")),
        lambda publication: publication.editions.filter(end_reason="cancelled").delete(),
        lambda _publication: _delete_public("Soon"),
        lambda publication: store_editions([_next_edition(publication)]),
    ],
    "approvals": [
        lambda publication: Approval.objects.create(
            publication=publication,
            digest=publication.digest,
            after=1,
            snapshot_digest="0" * 64,
            site_version=1,
            approved_by=make_person("Editors", first_name="Bo"),
        )
    ],
    "two-people": [
        lambda publication: Kind.objects.filter(pk=publication.kind_id).update(needs_approval=True),
        _publish_while_rule_is_off,
    ],
    "restored-rows": [
        lambda _publication: None,  # no backup has recorded the rows
        *(
            lambda publication, change=change: (record_rows(), change(publication))
            for change in (
                lambda publication: publication.bylines.update(role="with"),
                lambda publication: Publication.objects.filter(pk=publication.pk).update(internal_note="x"),
                lambda publication: publication.comments.all()[0].delete(),
                lambda _publication: make_author("Bo Ek"),
                lambda _publication: SiteVersion.objects.update(changed_at=FOREVER),
            )
        ),
    ],
    "unused": [lambda _publication: store_original(b"of nothing", "pdf")],
    "mail": [
        lambda publication: _make_mail(attempts=1, last_error="450 Try later"),
        lambda publication: _make_mail(next_attempt_at=timezone.now() - timedelta(hours=2)),
    ],
    "made-files": [_truncate_rendition],
    "index": [
        lambda publication: engine().remove([_live(publication).pk]),
        lambda _publication: _index_again(Edition.objects.get(end_reason="withdrawn").pk),
    ],
    "index-release": [lambda _publication: SearchIndex.objects.update(version=1)],
    "index-rows": [_index_other_words],
    "vocabulary": [
        lambda _publication: IndexedTerm.objects.filter(term="grain").update(edition_count=99),
        lambda _publication: IndexedTerm.objects.filter(term="grain").delete(),
        lambda _publication: NamedTerm.objects.filter(row_key__startswith="a").delete(),
        lambda _publication: NamedTerm.objects.create(term="nobody", row_key="a999999"),
    ],
    "similarity-release": [
        lambda _publication: SearchIndex.objects.update(similarity_version=1),
        lambda _publication: mark_incomplete(),
    ],
    "terms": [
        lambda publication: EditionTerm.objects.filter(edition=_live(publication)).delete(),
        lambda publication: EditionTerm.objects.filter(edition=_live(publication)).update(weight=1),
        lambda publication: EditionTerm.objects.create(edition=_live(publication), term="nonsense", weight=1),
    ],
    "similarity": [lambda _publication: Similarity.objects.all().delete()],
    "manuscripts": [lambda publication: publication.revisions.update(manuscript="no manuscript")],
}
"""For each check, the corruptions that it has to find."""
