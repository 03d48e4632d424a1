"""Invitations, addresses to be confirmed, and a record of each account."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_second_factors'),
        ('auth', '0012_alter_user_first_name_max_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountRecord',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='record', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('invited_by_name', models.CharField(blank=True, max_length=150, verbose_name='invited by')),
                ('kept_at', models.DateTimeField(null=True, verbose_name='confirmed')),
                ('kept_by_name', models.CharField(blank=True, max_length=150)),
                ('deactivated_at', models.DateTimeField(null=True, verbose_name='deactivated')),
                ('deactivated_by_name', models.CharField(blank=True, max_length=150)),
                ('deactivation_reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'record of an account',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('email', models.EmailField(max_length=254, verbose_name='email address')),
                ('nonce', models.CharField(editable=False, max_length=22, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='address_change', serialize=False, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'new mail address',
                'default_permissions': (),
            },
        ),
        migrations.AlterField(
            model_name='accountevent',
            name='type',
            field=models.CharField(choices=[('invited', 'Invited'), ('invitation_revoked', 'Invitation revoked'), ('created', 'Account created'), ('changed', 'Account changed'), ('deactivated', 'Account deactivated'), ('reactivated', 'Account reactivated'), ('deleted', 'Account deleted'), ('address_requested', 'Link to confirm a mail address requested'), ('address_changed', 'Mail address changed'), ('handed_over', 'Work handed over'), ('kept', 'Account still needed'), ('sessions_ended', 'Signed out everywhere'), ('password_changed', 'Password changed'), ('password_reset', 'Password set through a mailed link'), ('reset_requested', 'Reset mail requested'), ('calendar_created', 'Calendar address made'), ('calendar_revoked', 'Calendar address revoked'), ('factor_added', 'Second factor added'), ('factor_removed', 'Second factor removed'), ('codes_printed', 'Recovery codes made'), ('code_used', 'Recovery code used'), ('passkey_cloned', 'Passkey refused: a copy of it may exist'), ('password_accepted', 'Password right, second factor not shown'), ('second_step_failed', 'Second factor refused'), ('signed_in', 'Signed in'), ('signed_out', 'Signed out'), ('failed', 'Sign-in failed'), ('refused', 'Refused: too many attempts')], max_length=20, verbose_name='event'),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='email address')),
                ('nonce', models.CharField(editable=False, max_length=22, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('username', models.CharField(max_length=150, unique=True, verbose_name='user name')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('language', models.CharField(max_length=2)),
                ('invited_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='auth.group', verbose_name='role')),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'invitation',
                'ordering': ('-invited_at', '-pk'),
                'default_permissions': (),
            },
        ),
    ]
