"""News for staff, their choices of what is mailed, and the outbox."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('publications', '0042_deleted_drafts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NewsSettings',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='news_settings', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('timings', models.JSONField(default=dict)),
                ('language', models.CharField(blank=True, max_length=2, verbose_name='language of mails')),
                ('read_until', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'choices about mail',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='NewsEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(choices=[('submitted', 'A draft is to be checked'), ('reviewed', 'A reader makes a remark or approves'), ('tomorrow', 'A publication goes live tomorrow'), ('published', 'Something is published'), ('corrected', 'Something is corrected or updated'), ('imported', 'An import is done')], max_length=10)),
                ('happens_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('counts', models.JSONField(default=dict)),
                ('expanded_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('comment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', db_constraint=False, to='publications.reviewcomment')),
                ('edition', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', db_constraint=False, to='publications.edition')),
                ('publication', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='news', db_constraint=False, to='publications.publication')),
            ],
            options={
                'verbose_name': 'news',
                'verbose_name_plural': 'news',
                'ordering': ['-happens_at', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='OutboxMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('news', 'news, at once'), ('digest', 'daily mail')], max_length=10, verbose_name='purpose')),
                ('key', models.CharField(max_length=100, unique=True)),
                ('recipient', models.EmailField(max_length=254, verbose_name='recipient')),
                ('message_id', models.CharField(max_length=200, unique=True, verbose_name='message ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='failed attempts')),
                ('last_error', models.CharField(blank=True, max_length=500, verbose_name='error')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('events', models.ManyToManyField(related_name='mails', to='publications.newsevent')),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'outbox',
                'ordering': ['-created_at', '-pk'],
                'default_permissions': ('view', 'change'),
            },
        ),
        migrations.AddIndex(
            model_name='newsevent',
            index=models.Index(fields=['-happens_at', '-id'], name='news_newest'),
        ),
        migrations.AddIndex(
            model_name='newsevent',
            index=models.Index(condition=models.Q(('expanded_at__isnull', True)), fields=['happens_at'], name='news_not_expanded'),
        ),
        migrations.AddIndex(
            model_name='outboxmail',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='mail_waiting'),
        ),
    ]
