"""What can be said about an import on the command line, in words for whoever has never seen it."""

from pathlib import Path

HELP = """Import Markdown files with front matter as publications: one file, or a folder with all folders in it.

Front matter is the block of fields at the top of a file (title, date, author …), as Jekyll, Hugo and Eleventy have it.

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
}
