"""Imports as stored jobs: an archive that was uploaded, or a source on the server; how far it is, and its report."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.files import File
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .image import original_storage
from .publication import Publication
from .redirect import Redirect
from .revision import Revision

ARCHIVE_IMPORT_DAYS = 90
"""How long an archive and its report, which hold names, stay after the last run: what is left to do may take weeks."""
ARCHIVE_FOLDER = "imports"
SOURCE_PATH = "source_path"
"""The option of an import by the command with the folder or file that it names."""
HAS_IMPORTED = "has_imported"
"""The option of an import that has imported before the check that is its task now."""


class ArchiveImportTask(models.TextChoices):
    """What a run does."""

    CHECK = "check", _("check")
    IMPORT = "import", _("import")
    UNDO = "undo", _("undo")


class ArchiveImportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    FAILED = "failed", _("failed")


UNFINISHED = (ArchiveImportState.WAITING, ArchiveImportState.RUNNING)


class ArchiveImportQuerySet(models.QuerySet):
    def unfinished(self) -> "ArchiveImportQuerySet":
        """Imports to be run, those whose process was killed included, in the order of their requests."""
        return self.filter(state__in=UNFINISHED).order_by("changed_at", "pk")

    def of_source(self, path: str) -> "ArchiveImport | None":
        """Return the import by the command of a folder or file on the server, or None."""
        return self.filter(archive="", **{f"options__{SOURCE_PATH}": path}).first()

    def outdated(self) -> "ArchiveImportQuerySet":
        """Imports that have not run for some time."""
        return self.filter(changed_at__lte=timezone.now() - timedelta(days=ARCHIVE_IMPORT_DAYS))

    def delete_with_archives(self) -> int:
        """Delete the rows, then their archives; the undo of an earlier import leaves what they have updated.

        Returns:
            The number of rows.
        """
        archives = dict(self.values_list("pk", "archive"))
        jobs = ArchiveImport.objects.filter(pk__in=archives)
        updated = Publication.with_deleted.filter(pk__in=jobs.values("updated_revisions__publication"))
        for job in (
            ArchiveImport.objects.filter(created_publications__in=updated)
            .defer("report", "earlier_report")
            .distinct()
        ):
            job.created_publications.remove(*updated)
        jobs.delete()
        transaction.on_commit(partial(_delete_archives, list(archives.values())), robust=True)
        return len(archives)

    def record_addresses(
        self, pk: int | None, new: Iterable[Redirect], kept_again: Iterable[Redirect]
    ) -> None:
        """Let the undo of an import remove new old addresses of images and lists, and those of no other import.

        Args:
            pk: the primary key of the import; None where nothing but a person or a folder keeps them.
            kept_again: addresses that are there, which the undo of any other import has to leave.
        """
        others = [redirect for redirect in kept_again if redirect.pk]
        jobs = self.exclude(pk=pk).filter(kept_addresses__in=others) if others else ()
        for job in {job.pk: job for job in jobs}.values():
            job.kept_addresses.remove(*others)
        if pk and (job := self.filter(pk=pk).first()):
            job.kept_addresses.add(*(redirect for redirect in new if redirect.image_id or redirect.site_path))


def _delete_archives(names: list[str]) -> None:
    for name in filter(None, names):
        original_storage().delete(name)


class ArchiveImport(models.Model):
    """An archive or another source of texts and its last run, which checks, imports or undoes what was imported.

    A run of the command `import_publications` is never waiting or running here: it is stopped until it is done.

    Attributes:
        archive: its name in the private storage; "" if the command reads the texts on the server.
        options: those of `ImportOptions` that a person chooses, and the language of the report.
        requested_by: who requested the run; it is in their name, and takes their permissions until it ends.
        starts: how often a process has started this run since it last stored a batch.
        done: the number of texts imported or undone so far in this run, or read by a check, of `total`.
        report: the report of this run, once it has ended (`importers.report_page`); of an undo that of `undo_import`.
        earlier_report: the report of the last import or check before this run; once an undo is done, what of it is
            about texts that the undo has kept.
        error: why the run failed.
        created_publications: the drafts that its runs have created, without those that an undo has deleted; others
            that are deleted are left out.
        published_editions: those that its runs have published.
        updated_revisions: those that its runs have stored of drafts that were there.
        kept_addresses: the old addresses of images, lists, and texts that it has not created, which its runs have
            kept, without those that somebody else has kept again.
        is_stop_requested: whether the run is to end after its batch.
    """

    archive = models.CharField(max_length=120)
    filename = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField()
    options = models.JSONField(default=dict)
    task = models.CharField(
        _("task"), max_length=10, choices=ArchiveImportTask, default=ArchiveImportTask.CHECK
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ArchiveImportState, default=ArchiveImportState.WAITING
    )
    starts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    earlier_report = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    is_stop_requested = models.BooleanField(default=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_publications = models.ManyToManyField("Publication", related_name="+")
    published_editions = models.ManyToManyField("Edition", related_name="+")
    updated_revisions = models.ManyToManyField("Revision", related_name="+")
    kept_addresses = models.ManyToManyField(Redirect, related_name="+")

    objects = ArchiveImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-added_at", "-pk"]
        default_permissions = ("add",)

    def __str__(self) -> str:
        return self.filename

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def is_by_command(self) -> bool:
        """Whether the command reads the texts on the server: it alone can import them again."""
        return not self.archive

    @property
    def is_dry_run(self) -> bool:
        return self.task == ArchiveImportTask.CHECK

    @property
    def is_undo(self) -> bool:
        return self.task == ArchiveImportTask.UNDO

    @property
    def has_imported(self) -> bool:
        """Whether it was imported, and no undo was requested since: a later check changes nothing of it."""
        return bool(self.options.get(HAS_IMPORTED)) if self.is_dry_run else not self.is_undo

    @property
    def is_undone(self) -> bool:
        """Whether the last run has undone what was imported."""
        return self.is_undo and self.state == ArchiveImportState.DONE

    @property
    def _is_checked(self) -> bool:
        return self.is_dry_run and self.state == ArchiveImportState.DONE

    @property
    def can_import(self) -> bool:
        """Whether the check found texts that are new or have changed, or old addresses that do not lead to them yet."""
        return self._is_checked and bool(self.report.get("stored") or self.report.get("new_addresses"))

    @property
    def can_publish(self) -> bool:
        """Whether the check found texts that would become public."""
        return self._is_checked and "stored" in self.report and bool(self.report.get("published"))

    @property
    def is_published(self) -> bool:
        """Whether the last run has imported and published."""
        return self.task == ArchiveImportTask.IMPORT and bool(self.report.get("is_publishing"))

    @property
    def is_imported(self) -> bool:
        """Whether the last run has imported, whatever it found."""
        return self.task == ArchiveImportTask.IMPORT and self.state == ArchiveImportState.DONE

    @property
    def has_drafts(self) -> bool:
        """Whether the last run has imported drafts, which a check and a run that publishes make public."""
        return self.is_imported and not self.is_published

    @property
    def can_resume(self) -> bool:
        """Whether an import or its undo ended before it was done, and the desk can go on with it."""
        has_ended_early = self.state in (ArchiveImportState.STOPPED, ArchiveImportState.FAILED)
        return has_ended_early and (self.is_undo or not (self.is_dry_run or self.is_by_command))

    @property
    def imported_publications(self) -> models.QuerySet[Publication]:
        """The publications that its runs have created or published, without deleted drafts."""
        created = models.Q(pk__in=self.created_publications.values("pk"))
        published = models.Q(pk__in=self.published_editions.values("publication"))
        return Publication.objects.filter(created | published)

    @property
    def import_report(self) -> dict:
        """The report of the last import or check that has ended, without what an undo has undone of it."""
        return self.report if "files" in self.report else self.earlier_report

    def open_archive(self) -> File:
        return original_storage().open(self.archive)

    def as_read(self) -> models.QuerySet["ArchiveImport"]:
        """Return the stored row, unless another process has changed or deleted it since it was read or stored here."""
        return ArchiveImport.objects.filter(pk=self.pk, changed_at=self.changed_at)

    def store(self, **columns: object) -> None:
        """Store these columns and the time, and leave others as another process may have stored them."""
        columns["changed_at"] = timezone.now()
        ArchiveImport.objects.filter(pk=self.pk).update(**columns)
        for name, value in columns.items():
            setattr(self, name, value)

    def record(
        self, created: Iterable[Publication], updated: Iterable[Publication], editions: Iterable[models.Model]
    ) -> None:
        """Add to what its runs have created, updated and published, unless the import is deleted by now."""
        if ArchiveImport.objects.select_for_update().filter(pk=self.pk).exists():
            self.created_publications.add(*created)
            self.published_editions.add(*editions)
            self.updated_revisions.add(*Revision.objects.last_imports_of(updated))

    def request_run(self, *, by, task: ArchiveImportTask, **options: object) -> bool:
        """Let the next runner do a task, with these options beside those stored. An undo that ended early goes on.

        Returns:
            False where another request has changed the import since it was read: nothing is requested then.
        """
        is_continued = task == self.task == ArchiveImportTask.UNDO and self.can_resume
        options = {**self.options, **options, HAS_IMPORTED: self.has_imported}
        columns = {
            "options": options, "task": task, "state": ArchiveImportState.WAITING,
            "requested_by": by, "starts": 0, "done": 0, "total": 0, "error": "", "is_stop_requested": False,
            "report": self.report if is_continued else {}, "earlier_report": self.import_report,
            "changed_at": timezone.now(),
        }  # fmt: skip
        return bool(self.as_read().exclude(state__in=UNFINISHED).update(**columns))
