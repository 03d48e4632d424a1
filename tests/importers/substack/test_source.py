"""An export of Substack comes in from its folder or its archive; what was not public becomes a draft."""

import json
import shutil
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from publications.importers.archive import unpack_if_archive
from publications.importers.imported_file import ImportRefused
from publications.importers.substack import is_substack, open_substack_source
from publications.path_patterns import PathTree
from tests.factories import picture_bytes
from tests.importers.html.articles import make_context

HEAD = "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url\n"


def write_export(folder, rows: str, **texts) -> None:
    (folder / "posts").mkdir(parents=True)
    (folder / "posts.csv").write_text(HEAD + rows)
    (folder / "email_list.x.csv").write_text("email\nreader@x.example\n")
    for name, text in texts.items():
        (folder / "posts" / f"{name.replace('_', '.', 1)}.html").write_text(text)


def read_all(path) -> list:
    source = open_substack_source(path, language="en", site="https://old.example").assign_slugs({}, set())
    context = make_context(
        addresses=source.addresses(lambda locale, slug: f"/{locale}/{slug}/"), site=source.site
    )
    return list(source.read(context, processes=0))


@pytest.mark.parametrize("form", ["folder", "archive", "list"])
def test_posts_come_in_from_each_form_of_an_export(tmp_path, form):
    folder = tmp_path / "export"
    rows = (
        '1.first,2024-04-09T08:00:00.000Z,true,,,newsletter,everyone,"A, first",Sub < title,\n'
        "2.second,,false,,,newsletter,everyone,Second,,\n"
    )
    write_export(
        folder,
        rows,
        **{
            "1_first": '<p>One <a href="https://old.example/p/second">two</a></p>'
            '<p class="button-wrapper"><a class="button" href="https://old.example/subscribe?"><span>Subscribe now</span></a></p>'
            '<div class="subscription-widget-wrap"><form><p>Thanks for reading!</p></form></div>',
            "2_second": "<p>b</p>",
        },
    )
    path = {"folder": folder, "list": folder / "posts.csv"}.get(form) or shutil.make_archive(
        folder, "zip", folder
    )
    path = type(folder)(path)

    assert is_substack(path)
    first, second = read_all(path)

    text = first.manuscript
    assert (text.title, text.summary, text.body) == ("A, first", "Sub < title", "One [two](/en/second/)")
    assert first.former_paths == ("/p/first",) and not first.is_draft
    assert second.is_draft and second.former_paths == ()
    assert any("Subscribe now" in str(note.text) for note in first.notes)


@pytest.mark.parametrize(
    ("row", "is_draft"),
    [
        ("1.a,,true,,,newsletter,everyone,A,,", False),
        ("1.a,,true,,,newsletter,only_free,A,,", True),
        ("1.a,,true,,,newsletter,only_paid,A,,", True),
        ("1.a,,true,,,newsletter,founding,A,,", True),
        ("1.a,,true,,,podcast,everyone,A,,https://x.example/a.mp3", True),
        ("1.a,,FALSE,,,newsletter,everyone,A,,", True),
    ],
)
def test_what_was_not_public_becomes_a_draft(tmp_path, row, is_draft):
    write_export(tmp_path / "a", row, **{"1_a": "<p>b</p>"})

    (file,) = read_all(tmp_path / "a")

    assert file.is_draft == is_draft and ("a.mp3" in file.manuscript.body) == ("mp3" in row)


@pytest.mark.parametrize("rest", ['3.c,"2024', "3.c,,true,,,news"])
def test_texts_without_a_row_and_a_cut_list_are_named(tmp_path, rest):
    row = "1.a,,true,,,newsletter,everyone,A,,\n"
    write_export(tmp_path / "a", row + rest, **{"1_a": "<p>b</p>", "2_b": "<p>b</p>", "3_c": "<p>c</p>"})

    source = open_substack_source(tmp_path / "a", language="en")

    assert {"posts.csv", "posts/2.b.html"} <= set(source.refused)


