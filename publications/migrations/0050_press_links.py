"""Press links with the times of what was opened there; their foreign keys lock no table that is in use."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0049_proposed_authors'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PressLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.CharField(max_length=100, verbose_name='recipient')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('password', models.CharField(editable=False, max_length=128)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('opens_at', models.DateTimeField(null=True)),
                ('embargoed_until', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='press_links', to='publications.publication')),
                ('revision', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='publications.revision')),
            ],
            options={
                'verbose_name': 'press link',
                'ordering': ['-created_at', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PressLinkEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(choices=[('page', 'page opened'), ('pdf', 'PDF opened'), ('file', 'file opened'), ('failed', 'wrong password')], max_length=6)),
                ('happened_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='publications.presslink')),
            ],
            options={
                'verbose_name': 'opening of a press link',
                'ordering': ['-happened_at', '-pk'],
                'default_permissions': (),
            },
        ),
    ]
