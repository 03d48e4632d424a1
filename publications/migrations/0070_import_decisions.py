"""Decisions on names in the sources of imports."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0068_bound_approvals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(choices=[('person', 'author'), ('topic', 'topic')], max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('choice', models.CharField(choices=[('same', 'is the same as'), ('separate', 'is another one, with a name of its own'), ('left_out', 'is left out')], max_length=10)),
                ('target', models.CharField(blank=True, max_length=120)),
                ('decided_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='publications.author')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tag', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='publications.tag')),
            ],
            options={
                'verbose_name': 'decision on a name of an import',
                'verbose_name_plural': 'decisions on names of imports',
                'ordering': ['type', 'name', 'pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('type', 'name'), name='one_decision_by_name')],
            },
        ),
    ]
