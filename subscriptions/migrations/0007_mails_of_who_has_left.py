"""Keep what was sent to readers who leave, without them; what waits has a reader."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0006_mailed_events")]

    operations = [
        migrations.AlterField(
            model_name="alertmail",
            name="subscriber",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="mails",
                to="subscriptions.subscriber",
            ),
        ),
        migrations.AlterField(
            model_name="mailedevent",
            name="subscriber",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="mailed_events",
                to="subscriptions.subscriber",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertmail",
            constraint=models.CheckConstraint(
                condition=models.Q(subscriber__isnull=False) | models.Q(next_attempt_at=None),
                name="waiting_mails_have_a_reader",
            ),
        ),
    ]
