"""The language of a person is that of the desk too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0045_editorial_plans'),
    ]

    operations = [
        migrations.AlterField(
            model_name='newssettings',
            name='language',
            field=models.CharField(blank=True, max_length=2, verbose_name='language'),
        ),
    ]