@pytest.mark.parametrize("place", ["", "images", "pictures/2024"])
def test_notes_pictures_and_players_come_in_or_are_named(tmp_path, place):
    image = "https://substackcdn.com/image/fetch/w_1456,c_limit/https%3A%2F%2Fsubstack-post-media.s3.amazonaws.com%2Fpublic%2Fimages%2F{}.png"
    figure = '<div class="captioned-image-container"><figure><img src="{}" alt="Al"><figcaption class="image-caption">Cap</figcaption></figure></div>'
    text = (
        '<p>One<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1">1</a>.</p>'
        + figure.format(image.format("here")) + figure.format(image.format("gone"))
        + '<div class="native-audio-embed" data-attrs="{&quot;mediaUploadId&quot;:&quot;x&quot;}"></div>'
        '<div class="footnote"><a id="footnote-1" href="#footnote-anchor-1" class="footnote-number">1</a>'
        '<div class="footnote-content"><p>The note.</p></div></div>'
    )  # fmt: skip
    write_export(tmp_path / "a", "1.a,,true,,,newsletter,everyone,A,,", **{"1_a": text})
    (tmp_path / "a" / place).mkdir(parents=True, exist_ok=True)
    (tmp_path / "a" / place / "here.png").write_bytes(picture_bytes())
    source = open_substack_source(tmp_path / "a", language="en").assign_slugs({}, set())
    context = make_context(tmp_path / "a")
    finder = replace(context.image_finder, names_of=source.names_of)

    (file,) = source.read(replace(context, image_finder=finder), processes=0)

    key = file.manuscript.images[0].key
    assert f'![Al](image:{key} "Cap")' in file.manuscript.body and "[^1]: The note." in file.manuscript.body
    assert any("native-audio-embed" in str(note.text) for note in file.notes)
    gone = "https://substack-post-media.s3.amazonaws.com/public/images/gone.png"
    assert [remark.items for remark in source.summarize(PathTree([]))] == [(gone,)]


def read_with_files(folder, site: str = "") -> tuple:
    source = open_substack_source(folder, language="en", site=site).assign_slugs({}, set())
    context = make_context(folder, site=site)
    context = replace(context, image_finder=replace(context.image_finder, names_of=source.names_of))
    (file,) = source.read(context, processes=0)
    return file, source


@pytest.mark.parametrize("site", ["", "https://sub.substack.com", "https://own.example"])
def test_files_come_in_from_any_folder_or_are_named(tmp_path, site):
    address = "https://sub.substack.com/api/v1/file/"
    links = f'<p><a href="{address}here.csv">One</a> <a href="{address}gone.csv">Two</a></p>'
    write_export(tmp_path / "a", "1.a,,true,,,newsletter,everyone,A,,", **{"1_a": links})
    (tmp_path / "a/files/2024").mkdir(parents=True)
    (tmp_path / "a/files/2024/here.csv").write_bytes(b"a,b\n")

    file, source = read_with_files(tmp_path / "a", site)

    assert [attachment.file for attachment in file.manuscript.attachments] == ["here.csv"]
    assert "/api/v1/file/here.csv" in file.former_files
    assert [str(note.text) for note in file.notes if note.topic == "missing"] == [
        f"{address}gone.csv: The file is missing."
    ]
    assert [remark.items for remark in source.summarize(PathTree([]))] == [(f"{address}gone.csv",)]


