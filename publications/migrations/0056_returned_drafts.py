"""News of drafts that are not ready to be checked after all."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0055_bulk_revisions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='newsevent',
            name='type',
            field=models.CharField(choices=[('submitted', 'A draft is to be checked'), ('reviewed', 'Somebody comments or approves'), ('returned', 'A draft is not ready after all'), ('tomorrow', 'A publication goes live tomorrow'), ('published', 'Something is published'), ('corrected', 'Something is corrected or updated'), ('follow', 'A text has not followed the other language'), ('imported', 'An import is done')], max_length=10),
        ),
    ]
