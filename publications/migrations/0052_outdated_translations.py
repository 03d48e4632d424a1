"""Checks that a text needs no change although its counterpart in another language has changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0051_folder_imports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('publish', 'Published'), ('schedule', 'Scheduled'), ('withdraw', 'Withdrawn'), ('undo', 'Taken back'), ('republish', 'Published again as it was'), ('cancel', 'Schedule cancelled'), ('relate', 'Related links changed'), ('apart', 'Suggestions changed'), ('follow', 'Translation checked'), ('amend', 'Amended'), ('redact', 'Redacted'), ('rebuild', 'Rebuilt')], max_length=10, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='newsevent',
            name='type',
            field=models.CharField(choices=[('submitted', 'A draft is to be checked'), ('reviewed', 'Somebody comments or approves'), ('tomorrow', 'A publication goes live tomorrow'), ('published', 'Something is published'), ('corrected', 'Something is corrected or updated'), ('follow', 'A text has not followed the other language'), ('imported', 'An import is done')], max_length=10),
        ),
        migrations.CreateModel(
            name='TranslationCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='publications.edition')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='translation_checks', to='publications.publication')),
            ],
            options={
                'verbose_name': 'check of a translation',
                'default_permissions': (),
            },
        ),
    ]
