"""The five kinds, the names of the site and the first generation."""

from django.db import migrations

GUEST_EN = (
    "The views in this publication are those of the author. It is published to show differing perspectives; "
    "publishing it is not an endorsement."
)
GUEST_SV = (
    "Åsikterna i den här publikationen är författarens egna. Den publiceras för att visa olika perspektiv; "
    "att den publiceras innebär inte att centret ställer sig bakom den."
)
QUICK_EN = "Quick Comment – insights from SCEEUS's experts on breaking news and hot topics"
QUICK_SV = "Snabbkommentar – insikter från SCEEUS experter om aktuella nyheter och heta ämnen"

KINDS = [
    {
        "slug": "quick-comment",
        "name_en": "Quick Comment", "plural_en": "Quick Comments", "type_line_en": QUICK_EN,
        "name_sv": "Snabbkommentar", "plural_sv": "Snabbkommentarer", "type_line_sv": QUICK_SV,
    },
    {
        "slug": "commentary",
        "name_en": "Commentary", "plural_en": "Commentaries", "type_line_en": "Commentary",
        "name_sv": "Kommentar", "plural_sv": "Kommentarer", "type_line_sv": "Kommentar",
    },
    {
        "slug": "guest-commentary", "guest": True, "disclaimer_en": GUEST_EN, "disclaimer_sv": GUEST_SV,
        "name_en": "Guest Commentary", "plural_en": "Guest Commentaries", "type_line_en": "Guest Commentary",
        "name_sv": "Gästkommentar", "plural_sv": "Gästkommentarer", "type_line_sv": "Gästkommentar",
    },
    {
        "slug": "report", "numbered": True, "scholarly": True, "schema_type": "Report",
        "name_en": "Report", "plural_en": "Reports", "type_line_en": "SCEEUS Report No {number}, {year}",
        "name_sv": "Rapport", "plural_sv": "Rapporter", "type_line_sv": "SCEEUS-rapport nr {number}, {year}",
    },
    {
        "slug": "guest-report", "guest": True, "numbered": True, "scholarly": True, "schema_type": "Report",
        "disclaimer_en": GUEST_EN, "disclaimer_sv": GUEST_SV,
        "name_en": "Guest Report", "plural_en": "Guest Reports", "type_line_en": "SCEEUS Guest Report No {number}, {year}",
        "name_sv": "Gästrapport", "plural_sv": "Gästrapporter", "type_line_sv": "SCEEUS-gästrapport nr {number}, {year}",
    },
]  # fmt: skip


def write(apps, schema_editor):
    kinds = apps.get_model("publications", "Kind").objects
    for position, fields in enumerate(KINDS, start=1):
        kinds.create(position=position, **fields)
    apps.get_model("publications", "Site").objects.create()
    apps.get_model("publications", "Generation").objects.create()


class Migration(migrations.Migration):
    dependencies = [("publications", "0001_initial")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
