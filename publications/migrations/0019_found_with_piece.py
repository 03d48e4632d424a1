"""Of which piece an edition is stands in the index too: likeness asks it of thousands, whose rows lie among their texts."""

from django.db import migrations, models

NAME = "edition_found"
FIELDS = ["id", "visible_from", "visible_until", "kind", "year", "language", "family", "published_at", "publication"]


class Migration(migrations.Migration):
    dependencies = [("publications", "0018_filed")]

    operations = [
        migrations.RemoveIndex(model_name="edition", name=NAME),
        migrations.AddIndex(model_name="edition", index=models.Index(fields=FIELDS, name=NAME)),
    ]
