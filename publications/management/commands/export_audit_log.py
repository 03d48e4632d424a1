"""Write the audit log for an outsider, who verifies it against the signed head."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from publications import exporters
from publications.management.option_types import non_empty_path
from publications.models import AuditEntry


class Command(BaseCommand):
    help = (
        "Write the audit trail into FILE for somebody who is to verify it: one entry a line, names, notes and texts as "
        "salted hashes alone. scripts/verify_audit_log.py finds any entry that was changed, removed or moved since a "
        "head that was kept. Do not publish the file: its digests let whoever knows the rest of a text confirm a guess "
        "at a name that was redacted, or at the time of a scheduled edition."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=non_empty_path, help="the file to write, which is replaced"
        )

    def handle(self, *args, file: Path, **options) -> None:
        last = AuditEntry.objects.order_by("-site_version").values_list("site_version", flat=True).first()
        try:
            with file.open("wb") as stream:
                exporters.write_log(stream, last or 0)
        except OSError as error:
            raise CommandError(f"“{file}” cannot be written: {error.strerror}.") from error
        if options["verbosity"] > 0:
            self.stdout.write(f"{file} has the audit trail up to version {last or 0}.")
