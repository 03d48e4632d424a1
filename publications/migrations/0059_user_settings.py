"""The settings of a user are named after what they hold: the language too, not only choices about news."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0058_imported_publications'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel(old_name='NewsSettings', new_name='UserSettings'),
        migrations.AlterModelOptions(
            name='usersettings',
            options={'default_permissions': (), 'verbose_name': 'settings of a user'},
        ),
        migrations.AlterField(
            model_name='usersettings',
            name='user',
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name='user_settings',
                serialize=False,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
