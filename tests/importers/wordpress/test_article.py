"""Posts are read with their text, dates, summary, main picture, notes and custom fields."""

import json
import re
from dataclasses import replace
from datetime import datetime

import pytest
from PIL import Image

from publications.importers.html import read_safely
from publications.importers.imported_file import ImportedFile, ImportLog
from publications.manuscript import HOME_ZONE

from .exports import SITE, attachment, category, group, item, read, write_export


def read_one(tmp_path, *others: str, mapping=None, **values) -> ImportedFile:
    return read(write_export(tmp_path, item(1, **values), *others), **mapping or {})[1]


def notes_on(text: ImportedFile, topic: str) -> list[str]:
    return [note.text for note in text.notes if note.topic == topic]


def test_a_text_of_the_classic_editor_has_its_paragraphs_links_and_words(tmp_path):
    text = f'One\nline.\n\n<strong>Two</strong> <a href="{SITE}/?p=2">there</a> and <a href="/2024/04/text-2/">here</a>.'
    imported = read_one(tmp_path, item(2), text=text)

    assert imported.manuscript.body == (
        "One  \nline.\n\n**Two** [there](/en/publications/text-2/) and [here](/en/publications/text-2/)."
    )
    assert imported.coverage.missing == () and not imported.is_draft


def test_a_title_and_names_have_no_entities(tmp_path):
    terms = [("category", "rd", "R&amp;D")]
    account = group("author", author_login="ann", author_display_name="Ann &amp; co")
    path = write_export(
        tmp_path,
        account,
        category("rd", "R&amp;D"),
        item(1, title="Gas &#8211; oil &amp; <em>coal</em>", terms=terms),
    )
    manuscript = read(path)[1].manuscript

    assert (manuscript.title, manuscript.tags, manuscript.bylines[0].name) == (
        "Gas – oil & coal",
        ("R&D",),
        "Ann & co",
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "draft"}, "(draft)"), ({"status": "pending"}, "(pending)"), ({"status": "private"}, "(private)"),
        ({"status": "future"}, "(future)"), ({"password": "x"}, "needed a password"), ({"type": "page"}, "was a page"),
        ({"status": "a-status-of-a-plugin"}, "(a-status-of-a-plugin)"), ({"password": " "}, "needed a password"),
    ],
)  # fmt: skip
def test_what_was_not_public_is_a_draft_and_says_why(tmp_path, values, reason):
    imported = read_one(tmp_path, **values)

    assert imported.is_draft and reason in notes_on(imported, "not-public")[0]


@pytest.mark.parametrize(
    "values",
    [
        {"password": "\n"},
        {"meta": [("_jetpack_newsletter_access", "everybody"), ("_members_access_role", "")]},
    ],
)
def test_what_all_readers_could_read_is_no_draft(tmp_path, values):
    assert not read_one(tmp_path, **values).is_draft


def test_a_deleted_file_is_in_no_gallery(tmp_path):
    imported = read_one(tmp_path, attachment(8, "a.pdf", status="trash", parent=1), text="Words [gallery]")

    assert imported.manuscript.body == "Words"


def test_names_and_passwords_in_links_are_left_out(tmp_path):
    text = 'W <a href="https://ann:pw@a.example/x">a</a> <a href="//ann:pw@old.example/y">b</a> <img src="https://ann:pw@old.example/c.png" alt="c">'
    imported = read_one(tmp_path, text=text)

    assert (
        "(https://a.example/x)" in imported.manuscript.body
        and "(https://old.example/y)" in imported.manuscript.body
    )
    assert "pw" not in imported.manuscript.body + " ".join(note.text for note in imported.notes)


