"""Copies of a site: WARC files and folders of wget hold what the server answered."""

import gzip
from io import BytesIO
from zipfile import ZipFile

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from publications.importers.archive import unpack_if_archive
from publications.importers.imported_file import ImportRefused
from publications.importers.old_site import is_old_site, open_copy, warc
from tests.old_site import SITE, answer_all, small_site, write_mirror, write_warc


def pack(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)  # equal in every process


def bodies(copy) -> dict[str, bytes]:
    """What the copy has for each address of the site that answered 200."""
    resources = {
        address: copy.find(f"{SITE}{address}")
        for address, answer in answer_all().items()
        if answer.status == 200
    }
    return {address: copy.read_body(resource) if resource else b"" for address, resource in resources.items()}


def expected_bodies() -> dict[str, bytes]:
    return {address: answer.body for address, answer in answer_all().items() if answer.status == 200}


@pytest.mark.parametrize("compressed", [True, False])
def test_a_warc_file_holds_every_answer(tmp_path, compressed):
    path = write_warc(tmp_path / ("site.warc.gz" if compressed else "site.warc"), compressed=compressed)

    copy = open_copy(path)

    assert is_old_site(path)
    assert copy.site == SITE
    assert bodies(copy) == expected_bodies()
    assert copy.find(f"{SITE}/kort").location == answer_all()["/kort"].location


def test_a_folder_of_several_warc_files_is_one_site(tmp_path):
    addresses = list(answer_all())
    for number, part in enumerate((addresses[:300], addresses[300:])):
        write_warc(tmp_path / f"{number}.warc.gz", {address: answer_all()[address] for address in part})

    copy = open_copy(tmp_path)

    assert is_old_site(tmp_path)
    assert bodies(copy) == expected_bodies()


@pytest.mark.parametrize("mark", ["@", "?"])
def test_a_folder_of_wget_holds_every_page_and_file(tmp_path, mark):
    write_mirror(tmp_path, mark=mark)

    copy = open_copy(tmp_path)

    assert is_old_site(tmp_path)
    assert copy.site == SITE
    assert bodies(copy) == expected_bodies()


def test_links_that_wget_converted_to_names_of_files_find_their_page(tmp_path):
    write_mirror(tmp_path)

    resource = open_copy(tmp_path).find(f"{SITE}/nyheter/index.html%40page%3D2.html")

    assert resource.address == f"{SITE}/nyheter/?page=2"


