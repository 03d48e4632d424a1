"""Record that a backup was made, so that the desk shows its age. Called by deploy/backup."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from publications.models import Operation, OperationRecord


class Command(BaseCommand):
    help = (
        "Record that deploy/backup has made a backup, with its size, whether it is encrypted and whether the site was "
        "whole. The desk shows these under Operations. deploy/backup calls this by itself."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "folder", metavar="FOLDER", type=Path, help="the folder of the backup that has just been made"
        )

    def handle(self, *args, **options) -> None:
        folder = options["folder"]
        if not (folder / "SHA256SUMS").is_file():
            raise CommandError(f"{folder} is no backup: it has no SHA256SUMS.")
        files = [path for path in folder.iterdir() if path.is_file()]
        OperationRecord.store(
            Operation.BACKUP,
            timezone.now(),
            name=folder.name,
            size=sum(path.stat().st_size for path in files),
            is_encrypted=any(path.suffix == ".age" for path in files),
            is_sound=folder.suffix != ".faults",
        )
