"""Authors whom somebody proposed who may not add one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("publications", "0048_comments")]

    operations = [
        migrations.AddField(
            "author",
            "is_proposed",
            models.BooleanField(default=False, editable=False, verbose_name="proposed, not yet accepted"),
        ),
    ]
