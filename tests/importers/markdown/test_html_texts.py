"""Texts in HTML beside Markdown are read as well; texts in other formats are named, with the remedy."""

import pytest

from publications.importers.markdown import open_markdown_source
from tests.factories import picture_bytes

from .test_permalinks import write_site
from .test_reader import arrivals

HEAD = "---\ntitle: A & B\ndate: 2024-04-09\nauthor: ann\ntags: [EU]\nexcerpt: Short & clear.\n{front}---\n"


def test_a_text_in_html_is_read_with_its_fields_images_and_templates(tmp_path):
    folder = write_site(
        tmp_path,
        {
            "_config.yml": "name: The Blog",
            "_posts/2024-04-09-a.html": HEAD.format(front="expires: 2190-01-01\nmood: calm\n")
            + '<h2 id="top">Head</h2>\n<p>One <b>two</b> {{ site.name }} <a href="/2024/04/10/b.html">b</a> '
            '{% link _posts/2024-04-10-b.md %}</p>\n<img src="{{ site.baseurl }}/img/a.png" alt="Al">\n<script>x()</script>',
            "_posts/2024-04-10-b.md": HEAD.format(front="") + "Text.",
            "_posts/2024-04-11-c.html": HEAD.format(front="published: false\n") + "<p>Hidden.</p>",
            "_layouts/post.html": "---\nlayout: default\n---\n<p>{{ content }}</p>",
            "index.html": "<p>no fields</p>",
        },
    )
    (folder / "img").mkdir()
    (folder / "img/a.png").write_bytes(picture_bytes())

    files = arrivals(folder)

    assert sorted(files) == ["_posts/2024-04-09-a.html", "_posts/2024-04-10-b.md", "_posts/2024-04-11-c.html"]
    file = files["_posts/2024-04-09-a.html"]
    text = file.manuscript
    assert (text.title, text.summary, text.tags, len(text.bylines)) == ("A & B", "Short & clear.", ("EU",), 1)
    assert "One **two** The Blog [b](/en/publications/b/)" in text.body and "x()" not in text.body
    assert f"![Al](image:{text.images[0].key})" in text.body and text.published_at.year == 2024
    assert file.expires_at.year == 2190 and file.former_paths == ("/2024/04/09/a.html",) and not file.is_draft
    assert any("mood" in str(note.text) for note in file.notes)
    assert files["_posts/2024-04-11-c.html"].is_draft


@pytest.mark.parametrize(
    ("name", "named"),
    [("a.adoc", "AsciiDoc"), ("a.org", "Org"), ("a.rst", "reStructuredText"), ("a.mdx", "MDX")],
)
def test_a_text_in_another_format_is_named(tmp_path, name, named):
    source = open_markdown_source(
        write_site(
            tmp_path,
            {
                "posts/b.md": HEAD.format(front=""),
                f"posts/{name}": "= T\n",
                "README.rst": "",
                "themes/x.org": "",
            },
        )
    )

    assert list(source.refused) == [f"posts/{name}"]
    assert named in source.refused[f"posts/{name}"] and "pandoc" in source.refused[f"posts/{name}"]
