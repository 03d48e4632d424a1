"""New passwords are among the events of press links."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0052_outdated_translations'),
    ]

    operations = [
        migrations.AlterField(
            model_name='presslinkevent',
            name='type',
            field=models.CharField(choices=[('page', 'page opened'), ('pdf', 'PDF opened'), ('file', 'file opened'), ('failed', 'wrong password'), ('new', 'new password')], max_length=6),
        ),
    ]
