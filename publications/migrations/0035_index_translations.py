"""An index of the editions that are translations."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publications", "0034_changed_pages")]

    operations = [
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                fields=["translation_group"],
                condition=~models.Q(translation_group=models.F("publication")),
                name="edition_translated",
            ),
        ),
    ]
