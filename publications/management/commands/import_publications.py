"""Import texts: exports of other systems, Markdown of Jekyll, Hugo and Eleventy, manuscripts of this site."""

import os
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from publications.importers.archive import unpack_if_archive
from publications.importers.command_imports import run_command_import
from publications.importers.imported_file import ImportRefused
from publications.importers.mapping import ImportMapping, read_mapping
from publications.importers.mapping_yaml import render_mapping
from publications.importers.options import ImportOptions, InvalidOptions
from publications.importers.report import FileOutcome
from publications.importers.report_text import TOTALS, Progress, render_report, write_json_report
from publications.importers.run import propose_mapping, read_samples
from publications.importers.samples_page import render_samples_page
from publications.management.option_types import MAX_PROCESSES, non_empty_path, whole_number

HELP = """Import Markdown files with front matter as publications: one file, or a folder with all folders in it.

Front matter is the block of fields at the top of a file (title, date, author …), as Jekyll, Hugo and Eleventy have it.
An export of WordPress (.xml, made there with Tools, Export) is read as well: the file, or a folder with all files of a
large site and the folder wp-content/uploads of its server beside them, as “uploads”.
A copy of an old site, whatever it runs on, is read by rules for its pages: a WARC file, or a folder that wget saved.
Let the rules be proposed with --propose-mapping, look at them, then import with --mapping (docs/moving-in.md).

Each file becomes a draft. With --publish, those are published that do not say that they are drafts and whose date is
not in the future. Texts that name no author stay drafts unless --author says who signs them. A post that only has a
title, a summary and the address of a text elsewhere is published as such.

The first line of the report says what to do next. The report lists what was not published and why, and what was
changed, left out or guessed. For more than twenty files it is grouped by topic, with a few examples each: -v 2 lists
everything file by file, -v 0 gives the totals alone, --report writes everything to a JSON file.

Run it as often as you like: files that have not changed are left alone, what was edited at the desk (/desk/, where
editors work) is never overwritten, and a run that was stopped is finished by the next. Try it first with --dry-run.

  manage.py import_publications blog/_posts --authors blog/authors.csv --dry-run
  manage.py import_publications blog/_posts --authors blog/authors.csv --publish --report report.json
  manage.py import_publications blog/_posts --author "The Institute" --publish

Exit status: 0 all files are imported; 1 nothing was done, and a sentence says why; 2 the command was mistyped;
3 it is done, but some files were refused, or the report could not be written; 130 it was stopped."""

