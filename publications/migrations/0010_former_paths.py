"""Former paths in their one spelling, and out of audit lines, where a redaction would have to find them again."""

import re

from django.db import migrations

PAGE_FILE = re.compile(r"(?:(?:^|/)index)?\.html?\Z")


def spell_as_one(apps, schema_editor):
    rows = apps.get_model("publications", "FormerPath").objects
    for row in list(rows.filter(path__contains=".htm")):
        path = "/" + PAGE_FILE.sub("", row.path.strip("/")).strip("/")
        if path == row.path:
            continue
        if path == "/" or rows.filter(path=path).exists():
            row.delete()
        else:
            rows.filter(pk=row.pk).update(path=path)


def forget_paths(apps, schema_editor):
    lines = apps.get_model("publications", "AuditLine").objects
    for line in list(lines.filter(detail__kind="formerpath")):
        paths = line.detail.pop("paths", None)
        if paths:
            lines.filter(pk=line.pk).update(detail={**line.detail, "count": len(paths)})


class Migration(migrations.Migration):
    dependencies = [("publications", "0009_word")]

    operations = [
        migrations.RunPython(spell_as_one, migrations.RunPython.noop),
        migrations.RunPython(forget_paths, migrations.RunPython.noop),
    ]
