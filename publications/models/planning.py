"""Editorial plans: when a publication is planned and due, who writes and who edits it, with a note for colleagues.

A plan is beside the publication, not content of it: it has no revision and no edition, and changes no digest. Nothing
is published or scheduled by it; `tests/models/test_planning.py` checks that no module of publishing reads it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .edition import Change, Edition
from .publication import Publication
from .submission import Submission

MAX_NOTE_CHARACTERS = 2000
FULFILLING_CHANGES = (Change.FIRST, Change.UPDATE)
"""The changes of editions that fulfil a plan: a corrected misprint does not."""


class EditorialPlanQuerySet(models.QuerySet):
    def open(self) -> "EditorialPlanQuerySet":
        """Plans of which nothing was published or scheduled since their days were chosen; none of deleted drafts."""
        editions = Edition.objects.in_effect().filter(
            publication=OuterRef("publication"),
            change__in=FULFILLING_CHANGES,
            created_at__gt=OuterRef("days_chosen_at"),
        )
        return self.filter(~Exists(editions), publication__deleted_at=None)

    def with_rows(self) -> "EditorialPlanQuerySet":
        """Plans with their publication and people, without the text, and with `is_submitted`: it is to be checked."""
        submissions = Submission.objects.unpublished().filter(publication=OuterRef("publication"))
        return (
            self.select_related("publication__kind", "writer", "editor")
            .defer("publication__body", "publication__summary", "publication__key_points")
            .annotate(is_submitted=Exists(submissions))
        )


def is_assigned(user_pk: int, lookup: str = "") -> Q:
    """Return the condition that a person writes or edits.

    Args:
        lookup: leads from the rows to their plan; empty for rows that are plans.
    """
    return Q(**{f"{lookup}writer": user_pk}) | Q(**{f"{lookup}editor": user_pk})


class EditorialPlan(models.Model):
    """The plan of one publication.

    Attributes:
        planned_on: the day on which it is to be published, if everything goes well.
        due_on: the day on which the text is to be ready.
        days_chosen_at: when one of the two days was last chosen. An edition created later fulfils the plan.
    """

    publication = models.OneToOneField(Publication, on_delete=models.CASCADE, related_name="editorial_plan")
    planned_on = models.DateField(
        _("planned for"), null=True, blank=True, db_index=True,
        help_text=_("The day on which it is to be published. Nothing is published by itself on that day."),
    )  # fmt: skip
    due_on = models.DateField(
        _("due"), null=True, blank=True, db_index=True,
        help_text=_("The day on which the text is to be ready to be checked."),
    )  # fmt: skip
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("who writes"),
    )  # fmt: skip
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("who edits"),
    )  # fmt: skip
    note = models.TextField(
        _("note"), max_length=MAX_NOTE_CHARACTERS, blank=True,
        help_text=_("For colleagues. Never public."),
    )  # fmt: skip
    days_chosen_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = EditorialPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.publication)