OPTIONS = {
    "--authors": {
        "type": Path,
        "help": "who the ids in front matter are: a CSV file (id, full_name or first_name and last_name, "
        "redirect_from) or a folder of profiles, one file or folder a person (that of a Hugo site is found by itself). "
        "Only those who sign a text are created; authors that are not listed become guests",
    },
    "--author": {
        "default": "",
        "metavar": "NAME",
        "help": "who signs the texts that name no author, such as the name of your organisation: an id or a name of "
        "--authors, or the name of an author of the site; one that is not there yet is made, as an organisation",
    },
    "--media": {
        "type": Path,
        "action": "append",
        "default": [],
        "help": "a further folder to look for pictures and files in; may be given several times. The folder itself is "
        "always searched, and that of the Jekyll, Hugo or Eleventy site that it is in; nothing else above it is read",
    },
    "--mapping": {
        "type": Path,
        "metavar": "FILE.yaml",
        "help": "names of topics, authors, kinds and fields there, and those here; made by --propose-mapping",
    },
    "--propose-mapping": {
        "type": Path,
        "metavar": "FILE.yaml",
        "help": "import nothing: write such a file with all names that the texts have, to be edited",
    },
    "--samples": {
        "type": Path,
        "metavar": "FILE.html",
        "help": "import nothing: write ten pages of an old site beside what the rules understand of them, to be looked "
        "at in a browser. Without --mapping the proposed rules are used",
    },
    "--publish": {"action": "store_true", "help": "publish what may be public; without it all are drafts"},
    "--dry-run": {
        "action": "store_true",
        "help": "do all of it, report, and change nothing (once all is read, nobody can save at the desk till it ends)",
    },
    "--report": {"type": Path, "metavar": "FILE.json", "help": "also write the report as JSON"},
    "--missing-files": {
        "type": Path,
        "metavar": "FILE",
        "help": "write the addresses of the files that texts use and the source does not have, one a line: "
        "wget -x -i FILE saves them",
    },
    "--kind": {
        "default": "commentary",
        "help": "the kind of publication of texts that name none (default: commentary)",
    },
    "--language": {
        "default": "en",
        "help": "the language of texts that do not name theirs and are in no folder of a language (default: en)",
    },
    "--permalink": {
        "default": "",
        "metavar": "PATTERN",
        "help": "the pattern of addresses on the old site, such as /:year/:month/:day/:title/: they redirect here",
    },
    "--site": {
        "default": "",
        "metavar": "URL",
        "help": "address of the old site, such as https://old.example: links to pages of it that did not come along "
        "lead there",
    },
    "--by": {
        "metavar": "USER",
        "help": "the account in whose name it is done (default: the command line)",
    },
    "--processes": {
        "type": whole_number(0, MAX_PROCESSES),
        "default": min(os.cpu_count() or 1, MAX_PROCESSES),
        "help": "processes that read and render (default: one for each processor; 0: none)",
    },
}


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args, **kwargs):
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "path", type=non_empty_path, metavar="FOLDER", help="a folder of texts, or a single file"
        )
        for name, option in OPTIONS.items():
            parser.add_argument(name, **option)

    def handle(self, *args, **options) -> None:
        report_path, missing_path = options["report"], options["missing_files"]
        samples_path = options["samples"]
        try:
            if report_path:
                check_writable(report_path)
            if missing_path:
                check_writable(missing_path, option="--missing-files")
            with unpack_if_archive(options["path"]) as path:
                import_options = self._import_options(options | {"path": path})
                if proposal_path := options["propose_mapping"]:
                    self._write_proposal(import_options, proposal_path)
                if samples_path:
                    self._write_samples(import_options, samples_path)
                if proposal_path or samples_path:
                    return
                report = run_command_import(import_options, options["path"])
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        except InvalidOptions as error:
            raise CommandError(f"--{error.option}: {error}" if error.option else str(error)) from error
        except KeyboardInterrupt as error:
            message = _("Broken off. The same command goes on where this one stopped.")
            raise CommandError(message, returncode=130) from error
        for line in render_report(report, detail=options["verbosity"]):
            self.stdout.write(line)
        if not report.is_dry_run and options["verbosity"] > TOTALS:
            message = _(
                "Under Import texts, the desk lists this import: what is left to do, its names, and its undo."
            )
            self.stdout.write(f"\n{message}")
        if report_path:
            self._write(report_path, partial(write_json_report, report))
        if missing_path:
            addresses = "".join(f"{address}\n" for address in report.missing_files)
            self._write(missing_path, lambda path: path.write_text(addresses, encoding="utf-8"))
        if refused := report.count(FileOutcome.REFUSED):
            message = _("Done, but %(count)d of the files were refused: the report says which.")
            raise CommandError(message % {"count": refused}, returncode=3)

    def _write_proposal(self, options: ImportOptions, path: Path) -> None:
        """Write a proposed mapping. One that is there may have been edited, and is not replaced."""
        mapping, refused = propose_mapping(options)
        proposal = render_mapping(mapping)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(proposal)
        except OSError as error:
            message = _(
                "--propose-mapping: “%(path)s” cannot be written: %(why)s. Name a file that is not there yet."
            )
            raise CommandError(message % {"path": path, "why": error.strerror}) from error
        self.stdout.write(_("Written: %s. Edit it, then import with --mapping.") % path)
        if refused:
            reasons = " ".join(dict.fromkeys(map(str, refused.values())))
            message = _("The proposal was made without what could not be read: %(reasons)s")
            raise CommandError(message % {"reasons": reasons}, returncode=3)

    def _write_samples(self, options: ImportOptions, path: Path) -> None:
        """Write the page with samples, of the given or the proposed rules."""
        check_writable(path, option="--samples")
        if not options.mapping.pages:
            proposed, _refused = propose_mapping(options)
            options = replace(options, mapping=replace(options.mapping, pages=proposed.pages))
        samples = read_samples(options)
        if not samples:
            raise CommandError(
                _("--samples: only old sites are read by rules, so that there is nothing to compare.")
            )
        path.write_text(render_samples_page(samples, options.path.name), encoding="utf-8")
        self.stdout.write(_("Written: %s. Open it in a browser.") % path)

    def _write(self, path: Path, write: Callable[[Path], object]) -> None:
        try:
            write(path)
        except OSError as error:
            message = _("The import is done, but the report could not be written: %(error)s")
            raise CommandError(message % {"error": error}, returncode=3) from error

    def _import_options(self, options: dict) -> ImportOptions:
        names = (
            "path", "authors", "author", "publish", "dry_run", "kind", "language", "permalink", "site", "processes",
        )  # fmt: skip
        user = get_user_model().objects.filter(username=options["by"]).first() if options["by"] else None
        if options["by"] and not user:
            message = _("--by: there is no account “%(username)s”. The desk lists the accounts under Users.")
            raise CommandError(message % {"username": options["by"]})
        return ImportOptions(
            **{name: options[name] for name in names},
            media=tuple(options["media"]),
            mapping=read_mapping(options["mapping"]) if options["mapping"] else ImportMapping(),
            by=user,
            progress=Progress(),
            similarity_progress=Progress(message=_("%(done)d of %(total)d steps of finding similar texts")),
        )


def check_writable(path: Path, *, option: str = "--report") -> None:
    """Raise CommandError if a report cannot be written to a path. An existing file or symbolic link is not changed.

    Args:
        option: that names the path, for the message.
    """
    try:
        is_new = not path.exists()
        path.open("a").close()
        if is_new:
            path.resolve().unlink()
    except OSError as error:
        message = _(
            "%(option)s: “%(path)s” cannot be written: %(why)s. Name a file in a folder that is there."
        )
        raise CommandError(message % {"option": option, "path": path, "why": error.strerror}) from error
