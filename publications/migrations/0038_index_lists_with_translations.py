"""The indexes of lists get what a locale asks of an edition, so that late pages skip editions without reading their rows."""

from django.db import migrations, models

FIELDS_BY_NAME = {
    "edition_newest": [
        "-published_at", "-id", "visible_from", "visible_until", "kind", "year", "language", "publication",
        "translation_group",
    ],
    "edition_kind": [
        "kind", "-published_at", "-id", "visible_from", "visible_until", "year", "language", "translation_group",
    ],
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("publications", "0037_sort_matches_by_date")]

    operations = [
        operation
        for name, fields in FIELDS_BY_NAME.items()
        for operation in (
            migrations.RemoveIndex("edition", name),
            migrations.AddIndex("edition", models.Index(fields=fields, name=name)),
        )
    ]
