"""Add the events of lists of subscribers and of the mails to them."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_temporary_passwords'),
    ]

    operations = [
        migrations.AlterField(
            model_name='accountevent',
            name='type',
            field=models.CharField(choices=[('invited', 'Invited'), ('invitation_revoked', 'Invitation revoked'), ('created', 'Account created'), ('changed', 'Account changed'), ('deactivated', 'Account deactivated'), ('reactivated', 'Account reactivated'), ('deleted', 'Account deleted'), ('address_requested', 'Link to confirm a mail address requested'), ('address_changed', 'Mail address changed'), ('handed_over', 'Work handed over'), ('kept', 'Account still needed'), ('sessions_ended', 'Signed out everywhere'), ('password_changed', 'Password changed'), ('password_reset', 'Password set through a mailed link'), ('reset_requested', 'Reset mail requested'), ('calendar_created', 'Calendar address made'), ('calendar_revoked', 'Calendar address revoked'), ('factor_added', 'Second factor added'), ('factor_removed', 'Second factor removed'), ('codes_printed', 'Recovery codes made'), ('code_used', 'Recovery code used'), ('passkey_cloned', 'Passkey refused: a copy of it may exist'), ('password_accepted', 'Password right, second factor not shown'), ('provider_accepted', 'Signed in at the provider, second factor not shown'), ('provider_failed', 'Sign-in through the provider not completed'), ('provider_linked', 'Linked to a person at the provider'), ('provider_unlinked', 'No longer linked to a person at the provider'), ('second_step_failed', 'Second factor refused'), ('signed_in', 'Signed in'), ('signed_out', 'Signed out'), ('failed', 'Sign-in failed'), ('refused', 'Refused: too many attempts'), ('list_imported', 'List of subscribers imported'), ('mails_stopped', 'Mails to subscribers stopped'), ('mails_resumed', 'Mails to subscribers sent again')], max_length=20, verbose_name='event'),
        ),
    ]
