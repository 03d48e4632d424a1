"""Why drafts that came with an import were hidden where they come from, as the reports of imports say."""

from django.db import migrations

WERE_PUBLIC = (
    "It was a page and no text of the list of texts: it is a draft.",
    "It is the page of a sound file that is not in the export: it is a draft.",
)


def read_reasons(report):
    """Return the notes why texts were hidden by their uid."""
    uids = {file["source"]: file.get("uid") for file in report.get("files", ())}
    reasons = {}
    for topic in report.get("topics", ()):
        for note in [*topic["notes"], *topic["more_notes"]] if topic["key"] == "not-public" else ():
            text = note["text"]
            if isinstance(text, dict) and text.get("msgid") in WERE_PUBLIC:
                continue
            for source in [*note["files"], *note["more_files"]]:
                reasons.setdefault(uids.get(source), []).append(text)
    return reasons


def store_reasons(apps, schema_editor):
    alias = schema_editor.connection.alias
    publications = apps.get_model("publications", "Publication").objects.using(alias)
    jobs = apps.get_model("publications", "ArchiveImport").objects.using(alias)
    for job in jobs.order_by("changed_at", "pk").only("report", "earlier_report").iterator(chunk_size=1):
        for uid, texts in read_reasons(job.earlier_report or job.report).items():
            if uid:
                parts = [{"msgid": "The old site hid this text.", "values": None}, {"parts": texts}]
                publications.filter(uid=uid, editions=None).update(hidden_reason={"parts": parts})


class Migration(migrations.Migration):
    """In a transaction of its own: the table of publications is not locked while rows are changed."""

    dependencies = [("publications", "0075_publication_hidden_reason")]

    operations = [migrations.RunPython(store_reasons, migrations.RunPython.noop)]
