"""What was last done to keep the site safe: a backup, a drill, a check of its certificate; a row for each."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Operation(models.TextChoices):
    BACKUP = "backup", _("backup")
    DRILL = "drill", _("drill")
    CERTIFICATE = "certificate", _("certificate")
    CHECK = "check", _("daily check")
    HEAD = "head", _("head of the audit trail")
    READERS = "readers", _("addresses of readers")


class OperationRecord(models.Model):
    """The last time that an operation was done, and what came of it.

    Attributes:
        detail: values of the operation, as `publications.operations.records` stores them.
    """

    operation = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(_("time"))
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{Operation(self.operation).label}: {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def store(cls, operation: Operation, at: datetime, **detail: object) -> Self:
        """Store the last time of an operation, whatever was stored before."""
        record, _is_new = cls.objects.update_or_create(
            operation=operation, defaults={"at": at, "detail": detail}
        )
        return record
