"""Word files of publications: the original, the manuscript read from it, and undecided changes."""

from functools import cached_property

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from publications import manuscript

from .image import original_storage, store_original
from .publication import Publication


class TrackedChangesState(models.TextChoices):
    """What was decided about the tracked changes of a Word file."""

    NONE = "none", _("none")
    OPEN = "open", _("to be decided")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")


class WordFileQuerySet(models.QuerySet):
    def accepted(self) -> "WordFileQuerySet":
        """Files whose text is in the draft."""
        return self.filter(is_undecided=False)

    def undecided(self) -> "WordFileQuerySet":
        """Files that conflict with the draft until a person decides."""
        return self.filter(is_undecided=True)

    def of_content(self, content: bytes) -> "WordFileQuerySet":
        """Files with exactly this content. None whose original was deleted, as by a redaction."""
        return self.filter(original=store_original(content, "docx", write=False))


class WordFile(models.Model):
    """A Word file of an author. `text` is the manuscript read from it, with which a later file is compared.

    The original is in the private storage, and deleted where it contained a redacted passage.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="word_files")
    original = models.CharField(max_length=120, blank=True, editable=False)
    filename = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    text = models.TextField()
    report = models.JSONField(default=dict)
    tracked_changes = models.CharField(
        max_length=10, choices=TrackedChangesState, default=TrackedChangesState.NONE
    )
    is_undecided = models.BooleanField(default=False)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = WordFileQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        verbose_name = _("Word file")
        verbose_name_plural = _("Word files")

    def __str__(self) -> str:
        return self.filename

    @cached_property
    def manuscript(self) -> manuscript.Manuscript:
        """The manuscript that was read from the file."""
        return manuscript.loads(self.text)

    @property
    def content(self) -> bytes:
        """The bytes of the file. Raises FileNotFoundError where it was deleted."""
        if not self.original:
            raise FileNotFoundError(self.filename)
        with original_storage().open(self.original) as file:
            return file.read()
