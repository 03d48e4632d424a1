"""Indexes of editions: for feeds, corrections and updates since a moment; for counts, the editions that are translations.

Those of lists get what a locale asks of an edition, so that late pages skip editions without reading their rows.
"""

from django.db import migrations, models

LIST_INDEXES = {
    "edition_newest": [
        "-published_at", "-id", "visible_from", "visible_until", "kind", "year", "language", "publication",
        "translation_group",
    ],
    "edition_kind": [
        "kind", "-published_at", "-id", "visible_from", "visible_until", "year", "language", "translation_group",
    ],
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("publications", "0032_name_menu_links")]

    operations = [
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["change", "visible_from", "publication"], name="edition_change"),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                fields=["translation_group"],
                condition=~models.Q(translation_group=models.F("publication")),
                name="edition_translated",
            ),
        ),
        *(
            operation
            for name, fields in LIST_INDEXES.items()
            for operation in (
                migrations.RemoveIndex("edition", name),
                migrations.AddIndex("edition", models.Index(fields=fields, name=name)),
            )
        ),
    ]
