"""Fill an empty site from an archive."""

from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from publications import archive
from publications.management.option_types import non_empty_path
from publications.management.progress import show_progress


class Command(BaseCommand):
    help = (
        "Fill this site, which must be empty, from an archive that “manage.py archive” has written: on the same "
        "kind of database or the other. Stop the server, create an empty database (“manage.py migrate”, not yet "
        "“prepare”, which makes accounts), then run this. Every file of the archive is verified first; a changed,"
        " missing or additional file is named, and nothing is restored. It restores all or nothing, and may be "
        "run again after an interruption. Accounts come back as names that nobody can sign in with: make an "
        "administrator with “manage.py createsuperuser”, then give passwords or invite people at the desk. Links "
        "for reviewers, the press and calendars are to be made again. Neither readers of alerts come back nor who of "
        "them has left: take out of a list that you import who no longer wants mails. Restore archives of your own "
        "alone: their HTML is stored as it is. Afterwards run “manage.py prepare” and “manage.py verify”."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=non_empty_path, help="the folder of the archive")

    def handle(self, *args, folder: Path, **options) -> None:
        progress = partial(show_progress, self.stdout, is_shown=options["verbosity"] > 0)
        try:
            report = archive.restore_archive(folder, progress)
        except archive.NotMigrated as error:
            raise CommandError(
                "The database lacks tables: run “manage.py migrate”, then this command."
            ) from error
        except archive.NotEmpty as error:
            raise CommandError(
                f"This site is not empty. It has rows ({error}). Nothing was changed. Restore into a new database: "
                "name one in DATABASE_URL, or another folder in SITE_DATA, run “manage.py migrate”, then this command."
            ) from error
        except archive.FolderInUse as error:
            raise CommandError(
                f"“manage.py archive” writes “{folder}” now. Wait until it has ended. Nothing was restored."
            ) from error
        except archive.NotABag as error:
            raise CommandError(f"{error}\nNothing was restored.") from error
        except archive.OtherRelease as error:
            raise CommandError(
                f"{error} Restore it with the release that wrote it, then upgrade as usual. Nothing was restored."
            ) from error
        except archive.MalformedRow as error:
            raise CommandError(
                f"{error}. Only what “manage.py archive” writes can be restored: take another copy of the archive, or "
                "archive the site again. Nothing was restored."
            ) from error
        except archive.RestoreIncomplete as error:
            raise CommandError(str(error)) from error
        except (Error, OSError) as error:
            reason = getattr(error, "strerror", None) or error
            raise CommandError(f"{reason}. Nothing was restored. Mend that and run it again.") from error
        except KeyboardInterrupt as error:
            raise CommandError("Broken off. Nothing was restored. Run it again.") from error
        if options["verbosity"] > 0:
            self.stdout.write(
                f"{report.rows} rows and {report.files} files restored; the site is at version {report.site_version}. "
                "Accounts are names without a password: make an administrator with “manage.py createsuperuser”. Then "
                "run “manage.py prepare” and “manage.py verify”."
            )
