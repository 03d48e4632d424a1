"""Fields of front matter, targets of images and links, and notes on everything that is changed."""

import hashlib
import os
from pathlib import Path

import pytest

from publications import images
from publications.importers.image_finder import ImageFinder, image_key
from publications.importers.imported_file import ImportedFile, ImportLog, NoteKind
from publications.importers.markdown.images import ImageRewriter
from publications.importers.markdown.source import open_markdown_source
from publications.importers.markdown.source_site import SourceSite
from publications.manuscript import Manuscript, dumps
from tests.factories import picture_bytes
from tests.importers.markdown.test_reader import SAMPLES, arrivals


def written(folder: Path, name: str = "a.md", *, front: str = "", body: str = "Text.") -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"---\ntitle: A\n{front}---\n{body}\n", encoding="utf-8")
    return folder


def read(folder: Path, **options) -> ImportedFile:
    return arrivals(folder, SAMPLES / "authors.csv", **options)["a.md"]


def texts_of(arrival: ImportedFile, topic: str) -> list[str]:
    return [line.text for line in arrival.notes if line.topic == topic]


# Fields


def test_only_unused_fields_are_reported(tmp_path):
    front = "date: 2024-04-09\nauthor: ann\ntags: [EU]\nexcerpt: S\nimage_alt: A\ndraft: no\nhero: false\nseo: {a: [b]}\n"

    arrival = read(written(tmp_path, front=front))

    assert texts_of(arrival, "field") == [
        "This site has no field for “image_alt”; its value was left out: A",
        "This site has no field for “hero”; its value was left out: false",
        "This site has no field for “seo”; its value was left out: a: b",
    ]


def test_an_author_who_stands_twice_keeps_the_first_place_and_role(tmp_path):
    front = "authors:\n- {id: ann, role: editor}\n- bo-ek\n- Ann Berg\n"

    bylines = read(written(tmp_path, front=front)).manuscript.bylines

    assert [(line.author, line.role) for line in bylines] == [("ann", "editor"), ("bo-ek", "author")]


@pytest.mark.parametrize(
    ("front", "topic", "said"),
    [
        ("date: soon\n", "date", "no date, and was left out: soon"),
        ("date: 03/04/2024\n", "date", "taken for the day: 03/04/2024"),
        ("date: 2024-04-09\nlastmod: 2024-05-01\n", "date", ""),
        ("lastmod: 2024-05-01\n", "date", "last change: 2024-05-01"),
        ("tags: [EU, eu]\n", "tag", "“EU” and “eu” are one"),
        ("tags:\n-\tx\n", "yaml", "Tabs"),
        ("x: : [\n", "yaml", "read line by line"),
        (f"x: &a [1]\ny: [{', '.join(['*a'] * 30)}]\n", "yaml", "too many aliases"),
        ("author: '???'\n", "author", "nobody's name: ???"),
        (f"slug: {'a' * 9}\nsummary: {'word ' * 500}\n", "summary", "The summary was cut"),
        ("title: ''\n", "title", "The title was empty."),
        ("related: [gone]\n", "related", "did not come along: gone"),
    ],
)  # fmt: skip
def test_what_is_other_than_the_file_has_it_is_reported(tmp_path, front, topic, said):
    lines = texts_of(read(written(tmp_path, front=front)), topic)

    assert any(said in line for line in lines) if said else not lines


def test_a_file_in_another_encoding_is_read_and_reported(tmp_path):
    (tmp_path / "a.md").write_bytes("---\ntitle: Östersjön\n---\nText.\n".encode("cp1252"))

    arrival = read(tmp_path)

    assert arrival.manuscript.title == "Östersjön" and texts_of(arrival, "encoding")


@pytest.mark.parametrize(
    "front",
    [
        "draft: true\n",
        "published: false\n",
        "status: private\n",
        "unlisted: yes\n",
        "status: retracted\n",
        "status: expression of concern\n",
    ],
)
def test_a_draft_is_one_however_it_says_so(tmp_path, front):
    assert read(written(tmp_path, front=front)).is_draft
    assert not read(written(tmp_path, front="draft: false\npublished: true\nstatus: publish\n")).is_draft


