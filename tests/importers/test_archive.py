"""Archives that are uploaded: what is refused, and what is unpacked where."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from publications.importers import archive
from publications.importers.imported_file import ImportRefused


def packed(*entries: tuple[str, bytes], mode: int = 0, compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as file:
        for name, content in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = mode << 16, compression
            file.writestr(info, content)
    return stream


def reason(stream: io.BytesIO, folder: Path) -> str:
    """Return why an archive is refused, before it is unpacked or while it is."""
    with pytest.raises(ImportRefused) as refusal:
        archive.check_archive(stream, name="blog.zip")
        archive.unpack_archive(stream, folder, name="texts")
    return str(refusal.value)


def test_the_only_folder_of_an_archive_gives_the_name(tmp_path):
    path = archive.unpack_archive(
        packed(("blog/_posts/a.md", b"A"), ("blog/b.png", b"B")), tmp_path, name="x"
    )

    assert path == tmp_path / "blog" and (path / "_posts" / "a.md").read_bytes() == b"A"


def test_names_in_utf_8_are_read_also_without_their_mark(tmp_path):
    content = bytearray(packed(("ämnen/säkerhet.md", b"A")).getvalue())
    for header, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.find(header) + flags + 1] &= ~(archive.UTF8_FLAG >> 8)

    path = archive.unpack_archive(io.BytesIO(content), tmp_path, name="x")

    assert path == tmp_path / "ämnen" and (path / "säkerhet.md").read_bytes() == b"A"


def test_files_at_the_top_are_in_a_folder_of_the_given_name(tmp_path):
    path = archive.unpack_archive(packed(("a.md", b"A"), ("img/b.png", b"B")), tmp_path, name="texts")

    assert path == tmp_path / "texts" and (path / "img" / "b.png").exists()


def test_what_programs_leave_in_archives_is_not_unpacked(tmp_path):
    names = (
        "blog/a.md",
        "__MACOSX/blog/._a.md",
        "blog/.DS_Store",
        "blog/.git/config",
        "blog/node_modules/x.md",
    )

    path = archive.unpack_archive(packed(*((name, b"A") for name in names)), tmp_path, name="x")

    assert [found.name for found in path.rglob("*")] == ["a.md"] and path.name == "blog"


@pytest.mark.parametrize("name", ["../a.md", "/etc/a.md", "a/../../b.md", "..\\a.md", "C:/a.md"])
def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path, name):
    assert "leads out of the archive" in reason(packed(("b.md", b"B"), (name, b"A")), tmp_path / "in")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name", ["Gas: what next.md", "Q: what now.md", "a\u00a0b.md", "a\u00adb.md", "å/ö.md"]
)
def test_unusual_names_are_unpacked(tmp_path, name):
    stream = packed((name, b"A"))
    archive.check_archive(stream, name="blog.zip")

    folder = archive.unpack_archive(stream, tmp_path, name="texts")

    assert [path.name for path in folder.rglob("*.md")] == [Path(name).name]


@pytest.mark.parametrize("name", ["a\n.md", "a\t.md", "a\x7f.md", "a\x85.md", "a\u2028.md"])
def test_control_characters_in_names_are_refused_as_such(tmp_path, name):
    refusal = reason(packed((name, b"A")), tmp_path)

    assert "characters that a file name cannot have" in refusal and refusal.isprintable()


def test_a_name_that_an_unzipper_would_cut_is_refused(tmp_path):
    content = packed(("a.md~b", b"A")).getvalue().replace(b"a.md~b", b"a.md\0b")

    assert "characters that a file name cannot have" in reason(io.BytesIO(content), tmp_path)


@pytest.mark.parametrize("name", ["a.docx", "a.bin", "a.mdx", "a.png"])
def test_an_archive_with_nothing_that_is_imported_is_refused(tmp_path, name):
    refusal = reason(packed((f"blog/{name}", b"A")), tmp_path)

    assert (
        f"“blog.zip” holds no Markdown files (.md, .markdown), but these: {Path(name).suffix} (1)." in refusal
    )


def test_word_files_are_refused_with_the_way_to_go(tmp_path):
    assert "New from Word" in reason(packed(("a.docx", b"A")), tmp_path)


@pytest.mark.parametrize(
    ("path", "place"),
    [("authors.csv", "authors.csv"), ("blog/authors.csv", "authors.csv"), ("./people", "people"), ("people/ann.md", "people/ann.md"),
     ("none.csv", ""), ("..", ""), ("../blog", ""), ("/authors.csv", ""), ("blog", ""), (".", "")],
)  # fmt: skip
def test_a_place_is_found_below_the_folder_with_the_texts(path, place):
    stream = packed(("blog/authors.csv", b"A"), ("blog/people/ann.md", b"B"))

    assert archive.find_place(stream, path) == place
    assert archive.list_tables(stream) == ["blog/authors.csv"]


def test_a_place_is_found_in_an_archive_without_a_folder():
    assert archive.find_place(packed(("authors.csv", b"A"), ("a.md", b"B")), "authors.csv") == "authors.csv"


@pytest.mark.parametrize("suffix", [".md", ".MD", ".markdown", ".mdown", ".mkd"])
def test_every_suffix_of_a_text_is_enough(suffix):
    archive.check_archive(packed((f"a{suffix}", b"A"), ("b.docx", b"B")), name="blog.zip")


def test_a_link_is_refused(tmp_path):
    assert "is a link" in reason(packed(("a.md", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777), tmp_path)


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1_000_000)

    assert "unpacks to more than" in reason(packed(("a.md", b"0" * 1_000_001)), tmp_path)


def test_a_forged_size_is_found_while_unpacking(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1_000_000)
    content = packed(("a.md", b"0" * 5_000_000)).getvalue()
    forged = io.BytesIO(content.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 1000)))

    assert reason(forged, tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 1_000_000


def test_a_disk_with_too_little_space_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MIN_FREE_BYTES", 1 << 60)

    assert "too little space" in reason(packed(("a.md", b"A")), tmp_path)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 and no more"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    assert "no ZIP archive" in reason(io.BytesIO(content), tmp_path)


def test_a_damaged_entry_is_named(tmp_path):
    content = packed(("a.md", b"Some text."), compression=zipfile.ZIP_STORED).getvalue()

    assert "“a.md” in the archive is damaged" in reason(
        io.BytesIO(content.replace(b"Some text.", b"Other one.", 1)), tmp_path
    )


def test_an_encrypted_archive_is_refused(tmp_path):
    content = bytearray(packed(("a.md", b"A")).getvalue())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1

    assert "encrypted" in reason(io.BytesIO(bytes(content)), tmp_path)


def test_an_archive_without_texts_or_with_too_many_files_is_refused(tmp_path, monkeypatch):
    assert "no Markdown file" in reason(packed(("a.png", b"A")), tmp_path)

    monkeypatch.setattr(archive, "MAX_ENTRIES", 1)
    assert "more than 1 files" in reason(packed(("a.md", b"A"), ("b.png", b"B")), tmp_path)


def test_two_entries_of_one_name_are_refused(tmp_path):
    assert "the same name" in reason(packed(("a.md", b"A"), ("A.md", b"B")), tmp_path)


def test_a_file_where_a_folder_has_to_be_is_refused(tmp_path):
    assert "damaged" in reason(packed(("a", b"A"), ("a/b.md", b"B")), tmp_path)
