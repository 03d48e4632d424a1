import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORM_FIELDS = {
    "": {"note": "internal_note"},
    "/author/": {"guest": "is_guest", "pseudonymous": "is_pseudonymous"},
    "/image/": {"decorative": "is_decorative"},
    "/kind/": {"guest": "is_guest", "numbered": "is_numbered", "scholarly": "is_scholarly"},
}
"""Fields of forms that were renamed, by what the path of a form holds; the form of a publication has no path."""


def rename_stored_fields(is_forwards):
    """Return a function that renames fields in values of forms that were not saved, and in audit entries."""

    def rename(apps, schema_editor):
        alias = schema_editor.connection.alias
        forms = apps.get_model("publications", "Autosave").objects.using(alias)
        for form in forms.exclude(values=[]).iterator():
            of_path = (names for part, names in FORM_FIELDS.items() if (part in form.path if part else not form.path))
            names = next(of_path, {})
            if not is_forwards:
                names = {new: old for old, new in names.items()}
            values = [[rename_part(name, names), value] for name, value in form.values]
            if values != form.values:
                forms.filter(pk=form.pk).update(values=values)
        entries = apps.get_model("publications", "AuditEntry").objects.using(alias)
        for kind in ("author", "image", "kind"):
            names = FORM_FIELDS[f"/{kind}/"]
            if not is_forwards:
                names = {new: old for old, new in names.items()}
            for entry in entries.filter(detail__kind=kind, detail__has_key="changed").iterator():
                changed = [names.get(name, name) for name in entry.detail["changed"]]
                if changed != entry.detail["changed"]:
                    entries.filter(pk=entry.pk).update(detail={**entry.detail, "changed": changed})

    return rename


