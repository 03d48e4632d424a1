"""Autosaves of unsaved forms, visible to their owners alone."""

import json
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Length
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .publication import Publication
from .revision import RevisionReason

REDACTED_SINCE = _(
    "A passage has been taken out of this publication since the form was opened, so what stands in the form is not "
    "kept. Open it again, and type there what is missing."
)
UNSAVED_DRAFT_RETENTION = timedelta(days=183)
UNSAVED_FORM_RETENTION = timedelta(days=7)
SAVED_FORM_RETENTION = timedelta(days=1)
KEY_LENGTH = 16
MAX_UNSAVED = 50  # autosaves of one person
MAX_UNSAVED_CHARACTERS = 20_000_000  # in all of them, as stored: SQLite has six for a letter outside ASCII
TITLE_FIELDS = ("title", "title_en", "title_sv", "name", "name_en", "name_sv", "username", "filename")
TEXT_FIELDS = ("summary", "body", "body_en", "body_sv", "internal_note")
TITLE_FROM_TEXT_CHARACTERS = 60


def is_redacted_since(publication: Publication, values: list[list[str]]) -> bool:
    """Return whether something was redacted after the form of the draft that has these values was opened."""
    version = next((value for name, value in values if name == "version"), "")
    is_number = version.isascii() and version.isdecimal() and len(version) < 10
    redactions = publication.revisions.filter(reason=RevisionReason.REDACTED)
    return redactions.filter(number__gt=int(version) if is_number else 0).exists()


class AutosaveQuerySet(models.QuerySet):
    def unsaved_by(self, person, publication: Publication | None = None) -> "AutosaveQuerySet":
        """Autosaves of a person for the form of a publication, or of a new one, without those that were saved.

        Those for a deleted draft can be restored in a new one.
        """
        subject = (
            Q(publication=publication)
            if publication
            else Q(publication=None) | Q(publication__deleted_at__isnull=False)
        )
        return self.unsaved().filter(subject, owner=person, path="")

    def save_form(self, person, key: str, columns: dict[str, object]) -> "Autosave":
        """Store an open form under its key, or under a new one if that form was saved since."""
        self.delete_old(person)
        if self.filter(owner=person, key=key).exclude(saved_at=None).exists():
            key = get_random_string(KEY_LENGTH)
        defaults = {**columns, "typed_at": timezone.now(), "page": "", "turn": 0}
        return self.update_or_create(owner=person, key=key, defaults=defaults)[0]

    def unsaved(self) -> "AutosaveQuerySet":
        return self.filter(saved_at=None)

    def sent_while_signed_out(self) -> "AutosaveQuerySet":
        """Forms that were sent while signed out. They have no page, unlike autosaves of the script."""
        return self.filter(page="")

    def delete_old(self, person) -> None:
        """Delete what a person saved a day ago, or left unsaved for half a year.

        Unsaved forms other than that of a publication are deleted after a week.
        """
        now = timezone.now()
        old = Q(saved_at__lt=now - SAVED_FORM_RETENTION) | Q(typed_at__lt=now - UNSAVED_DRAFT_RETENTION)
        old |= Q(typed_at__lt=now - UNSAVED_FORM_RETENTION) & ~Q(path="")
        self.filter(old, owner=person).delete()

    def delete_over_limit(self, latest: "Autosave") -> None:
        """Delete the oldest autosaves of an owner that exceed the limits on number and size, never the latest."""
        size = Length(Cast("values", models.TextField()))
        autosaves = self.unsaved().filter(owner=latest.owner_id).exclude(page="")  # these have other limits
        others = autosaves.exclude(pk=latest.pk).annotate(size=size)
        total, excess = len(json.dumps(latest.values)), []
        rows = others.order_by("-typed_at", "-pk").values_list("pk", "size")
        for number, (pk, characters) in enumerate(rows, start=2):
            total += characters
            if number > MAX_UNSAVED or total > MAX_UNSAVED_CHARACTERS:
                excess.append(pk)
        self.filter(pk__in=excess).delete()


class Autosave(models.Model):
    """The raw values of an open form, as its owner last typed them.

    Attributes:
        key: identifies the open form, so that two windows of one person do not overwrite each other.
        path: the address of the form; empty for that of a publication.
        page: identifies the window; empty for a form that was sent while signed out.
        turn: the order of the messages of one window.
        saved_at: when the form was saved. The row stays for a day without values, so that a late message does not
            restore them.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    publication = models.ForeignKey(
        Publication, on_delete=models.SET_NULL, null=True, related_name="autosaves"
    )
    key = models.CharField(max_length=32)
    path = models.TextField(blank=True)  # of a selection of many rows it is long
    page = models.CharField(max_length=32, blank=True)
    turn = models.PositiveIntegerField(default=0)
    values = models.JSONField(default=list)
    typed_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(null=True)

    objects = AutosaveQuerySet.as_manager()

    class Meta:
        ordering = ["-typed_at", "-pk"]
        verbose_name = _("typed and not saved")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_typed_a_form")]

    def __str__(self) -> str:
        about = str(self.publication) if self.path and self.publication else ""
        return self.title or about or str(_("Untitled"))

    @property
    def draft_pk(self) -> int | None:
        """The primary key of the publication whose form it is; None for a new one, and if the draft is deleted."""
        return self.publication_id if self.publication and not self.publication.deleted_at else None

    @property
    def title(self) -> str:
        values = {name: " ".join(value.split()) for name, value in reversed(self.values)}
        title = next((values[name] for name in TITLE_FIELDS if values.get(name)), "")
        text = next((values[name] for name in TEXT_FIELDS if values.get(name)), "")
        return title or Truncator(text).chars(TITLE_FROM_TEXT_CHARACTERS)
