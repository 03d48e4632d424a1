"""An index for feeds: corrections and updates since a moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publications", "0032_name_menu_links")]

    operations = [
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["change", "visible_from", "publication"], name="edition_change"),
        ),
    ]
