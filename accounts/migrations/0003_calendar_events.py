"""Events of calendar addresses."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_drop_axes_tables'),
    ]

    operations = [
        migrations.AlterField(
            model_name='accountevent',
            name='type',
            field=models.CharField(choices=[('created', 'Account created'), ('changed', 'Account changed'), ('deactivated', 'Account deactivated'), ('reactivated', 'Account reactivated'), ('deleted', 'Account deleted'), ('password_changed', 'Password changed'), ('password_reset', 'Password set through a mailed link'), ('reset_requested', 'Reset mail requested'), ('calendar_created', 'Calendar address made'), ('calendar_revoked', 'Calendar address revoked'), ('signed_in', 'Signed in'), ('signed_out', 'Signed out'), ('failed', 'Sign-in failed'), ('refused', 'Refused: too many attempts')], max_length=20, verbose_name='event'),
        ),
    ]