def test_fields_that_say_public_or_speak_of_something_else_make_no_draft(tmp_path):
    front = "status: Publicerad\nvisibility: public\naccess: open\nstate: DC\naudience: policy makers\npremium: false\n"

    assert not read(written(tmp_path, front=f"{front}embargo: 2020-01-01\npublish: 2020-01-01\n")).is_draft


@pytest.mark.parametrize(
    ("extra_fields", "expected"), [({"draft": True}, True), ({"draft": False}, False), ({}, False)]
)
def test_a_manuscript_of_ours_is_a_draft_where_it_says_so(tmp_path, extra_fields, expected):
    (tmp_path / "a.md").write_text(
        dumps(Manuscript(title="A", kind="report", body="Text.", extra_fields=extra_fields))
    )

    assert read(tmp_path).is_draft is expected


# Languages and families


@pytest.mark.parametrize(
    ("name", "front", "language"),
    [
        ("a.sv.md", "", "sv"),
        ("sv/a.md", "", "sv"),
        ("sv/a.fr.md", "", "fr"),
        ("sv/a.fr.md", "lang: de-AT\n", "de"),
        ("a.md", "locale: nb_NO\n", "no"),
        ("a.md", "language: Svenska\n", "sv"),
    ],
)
def test_the_language_is_the_one_stated_then_that_of_the_name_then_of_the_folder(
    tmp_path, name, front, language
):
    result = arrivals(written(tmp_path, name, front=front))

    assert result[name].manuscript.language == language


def test_the_original_of_a_family_is_the_english_text_wherever_it_stands(tmp_path):
    for name in ("ar/a.md", "en/a.md", "sv/a.md"):
        written(tmp_path, name)

    result = {name: arrival.manuscript for name, arrival in arrivals(tmp_path).items()}

    assert result["en/a.md"].translation_of == ""
    assert result["ar/a.md"].translation_of == result["sv/a.md"].translation_of == result["en/a.md"].uid


def test_of_two_files_with_one_uid_the_second_is_refused(tmp_path):
    for name in ("a.md", "b.md"):
        written(tmp_path, name, front="format: 1\nuid: 6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71\n")

    result = open_markdown_source(tmp_path)

    assert [card.source for card in result.entries] == ["a.md"] and "uid of “a.md”" in result.refused["b.md"]


def test_a_link_to_a_file_is_refused_and_what_it_points_to_is_not_read(tmp_path):
    (written(tmp_path / "blog") / "b.md").symlink_to(written(tmp_path / "other") / "a.md")

    result = open_markdown_source(tmp_path / "blog")

    assert "links are not followed" in result.refused["b.md"] and len(result.entries) == 1


def test_a_link_to_a_folder_is_refused_and_named(tmp_path):
    (written(tmp_path / "blog") / "more").symlink_to(written(tmp_path / "other"))

    assert "links are not followed" in open_markdown_source(tmp_path / "blog").refused["more"]


@pytest.mark.parametrize("name", [b"K\xf6penhamn.md", b"K\xf6penhamn/b.md", b"K\xf6penhamn/index.md"])
def test_a_file_whose_name_is_not_utf8_is_refused_and_the_others_come_in(tmp_path, name):
    written(written(tmp_path), os.fsdecode(name))

    result = open_markdown_source(tmp_path)

    source = name.decode("utf-8", "backslashreplace")
    assert [card.source for card in result.entries] == ["a.md"]
    assert list(result.refused) == [source] and "not UTF-8" in result.refused[source]


# Pictures


def shown(folder: Path, address: str) -> ImportedFile:
    return read(written(folder, body=f"![A port]({address})"), media=folder)