# A part, and no number of bytes: the packed length of a record varies with its identifier. Its last bytes are no words.
@pytest.mark.parametrize("part", [0.01, 0.5, 0.9])
def test_a_warc_file_that_ends_within_a_record_is_read_up_to_there(tmp_path, part):
    whole = write_warc(tmp_path / "whole.warc.gz").read_bytes()
    broken = tmp_path / "broken.warc.gz"
    begin = whole.index(b"\x1f\x8b\x08", len(whole) // 2)  # of a record
    length = whole.index(b"\x1f\x8b\x08", begin + 1) - begin
    broken.write_bytes(whole[: begin + max(1, int(part * length))])

    copy = open_copy(broken)

    assert 50 < len(copy.resources) < len(answer_all())
    assert list(copy.damaged) == ["broken.warc.gz (the end)"]


@pytest.mark.parametrize("end", [None, -400])
def test_a_warc_file_that_is_compressed_as_a_whole_is_read(tmp_path, end):
    records = write_warc(tmp_path / "site.warc", small_site(), compressed=False).read_bytes()
    half = records.index(b"WARC/1", len(records) // 2)
    packed = tmp_path / "packed.warc.gz"
    packed.write_bytes((gzip.compress(records[:half]) + gzip.compress(records[half:]))[:end])

    copy = open_copy(packed)

    found = {resource.address: copy.read_body(resource) for resource in copy.resources.values()}
    expected = {f"{SITE}{address}": answer.body for address, answer in small_site().items()}
    assert found.items() <= expected.items() and bool(copy.damaged) is (end is not None)
    assert len(found) == len(expected) if end is None else 0 < len(found) < len(expected)


def test_files_that_are_compressed_as_a_whole_have_one_limit_together(tmp_path, monkeypatch):
    records = write_warc(tmp_path / "site.warc", small_site(), compressed=False).read_bytes()
    (tmp_path / "site.warc").unlink()
    for name in ("a", "b"):
        (tmp_path / f"{name}.warc.gz").write_bytes(gzip.compress(records))
    monkeypatch.setattr(warc, "MAX_UNPACKED_BYTES", int(1.5 * len(records)))

    with pytest.raises(ImportRefused, match="too large to be unpacked here"):
        open_copy(tmp_path)


def test_a_record_that_refers_to_an_earlier_one_has_its_body(tmp_path):
    path = tmp_path / "site.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        payload = BytesIO(b"<html><p>Text</p></html>")
        writer.write_record(
            writer.create_warc_record(f"{SITE}/a", "response", payload=payload, http_headers=head)
        )
        writer.write_record(
            writer.create_revisit_record(
                f"{SITE}/b", "sha1:x", f"{SITE}/a", "2021-01-01T00:00:00Z", http_headers=head
            )
        )

    copy = open_copy(path)

    assert copy.read_body(copy.find(f"{SITE}/b")) == b"<html><p>Text</p></html>"


def test_pages_of_other_hosts_are_counted_and_left_out(tmp_path):
    write_mirror(tmp_path)
    warc = write_warc(tmp_path / "site.warc", compressed=False)
    other = tmp_path / "other.warc"
    other.write_bytes(
        warc.read_bytes().replace(b"www.ostinstitutet.example/kort", b"www.other.example/kort12345678")
    )

    copy = open_copy(other)

    assert copy.other_hosts == {"other.example": 1}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "page.html",
            b"<html><p>x</p></html>",
            "“page.html” is a single page. Give a WARC file, or the folder",
        ),
        (
            "site.warc",
            b"no archive",
            "“site.warc” is no WARC file, or a damaged one. Save the old site again.",
        ),
        ("empty.warc", b"", "“empty.warc” is empty. Copy it, or save the old site, again."),
        ("empty.warc.gz", pack(b""), "“empty.warc.gz” is empty."),
        (
            "cut.warc.gz",
            pack(b"WARC/1.0\r\n" * 9)[:14],
            "“cut.warc.gz” is damaged: it ends at its beginning.",
        ),
        ("site.warc", b"PK\x03\x04...", "“site.warc” is a .zip archive under another name. Unpack it"),
        (
            "site.warc.gz",
            pack(b"PK\x03\x04..."),
            "“site.warc.gz” is a .zip archive under another name.",
        ),
    ],
)
def test_what_is_no_copy_is_refused_with_the_remedy(tmp_path, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ImportRefused) as refusal:
        open_copy(path)
    assert str(refusal.value).startswith(reason)


def test_folders_of_texts_and_of_layouts_are_no_copies(tmp_path):
    posts, site = tmp_path / "posts", tmp_path / "hugo"
    for folder, name, text in (
        (posts, "a.md", "# A"),
        (posts, "page.html", "<html><p>x</p></html>"),
        (site, "layout.html", "<html>{{ .Content }}</html>"),
    ):
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    assert not is_old_site(posts)
    assert not is_old_site(site)
    assert not is_old_site(posts / "a.md")


def test_the_command_reads_an_archive_of_saved_pages(tmp_path):
    path = tmp_path / "old.zip"
    with ZipFile(path, "w") as archive:
        for address, answer in small_site().items():
            archive.writestr(f"old.example{address}{'' if address != '/' else 'index.html'}", answer.body)

    with unpack_if_archive(path) as folder:
        copy = open_copy(folder)
        assert is_old_site(folder) and copy.site == "https://old.example" and len(list(copy.pages)) == 5
    assert not folder.exists()


def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path):
    path = tmp_path / "old.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("../index.html", "<html>")

    with pytest.raises(ImportRefused, match="leads out"), unpack_if_archive(path):
        pytest.fail("It was unpacked.")