def test_what_the_editor_describes_in_json_is_shown_or_named(tmp_path):
    def embed(class_name: str, tag: str = "div", **attributes) -> str:
        return f'<{tag} class="{class_name}" data-attrs="{escape(json.dumps(attributes))}"></{tag}>'

    sources = [f"https://substack-post-media.s3.amazonaws.com/public/images/{name}.png" for name in "ab"]
    gallery = {"images": [{"src": source} for source in sources], "caption": "Cap < one", "alt": "Al"}
    text = (
        embed("image-gallery-embed", gallery=gallery)
        + embed("latex-rendered", persistentExpression="a < b^2")
        + f"<p>By {embed('mention-wrap', 'span', name='Bo Ek', id=7)} of {embed('cashtag-wrap', 'span', symbol='$X')}.</p>"
        + embed("poll-embed", id=12345)
        + embed("recipe-embed", recipe={"title": "Soup"})
        + '<pre class="preformatted-block"><label class="hide-text" contenteditable="false">Text within this block will '
        'maintain its original spacing when published</label><pre class="text">A poem\n  line two</pre></pre>'
    )
    write_export(tmp_path / "a", "1.a,,true,,,newsletter,everyone,A,,", **{"1_a": text})
    for name, colour in (("a", "navy"), ("b", "red")):
        (tmp_path / f"a/{name}.png").write_bytes(picture_bytes(colour))

    file, _source = read_with_files(tmp_path / "a")

    body = file.manuscript.body
    assert len(file.manuscript.images) == 2 and body.count("![Al](image:") == 2 and "Cap < one" in body
    assert "`a < b^2`" in body and "By Bo Ek of $X." in body and "original spacing" not in body
    assert "  line two" in body
    named = " ".join(str(note.text) for note in file.notes)
    assert "<poll-embed> was left out: 12345" in named and "<recipe-embed> was left out: Soup" in named


def test_the_command_reads_pictures_in_an_archive(tmp_path):
    write_export(tmp_path / "a", "1.a,,true,,,newsletter,everyone,A,,", **{"1_a": "<p>b</p>"})
    (tmp_path / "a/images").mkdir()
    (tmp_path / "a/images/here.png").write_bytes(picture_bytes())

    with unpack_if_archive(Path(shutil.make_archive(str(tmp_path / "a"), "zip", tmp_path / "a"))) as folder:
        assert "here.png" in open_substack_source(folder, language="en").local_files


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_post_that_is_listed_twice_the_stricter_row_counts(tmp_path, order):
    rows = ["1.a,,true,,,newsletter,everyone,A,,", "1.a,,true,,,newsletter,only_paid,A,,"][::order]
    write_export(tmp_path / "a", "\n".join(rows), **{"1_a": "<p>b</p>"})

    (file,) = read_all(tmp_path / "a")

    assert file.is_draft


def test_a_list_with_semicolons_is_read(tmp_path):
    write_export(tmp_path / "a", "", **{"1_a": "<p>b</p>"})
    row = '1.a;;SANT;;;newsletter;everyone;"A; b, c";;\n2.b;;true;;;newsletter;everyone;B;;\n'
    (tmp_path / "a/posts/2.b.html").write_text("<p>c</p>")
    (tmp_path / "a/posts.csv").write_text(HEAD.replace(",", ";") + row, encoding="utf-8-sig")

    assert is_substack(tmp_path / "a")
    first, second = read_all(tmp_path / "a")

    assert first.manuscript.title == "A; b, c" and first.is_draft and not second.is_draft


def test_subscribers_are_not_read_and_links_out_of_the_export_not_followed(tmp_path):
    write_export(
        tmp_path / "a",
        "1.a,,true,,,newsletter,everyone,A,,\n2.b,,true,,,newsletter,everyone,B,,",
        **{"1_a": "<p>b</p>"},
    )
    (tmp_path / "secret.html").write_text("<p>Secret.</p>")
    (tmp_path / "a/posts/2.b.html").symlink_to(tmp_path / "secret.html")

    source = open_substack_source(tmp_path / "a", language="en")

    assert set(source.refused) == {"/p/b"} and "reader@x.example" not in str(vars(source))


def test_a_post_without_its_text_is_refused(tmp_path):
    write_export(tmp_path / "a", "1.a,,true,,,thread,everyone,A,,\n../x,,true,,,thread,everyone,A,,")

    source = open_substack_source(tmp_path / "a", language="en")

    assert set(source.refused) == {"/p/a", "/p/./x"} and not source.entries


def test_an_export_without_posts_is_refused(tmp_path):
    write_export(tmp_path / "a", "")

    with pytest.raises(ImportRefused, match="without posts"):
        open_substack_source(tmp_path / "a", language="en")


def test_other_files_are_no_export(tmp_path):
    (tmp_path / "posts.csv").write_text("a,b\n")
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04")

    assert (
        not is_substack(tmp_path)
        and not is_substack(tmp_path / "posts.csv")
        and not is_substack(tmp_path / "x.zip")
    )
