"""The events that somebody has read one by one, and the recipient of a mail under the name that other rows use."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("publications", "0043_news")]

    operations = [
        migrations.AddField("newssettings", "read_events", models.JSONField(default=list)),
        migrations.RenameField("outboxmail", "account", "user"),
    ]
