"""Imports of archives at the desk."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0050_press_links'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FolderImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('archive', models.CharField(max_length=120)),
                ('filename', models.CharField(max_length=200, verbose_name='file name')),
                ('size', models.PositiveBigIntegerField()),
                ('options', models.JSONField(default=dict)),
                ('is_dry_run', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('stopped', 'stopped'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='state')),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('report', models.JSONField(default=dict)),
                ('error', models.TextField(blank=True)),
                ('is_stop_requested', models.BooleanField(default=False)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='added')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'ordering': ['-added_at', '-pk'],
                'default_permissions': ('add',),
            },
        ),
    ]
