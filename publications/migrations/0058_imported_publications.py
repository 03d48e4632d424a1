"""Imports know what they have created and published.

These tables are made apart from the renaming: Django records a migration that makes tables after its transaction, so
that one that was killed in between is run again.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0057_archive_imports'),
    ]

    operations = [
        migrations.AddField(
            model_name='archiveimport',
            name='created_publications',
            field=models.ManyToManyField(related_name='+', to='publications.publication'),
        ),
        migrations.AddField(
            model_name='archiveimport',
            name='published_editions',
            field=models.ManyToManyField(related_name='+', to='publications.edition'),
        ),
    ]
