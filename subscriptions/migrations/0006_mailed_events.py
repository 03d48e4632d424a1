"""What mails have named to whom. Of mails at once it is known; what daily and weekly mails have named is not."""

from django.db import migrations, models
from django.db.models.deletion import CASCADE

COPY_ALERTS = """
INSERT INTO subscriptions_mailedevent (subscriber_id, event_id, purpose)
SELECT subscriber_id, event_id, purpose FROM subscriptions_alertmail
WHERE sent_at IS NOT NULL AND event_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0005_mail_due_at_of_attempts")]

    operations = [
        migrations.CreateModel(
            name="MailedEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("confirm", "link to confirm a subscription"),
                            ("alert", "alert, at once"),
                            ("daily", "daily mail"),
                            ("weekly", "weekly mail"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=CASCADE,
                        related_name="+",
                        to="subscriptions.alertevent",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=CASCADE,
                        related_name="mailed_events",
                        to="subscriptions.subscriber",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=["event", "subscriber"], name="event_named_once")],
            },
        ),
        migrations.RunSQL(COPY_ALERTS, migrations.RunSQL.noop),
    ]