def rename_part(name, names):
    """Return the name of a form's field with the part between dashes renamed that names a column."""
    return "-".join(names.get(part, part) for part in name.split("-"))


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0029_rename_models'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='auditentry',
            options={'ordering': ['-site_version'], 'verbose_name': 'audit line', 'verbose_name_plural': 'audit trail'},
        ),
        migrations.AlterModelOptions(
            name='review',
            options={'default_permissions': (), 'ordering': ['-created_at', '-pk'], 'verbose_name': 'review'},
        ),
        migrations.AlterModelOptions(
            name='reviewcomment',
            options={'default_permissions': (), 'ordering': ['place', 'created_at', 'pk'], 'verbose_name': 'remark of a reader'},
        ),
        migrations.AlterModelOptions(
            name='submission',
            options={'default_permissions': (), 'ordering': ['submitted_at'], 'verbose_name': 'draft to check'},
        ),
        migrations.RemoveConstraint(
            model_name='edition',
            name='one_start_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='edition',
            name='one_open_end',
        ),
        migrations.RemoveConstraint(
            model_name='edition',
            name='window_in_order',
        ),
        migrations.RemoveConstraint(
            model_name='namedterm',
            name='named_once',
        ),
        migrations.RemoveConstraint(
            model_name='similarity',
            name='alike_once',
        ),
        migrations.RemoveIndex(
            model_name='edition',
            name='edition_family',
        ),
        migrations.RemoveIndex(
            model_name='edition',
            name='edition_touched',
        ),
        migrations.RemoveIndex(
            model_name='edition',
            name='edition_found',
        ),
        migrations.RenameField(
            model_name='address',
            old_name='since',
            new_name='created_at',
        ),
        migrations.RenameField(
            model_name='auditentry',
            old_name='deed',
            new_name='action',
        ),
        migrations.RenameField(
            model_name='auditentry',
            old_name='by_name',
            new_name='actor_name',
        ),
        migrations.RenameField(
            model_name='auditentry',
            old_name='generation',
            new_name='site_version',
        ),
        migrations.RenameField(
            model_name='author',
            old_name='guest',
            new_name='is_guest',
        ),
        migrations.RenameField(
            model_name='author',
            old_name='pseudonymous',
            new_name='is_pseudonymous',
        ),
        migrations.RenameField(
            model_name='draftcomment',
            old_name='by_name',
            new_name='author_name',
        ),
        migrations.RenameField(
            model_name='draftcomment',
            old_name='made_at',
            new_name='created_at',
        ),
        migrations.RenameField(
            model_name='draftcomment',
            old_name='is_settled',
            new_name='is_resolved',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='note',
            new_name='change_note',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='written_at',
            new_name='created_at',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='end',
            new_name='end_reason',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='expires',
            new_name='expires_at',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='planned',
            new_name='is_scheduled',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='text',
            new_name='plain_text',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='editor',
            new_name='published_by',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='touched_at',
            new_name='record_changed_at',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='redactions',
            new_name='redaction_count',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='restores',
            new_name='restored_from',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='family',
            new_name='translation_group',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='end_note',
            new_name='withdrawal_reason',
        ),
        migrations.RenameField(
            model_name='edition',
            old_name='words',
            new_name='word_count',
        ),
        migrations.RenameField(
            model_name='image',
            old_name='decorative',
            new_name='is_decorative',
        ),
        migrations.RenameField(
            model_name='indexedterm',
            old_name='pieces',
            new_name='edition_count',
        ),
        migrations.RenameField(
            model_name='indexedterm',
            old_name='opening',
            new_name='prefix',
        ),
        migrations.RenameField(
            model_name='kind',
            old_name='guest',
            new_name='is_guest',
        ),
        migrations.RenameField(
            model_name='kind',
            old_name='numbered',
            new_name='is_numbered',
        ),
        migrations.RenameField(
            model_name='kind',
            old_name='scholarly',
            new_name='is_scholarly',
        ),
        migrations.RenameField(
            model_name='namedterm',
            old_name='sign',
            new_name='row_key',
        ),
        migrations.RenameField(
            model_name='publication',
            old_name='note',
            new_name='internal_note',
        ),
        migrations.RenameField(
            model_name='publication',
            old_name='open_changes',
            new_name='undecided_changes',
        ),
        migrations.RenameField(
            model_name='redirect',
            old_name='since',
            new_name='created_at',
        ),
        migrations.RenameField(
            model_name='review',
            old_name='made_at',
            new_name='created_at',
        ),
        migrations.RenameField(
            model_name='review',
            old_name='made_by',
            new_name='created_by',
        ),
        migrations.RenameField(
            model_name='reviewcomment',
            old_name='made_at',
            new_name='created_at',
        ),
        migrations.RenameField(
            model_name='reviewcomment',
            old_name='is_settled',
            new_name='is_resolved',
        ),
        migrations.RenameField(
            model_name='revision',
            old_name='why',
            new_name='reason',
        ),
        migrations.RenameField(
            model_name='similarity',
            old_name='other',
            new_name='similar_edition',
        ),
        migrations.RenameField(
            model_name='siteversion',
            old_name='at',
            new_name='changed_at',
        ),
        migrations.RenameField(
            model_name='submission',
            old_name='at',
            new_name='submitted_at',
        ),
        migrations.RenameField(
            model_name='submission',
            old_name='by',
            new_name='submitted_by',
        ),
        migrations.RenameField(
            model_name='wordfile',
            old_name='is_waiting',
            new_name='is_undecided',
        ),
        migrations.RenameField(
            model_name='wordfile',
            old_name='tracked',
            new_name='tracked_changes',
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='publication',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='audit_entries', to='publications.publication'),
        ),
        migrations.AlterField(
            model_name='autosave',
            name='publication',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='autosaves', to='publications.publication'),
        ),
        migrations.AlterField(
            model_name='draftcomment',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='draft_comments', to='publications.publication'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='publications.author'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='page',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='publications.sitepage'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='publication',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='publications.publication'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='tag',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='publications.tag'),
        ),
        migrations.AlterField(
            model_name='reviewcomment',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='publications.review'),
        ),
        migrations.AlterField(
            model_name='similarity',
            name='edition',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='similarities', to='publications.edition'),
        ),
        migrations.AlterField(
            model_name='submission',
            name='publication',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='submission', to='publications.publication'),
        ),
        migrations.AlterField(
            model_name='similarity',
            name='similar_edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='similarities_to', to='publications.edition'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['translation_group', 'language', 'visible_until', 'visible_from'], name='edition_family'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['id', 'visible_from', 'visible_until', 'kind', 'year', 'language', 'translation_group', 'published_at', 'publication'], name='edition_found'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(condition=models.Q(('record_changed_at__isnull', False)), fields=['record_changed_at', 'publication'], name='edition_touched'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(condition=models.Q(('end_reason', 'cancelled'), _negated=True), fields=('publication', 'visible_from'), name='one_start_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(condition=models.Q(('visible_until', datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), models.Q(('end_reason', 'cancelled'), _negated=True)), fields=('publication',), name='one_open_end'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('visible_from__lte', models.F('visible_until')), ('visible_until__lte', models.F('expires_at'))), name='window_in_order'),
        ),
        migrations.AddConstraint(
            model_name='namedterm',
            constraint=models.UniqueConstraint(fields=('term', 'row_key'), name='named_once'),
        ),
        migrations.AddConstraint(
            model_name='similarity',
            constraint=models.UniqueConstraint(fields=('edition', 'similar_edition'), name='alike_once'),
        ),
        migrations.AlterModelOptions(
            name='siteversion',
            options={'verbose_name': 'site version'},
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('publish', 'Published'), ('schedule', 'Scheduled'), ('withdraw', 'Withdrawn'), ('undo', 'Undone'), ('cancel', 'Schedule cancelled'), ('relate', 'Related links changed'), ('apart', 'Suggestions changed'), ('amend', 'Amended'), ('redact', 'Redacted'), ('rebuild', 'Rebuilt')], max_length=10, verbose_name='action'),
        ),
        migrations.RunPython(rename_stored_fields(True), rename_stored_fields(False)),
    ]