def test_a_picture_is_named_by_a_secret_and_the_same_wherever_it_stands(tmp_path):
    for name in ("one/p.png", "two/q.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(picture_bytes())

    keys = [shown(tmp_path, address).manuscript.images[0].key for address in ("one/p.png", "/two/q.png?x=1")]

    digest = hashlib.sha256(picture_bytes()).hexdigest()
    assert keys == [image_key(digest, b"secret")] * 2 != [image_key(digest, b"another")] * 2


def test_a_picture_that_stands_outside_is_missing_however_it_is_reached(tmp_path):
    (tmp_path / "p.png").write_bytes(picture_bytes())
    folder = written(tmp_path / "blog")
    (folder / "link.png").symlink_to(tmp_path / "p.png")

    for address in ("../p.png", "/../p.png", "link.png", f"{os.fspath(tmp_path)}/p.png"):
        arrival = shown(folder, address)
        assert not arrival.files and texts_of(arrival, "image-missing"), address


def test_a_link_to_a_picture_above_the_folder_is_not_followed_where_the_picture_itself_is_found(tmp_path):
    (tmp_path / "p.png").write_bytes(picture_bytes())
    folder = written(tmp_path / "blog", body="![A](link.png)\n\n![A](linked/p.png)\n\n![A](../p.png)")
    (folder / "link.png").symlink_to(tmp_path / "p.png")
    (folder / "linked").symlink_to(tmp_path)

    arrival = read(folder, media=tmp_path)

    assert [text.partition(":")[0] for text in texts_of(arrival, "image-missing")] == [
        "link.png",
        "linked/p.png",
    ]
    assert len(arrival.files) == 1


def test_a_picture_that_is_too_large_is_reported(tmp_path, monkeypatch):
    (tmp_path / "p.png").write_bytes(picture_bytes())
    monkeypatch.setattr(images, "MAX_UPLOAD_BYTES", 10)

    [message] = texts_of(shown(tmp_path, "p.png"), "image-missing")

    assert "larger than 20 MB" in message and message.count("p.png") == 1


def test_the_report_on_an_unreadable_image_does_not_name_folders_of_the_server(tmp_path, monkeypatch):
    (tmp_path / "p.png").write_bytes(picture_bytes())

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    rewriter = ImageRewriter(
        ImageFinder((tmp_path,), {}, b"secret"), tmp_path, "en", ImportLog(), "", SourceSite()
    )

    assert rewriter.cover("p.png", "", "") == ""
    assert [note.text for note in rewriter.log.notes] == ["p.png: Permission denied"]


@pytest.mark.parametrize(
    ("front", "credit", "is_noted"),
    [
        ("image: p.png\nimage_figcaption: U.S. Navy / Public domain", "U.S. Navy / Public domain", False),
        ("image: p.png\nimage_caption: <a href='https://x.example/'>U.S. *Navy*</a>", "U.S. Navy", True),
        ("cover: {image: p.png, credit: U.S. Navy}", "U.S. Navy", False),
        ("image: {path: p.png, caption: A ship, credit: U.S. Navy}", "A ship / U.S. Navy", False),
        ("image: p.png\nimage_credit: U.S. Navy\nimage_caption: A ship", "U.S. Navy / A ship", False),
        ("image: missing.png\nimage_credit: U.S. Navy", None, True),
    ],
)
def test_the_caption_of_the_main_picture_is_its_credit(tmp_path, front, credit, is_noted):
    folder = written(tmp_path, front=f"{front}\n")
    (folder / "p.png").write_bytes(picture_bytes())

    file = read(folder)

    images = file.manuscript.images
    assert [image.credit for image in images] == ([credit] if credit else [])
    assert any("U.S." in str(note.text) for note in file.notes if note.topic == "value") == is_noted
    assert "field" not in {note.topic for note in file.notes}


@pytest.mark.parametrize("suffix", [".md", ".html"])
@pytest.mark.parametrize(
    "front",
    ["caption: U.S. Navy", "image_credit: U.S. Navy\nimage: {width: 300}", "image_alt: U.S. Navy", "header: {caption: U.S. Navy}",
     "image: p.png\nimage_credit: {name: U.S. Navy}", "image: p.png\nphoto_credit: [U.S. Navy, Ann Berg]",
     "image: {path: p.png, credit: {name: U.S. Navy}}", "cover: [{image: p.png, caption: [U.S. Navy, Ann Berg]}]"],
)  # fmt: skip
def test_words_that_no_main_picture_gets_are_named(tmp_path, front, suffix):
    folder = written(tmp_path, f"a{suffix}", front=f"{front}\n")
    (folder / "p.png").write_bytes(picture_bytes())

    [file] = arrivals(folder, SAMPLES / "authors.csv").values()

    assert not any(image.credit for image in file.manuscript.images)
    assert any("U.S. Navy" in str(note.text) for note in file.notes if note.topic == "field")


@pytest.mark.parametrize(
    "body",
    [
        '![A port][port]\n\n[port]: p.png "The new port"',
        "![A port][port]\n\n[port]: p.png (The new port)",
        '<img src="p.png" alt="A port" title="The\n\nnew  port">',
    ],
)
def test_the_title_of_an_image_is_its_caption(tmp_path, body):
    (tmp_path / "p.png").write_bytes(picture_bytes())

    text = read(written(tmp_path, body=body), media=tmp_path).manuscript

    assert text.body.startswith(f'![A port](image:{text.images[0].key} "The new port")')


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://x.example/a) b.png", "https://x.example/a%29%20b.png"),
        ("HTTPS://x.example/a.png", "HTTPS://x.example/a.png"),
        ("//x.example/a.png", "https://x.example/a.png"),
    ],
)
def test_an_image_of_another_site_becomes_a_link(tmp_path, address, link):
    arrival = read(written(tmp_path, body=f'<img src="{address}" alt="A port">'))

    assert arrival.manuscript.body == f"[A port]({link})" and not texts_of(arrival, "image-missing")


