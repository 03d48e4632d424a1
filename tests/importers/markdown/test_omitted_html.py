"""HTML in texts of Hugo: what its pages left out."""

import pytest

from publications.importers.imported_file import ImportLog
from publications.importers.markdown.omitted_html import omit_html, omits_html
from publications.importers.markdown.source_site import find_source_site
from publications.models import Edition
from tests.blogs import import_blog, texts_of


@pytest.mark.parametrize(
    ("text", "left", "words"),
    [
        ("a\n\n<div>X</div>\nY\n\nb", "a\n\n\nb", ["x", "y"]),
        ("a\n<p>X\n\nb</p>", "a\n\nb", ["x"]),
        ("a <b>c</b> <https://a.example> 1 < 2 > 1", "a c <https://a.example> 1 < 2 > 1", []),
        ("<div>\n\na\n\n</div>", "\na\n\n", []),
        ("<span>X</span> a\n\n<em>\n", "X a\n\n", []),
        ("a\n<em>\nb", "a\n\nb", []),
        ("<script>\nX\n\nY</script>\na", "a", []),
        ("> <div>X\n\n- a\n    <p>X</p>\n\nb\n\n    <p>a</p>", "\n- a\n\nb\n\n    a", ["x", "x"]),
        ("```\n<div>a\n```\n`<b>a`\n\n<!-- <p>a -->", "```\n<div>a\n```\n`<b>a`\n\n<!-- <p>a -->", []),
        ("{{<a x>}}b{{</a>}} {{< c >}}", "{{<a x>}}b{{</a>}} {{< c >}}", []),
    ],
)
def test_blocks_go_with_their_words_and_tags_without(text, left, words):
    left_out: list[str] = []

    assert (omit_html(text, ImportLog(), left_out, lambda _text: ()), left_out) == (left, words)


@pytest.mark.parametrize(
    ("settings", "fields", "is_omitted"),
    [
        ("", {}, True),
        ("[markup.goldmark.renderer]\nunsafe = true", {}, False),
        ("[Markup.Goldmark.Renderer]\nUnsafe = false", {"markup": "md"}, True),
        ("[markup]\ndefaultMarkdownHandler = 'blackfriday'", {}, False),
        ("", {"markup": "pandoc"}, False),
    ],
)
def test_html_is_omitted_unless_the_settings_say_otherwise(tmp_path, settings, fields, is_omitted):
    (tmp_path / "hugo.toml").write_text(settings)

    assert omits_html(find_source_site(tmp_path), fields) is is_omitted


@pytest.mark.django_db
def test_html_that_the_old_site_left_out_is_named(tmp_path):
    body = "Salt <b>and</b> water.\n\n<div>Pepper ![c](c.png)</div>\n\n{{< raw >}}<p>Sugar</p>{{< /raw >}}\n"
    files = {
        "hugo.toml": "",
        "layouts/shortcodes/raw.html": "{{ .Inner }}",
        "content/posts/a.md": f"---\ntitle: A\ndate: 2024-04-09\nauthor: ann\nsummary: Short.\n---\n{body}",
    }
    for place, text in files.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)

    report = import_blog(tmp_path, media=())

    assert (page := Edition.objects.live().get().body).startswith("Salt and water.")
    assert "Pepper" not in page and "Sugar" in page
    assert len(texts_of(report, "hidden", "content/posts/a.md")) == 1
    assert not texts_of(report, "words", "content/posts/a.md")
