"""Imports count how often a process has begun them, and are in the name of who requested the run."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0053_press_link_event_types'),
    ]

    operations = [
        migrations.RenameField(
            model_name='folderimport',
            old_name='added_by',
            new_name='requested_by',
        ),
        migrations.AddField(
            model_name='folderimport',
            name='starts',
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
