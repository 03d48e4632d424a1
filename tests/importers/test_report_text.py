"""The report of an import: short ones by file, long ones by topic."""

import re
from itertools import count, takewhile

import pytest
from django.template.loader import render_to_string

from publications.importers.hidden_links import HIDDEN_LINK
from publications.importers.imported_file import (
    NOT_PUBLIC,
    OLD_LINK,
    STILL_PUBLIC,
    ImportNote,
    NoteKind,
    SourceRemark,
)
from publications.importers.markdown.page import compare_markdown
from publications.importers.next_step import describe_next_step
from publications.importers.report import NOTE_TOPICS, FileOutcome, FileReport, ImportReport
from publications.importers.report_page import build_report_page, label_report
from publications.importers.report_text import MAX_EXAMPLES, MAX_LISTED, render_report
from publications.models import Author, Publication
from tests.blogs import import_blog, write_post
from tests.conftest import ROOT
from tests.factories import make_author, saved


def import_report(files: int, *lines: ImportNote) -> ImportReport:
    return ImportReport(
        [FileReport(f"{number:03}.md", FileOutcome.NEW, list(lines)) for number in range(files)]
    )


def shown(import_report: ImportReport, **how) -> str:
    return "\n".join(render_report(import_report, width=100, **how))


LED = ImportNote(NoteKind.CHANGED, "link", "/old/ leads to /new/ now.")
LOST = ImportNote(NoteKind.DROPPED, "words", "Words of the file that are not in the text: x")
HELD = ImportNote(NoteKind.DROPPED, "held", "Not published: it has no date.")


def test_a_few_files_are_reported_one_by_one():
    text = shown(import_report(20, LED, HELD))

    _next, _empty, rest = text.partition("\n\n")
    assert rest.count("leads to") == rest.count("Not published") == 20 and "019.md" in rest


def test_many_files_are_reported_by_topic_with_the_first_of_each():
    text = shown(import_report(21, LED, HELD))

    assert "links led to new addresses: 21, in 21 files" in text and text.count("leads to") == MAX_EXAMPLES
    assert "… and 18 more" in text and "003.md: /old/" not in text


def test_what_somebody_has_to_look_at_is_reported_whole_up_to_a_page():
    page, more = shown(import_report(MAX_LISTED, LOST)), shown(import_report(MAX_LISTED + 1, LOST))

    assert page.count("Words of the file") == more.count("Words of the file") == MAX_LISTED
    assert "more" not in page and "… and 1 more" in more


def test_what_matters_most_comes_first_and_what_is_refused_before_all():
    refused = ImportNote(NoteKind.DROPPED, "refused", "No front matter.")

    text = shown(import_report(21, LED, HELD, refused))

    assert text.index("refused: 21") < text.index("held back from readers: 21") < text.index("links led")


def test_all_notes_are_reported_on_request_and_none_with_totals_only():
    whole, totals = shown(import_report(400, LED), detail=2), shown(import_report(400, LED), detail=0)

    assert whole.count("leads to") == 400 and whole.count(": new") + whole.count("  new") == 401
    assert "leads to" not in totals and "400  files" in totals


def test_the_hint_at_the_full_report_is_shown_only_if_it_is_shortened():
    assert "-v 2" in shown(import_report(21, LED))
    assert "-v 2" not in shown(import_report(20, LED)) + shown(import_report(21, LED), detail=2)


@pytest.mark.parametrize("width", [40, 80, 160])
def test_a_folded_report_fits_the_screen(width):
    long = ImportNote(NoteKind.DROPPED, "field", "This site has no field for “hero”: " + "words " * 200)

    lines = list(render_report(import_report(21, long, LED), width=width))

    assert max(map(len, lines)) <= width and len(lines) < 40


@pytest.mark.parametrize("detail", [1, 2])
@pytest.mark.parametrize("files", [20, 21])
def test_no_address_is_broken(files, detail):
    address = "https://old.example/2019/" + "a-very-long-title-of-a-text/" * 4
    note = ImportNote(NoteKind.DROPPED, "link-gone", f"The link to {address} leads nowhere: " + "words " * 20)
    other = ImportNote(NoteKind.DROPPED, "link-lost", f"{address} leads to the old site.")

    lines = list(render_report(import_report(files, note, other), width=60, detail=detail))

    whole = [line for line in lines if address in line]
    assert len(whole) == sum("https" in line for line in lines) >= 2
    assert {len(line) > 60 for line in lines if line not in whole} == {False}


