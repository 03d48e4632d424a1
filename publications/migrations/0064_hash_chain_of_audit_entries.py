"""Chain the audit entries by their hashes, and give each edition the digest of its content.

The rules are those of `publications/hash_chain.py` and `publications/models/content_digest.py` in this release. The
last entry of each publication records its editions as they are now: what happened to them before is not known.
"""

import hashlib
import json
import secrets
from collections import defaultdict
from datetime import UTC, datetime
from itertools import batched, groupby

from django.db import migrations, models
from django.db.models import Max

ROWS_PER_BATCH = 200
COLUMNS = (
    "publication_id", "number", "translation_group", "locale", "type_line", "change", "change_note", "digest",
    "editorial_status", "notice_text", "notice_at",
    "redaction_count", "restored_from_id", "is_scheduled", "visible_from", "word_count", "html", "plain_text",
    "paragraphs", "contents", "title", "summary", "key_points", "body", "published_at", "kind_id", "language", "slug",
    "cover_id", "external_url", "doi", "isbn", "series_number_id",
)  # fmt: skip
ROW_COLUMNS = {
    "bylines": ("EditionByline", ("position", "author_id", "role", "name", "title", "affiliation")),
    "tags": ("EditionTag", ("tag_id",)),
    "images": ("EditionImage", ("image_id",)),
    "attachments": ("EditionAttachment", ("position", "original", "filename", "label", "size")),
}
WINDOW_COLUMNS = ("publication_id", "number", "visible_from", "expires_at", "end_reason", "withdrawal_reason")


def hash_value(value):
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def to_json(value):
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def read_rows(models_by_name, name, pks):
    model, columns = ROW_COLUMNS[name]
    rows = defaultdict(list)
    queryset = models_by_name[model].filter(edition_id__in=pks).order_by()
    for edition, *values in queryset.values_list("edition_id", *columns):
        rows[edition].append(values)
    return rows


def set_content_digests(models_by_name):
    editions = models_by_name["Edition"]
    for pks in batched(list(editions.order_by("pk").values_list("pk", flat=True)), ROWS_PER_BATCH):
        rows = {name: read_rows(models_by_name, name, pks) for name in ROW_COLUMNS}
        changed = list(editions.filter(pk__in=pks))
        for edition in changed:
            content = {name.removesuffix("_id"): to_json(getattr(edition, name)) for name in COLUMNS}
            content |= {name: sorted(rows[name][edition.pk]) for name in rows}
            edition.content_digest = hash_value({name: value for name, value in content.items() if value})
        editions.bulk_update(changed, ["content_digest"])


def read_public_parts(models_by_name):
    """Return what the last entry of each publication records, by the site version of that entry."""
    entries, editions = models_by_name["AuditEntry"], models_by_name["Edition"].order_by("publication", "number")
    with_publication = entries.filter(publication__isnull=False).order_by()
    last = dict(with_publication.values_list("publication").annotate(Max("site_version")))
    digests = defaultdict(dict)
    for publication, number, digest in editions.values_list("publication_id", "number", "content_digest"):
        digests[publication][f"{publication}/{number}"] = digest
    parts = {}
    for publication, group in groupby(editions.values_list(*WINDOW_COLUMNS).iterator(), lambda row: row[0]):
        windows = [[to_json(value) for value in row[1:]] for row in group]
        part = parts[last.get(publication)] = {"editions": digests[publication], "windows": hash_value(windows)}
        if all(reason == "cancelled" for _number, _start, _end, reason, _note in windows):
            part["cancelled"] = True
    return parts


def chain_entries(apps, schema_editor):
    alias = schema_editor.connection.alias
    names = ("AuditEntry", "Edition", *(model for model, _columns in ROW_COLUMNS.values()))
    models_by_name = {name: apps.get_model("publications", name).objects.using(alias) for name in names}
    set_content_digests(models_by_name)
    parts, entries, previous = read_public_parts(models_by_name), models_by_name["AuditEntry"], ""
    pks = list(entries.order_by("site_version").values_list("pk", flat=True))
    for batch in batched(pks, ROWS_PER_BATCH):
        changed = list(entries.filter(pk__in=batch).order_by("site_version"))
        for entry in changed:
            entry.public_part = parts.get(entry.site_version, {})
            if entry.publication_id:
                entry.public_part["publication"] = entry.publication_id
            entry.personal_salt = secrets.token_hex(16)
            personal = {
                "actor": entry.actor_name, "by": entry.by_id, "subject": entry.subject, "detail": entry.detail,
            }  # fmt: skip
            entry.personal_hash = hash_value([entry.personal_salt, personal])
            record = {
                "version": entry.site_version, "at": to_json(entry.at), "action": entry.action,
                "changed": entry.changed_publications, "personal": entry.personal_hash, "previous": previous,
            }  # fmt: skip
            entry.hash = previous = hash_value({**record, **entry.public_part})
        entries.bulk_update(changed, ["public_part", "personal_salt", "personal_hash", "hash"])


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0063_account_mails'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='hash',
            field=models.CharField(default='', editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='personal_hash',
            field=models.CharField(default='', editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='personal_salt',
            field=models.CharField(default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='public_part',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='edition',
            name='content_digest',
            field=models.CharField(default='', editable=False, max_length=64),
        ),
        migrations.RunPython(chain_entries, migrations.RunPython.noop, elidable=True),
    ]
