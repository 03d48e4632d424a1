"""The site version, which every action increments."""

from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext_lazy

from .translated import SingleRowModel

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # before any action


class SiteVersion(SingleRowModel):
    """The number that every action increments, by which pages are cached.

    `changed_at` is the time of the last action; the next one refuses a clock that is behind it.
    """

    number = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(default=BEGINNING)

    class Meta(SingleRowModel.Meta):
        verbose_name = gettext_lazy("site version")

    def __str__(self) -> str:
        return str(self.number)
