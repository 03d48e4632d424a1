"""Whether mails of a subscriber wait for another attempt: until now `bouncing_since` said so, too."""

from django.db import migrations, models


def part_retries(apps, schema_editor):
    """Keep the order of mails; the time counts anew, since it may have been the relay that failed."""
    subscribers = apps.get_model("subscriptions", "Subscriber").objects.using(schema_editor.connection.alias)
    subscribers.filter(bouncing_since__isnull=False).update(has_retries=True, bouncing_since=None)


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0002_earlier_timings")]

    operations = [
        migrations.AddField(
            model_name="subscriber",
            name="has_retries",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(part_retries, migrations.RunPython.noop),
    ]