def test_ten_years_of_posts_are_reported_on_a_few_pages():
    topics = [key for key, topic in NOTE_TOPICS.items() if not topic.is_word_only]
    lines = [ImportNote(NoteKind.DROPPED, topic, f"{topic}.") for topic in topics]

    assert len(shown(import_report(509, *lines)).split("\n")) < 800


def test_every_topic_that_is_reported_has_a_name_and_a_total():
    paths = (ROOT / "publications" / "importers").rglob("*.py")
    texts = [path.read_text(encoding="utf-8") for path in paths]
    names = {
        topic
        for text in texts
        for topic in re.findall(
            r"""(?:\b(?:changed|dropped|guessed|change|drop)\(|NoteKind\.[A-Z]+,)\s*"([\w-]+)\"""", text
        )
    }

    names |= {NOT_PUBLIC, STILL_PUBLIC, HIDDEN_LINK, OLD_LINK}
    assert names == set(NOTE_TOPICS)
    notes = [ImportNote(NoteKind.DROPPED, topic, "x") for topic in names]
    assert {topic.replace("-", "_") for topic in names - {"refused"}} <= set(
        import_report(1, *notes).totals()
    )


@pytest.mark.django_db
def test_equal_notes_of_one_file_are_reported_once(tmp_path):
    result = import_blog(write_post(tmp_path / "blog", "b.md", title="B", body="[a](b.md) [b](b.md)"))

    assert [line.text for line in result.files[0].notes if line.topic == "link"] == [
        "b.md leads to /en/publications/b/ now."
    ]


GUEST = "---\ntitle: {title}\ndate: 2024-04-09\nauthor: {author}\n---\nText of [one]({title}.md).\n"


def write_signed(folder, **authors: str):
    folder.mkdir(exist_ok=True)
    for title, author in authors.items():
        (folder / f"{title}.md").write_text(GUEST.format(title=title, author=author), encoding="utf-8")
    return folder


@pytest.mark.django_db
def test_guests_are_counted_once_and_only_those_that_were_made(tmp_path):
    make_author("Bo Ek")
    folder = write_signed(tmp_path / "blog", one="Bo Ek", two="Eva Ros", three="Eva Ros", four="Ann Berg")

    import_report = import_blog(folder)

    assert import_report.totals()["guest"] == 1 and Author.objects.filter(is_guest=True).count() == 1


OPEN_TEXTS = {
    "file and site": "[A](gone.md), [B](https://old.example/b), <iframe src='https://www.youtube.com/embed/x'></iframe>",
    "missing picture": "![A map](gone.png)",
    "summary and date": "Text.",
}


def notes_of(report: ImportReport) -> dict[str, set[ImportNote]]:
    """Return the notes of the files; that an author was created is no question that stays."""
    return {file.source: {note for note in file.notes if note.topic != "guest"} for file in report.files}


def write_open_texts(folder):
    for number, body in enumerate(OPEN_TEXTS.values(), 1):
        write_post(
            folder, f"2024-04-0{number}-{number}.md", title=f"Text {number}", body=body, date="2024-05-01"
        )
    manuscript = (
        "---\nformat: 1\ntitle: M\nkind: commentary\nlanguage: en\nslug: m\ndoi: nonsense\n---\n\nText.\n"
    )
    (folder / "m.md").write_text(manuscript, encoding="utf-8")
    return folder


