"""Exports are read as a stream: whole ones without a word, damaged ones up to the line that is damaged."""

import pytest

from publications.importers.imported_file import ImportRefused
from publications.importers.wordpress import export_bytes, export_reader, find_exports, item_builder
from publications.importers.wordpress.export_bytes import CHUNK_BYTES
from publications.importers.wordpress.export_reader import ExportDamaged, ExportReader
from publications.importers.wordpress.index import index_export

from .exports import HEAD, attachment, category, export, group, item, open_export, write_export

HEADER = HEAD.format(site="https://old.example", language="en")


def read(path):
    """Return the items of a file, and the message if it is damaged."""
    reader, items = ExportReader(path), []
    try:
        for entry in reader.read_items():
            items.append(entry)
    except ExportDamaged as error:
        return reader, items, str(error)
    return reader, items, ""


def line_of(path, text: str) -> int:
    return path.read_bytes()[: path.read_bytes().index(text.encode())].count(b"\n") + 1


def test_an_item_has_its_fields_terms_metadata_and_the_number_of_its_comments(tmp_path):
    terms = [("category", "gas", "Gas & oil"), ("post_tag", "eu", "EU")]
    path = write_export(tmp_path, item(7, title="Å & Ö", terms=terms, meta={"doi": "10.1/x"}, comments=2))

    reader, (entry,), problem = read(path)

    assert (entry.post_id, entry.get("title"), entry.comments, problem) == (7, "Å & Ö", 2, "")
    assert [(term.taxonomy, term.slug, term.name) for term in entry.terms] == terms
    assert entry.metadata == [("doi", "10.1/x")] and reader.site["wp:wxr_version"] == "1.2"


def test_an_item_is_read_again_from_its_place(tmp_path):
    path = write_export(tmp_path, item(1, text="Ett åäö 😀"), item(2, text="x" * 3 * CHUNK_BYTES), item(3))
    reader, items, _problem = read(path)

    again = [reader.read_item(entry.start, entry.length)[0] for entry in items]

    assert [entry.fields for entry in again] == [entry.fields for entry in items] and len(items) == 3


@pytest.mark.parametrize(
    "text",
    ["a ]]> b", "ends with ]]", "<![CDATA[ nested ]]>", "]]]]>>", "a\r\nb", "<item>", "</item>\n<item>"],
)
def test_marks_of_xml_in_a_text_stay_text(tmp_path, text):
    _reader, items, problem = read(write_export(tmp_path, item(1, text=text), item(2)))

    assert (len(items), problem) == (2, "") and items[0].fields["content:encoded"] == text.replace(
        "\r\n", "\n"
    )


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_older_versions_are_read_whatever_their_namespaces(tmp_path, version):
    path = tmp_path / "a.xml"
    path.write_text(export(item(1)).replace("1.2", version).replace("http://wordpress", "https://wordpress"))

    assert len(read(path)[1]) == 1 and read(path)[2] == ""


def test_a_prefix_that_a_plugin_has_not_declared_is_no_damage(tmp_path):
    path = write_export(
        tmp_path, item(1).replace("</item>", "<itunes:duration>1</itunes:duration></item>"), item(2)
    )

    assert [entry.post_id for entry in read(path)[1]] == [1, 2] and read(path)[2] == ""


