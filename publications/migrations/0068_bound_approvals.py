"""Bind approvals to what is published and to their audit entries. Those given before have none: they are given anew."""

from django.db import migrations, models


def delete_approvals(apps, schema_editor):
    apps.get_model("publications", "Approval").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ("publications", "0067_name_removals"),
    ]

    operations = [
        migrations.RunPython(delete_approvals, delete_approvals),
        migrations.RemoveConstraint(model_name="approval", name="one_approval_by_person_and_text"),
        migrations.AddField(
            model_name="approval", name="after", field=models.PositiveIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField(
            model_name="approval",
            name="snapshot_digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="approval",
            name="site_version",
            field=models.PositiveBigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(fields=("publication", "approved_by"), name="one_approval_by_person"),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('publish', 'Published'), ('schedule', 'Scheduled'), ('withdraw', 'Withdrawn'), ('retract', 'Retracted'), ('concern', 'Concern expressed'), ('lift', 'Concern lifted'), ('undo', 'Taken back'), ('republish', 'Published again as it was'), ('cancel', 'Schedule cancelled'), ('relate', 'Related links changed'), ('apart', 'Suggestions changed'), ('follow', 'Translation checked'), ('amend', 'Amended'), ('approve', 'Approved'), ('revoke', 'Approval taken back'), ('redact', 'Redacted'), ('rebuild', 'Rebuilt')], max_length=10, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='newsevent',
            name='type',
            field=models.CharField(choices=[('submitted', 'A draft is to be checked'), ('reviewed', 'Somebody comments or approves'), ('returned', 'A draft is not ready after all'), ('approved', 'A draft is approved, and may be published'), ('ended', 'My approval ended, since the text changed'), ('unapproved', 'Something that needs two people is published by one'), ('tomorrow', 'A publication goes live tomorrow'), ('published', 'Something is published'), ('corrected', 'Something is corrected or updated'), ('follow', 'A text has not followed the other language'), ('imported', 'An import is done')], max_length=10),
        ),
    ]
