"""When the mail of a form is due: until now `at` said so, where a mail was queued, and when the form was sent else."""

from django.db import migrations, models
from django.db.models import F


def part_times(apps, schema_editor):
    attempts = apps.get_model("subscriptions", "SignUpAttempt").objects.using(schema_editor.connection.alias)
    attempts.filter(was_mailed=True).update(mail_due_at=F("at"))


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0004_codes_of_replies")]

    operations = [
        migrations.AddField(
            model_name="signupattempt", name="mail_due_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunPython(part_times, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="signupattempt", name="attempts_of_address"),
        migrations.RemoveField(model_name="signupattempt", name="was_mailed"),
        migrations.AddIndex(
            model_name="signupattempt",
            index=models.Index(fields=["address_digest", "mail_due_at"], name="mails_of_address"),
        ),
    ]
