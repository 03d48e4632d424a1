"""Of what mail servers replied the codes alone are kept: their words may name the reader."""

import re

from django.db import migrations

CODES = re.compile(r"(\d{3}|-1)\b(?:.*?(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d))?|(\w+)(?=:)", re.ASCII)
BATCH_ROWS = 1_000


def remove_words(apps, schema_editor):
    mails = apps.get_model("subscriptions", "AlertMail").objects.using(schema_editor.connection.alias)
    failed, after = mails.exclude(last_error="").order_by("pk"), 0
    while rows := list(failed.filter(pk__gt=after)[:BATCH_ROWS]):
        for mail in rows:
            codes = CODES.match(mail.last_error)
            mail.last_error = " ".join(filter(None, codes.groups())) if codes else "?"
        mails.bulk_update(rows, ["last_error"], batch_size=100)
        after = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0003_retries_of_subscribers")]

    operations = [migrations.RunPython(remove_words, migrations.RunPython.noop)]