def test_prefixes_that_another_program_has_chosen_are_understood(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(
        export(item(1))
        .replace("wp:", "n3:")
        .replace(":wp=", ":n3=")
        .replace("content:", "n1:")
        .replace(":content=", ":n1=")
    )
    reader, (entry,), _problem = read(path)

    assert entry.post_id == 1 and reader.read_item(entry.start, entry.length)[0].fields == entry.fields


@pytest.mark.parametrize("before", ["\n\n", "<br />\n<b>Warning</b>: a notice of PHP in line 3\n", "\ufeff"])
def test_what_a_server_wrote_before_the_export_is_skipped(tmp_path, before):
    path = tmp_path / "a.xml"
    path.write_text(before + export(item(1)), encoding="utf-8")
    reader, (entry,), problem = read(path)

    assert (reader.read_item(entry.start, entry.length)[0].fields, problem) == (entry.fields, "")


def test_what_follows_a_whole_export_is_skipped(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(export(item(1)) + "<b>Fatal error</b> in line 3\0")

    assert len(read(path)[1]) == 1 and read(path)[2] == ""


@pytest.mark.parametrize(
    "bad", [b"\x0b", b"\x03", b"\x00", b"\x96", b"\xc3", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbf\xbf"]
)
def test_characters_that_are_no_text_are_replaced_and_named_with_their_line(tmp_path, bad):
    path = write_export(tmp_path, item(1, text="before BAD after"), item(2))
    line = line_of(path, "BAD")
    path.write_bytes(path.read_bytes().replace(b"BAD", bad))

    index = index_export([path])
    place = (0, index.posts[2].start, index.posts[2].length)

    assert index.read_item(place)[0].post_id == 2 and not index.refused
    assert f"the first in line {line}: " in index.notes[0]
    first = index.read_item((0, index.posts[1].start, index.posts[1].length))
    assert first[0].fields["content:encoded"].startswith("before ") and first[1].replaced


def test_bytes_of_windows_1252_are_read_as_such(tmp_path):
    path = write_export(tmp_path, item(1, text="1990BAD1995"))
    path.write_bytes(path.read_bytes().replace(b"BAD", b"\x96"))
    reader, (entry,), _problem = read(path)

    assert reader.read_item(entry.start, entry.length)[0].fields["content:encoded"] == "1990–1995"


def test_a_character_of_several_bytes_at_the_end_of_a_chunk_is_whole(tmp_path):
    for shift in range(4):
        path = write_export(
            tmp_path, "<!--" + "x" * (CHUNK_BYTES - 1500 + shift) + "-->", item(1, text="😀" * 900)
        )
        reader, (entry,), problem = read(path)

        assert entry.fields["content:encoded"] == "😀" * 900 and not problem and not reader.content.replaced


def test_an_export_in_latin_1_is_read(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(export(item(1, text="Ö")).replace('"UTF-8"', '"ISO-8859-1"').encode("latin-1"))
    reader, (entry,), problem = read(path)

    assert (entry.fields["content:encoded"], problem) == ("Ö", "")
    assert reader.read_item(entry.start, entry.length)[0].fields == entry.fields


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_an_export_in_utf_16_is_recognised_and_refused_with_what_to_do(tmp_path, encoding):
    path = tmp_path / "export.xml"
    path.write_text(export(item(1)), encoding=encoding)

    assert find_exports(path) == [path]
    with pytest.raises(ImportRefused, match=r"“export\.xml” is in the encoding utf-16\. Save it as UTF-8"):
        open_export(path)


@pytest.mark.parametrize("cut", ["Words of", "<wp:status>", "]]></title>", "</item>\n</channel>"])
def test_a_file_that_was_cut_off_is_read_up_to_its_last_whole_text(tmp_path, cut):
    path = write_export(tmp_path, item(1), item(2))
    content = path.read_text()
    path.write_text(content[: content.rindex(cut)])

    _reader, items, problem = read(path)

    assert [entry.post_id for entry in items] == [1]
    assert f"what is before line {line_of(path, '<item>') + item(1).count(chr(10))} is read" in problem
    assert "in the middle of the export" in problem and "Export again" in problem


def test_only_what_is_before_a_damaged_line_is_read(tmp_path):
    """What follows might be the content of a comment that somebody has written to look like a text."""
    path = write_export(tmp_path, item(1), item(2, text="BAD"), item(3))
    line = line_of(path, "BAD")
    path.write_text(path.read_text().replace("<![CDATA[BAD]]>", "<b>BAD</i>"))

    _reader, items, problem = read(path)

    assert [entry.post_id for entry in items] == [1] and f"is damaged in line {line}" in problem


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE rss>",
        '<!DOCTYPE rss [<!ENTITY a "aaa">]>',
        '<!DOCTYPE rss SYSTEM "http://a.example/x.dtd">',
    ],
)
def test_a_document_type_is_refused_with_its_line(tmp_path, declaration):
    path = tmp_path / "a.xml"
    path.write_text(export(item(1, text="&a;")).replace("<rss ", f"{declaration}\n<rss "))

    with pytest.raises(ImportRefused, match="declares a document type in line 3"):
        list(ExportReader(path).read_items())


def test_a_tag_without_an_end_is_damage_and_not_held(tmp_path, monkeypatch):
    monkeypatch.setattr(export_reader, "MAX_TAG_BYTES", 1_000)
    monkeypatch.setattr(export_bytes, "CHUNK_BYTES", 100)
    path = write_export(tmp_path, item(1), item(2).replace("<item>", f"<item><a b='{'c' * 2_000}"), item(3))

    with pytest.raises(ExportDamaged, match="damaged in line"):
        list(ExportReader(path).read_items())


def test_an_item_with_too_many_fields_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(item_builder, "MAX_ITEM_CHARACTERS", 1_000)
    terms = "".join(category(f"c{number}", "x" * 100) for number in range(100))
    path = write_export(tmp_path, terms, item(1, meta=[("a", "b" * 100)] * 20), item(2))
    reader = ExportReader(path)

    assert [one.is_cut for one in reader.read_items()] == [True, False]
    assert all(group["wp:cat_name"] for _name, group in reader.groups)


def test_an_entity_that_nobody_declares_is_damage(tmp_path):
    path = write_export(tmp_path, item(1), item(2).replace("<![CDATA[A text]]>", "A&nbsp;text"))

    assert len(read(path)[1]) == 1 and "is damaged in line" in read(path)[2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "is a page (HTML) and no export"),
        ("<html><head><title>404</title></head></html>", "is a page (HTML) and no export"),
        ('<?xml version="1.0"?><rss version="2.0"><channel><title>A</title><item><title>B</title></item></channel></rss>',
         "is a feed with some texts and no export"),
        (export(item(1)).replace("<wp:wxr_version>1.2</wp:wxr_version>", ""), "does not say its version"),
        (export(item(1)).replace(">1.2<", ">3.0<"), "has version 3.0 of the format"),
        (export(item(1)).replace("UTF-8", "UTF-7"), "is in the encoding utf-7"),
        ("", "is no export of WordPress"),
        ("<a/>", "is no export of WordPress"),
        ("<a>" * 50, "is nested too deeply in line 1"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused_in_a_sentence(tmp_path, content, message):
    (tmp_path / "a.xml").write_text(content)

    with pytest.raises(ImportRefused) as refused:
        open_export(tmp_path / "a.xml")

    assert f"“a.xml” {message}" in str(refused.value) and str(refused.value).endswith(".")


def test_all_groups_are_indexed_in_any_form(tmp_path):
    author = group(
        "author", author_login="Ann", author_display_name="Ann Berg", author_email="ann@old.example"
    )
    term = group("term", term_taxonomy="region", term_slug="north", term_name="North")
    tag = group("tag", tag_slug="eu", tag_name="EU &amp; co")
    index = index_export(
        [
            write_export(
                tmp_path, author, term, tag, category("gas", "Gas", "energy"), attachment(9, "2024/04/a.png")
            )
        ]
    )

    assert index.authors["ann"]["wp:author_display_name"] == "Ann Berg"
    assert (
        index.terms["post_tag", "eu"]["name"] == "EU & co"
        and index.terms["region", "north"]["name"] == "North"
    )
    assert (
        index.terms["category", "gas"]["parent"] == "energy"
        and index.attachments[9].upload == "2024/04/a.png"
    )


def test_files_of_two_sites_are_not_mixed(tmp_path):
    first = write_export(tmp_path, item(1), name="a.xml")
    second = write_export(tmp_path, item(2), name="b.xml", site="https://other.example")

    index = index_export([first, second])

    assert list(index.posts) == [1] and "is of the site https://other.example" in index.refused["b.xml"]


def test_of_a_text_in_two_files_the_latest_is_read(tmp_path):
    old = write_export(tmp_path, item(1, text="Old.", modified="2024-01-01 00:00:00"), name="b.xml")
    new = write_export(tmp_path, item(1, text="New.", modified="2024-02-01 00:00:00"), name="a.xml")

    index = index_export([new, old])
    post = index.posts[1]

    assert index.read_item((post.file, post.start, post.length))[0].fields["content:encoded"] == "New."
    assert index.counts["post", "repeated"] == 1 and index.counts["post", "publish"] == 1
