"""Take the notes to editors out of the first site pages, where no editor has written in their place.

They told readers of a new site what the centre had yet to write.
"""

from django.db import migrations

from publications import prose

WORDS = {
    "body_en": (
        "\n\n## Who we are\n\nHere the centre tells of itself: when it was founded, who works here, who pays for it and "
        "how its independence is kept. Editors change this page at the desk.",
        "Here the centre gives its e-mail address, its postal address and its telephone number. Editors change this page "
        "at the desk.\n\n",
    ),
    "body_sv": (
        "\n\n## Vilka vi är\n\nHär berättar centret om sig självt: när det grundades, vilka som arbetar här, vem som "
        "finansierar verksamheten och hur oberoendet värnas. Redaktörer ändrar sidan i redaktionen.",
        "Här anger centret sin e-postadress, sin postadress och sitt telefonnummer. Redaktörer ändrar sidan i "
        "redaktionen.\n\n",
    ),
}
SUMMARIES = {
    "summary_en": {
        "Who we are, how we work, and what you can expect of what we publish.": "How we work, and what you can expect of what we publish.",
        "How to reach us, and how to tell us that something is wrong.": "How to tell us that something is wrong.",
    },
    "summary_sv": {
        "Vilka vi är, hur vi arbetar och vad du kan vänta dig av det vi publicerar.": "Hur vi arbetar och vad du kan vänta dig av det vi publicerar.",
        "Så når du oss, och så berättar du för oss att något är fel.": "Så berättar du för oss att något är fel.",
    },
}  # fmt: skip


def take_out(apps, schema_editor):
    pages = apps.get_model("publications", "Page").objects
    for page in pages.all():
        written = {**_body(page, "en"), **_body(page, "sv")}
        if written:
            pages.filter(pk=page.pk).update(**written)


def _body(page, tree):
    """The fields of one language as readers should have them; none where an editor has taken the note out."""
    body = text = getattr(page, f"body_{tree}")
    for note in WORDS[f"body_{tree}"]:
        text = text.replace(note, "")
    if text == body:
        return {}
    summary = getattr(page, f"summary_{tree}")
    return {
        f"body_{tree}": text,
        f"html_{tree}": prose.render(text, language=tree).html,
        f"summary_{tree}": SUMMARIES[f"summary_{tree}"].get(summary, summary),
    }


class Migration(migrations.Migration):
    dependencies = [("publications", "0013_reviews")]
    operations = [migrations.RunPython(take_out, migrations.RunPython.noop)]
