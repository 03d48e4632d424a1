"""Odd answers and addresses in copies of old sites: nothing is lost, or one text taken for another, in silence."""

import gzip
import os
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from publications.importers.mapping import parse_mapping
from publications.importers.old_site import open_copy
from publications.importers.old_site.html_page import UnreadablePage, read_page
from publications.importers.old_site.page_index import index_pages
from publications.importers.old_site.rules import parse_rules
from publications.importers.old_site.site_files import SiteFiles
from publications.importers.old_site.source import open_old_site
from publications.path_patterns import PathTree

SITE = "https://www.old.example"
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body><h1>{title}</h1>'
    '<div class="text">{body}</div></body></html>'
)
RULES = "pages:\n  - name: a\n    match: {match}\n    title: h1\n    body: div.text\n"


def page(title: str, body: str = "", *, head: str = "") -> bytes:
    return PAGE.format(title=title, body=body or f"<p>Words of {title}.</p>", head=head).encode()


def write_folder(folder: Path, pages: dict[str, bytes], host: str = "www.old.example") -> Path:
    for name, content in pages.items():
        path = folder / host / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def titles(copy, match: str = "{selector: div.text}") -> list[str]:
    """The titles of the texts in a copy, sorted."""
    rules = parse_rules(parse_mapping(RULES.format(match=match), name="m").pages)
    return sorted(text.head.title for text in index_pages(copy, rules).texts.values())