# Links


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("b.md#part", "/en/publications/b/#part"),
        ("/b/#part", "/en/publications/b/#part"),
        ("{% link b.md %}#part", "/en/publications/b/#part"),
        ("{{< ref \"b.md#part\" >}}", "/en/publications/b/#part"),
        ("https://old.example/b/", "/en/publications/b/"),
        ("https://www.old.example/b/", "/en/publications/b/"),
        ("https://other.example/b/", "https://other.example/b/"),
        ("mailto:a@old.example", "mailto:a@old.example"),
        ("#part", "#part"),
        ("/none/#part", "https://old.example/none/#part"),
    ],
)  # fmt: skip
def test_links_keep_their_place_and_only_those_of_the_old_site_are_led(tmp_path, link, leads):
    written(tmp_path, "b.md", front="permalink: /b/\n")

    arrival = read(written(tmp_path, body=f"[x]({link})"), site="https://old.example")

    assert arrival.manuscript.body == f"[x]({leads})"


@pytest.mark.parametrize("link", ["../b", "../b/", "b.md"])
def test_a_link_relative_to_the_page_stays_in_its_language(tmp_path, link):
    """A page of `sv/a.md` is at /sv/a/, so that ../b is /sv/b."""
    for name in ("b.md", "sv/b.md"):
        written(tmp_path, name)
    folder = written(tmp_path, "sv/a.md", front="lang: sv\n", body=f"[x]({link})")

    page = arrivals(folder, SAMPLES / "authors.csv")["sv/a.md"]

    assert page.manuscript.body == "[x](/sv/publications/b/)"


def test_a_link_that_leads_elsewhere_now_is_reported(tmp_path):
    written(tmp_path, "sub/b.md")

    arrival = read(
        written(tmp_path, body="[x](sub/b.md) [y]({% post_url b %}) [z](/gone/) [w]({% link gone.md %})")
    )

    assert texts_of(arrival, "link") == [
        "sub/b.md leads to /en/publications/b/ now.",
        "b leads to /en/publications/b/ now.",
    ]
    assert [line.rpartition(": ")[2] for line in texts_of(arrival, "link-lost")] == ["/gone/", "gone.md"]


# What is left out of a text


@pytest.mark.parametrize(
    ("body", "sort", "said"),
    [
        ("a <!-- more to say --> b", NoteKind.DROPPED, "A comment was left out: more to say"),
        ("a <script src='https://x.example/w.js'></script>", NoteKind.DROPPED, "<script> was left out: https://x.example/w.js"),
        ("<iframe src='https://x.example/1'></iframe>", NoteKind.CHANGED, "a link stands in its place: https://x.example/1"),
        ("{{ 'ann' | team_photo }}", NoteKind.DROPPED, "A portrait that the old site put in: Ann Berg"),
        ("{% widget 1 %}", NoteKind.DROPPED, "Liquid left out: {% widget 1 %}"),
        ("{{< notice >}}a{{< /notice >}}", NoteKind.CHANGED, "A frame was left out, its text stays"),
        ("* toc\n{:toc}\n\na", NoteKind.DROPPED, "A table of contents was left out"),
        ("![a](https://x.example/p.png)", NoteKind.CHANGED, "another site became a link: https://x.example/p.png"),
    ],
)  # fmt: skip
def test_what_is_left_out_of_a_text_is_reported(tmp_path, body, sort, said):
    arrival = read(written(tmp_path, body=body))

    assert any(line.kind is sort and said in line.text for line in arrival.notes), arrival.notes