@pytest.mark.django_db
@pytest.mark.parametrize("publish", [True, False])
def test_every_run_reports_the_same_until_a_text_is_mended(tmp_path, publish):
    folder = write_open_texts(tmp_path / "blog")
    first = import_blog(folder, publish=publish)
    notes = notes_of(first)
    assert {"link-lost", "image-missing", "date-differs", "missing", "html"} <= {
        note.topic for file in notes.values() for note in file
    }

    runs = [import_blog(folder, publish=publish, dry_run=is_dry_run) for is_dry_run in (True, False)]

    assert [notes_of(run) for run in runs] == [notes, notes]
    assert {file.outcome for run in runs for file in run.files} == {FileOutcome.UNCHANGED}
    assert "Pictures and files that are missing: 2; Embedded" in describe_next_step(runs[1])

    text = Publication.objects.get(title="Text 2")
    text.body += "\n\nEdited."
    saved(text)
    again = import_blog(folder, publish=publish)
    assert "Pictures and files that are missing: 2; Embedded" in describe_next_step(again)

    text.body = "Edited."
    saved(text)

    again = import_blog(folder, publish=publish)
    assert "Pictures and files that are missing: 1; Embedded" in describe_next_step(again)


@pytest.mark.django_db
def test_a_run_after_one_that_was_broken_off_reports_what_an_unbroken_one_does(tmp_path, monkeypatch):
    monkeypatch.setattr("publications.importers.run.BATCH_FILES", 2)
    folder = write_open_texts(tmp_path / "blog")
    unbroken = import_blog(folder, dry_run=True)

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_blog(folder, progress=stop)
    report = import_blog(folder)

    assert report.totals()["unchanged"] == 2
    assert notes_of(report) == notes_of(unbroken)


# What is held back, and what to do next

NO_AUTHOR = ImportNote(NoteKind.DROPPED, "held", "Not published: An author is missing.")
NO_TEXT = ImportNote(NoteKind.DROPPED, "held", "Not published: The text is missing.")


NUMBERS = count()


def entries(
    files: int, *lines: ImportNote, outcome: FileOutcome = FileOutcome.NEW, is_published: bool = False
) -> list[FileReport]:
    names = [f"{next(NUMBERS)}.md" for _file in range(files)]
    return [FileReport(name, outcome, list(lines), is_published=is_published) for name in names]


def test_what_is_held_back_stands_by_reason_with_the_reason_of_most_first():
    result = ImportReport(
        [*entries(30, NO_TEXT, NO_AUTHOR), *entries(40, NO_AUTHOR), *entries(9, HELD)], is_publishing=True
    )

    text = shown(result)

    assert "held back from readers: 79" in text
    reasons = (
        "70: Not published: An author is missing.",
        "30: Not published: The text",
        "9: Not published: it has no date.",
    )
    assert [text.index(reason) for reason in reasons] == sorted(text.index(reason) for reason in reasons)
    assert text.count("An author is missing") == 1 and "… and 67 more" in text


def test_a_text_with_two_reasons_is_one_text_held_back_and_stands_under_both():
    result = ImportReport(entries(25, NO_TEXT, NO_AUTHOR), is_publishing=True)

    assert result.totals()["held"] == 25
    assert {reason: len(files) for reason, files in result.as_dict()["held_back"].items()} == {
        NO_AUTHOR.text: 25, NO_TEXT.text: 25,
    }  # fmt: skip


def test_reasons_beyond_a_page_are_counted():
    refused = [
        ImportNote(NoteKind.DROPPED, "refused", f"Line {number} is wrong.")
        for number in range(MAX_LISTED + 5)
    ]

    text = shown(
        ImportReport([entry for line in refused for entry in entries(1, line, outcome=FileOutcome.REFUSED)])
    )

    assert text.count("is wrong") == MAX_LISTED and "… and 5 more" in text