@pytest.mark.parametrize(
    "text",
    [
        '<a href="javascript:x(1)">y</a>', '<a href="&#106;ava\tscript:x(1)">y</a>', '<iframe src="javascript:x(1)"></iframe>',
        '<object data="data:text/html,x(1)"></object>', "[embed]javascript:x(1)[/embed]", '[button link="javascript:x(1)"]y[/button]',
        '<iframe srcdoc="<script>x(1)</script>"></iframe>', "<script>x(1)</script>", '<p onclick="x(1)">y</p>', "<svg onload=x(1)></svg>",
        "<img src=y onerror=x(1)>", '<a href="data:text/html,x(1)">y</a>', "<style>p{a:url(javascript:x(1))}</style>",
        '<!-- wp:embed {"url":"javascript:x(1)"} /-->', '<!-- wp:cover {"url":"javascript:x(1)"} --><p>y</p><!-- /wp:cover -->',
    ],
)  # fmt: skip
def test_no_script_reaches_the_page(tmp_path, text):
    page = read_one(tmp_path, text=f"Words {text}").rendered.html

    assert not re.search(
        r"<(?:script|iframe|object|svg|style)|\son\w+=|(?:href|src)=\"(?:javascript|data):", page
    ), page


def test_a_page_with_a_kind_of_the_mapping_is_a_text_as_others(tmp_path):
    imported = read_one(tmp_path, type="page", mapping={"kinds": {"page": "report"}})

    assert not imported.is_draft and imported.manuscript.kind == "report"


@pytest.mark.parametrize(
    ("local", "utc", "status", "published"),
    [
        ("2024-04-09 12:00:00", "2024-04-09 10:00:00", "publish", "2024-04-09T12:00:00+02:00"),
        ("2024-04-09 23:30:00", "2024-04-10 03:30:00", "publish", "2024-04-09T23:30:00+02:00"),
        ("2024-04-09 12:00:00", "0000-00-00 00:00:00", "draft", None),
        ("2024-04-09 12:00:00", "0000-00-00 00:00:00", "publish", "2024-04-09T12:00:00+02:00"),
        ("0000-00-00 00:00:00", "0000-00-00 00:00:00", "draft", None),
        ("2030-01-09 12:00:00", "2030-01-09 11:00:00", "future", "2030-01-09T12:00:00+01:00"),
        ("2024-04-09 12:00:00", "2023-04-09 10:00:00", "publish", "2023-04-09T12:00:00+02:00"),
        ("no date", "", "publish", None),
        ("2024-04-09T12:00:00+05:00", "2024-04-09T10:00:00+00:00", "publish", "2024-04-09T12:00:00+02:00"),
        ("2024-04-09T12:00:00+02:00", "", "publish", "2024-04-09T12:00:00+02:00"),
        ("9999-12-31 23:59:59", "9999-12-31 23:59:59", "publish", None),
        ("0001-01-01 00:00:00", "0001-01-01T00:00:00+10:00", "publish", None),
    ],
)
def test_a_text_keeps_its_day_and_time(tmp_path, local, utc, status, published):
    moment = read_one(tmp_path, date=local, date_gmt=utc, status=status).manuscript.published_at

    assert (moment and moment.astimezone(HOME_ZONE)) == (published and datetime.fromisoformat(published))


@pytest.mark.parametrize(
    ("values", "summary"),
    [
        ({"excerpt": "An <em>excerpt</em>.", "meta": {"_yoast_wpseo_metadesc": "Other."}}, "An excerpt."),
        ({"meta": {"_yoast_wpseo_metadesc": "For search."}}, "For search."),
        (
            {"meta": {"rank_math_description": "%excerpt%", "_aioseo_description": "All in one."}},
            "All in one.",
        ),
        ({}, "Four words of text."),
    ],
)
def test_the_summary_is_the_excerpt_or_a_description_or_the_first_paragraph(tmp_path, values, summary):
    assert read_one(tmp_path, **{"text": "Four words of text."} | values).manuscript.summary == summary


def test_custom_fields_become_fields_of_the_mapping(tmp_path):
    meta = {"DOI": "10.1234/x", "ingress": "A lead."}
    manuscript = read_one(
        tmp_path, meta=meta, mapping={"fields": {"doi": "doi", "Ingress": "summary"}}
    ).manuscript

    assert (manuscript.doi, manuscript.summary) == ("10.1234/x", "A lead.")


