"""Names of menu links at the desk."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("publications", "0031_rename_searchindex_similarity_version")]

    operations = [
        migrations.AlterModelOptions(
            name="menulink",
            options={
                "ordering": ["place", "position", "pk"],
                "verbose_name": "menu link",
                "verbose_name_plural": "menu links",
            },
        ),
    ]
