"""What people of the desk are at: what they typed and have not saved, for themselves alone, and what they have open.

Neither is the record: no revision, no audit line and no public page knows of them.
"""

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
HALF_A_YEAR = timedelta(days=183)
A_WEEK = timedelta(days=7)
A_DAY = timedelta(days=1)
KEY_LENGTH = 16
MAX_UNSAVED = 50  # forms of one person
MAX_UNSAVED_CHARACTERS = 20_000_000  # in all of them, as stored: SQLite has six for a letter outside ASCII
TITLE_FIELDS = ("title", "title_en", "title_sv", "name", "name_en", "name_sv", "username", "filename")
TEXT_FIELDS = ("summary", "body", "body_en", "body_sv", "internal_note")
SHOWN_OF_TEXT = 60  # characters of a text that has no title
GONE_AFTER = timedelta(seconds=70)


def is_redacted_since(publication: Publication, values: list[list[str]]) -> bool:
    """Return whether something was redacted after the form of the draft that has these values was opened."""
    version = next((value for name, value in values if name == "version"), "")
    is_number = version.isascii() and version.isdecimal() and len(version) < 10
    redactions = publication.revisions.filter(reason=RevisionReason.REDACTED)
    return redactions.filter(number__gt=int(version) if is_number else 0).exists()


class AutosaveQuerySet(models.QuerySet):
    def unsaved_by(self, person, publication: Publication | None = None) -> "AutosaveQuerySet":
        """What the person typed into the form of a piece, or of a new one, and has not saved."""
        return self.unsaved().filter(owner=person, publication=publication, path="")

    def save_values(self, person, key: str, values: dict[str, object]) -> "Autosave":
        """Keep what was typed into a form under its key; if that form was saved since, under a new one."""
        self.delete_old(person)
        if self.filter(owner=person, key=key).exclude(saved_at=None).exists():
            key = get_random_string(KEY_LENGTH)
        defaults = {**values, "typed_at": timezone.now(), "page": "", "turn": 0}
        return self.update_or_create(owner=person, key=key, defaults=defaults)[0]

    def unsaved(self) -> "AutosaveQuerySet":
        return self.filter(saved_at=None)

    def sent_while_signed_out(self) -> "AutosaveQuerySet":
        """Forms that were sent while nobody was signed in; a script that keeps what is typed names its page."""
        return self.filter(page="")

    def delete_old(self, person) -> None:
        """Let go of what was saved a day ago, and of what nobody came back to for half a year.

        What was typed into other forms than that of a publication goes after a week.
        """
        now = timezone.now()
        old = Q(saved_at__lt=now - A_DAY) | Q(typed_at__lt=now - HALF_A_YEAR)
        old |= Q(typed_at__lt=now - A_WEEK) & ~Q(path="")
        self.filter(old, owner=person).delete()

    def delete_over_limit(self, typed: "Autosave") -> None:
        """Delete the oldest unsaved forms of the owner of this one that are too many or too large, never this one."""
        size = Length(Cast("values", models.TextField()))
        kept = self.unsaved().filter(owner=typed.owner_id).exclude(page="")  # the rest has a limit of its own
        others = kept.exclude(pk=typed.pk).annotate(size=size)
        total, over = len(json.dumps(typed.values)), []
        rows = others.order_by("-typed_at", "-pk").values_list("pk", "size")
        for number, (pk, characters) in enumerate(rows, start=2):
            total += characters
            if number > MAX_UNSAVED or total > MAX_UNSAVED_CHARACTERS:
                over.append(pk)
        self.filter(pk__in=over).delete()


class Autosave(models.Model):
    """The raw values of one opened form, as its owner last typed them.

    `key` names the opened form: two windows of one person do not overwrite each other. Once the form was saved the
    row stays for a day without values, so that a message that comes late does not bring them back. `page` and `turn`
    put the messages of one window in their order; a form that was sent while signed out has no page. `path` is the
    address of the form where it is another than that of a publication.
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
    def title(self) -> str:
        typed = {name: " ".join(value.split()) for name, value in reversed(self.values)}
        title = next((typed[name] for name in TITLE_FIELDS if typed.get(name)), "")
        words = next((typed[name] for name in TEXT_FIELDS if typed.get(name)), "")
        return title or Truncator(words).chars(SHOWN_OF_TEXT)


class PresenceQuerySet(models.QuerySet):
    def recent(self) -> "PresenceQuerySet":
        """Those whose form has told of itself lately."""
        return self.filter(seen_at__gt=timezone.now() - GONE_AFTER).select_related("person")


class Presence(models.Model):
    """A person who has a piece open: for colleagues to know, never a lock."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="presences")
    seen_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at"]
        verbose_name = _("presence")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "publication"], name="present_once_at_a_piece")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.publication_id}"