def test_custom_fields_become_authors_files_and_text(tmp_path):
    (tmp_path / "uploads/2024").mkdir(parents=True)
    for name in "ab":
        (tmp_path / f"uploads/2024/{name}.pdf").write_bytes(b"%PDF-1.4 /Root startxref" + name.encode())
    guest = item(9, type="guest-author", slug="cap-eva-lind", meta={"cap-display_name": "Eva Lind"})
    meta = [("guest", "Karl Lund och Bo Ek"), ("extra", 'a:2:{i:0;s:1:"9";i:1;s:2:"77";}'), ("pdf", "5"), ("more", "/wp-content/uploads/2024/b.pdf"),
            ("part_0", "First."), ("part_1", "<p>Second.</p>")]  # fmt: skip
    fields = {
        "guest": "authors",
        "extra": "authors",
        "pdf": "files",
        "more": "files",
        "part_0": "text",
        "part_1": "text",
    }
    path = write_export(tmp_path, item(1, text="Words.", meta=meta), guest, attachment(5, "2024/a.pdf"))
    imported = read(path, fields=fields)[1]

    text = imported.manuscript
    assert [byline.name for byline in text.bylines] == ["Karl Lund", "Bo Ek", "Eva Lind"]
    assert [file.file for file in text.attachments] == ["a.pdf", "b.pdf"]
    assert text.body == "Words.\n\nFirst.\n\nSecond."
    assert "This is nobody's name: 77" in [str(note.text) for note in imported.notes]


def picture(tmp_path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (60, 40), "teal").save(tmp_path / name)


def test_pictures_come_from_the_uploads_with_the_words_of_the_media_library(tmp_path):
    picture(tmp_path, "uploads/2024/04/chart.png")
    file = attachment(
        3, "2024/04/chart.png", excerpt="In <b>TWh</b>", meta={"_wp_attachment_image_alt": "Gas by year"}
    )
    text = f'<img class="wp-image-3 size-medium" src="{SITE}/wp-content/uploads/2024/04/chart-300x200.png" alt="" />\n\n[gallery ids="3"]'
    imported = read_one(tmp_path, file, text=text, meta={"_thumbnail_id": "3"})

    image = imported.manuscript.images[0]
    assert (imported.manuscript.cover, image.credit) == (image.key, "In TWh") and list(
        imported.files.values()
    ) == [tmp_path / "uploads/2024/04/chart.png"]
    assert (
        imported.manuscript.body
        == f'![Gas by year](image:{image.key})\n\n![Gas by year](image:{image.key} "In TWh")'
    )
    assert "/wp-content/uploads/2024/04/chart-300x200.png" in imported.former_files


def test_files_of_wordpress_com_are_those_of_the_site(tmp_path):
    picture(tmp_path, "uploads/2008/06/chart.png")
    address = "https://old.files.wordpress.com/2008/06/chart.png"
    file = attachment(3, "x", url=address, guid=address)
    imported = read_one(tmp_path, file, text=f'<img src="{address}?w=300" alt="A chart" />')

    assert len(imported.files) == 1 and not notes_on(imported, "image-elsewhere")


def test_a_link_to_the_page_of_a_file_leads_to_the_file(tmp_path):
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads/report.csv").write_text("year,gas\n2024,1\n")
    file = attachment(3, "report.csv", parent=1)
    imported = read_one(tmp_path, file, text=f'<a href="{SITE}/2024/04/text-1/report/">The report</a>')

    assert [row.label for row in imported.manuscript.attachments] == ["The report"]


def test_notes_of_the_block_editor_become_footnotes(tmp_path):
    key = "0f1e2d3c-aaaa"
    text = (
        f'<!-- wp:paragraph --><p>A claim.<sup data-fn="{key}" class="fn"><a href="#{key}" id="{key}-link">1</a></sup></p>'
        "<!-- /wp:paragraph --><!-- wp:footnotes /-->"
    )
    imported = read_one(
        tmp_path, text=text, meta={"footnotes": json.dumps([{"id": key, "content": "Its <em>source</em>."}])}
    )

    assert (
        imported.manuscript.body == "A claim.[^1]\n\n[^1]: Its *source*." and imported.coverage.missing == ()
    )


