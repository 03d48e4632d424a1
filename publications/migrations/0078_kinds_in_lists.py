"""Kinds that stand in no lists, and the first of them: the newsletter."""

from django.db import migrations, models

NEWSLETTER = {
    "name_en": "Newsletter",
    "plural_en": "Newsletters",
    "type_line_en": "Newsletter",
    "name_sv": "Nyhetsbrev",
    "plural_sv": "Nyhetsbrev",
    "type_line_sv": "Nyhetsbrev",
    "is_listed": False,
}


def create_newsletter(apps, schema_editor):
    """Create the kind where the first rows are there already, as the seeds do it elsewhere; one of this key stays."""
    alias = schema_editor.connection.alias
    kinds = apps.get_model("publications", "Kind").objects.using(alias)
    if apps.get_model("publications", "SiteSettings").objects.using(alias).exists():
        last = kinds.order_by("position").last()
        position = last.position + 1 if last else 1
        kinds.get_or_create(slug="newsletter", defaults={**NEWSLETTER, "position": position})


class Migration(migrations.Migration):
    dependencies = [("publications", "0077_fediverse_addresses")]

    operations = [
        migrations.AddField(
            model_name='kind',
            name='is_listed',
            field=models.BooleanField(db_default=True, db_index=True,
                default=True, help_text='Stands in lists, on the home page, in search results and in the feed of the site. Publications of other kinds have their pages, and a list and a feed of their kind.', verbose_name='in lists'),
        ),
        migrations.AlterField(
            model_name='outboxmail',
            name='purpose',
            field=models.CharField(choices=[('news', 'news, at once'), ('digest', 'daily mail'), ('invitation', 'invitation'), ('address', 'link to confirm an address'), ('changed', 'address changed'), ('newsletter', 'newsletter, to try it'), ('operations', 'warnings')], max_length=10, verbose_name='purpose'),
        ),
        migrations.RunPython(create_newsletter, migrations.RunPython.noop),
    ]
