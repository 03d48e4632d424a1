"""Removals of names, and keyed hashes of the addresses that were given up for them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0066_served_pdfs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RedactedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='NameRemovalRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='started')),
                ('active_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('stage', models.CharField(choices=[('rows', 'authors, tags, pages, logs'), ('images', 'pictures'), ('publications', 'publications'), ('files', 'other files'), ('compact', 'rewriting the database'), ('search', 'search for what is left'), ('done', 'done'), ('failed', 'failed')], default='rows', max_length=12)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('changed_publications', models.JSONField(default=list)),
                ('refused_publications', models.JSONField(default=list)),
                ('report', models.JSONField(default=dict)),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'removal of a name',
                'verbose_name_plural': 'removals of names',
                'ordering': ['-started_at', '-pk'],
                'default_permissions': (),
            },
        ),
    ]
