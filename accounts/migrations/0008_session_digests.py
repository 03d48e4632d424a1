"""Store the digest of the key of a session instead of the key.

Open sessions go on: their browsers have the key. Backwards they end, as no key can be had from its digest, and a release
that compares keys would take a digest from a cookie.
"""

from hashlib import sha256

from django.db import migrations, models

KEY_LENGTH = 32


def digest_keys(apps, schema_editor):
    DeskSession = apps.get_model('accounts', 'DeskSession')
    for key in list(DeskSession.objects.values_list('session_key', flat=True)):
        if len(key) <= KEY_LENGTH:
            DeskSession.objects.filter(session_key=key).update(session_key=sha256(key.encode()).hexdigest())


def delete_sessions(apps, schema_editor):
    """Sign everybody out. Backwards this runs before the column is made shorter."""
    apps.get_model('accounts', 'DeskSession').objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_provider_identities'),
    ]

    operations = [
        migrations.AlterField(
            model_name='desksession',
            name='session_key',
            field=models.CharField(max_length=64, primary_key=True, serialize=False),
        ),
        migrations.RunPython(digest_keys, delete_sessions),
    ]
