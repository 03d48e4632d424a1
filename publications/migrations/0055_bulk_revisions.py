"""Revisions by changes of many drafts in the list."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0054_starts_of_imports'),
    ]

    operations = [
        migrations.AlterField(
            model_name='revision',
            name='reason',
            field=models.CharField(choices=[('saved', 'Saved'), ('published', 'Published'), ('imported', 'Imported'), ('restored', 'Restored'), ('redacted', 'Redacted'), ('word', 'From Word'), ('bulk', 'Changed in the list')], default='saved', max_length=10),
        ),
    ]
