"""What can be said about an import on the command line, in words for whoever has never seen it."""

import os
from pathlib import Path

HELP = """Import Markdown files with front matter as publications: one file, or a folder with all folders in it.

Each file becomes a draft; with --publish those become public that are no drafts and whose date is not ahead. Texts that
name no author stay drafts unless --author says who signs them. Posts that are a title, a summary and the address of a
text elsewhere are published as such.

The first line of the report says what to do next; what is held back from readers stands by reason. The report names
what was changed, left out or guessed, of many files by topic and with a few examples each: -v 2 names all of it file
by file, -v 0 gives the totals alone, --report a file for machines.

Run it as often as you like: what has not changed is left alone, what was edited at the desk is never overwritten, and
a run that was broken off is finished by the next. Try it first with --dry-run.

  manage.py import_publications blog/_posts --authors blog/authors.csv --dry-run
  manage.py import_publications blog/_posts --authors blog/authors.csv --publish --report report.json
  manage.py import_publications blog/_posts --author "The Institute" --publish

Exit status: 0 all files are here; 1 nothing was done, and a sentence says why; 2 the command was mistyped;
3 it is done, but some files were refused, or the report could not be written; 130 it was broken off."""

OPTIONS = {
    "--authors": {
        "type": Path,
        "help": "who the ids in front matter are: a CSV file (id, full_name or first_name and last_name, "
        "redirect_from) or a folder of profiles, one file or folder a person (that of a Hugo site is found by itself). "
        "Only authors in use are made; others than these become guests",
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
        "help": "a folder to look for pictures in; may be given several times (default: the folder, the two above "
        "it, and media, static, assets … in them)",
    },
    "--publish": {"action": "store_true", "help": "publish what may be public; without it all are drafts"},
    "--dry-run": {
        "action": "store_true",
        "help": "do all of it, report, and change nothing (nobody can save at the desk meanwhile)",
    },
    "--report": {"type": Path, "metavar": "FILE.json", "help": "also write the report as JSON"},
    "--kind": {
        "default": "commentary",
        "help": "the kind of pieces that name none (default: commentary)",
    },
    "--language": {
        "default": "en",
        "help": "the language of texts that name none and stand in no folder of one (default: en)",
    },
    "--permalink": {
        "default": "",
        "metavar": "PATTERN",
        "help": "how addresses of the old site were made, such as /:year/:month/:day/:title/; they will lead here",
    },
    "--site": {
        "default": "",
        "metavar": "URL",
        "help": "address of the old site: links to pages of it that did not come along lead there",
    },
    "--by": {
        "metavar": "USER",
        "help": "the account in whose name it is done (default: the command line)",
    },
    "--processes": {
        "type": int,
        "default": os.cpu_count() or 1,
        "help": "processes that read and render (default: one for each processor; 0: none)",
    },
}