def test_notes_of_plugins_become_footnotes(tmp_path):
    imported = read_one(tmp_path, text="A claim.[efn_note]Its source.[/efn_note] More.\n\nEnd.")

    assert imported.manuscript.body == "A claim.[^1] More.\n\nEnd.\n\n[^1]: Its source."


def test_a_note_whose_text_is_missing_is_named(tmp_path):
    imported = read_one(tmp_path, text='A.<sup data-fn="abc" class="fn"><a href="#abc">1</a></sup>')

    assert notes_on(imported, "note") == ["A note of the text is not in the export: abc"]


@pytest.mark.parametrize(
    "path", ["", "/", "/.", "/..", "%2F", "/%00", "2024/../../x.png", "." * 300 + "/a.png"]
)
def test_an_address_of_uploads_without_a_file_is_no_error(tmp_path, path):
    address = f"{SITE}/wp-content/uploads/{path}"
    imported = read_one(tmp_path, text=f'Words <img src="{address}" alt="" /> <a href="{address}">here</a>.')

    assert imported.manuscript.body.startswith("Words"), imported.refusal


def test_a_block_that_texts_share_is_part_of_each(tmp_path):
    shared = item(5, type="wp_block", text="<!-- wp:paragraph --><p>Shared.</p><!-- /wp:paragraph -->")

    assert read_one(tmp_path, shared, text='<!-- wp:block {"ref":5} /-->').manuscript.body == "Shared."


@pytest.mark.parametrize(
    ("values", "status"),
    [({"status": status}, status) for status in ("draft", "pending", "private", "future", "trash", "inherit", "a-plugin")]
    + [({"password": "hunter2"}, "password"), ({"status": ""}, "–")],
)  # fmt: skip
@pytest.mark.parametrize("is_repeated", [False, True])
def test_a_block_that_the_old_site_did_not_show_is_left_out_and_named(tmp_path, values, status, is_repeated):
    hidden = item(5, type="wp_block", text="Secret.", **values)
    public = [item(5, type="wp_block", text="Secret.")] if is_repeated else []
    imported = read_one(tmp_path, hidden, *public, text='Words. <!-- wp:block {"ref":5} /-->')

    assert imported.manuscript.body == "Words." and not imported.is_draft
    assert notes_on(imported, "html") == [
        f"A block that the old site did not show ({status}) was left out: number 5."
    ]


HOSTILE = (
    "",
    "9" * 5_000,
    "-1",
    "9999-12-31 23:59:59",
    "0001-01-01T00:00:00+14:00",
    "https://[x",
    "\\ud800",
    "[[1]]",
    "{",
)
FIELDS = (
    "date",
    "date_gmt",
    "modified",
    "slug",
    "link",
    "guid",
    "creator",
    "parent",
    "order",
    "excerpt",
    "title",
    "text",
)
METADATA = (
    "footnotes",
    "_thumbnail_id",
    "_wp_old_slug",
    "_wp_old_date",
    "_expiration-date",
    "_yoast_wpseo_metadesc",
)


def test_values_that_are_none_stop_no_other_text(tmp_path):
    values = [{name: value} for name in FIELDS for value in HOSTILE]
    values += [
        {"meta": {name: value, "_expiration-date-status": "1"}} for name in METADATA for value in HOSTILE
    ]
    texts = read(
        write_export(tmp_path, *(item(number, **each) for number, each in enumerate(values, start=1)))
    )

    assert len(texts) == len(values)


def test_an_error_in_one_text_becomes_its_refusal():
    log = ImportLog()
    log.guessed("title", "A note.")

    refused = read_safely("a.html", log, lambda: 1 / 0)

    assert "ZeroDivisionError" in refused.refusal and refused.notes == log.notes


def test_a_text_beyond_all_measure_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("publications.importers.wordpress.item_builder.MAX_VALUE_CHARACTERS", 100)

    assert "longer than any publication" in read_one(tmp_path, text="x" * 200).refusal


