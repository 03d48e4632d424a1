"""Editorial plans."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0044_news_that_is_read'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EditorialPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_on', models.DateField(blank=True, db_index=True, help_text='The day on which it is to be published. Nothing is published by itself on that day.', null=True, verbose_name='planned for')),
                ('due_on', models.DateField(blank=True, db_index=True, help_text='The day on which the text is to be ready to be checked.', null=True, verbose_name='due')),
                ('note', models.TextField(blank=True, help_text='For colleagues. Never public.', max_length=2000, verbose_name='note')),
                ('days_chosen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('editor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who edits')),
                ('publication', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='editorial_plan', to='publications.publication')),
                ('writer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who writes')),
            ],
            options={
                'verbose_name': 'plan',
                'verbose_name_plural': 'plans',
                'default_permissions': (),
            },
        ),
    ]