REFUSED = entries(2, outcome=FileOutcome.REFUSED)
MISSING = ImportNote(NoteKind.DROPPED, "image-missing", "x.png: it is not there.")
LOST_ADDRESSES = SourceRemark("Old addresses that will answer 404:", ("/a", "/b"), topic="lost-address")
FIRST_LINES = {
    "nothing there": (ImportReport(), "Next: name a folder"),
    "refused": (ImportReport([*REFUSED, *entries(9, NO_AUTHOR)], is_publishing=True), "9 of 11 files are here.*mend or move away 2 files"),
    "unsigned": (ImportReport(entries(9, NO_AUTHOR, NO_TEXT), is_publishing=True), "9 were held back. Next: 9 texts name no author.*--author NAME"),
    "unsigned, rehearsed": (ImportReport(entries(9, NO_AUTHOR), is_publishing=True, is_dry_run=True), "Rehearsal.*--author NAME"),
    "rehearsed": (ImportReport(entries(9), is_dry_run=True), "nothing was changed: 9 of 9.*without --dry-run"),
    "held back": (ImportReport(entries(3, HELD), is_publishing=True), "look at 3 texts.*it has no date"),
    "drafts": (ImportReport(entries(9)), "none was to be published.*--publish"),
    "held back for two reasons": (ImportReport([*entries(1, NO_TEXT), *entries(3, HELD)], is_publishing=True), "look at 4 texts.*listed by reason"),
    "rehearsed again": (ImportReport(entries(9, outcome=FileOutcome.UNCHANGED), is_dry_run=True, is_publishing=True), "9 of 9.* Nothing is left"),
    "pictures missing": (ImportReport(entries(9, MISSING, is_published=True), is_publishing=True), "held back. Left to do by hand, listed below: Pictures and files that are missing: 9."),
    "addresses lost": (ImportReport(entries(9, is_published=True), is_publishing=True, source_notes=[LOST_ADDRESSES]), "Old addresses that do not lead here: 2."),
    "done": (ImportReport(entries(9, is_published=True), is_publishing=True), "9 became public, 0 were held back. Nothing is left"),
}  # fmt: skip


@pytest.mark.parametrize("name", FIRST_LINES)
@pytest.mark.parametrize("detail", [0, 1, 2])
def test_the_first_line_says_what_to_do_next(name, detail):
    result, said = FIRST_LINES[name]

    lines = takewhile(bool, render_report(result, width=60, detail=detail))
    first = " ".join(" ".join(lines).split())

    assert re.search(said, first), first


@pytest.mark.django_db
def test_the_reason_for_a_missing_author_is_that_of_publishing(tmp_path):
    folder = write_post(tmp_path / "blog")
    (folder / "a.md").write_text("---\ntitle: A\ndate: 2024-04-09\n---\nText.\n")

    assert "--author NAME" in describe_next_step(import_blog(folder))


# Words

GLUED = [
    "[One](https://a.example/)_Two three._",
    '<img src="x.png" alt="A picture">Two three.',
    "write to <ann@b.example>and wait",
    "**One.**_Two three_",
]


@pytest.mark.django_db
@pytest.mark.parametrize("body", GLUED)
def test_words_that_stand_on_the_page_without_a_space_between_are_not_called_left_out(tmp_path, body):
    import_report = import_blog(write_post(tmp_path / "blog", body=body))

    assert not [line for line in import_report.files[0].notes if line.topic == "words"]


@pytest.mark.parametrize(
    ("source", "text", "missing"),
    [
        ("one two", "onetwo", ()),
        ("one two", "one", ("two",)),
        ("one and", "one understand", ("and",)),
        ("two one", "onetwo", ()),
        ("a b", "ab", ()),
        ("and and", "govand", ("and",)),
    ],
)
def test_a_word_is_there_where_it_is_joined_with_another_word_of_the_source(source, text, missing):
    assert compare_markdown(f"{source} <gov@x.se>", text).missing == missing


def test_what_holds_for_the_source_as_a_whole_comes_before_its_texts():
    report = import_report(21, LED)
    report.source_notes = [
        SourceRemark("Files that are not here:", tuple(f"/a/{n}.png" for n in range(MAX_LISTED + 2)))
    ]

    text = shown(report)

    assert text.index("Files that are not here:") < text.index("links led to") and "… and 2 more" in text
    assert f"/a/{MAX_LISTED}.png" not in text and f"/a/{MAX_LISTED}.png" in shown(report, detail=2)
    assert report.as_dict()["source"][0]["items"][-1] == f"/a/{MAX_LISTED + 1}.png"


def test_the_page_of_a_report_has_what_holds_for_the_source():
    report = import_report(1)
    report.source_notes = [SourceRemark("Files that are not here:", ("/a.png",))]

    page = render_to_string(
        "desk/archive_import_report.html", {"report": label_report(build_report_page(report))}
    )

    assert "Files that are not here:" in page and "<li>/a.png</li>" in page