def test_bytes_that_are_no_text_are_named_with_their_text(tmp_path):
    path = write_export(tmp_path, item(1, text="1990BAD1995 and words"), item(2))
    path.write_bytes(path.read_bytes().replace(b"BAD", b"\x96"))
    texts = read(path)

    assert texts[1].manuscript.body == "1990–1995 and words" and notes_on(texts[1], "characters")
    assert not notes_on(texts[2], "characters")


def test_a_text_is_read_the_same_wherever_its_export_is(tmp_path):
    one = read(write_export(tmp_path / "a", item(1), item(2)))[2]
    other = read(write_export(tmp_path / "b", item(2), item(1), name="c.xml"))[2]

    assert replace(one.manuscript, note="") == replace(other.manuscript, note="")


def test_how_the_old_site_showed_a_text_is_noted_once_each(tmp_path):
    levels = "".join(f"<h{level}>Level {level}</h{level}>" for level in range(1, 7))
    aligned = '<p class="has-text-align-center">a</p><p style="text-align:right">b</p><p align="left">c</p>'
    shown = item(1, text=levels + aligned, **{"wp:is_sticky": "1"})
    plain = item(2, text='<h2>a</h2><h5>b</h5><h6>c</h6><table><tr><td align="right">1</td></tr></table>')

    texts = read(write_export(tmp_path, shown, plain))

    assert [str(note.text) for note in texts[1].notes if note.topic == "display"] == [
        "It stood first on the old site (sticky): here the newest text does.",
        "The alignment of text was left out: center, right",
        "Headings of the levels 5 and 6 are of one level now.",
    ]
    assert not [note for note in texts[2].notes if note.topic == "display"]


def test_a_file_that_was_played_beside_the_text_is_a_link_unless_the_text_has_it(tmp_path):
    meta = [("enclosure", f"https://cdn.example/{name}.mp3\n123\naudio/mpeg\na:0:{{}}") for name in "ab"]
    imported = read_one(tmp_path, text='<p><a href="https://cdn.example/a.mp3">Hear</a></p>', meta=meta)

    assert imported.manuscript.body.endswith("\n\n<https://cdn.example/b.mp3>")
    assert "https://cdn.example/b.mp3" in [*imported.notes][-1].text and not imported.is_draft


@pytest.mark.parametrize(
    ("field", "address", "text", "external_url", "is_draft"),
    [
        ("_links_to", "https://other.example/x", "Words.", "https://other.example/x", True),
        ("_yoast_wpseo_redirect", "https://other.example/x", "<p></p>", "https://other.example/x", False),
        ("_links_to", "/2024/04/text-2/", "", "", True),
        ("_links_to", f"{SITE}/2024/04/text-1", "Words.", "", False),
    ],
)
def test_a_text_that_led_elsewhere_has_the_address_and_shows_no_word_that_nobody_saw(
    tmp_path, field, address, text, external_url, is_draft
):
    imported = read_one(tmp_path, text=text, meta={field: address})

    assert (imported.manuscript.external_url, imported.is_draft) == (external_url, is_draft)
    assert any(address in note.text for note in imported.notes) is is_draft


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("_yoast_wpseo_canonical", "https://other.example/gas/", "another address as that of the original"),
        ("rank_math_canonical_url", "https://other.example/gas/", "another address as that of the original"),
        ("_yoast_wpseo_canonical", "http://www.old.example/2024/04/text-1", ""),
        ("rank_math_canonical_url", "/2024/04/text-1/", ""),
        ("_yoast_wpseo_canonical", f"{SITE}/2024/04/text-2/", "another address as that of the original"),
        ("_yoast_wpseo_meta-robots-noindex", "1", "kept it out of search engines"),
        ("rank_math_robots", 'a:1:{i:0;s:7:"noindex";}', "kept it out of search engines"),
        ("_yoast_wpseo_meta-robots-noindex", "2", ""),
        ("rank_math_robots", 'a:1:{i:0;s:5:"index";}', ""),
    ],
)
def test_what_plugins_say_to_search_engines_is_noted(tmp_path, name, value, words):
    imported = read_one(tmp_path, meta={name: value})

    notes = [note.text for note in imported.notes if note.topic == "value"]
    assert [words in note for note in notes] == [True] * bool(words)
