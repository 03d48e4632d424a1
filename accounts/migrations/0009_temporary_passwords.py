"""Record which passwords somebody else has set. Those of accounts that exist count as chosen by their owners."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_session_digests'),
    ]

    operations = [
        migrations.AddField(
            model_name='accountrecord',
            name='has_temporary_password',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
