from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0030_rename_fields'),
    ]

    operations = [
        migrations.RenameField(
            model_name='searchindex',
            old_name='likeness',
            new_name='similarity_version',
        ),
    ]
