"""Import texts with front matter: Jekyll, Hugo, Eleventy, and our own manuscripts."""

import os
from argparse import RawDescriptionHelpFormatter
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from publications import importing
from publications.importers import Refusal
from publications.management.option_types import MAX_PROCESSES, named_path, whole_number


class Command(BaseCommand):
    help = importing.HELP

    def create_parser(self, *args, **kwargs):
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "path", type=named_path, metavar="FOLDER", help="a folder of texts, or a single file"
        )
        for name, option in importing.OPTIONS.items():
            parser.add_argument(name, **option)
        parser.add_argument(
            "--processes",
            type=whole_number(0, MAX_PROCESSES),
            default=min(os.cpu_count() or 1, MAX_PROCESSES),
            help="processes that read and render (default: one for each processor; 0: none)",
        )

    def handle(self, *args, **options) -> None:
        report = options["report"]
        try:
            if report:
                importing.check_writable(report)
            account = importing.bring_in(self._order(options))
        except (Refusal, importing.Unfit) as reason:
            raise CommandError(str(reason)) from reason
        except KeyboardInterrupt as reason:
            told = "Broken off. The same command goes on where this one stopped."
            raise CommandError(told, returncode=130) from reason
        for line in importing.told(account, detail=options["verbosity"]):
            self.stdout.write(line)
        if report:
            self._write(account, report)
        if refused := account.count(importing.Outcome.REFUSED):
            raise CommandError(
                f"Done, but {refused} of the files were refused: the report says which.", returncode=3
            )

    def _write(self, account: importing.Account, report: Path) -> None:
        try:
            importing.write_json(account, report)
        except OSError as reason:
            raise CommandError(
                f"The import is done, but the report could not be written: {reason}", returncode=3
            ) from reason

    def _order(self, options: dict) -> importing.Order:
        names = ("path", "authors", "author", "publish", "kind", "language", "permalink", "site", "processes")
        user = get_user_model().objects.filter(username=options["by"]).first() if options["by"] else None
        if options["by"] and not user:
            raise CommandError(
                f"--by: there is no account “{options['by']}”. The desk lists the accounts under Users."
            )
        return importing.Order(
            **{name: options[name] for name in names},
            media=tuple(options["media"]),
            rehearse=options["dry_run"],
            by=user,
            progress=importing.Progress(),
            compare_progress=importing.Progress(
                line=_("%(done)d of %(total)d steps of finding similar texts")
            ),
        )