def write_records(path: Path, *records: tuple[str, str, list[tuple[str, str]], bytes]) -> Path:
    """Write responses, each with its path, status, headers and body; without a body as it is for a revisit."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for address, status, headers, body in records:
            head = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
            url = f"{SITE}{address}"
            if body is None:
                record = writer.create_revisit_record(
                    url, "sha1:x", f"{SITE}/elsewhere", "2021-01-01T00:00:00Z", http_headers=head
                )
            else:
                record = writer.create_warc_record(url, "response", payload=BytesIO(body), http_headers=head)
            writer.write_record(record)
    return path


HTML = [("Content-Type", "text/html")]


def test_a_body_in_brotli_is_read_and_one_that_is_cut_is_an_error(tmp_path):
    text = page("News", "<p>" + "å" * 200_000 + "</p>")
    encoded = [*HTML, ("Content-Encoding", "br")]
    whole = brotli.compress(text)
    copy = open_copy(
        write_records(
            tmp_path / "a.warc.gz",
            ("/a", "200 OK", encoded, whole),
            ("/cut", "200 OK", encoded, whole[: len(whole) // 2]),
            ("/zstd", "200 OK", [*HTML, ("Content-Encoding", "zstd")], b"\x28\xb5\x2f\xfd"),
        )
    )

    assert copy.read_body(copy.find(f"{SITE}/a")) == text
    assert copy.read_body(copy.find(f"{SITE}/a"), 1_000) == text[:1_000]
    for address in ("/cut", "/zstd"):
        with pytest.raises(OSError):
            copy.read_body(copy.find(f"{SITE}{address}"))


@pytest.mark.parametrize("status", ["304 Not Modified", "206 Partial Content", "204 No Content", "200 OK"])
def test_an_answer_in_part_does_not_replace_the_whole_one(tmp_path, status):
    copy = open_copy(
        write_records(
            tmp_path / "a.warc.gz",
            ("/a", "200 OK", HTML, page("News")),
            ("/a", status, HTML, b""),
            ("/report.pdf", "200 OK", [("Content-Type", "application/pdf")], b"%PDF-1.7 whole"),
            ("/report.pdf", status, [("Content-Type", "application/pdf")], b""),
        )
    )

    assert titles(copy) == ["News"]
    assert copy.read_body(copy.find(f"{SITE}/report.pdf")) == b"%PDF-1.7 whole"


@pytest.mark.parametrize("location", ["/new", f"{SITE}/new"])
def test_a_revisit_of_a_redirect_leads_on_and_one_without_its_record_is_named(tmp_path, location):
    copy = open_copy(
        write_records(
            tmp_path / "a.warc.gz",
            ("/new", "200 OK", HTML, page("News")),
            ("/old", "301 Moved", [("Location", location)], None),
            ("/lost", "200 OK", HTML, None),
        )
    )

    assert copy.find(f"{SITE}/old").is_redirect and titles(copy) == ["News"]
    assert list(copy.damaged.values()) == [
        "“https://www.old.example/lost” is not in the copy: its record refers to one that is missing. "
        "Save the old site again."
    ]


def test_pages_whose_queries_differ_in_case_are_kept(tmp_path):
    records = [(f"/view?id={name}", "200 OK", HTML, page(name)) for name in ("Ab", "aB")]

    assert titles(open_copy(write_records(tmp_path / "a.warc.gz", *records))) == ["Ab", "aB"]


def test_files_with_different_names_that_are_no_utf_8_stay_two(tmp_path):
    names = [os.fsdecode(name) for name in (b"f\xf6r.pdf", b"f\xe5r.pdf")]
    folder = write_folder(tmp_path, {"a.html": page("A"), names[0]: b"%PDF-1", names[1]: b"%PDF-2"})
    copy = open_copy(folder)
    files = SiteFiles.of(copy)

    paths = [files.find_path(f"{SITE}/{name}") for name in ("f%F6r.pdf", "f%E5r.pdf")]

    assert [(files.root / unquote(path).lstrip("/")).read_bytes() for path in paths] == [b"%PDF-1", b"%PDF-2"]
    assert files.addresses_of(paths[0]) == ["/f%F6r.pdf"]


@pytest.mark.parametrize(
    "padding", [b"\n", bytes(512), gzip.compress(b"")], ids=["line end", "zeros", "empty member"]
)
def test_what_is_behind_the_last_record_and_holds_nothing_is_no_damage(tmp_path, padding):
    path = write_records(tmp_path / "a.warc.gz", ("/a", "200 OK", HTML, page("News")))
    path.write_bytes(path.read_bytes() + padding)

    assert titles(open_copy(path)) == ["News"] and not open_copy(path).damaged


def test_names_of_files_that_are_no_utf_8_are_read(tmp_path):
    names = [os.fsdecode(name) for name in (b"f\xf6rsvar/index.html", b"b@id=\xf6.html")]
    folder = write_folder(tmp_path, {"a.html": page("A"), names[0]: page("B"), names[1]: page("C")})
    copy = open_copy(folder)

    assert titles(copy) == ["A", "B", "C"]
    assert copy.find(f"{SITE}/f%F6rsvar/").address == f"{SITE}/f%F6rsvar/"


def test_pages_that_differ_in_case_or_in_the_name_of_the_page_of_a_folder_are_all_kept(tmp_path):
    names = ["doc/Ab.html", "doc/aB.html", "x/index.html", "x/default.html"]
    copy = open_copy(write_folder(tmp_path, {name: page(name) for name in names}))

    assert titles(copy) == sorted(names)
    assert [copy.find(f"{SITE}/{name}").path.name for name in names[:2]] == ["Ab.html", "aB.html"]


def test_one_page_under_several_spellings_of_its_address_is_one_text(tmp_path):
    names = ["doc/Ab.html", "doc/aB.html", "x/index.html", "x/default.html"]
    copy = open_copy(write_folder(tmp_path, {name: page(name.partition("/")[0]) for name in names}))

    assert titles(copy) == ["doc", "x"]


@pytest.mark.parametrize("is_in_copy", [False, True])
def test_texts_with_one_wrong_canonical_link_are_all_kept(tmp_path, is_in_copy):
    link = f'<link rel="canonical" href="{SITE}/section">'
    pages = {f"section/{name}.html": page(name, head=link) for name in "abc"}
    if is_in_copy:
        pages["section.html"] = b"<!doctype html><html><title>Section</title><p>A list</p></html>"

    assert titles(open_copy(write_folder(tmp_path, pages))) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("words", "texts"),
    [(60, ["/section/narva-road.html"]), (20, ["/narva.html", "/section/narva-road.html"])],
)
def test_a_redirect_that_wget_saved_as_a_page_is_an_old_address_of_its_text(tmp_path, words, texts):
    text = page("Narva", f"<p>{'word ' * words}</p>")
    section = (
        b"<!doctype html><html><title>Section</title><a href='/section/narva-road.html'>Narva</a></html>"
    )
    pages = {"narva.html": text, "section/narva-road.html": text, "section/index.html": section}
    copy = open_copy(write_folder(tmp_path, pages))
    rules = parse_rules(parse_mapping(RULES.format(match="{selector: div.text}"), name="m").pages)

    index = index_pages(copy, rules)

    assert sorted(page.address.removeprefix(SITE) for page in index.texts.values()) == texts
    assert index.find_text(copy.find_key(f"{SITE}/narva.html")).head.title == "Narva"


def test_a_folder_of_a_program_is_no_host(tmp_path):
    pages = {"index.html": page("Home"), "index.php/a.html": page("A"), "index.php/b.html": page("B")}
    copy = open_copy(write_folder(tmp_path, pages) / "www.old.example")

    assert copy.site == SITE and titles(copy) == ["A", "B", "Home"]


def test_links_out_of_a_folder_and_to_folders_are_named(tmp_path):
    other = write_folder(tmp_path / "other", {"c.html": page("C")}, "more.example")
    folder = write_folder(tmp_path / "site", {"a.html": page("A"), "sub/b.html": page("B")})
    (folder / "more.example").symlink_to(other / "more.example")
    (folder / "www.old.example/c.html").symlink_to(other / "more.example/c.html")
    (folder / "www.old.example/again").symlink_to(folder / "www.old.example/sub")
    (folder / "www.old.example/a2.html").symlink_to(folder / "www.old.example/a.html")

    copy = open_copy(folder)

    assert {*copy.damaged} == {"more.example", "www.old.example/c.html", "www.old.example/again"}
    assert titles(copy) == ["A", "A", "B"]


def test_folders_of_other_hosts_are_counted(tmp_path):
    write_folder(tmp_path, {"a.html": page("A"), "b.html": page("B")})
    copy = open_copy(write_folder(tmp_path, {"c.html": page("C")}, host="cdn.other.example"))

    assert titles(copy) == ["A", "B"] and copy.other_hosts == {"cdn.other.example": 1}


@pytest.mark.parametrize("pattern", ["/ämnen/*", "/%C3%A4mnen/*", "/Ämnen/*"])
def test_a_pattern_fits_however_its_letters_are_written(tmp_path, pattern):
    copy = open_copy(write_folder(tmp_path, {"ämnen/a.html": page("A"), "andra/b.html": page("B")}))

    assert titles(copy, f'{{address: "{pattern}"}}') == ["A"]


def test_a_large_page_is_read_without_its_pictures_or_refused_never_cut(tmp_path):
    picture = f'<img src="data:image/png;base64,{"A" * 5_000_000}">'
    pages = {"a.html": page("A", f"{picture}<p>Efter bilden åäö</p>"), "b.html": page("B", "å" * 2_600_000)}
    copy = open_copy(write_folder(tmp_path, pages))

    assert "Efter bilden åäö" in read_page(copy, copy.find(f"{SITE}/a.html")).tree.body.text()
    with pytest.raises(UnreadablePage, match="more than 5 MB"):
        read_page(copy, copy.find(f"{SITE}/b.html"))


def test_answers_that_there_is_no_page_are_named_and_no_texts(tmp_path):
    missing = page("Sidan kunde inte hittas", "<p>Sidan du söker finns inte längre.</p>")
    pages = {name: page(name, f"<p>On {name}.</p>") for name in ("coal", "gas", "Sidan som saknas")}
    names = ("page.aspx@id=41", "page.aspx@id=99", "old/tips")
    copy = write_folder(tmp_path, pages | dict.fromkeys(names, missing))
    rules = parse_mapping("pages:\n- {match: {selector: div.text}, title: h1, body: div.text}", name="a")

    source = open_old_site(copy, rules)

    assert sorted(text.head.title for text in source.index.texts.values()) == [
        "Sidan som saknas",
        "coal",
        "gas",
    ]
    assert [
        len(note.items) for note in source.summarize(PathTree([])) if "there is no page" in note.text
    ] == [3]
    assert not source.nearest.pages.keys() & {"/page.aspx?id=41", "/old/tips"}


@pytest.mark.parametrize(
    ("title", "names", "words"),
    [
        *(
            (title, ("a.html", "b.html"), 3)
            for title in (
                "Sida måste hitta nya vägar", "Sida: tydlig strategi saknas", "404 dagar i fångenskap", "Not found in Minsk",
                "En sida av historien som saknas", "Sidan som saknas", "Dokumentet som alla hittade", "Sidan saknas i arkivet",
                "Turning the page: peace not found in Minsk", "The page that no longer exists", "Error 404 and other poems",
            )
        ),
        ("Page not found", ("a.html", "a.html@print=1"), 3),
        ("Page not found", ("a.html@id=41", "a.html@id=41&print=1"), 3),
        ("Page not found", ("a.html", "b.html"), 200),
    ],
)  # fmt: skip
def test_a_text_about_what_is_missing_is_no_answer_that_there_is_no_page(tmp_path, title, names, words):
    copy = write_folder(tmp_path, dict.fromkeys(names, page(title, f"<p>{'word ' * words}</p>")))

    assert set(titles(open_copy(copy))) == {title}


@pytest.mark.parametrize(
    "title",
    [
        "Sidan kunde inte hittas", "Sidan hittades inte!", "Sidan finns inte längre – Institutet", "Sidan saknas",
        "Sidan du söker finns inte", "Vi hittar inte sidan", "Vi kunde inte hitta sidan du letar efter", "Dokumentet finns ej",
        "Page not found | The Institute", "Page not found (404)", "Oops! That page can’t be found.", "404", "Error 404",
        "404 Not Found", "404 - fel", "404: This page could not be found.", "Fel 404 – sidan saknas", "Not Found",
        "HTTP Error 404", "404 - File or directory not found.", "The page you were looking for doesn't exist",
        "The resource cannot be found.", "Hoppsan! Sidan saknas",
    ],
)  # fmt: skip
def test_a_short_answer_that_there_is_no_page_is_known_by_its_whole_title(tmp_path, title):
    assert titles(open_copy(write_folder(tmp_path, dict.fromkeys(("a.html", "b.html"), page(title))))) == []


def test_answers_that_there_is_no_page_at_addresses_that_differ_by_query_alone_are_no_texts(tmp_path):
    names = ("page.aspx@id=41", "page.aspx@id=99")
    copy = open_copy(
        write_folder(tmp_path, dict.fromkeys(names, page("Sidan saknas")) | {"a.html": page("A")})
    )

    assert titles(copy) == ["A"]
