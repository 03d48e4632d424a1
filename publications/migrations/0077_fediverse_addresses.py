"""Add the addresses of authors on the fediverse."""

from django.db import migrations, models

import publications.models.validators


class Migration(migrations.Migration):
    dependencies = [("publications", "0076_hidden_reasons")]

    operations = [
        migrations.AddField(
            "author",
            "fediverse_address",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Such as @ann@example.social, on Mastodon or the like. The page of the author links to it. "
                "Mastodon names it where somebody shares a text, once the author has entered this site under “Author "
                "attribution” there.",
                max_length=320,
                validators=[publications.models.validators.check_fediverse_address],
                verbose_name="fediverse address",
            ),
        ),
        migrations.AlterField(
            "author",
            "is_pseudonymous",
            models.BooleanField(
                default=False,
                help_text="The name is a pen name: no page, portrait, biography, ORCID iD or fediverse address is ever "
                "shown.",
                verbose_name="pseudonymous",
            ),
        ),
    ]
