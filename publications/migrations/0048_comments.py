"""One model of comments on drafts: those of readers of review links, those from Word files, and those of colleagues."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def move_rows(apps, schema_editor):
    """Give the comments of readers their publication, and copy those from Word files with the words they are about.

    Their places in the text are found when the draft is saved next. A comment of a reader keeps its passage of the
    revision, and is about the draft as a whole at the desk.
    """
    Comment = apps.get_model("publications", "Comment")
    DraftComment = apps.get_model("publications", "DraftComment")
    now = django.utils.timezone.now()
    for comment in Comment.objects.select_related("review"):
        comment.publication_id = comment.review.publication_id
        comment.resolved_at = now if comment.is_resolved else None
        comment.save()
    for old in DraftComment.objects.order_by("publication", "position", "pk"):
        Comment.objects.create(
            publication_id=old.publication_id, author_name=old.author_name, text=old.text, quote=old.passage,
            created_at=old.created_at, resolved_at=now if old.is_resolved else None,
        )  # fmt: skip
    content_types = apps.get_model("contenttypes", "ContentType").objects
    content_types.filter(app_label="publications", model="draftcomment").delete()  # with its permissions
    schema_editor.connection.check_constraints()  # PostgreSQL alters no table while such checks are pending


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("publications", "0047_calendar_addresses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel("ReviewComment", "Comment"),
        migrations.RenameField("comment", "place", "passage"),
        migrations.AlterModelOptions(
            "comment",
            {
                "default_permissions": (),
                "ordering": ["created_at", "pk"],
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
            },
        ),
        migrations.RemoveConstraint("comment", "fine_once_a_review"),
        migrations.RenameField("comment", "is_fine", "is_approval"),
        migrations.AddConstraint(
            "comment",
            models.UniqueConstraint(
                condition=models.Q(("is_approval", True)), fields=("review",), name="fine_once_a_review"
            ),
        ),
        migrations.AlterField(
            "comment", "created_at", models.DateTimeField(default=django.utils.timezone.now, null=True)
        ),
        migrations.AlterField("comment", "text", models.TextField(blank=True, verbose_name="comment")),
        migrations.AlterField(
            "comment",
            "review",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="comments",
                to="publications.review",
            ),
        ),
        migrations.AddField("comment", "author_name", models.CharField(blank=True, max_length=150)),
        migrations.AddField("comment", "quote", models.TextField(blank=True)),
        migrations.AddField("comment", "start", models.PositiveIntegerField(null=True)),
        migrations.AddField("comment", "end", models.PositiveIntegerField(null=True)),
        migrations.AddField("comment", "edited_at", models.DateTimeField(null=True)),
        migrations.AddField("comment", "resolved_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "comment",
            "resolved_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "comment",
            "author",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "comment",
            "thread",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="replies",
                to="publications.comment",
            ),
        ),
        migrations.AddField(
            "comment",
            "publication",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="comments",
                to="publications.publication",
            ),
        ),
        migrations.RunPython(move_rows, migrations.RunPython.noop),
        migrations.AlterField(
            "comment",
            "publication",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="comments",
                to="publications.publication",
            ),
        ),
        migrations.RemoveField("comment", "is_resolved"),
        migrations.DeleteModel("DraftComment"),
        migrations.AlterField(
            "newsevent",
            "type",
            models.CharField(
                choices=[
                    ("submitted", "A draft is to be checked"),
                    ("reviewed", "Somebody comments or approves"),
                    ("tomorrow", "A publication goes live tomorrow"),
                    ("published", "Something is published"),
                    ("corrected", "Something is corrected or updated"),
                    ("imported", "An import is done"),
                ],
                max_length=10,
            ),
        ),
    ]
