"""Shortcodes become HTML; those that are not known are named, and no word is lost unnamed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications.importers.imported_file import ImportLog
from publications.importers.wordpress import post_parts
from publications.importers.wordpress.post_parts import PostParts, render_notes
from publications.importers.wordpress.posts import LibraryFile
from publications.importers.wordpress.shortcodes import replace_shortcodes

UPLOADS = "https://old.example/wp-content/uploads"
FILES = {
    1: LibraryFile(1, f"{UPLOADS}/a.png", "A chart", "Its caption", "", 5, 2),
    2: LibraryFile(2, f"{UPLOADS}/b.jpg", "", "", "", 5, 1),
    3: LibraryFile(3, f"{UPLOADS}/c.mp3", "", "A talk", "", 0, 0),
}


def replaced(text: str) -> tuple[str, list[str], PostParts]:
    log = ImportLog()
    post = PostParts(FILES, [FILES[2], FILES[1]], log)
    html = replace_shortcodes(text, post, log)
    return " ".join(html.split()), [note.text for note in log.notes], post


FIGURES = {
    1: f'<figure><img src="{UPLOADS}/a.png" alt="A chart" /><figcaption>Its caption</figcaption></figure>',
    2: f'<figure><img src="{UPLOADS}/b.jpg" alt="" /></figure>',
}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ('[caption id="attachment_1" width="300"]<img src="a.png" /> A <em>caption</em>[/caption]',
         '<figure><img src="a.png" /><figcaption>A <em>caption</em></figcaption></figure>'),
        ('[caption caption="Old form"]<a href="b"><img src="a.png" /></a>[/caption]',
         '<figure><a href="b"><img src="a.png" /></a><figcaption>Old form</figcaption></figure>'),
        ('[gallery ids="2,1"]', f"{FIGURES[2]} {FIGURES[1]}"),
        ("[gallery]", f"{FIGURES[2]} {FIGURES[1]}"),
        ('[gallery exclude="2" columns="3"]', FIGURES[1]),
        ("[gallery ids=”1”]", FIGURES[1]),
        ("[embed]https://www.youtube.com/watch?v=abc&amp;t=1[/embed]",
         '<p><a href="https://www.youtube.com/watch?v=abc&amp;t=1">https://www.youtube.com/watch?v=abc&amp;t=1</a></p>'),
        ("[youtube=https://www.youtube.com/watch?v=abc]",
         '<p><a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a></p>'),
        ("[vimeo 12345]", '<p><a href="https://vimeo.com/12345">https://vimeo.com/12345</a></p>'),
        ('[audio mp3="/wp-content/uploads/c.mp3"][/audio]',
         '<p><a href="/wp-content/uploads/c.mp3">/wp-content/uploads/c.mp3</a></p>'),
        ('[playlist ids="3"]', f'<p><a href="{UPLOADS}/c.mp3">A talk</a></p>'),
        ('[button link="https://a.example/"]Read[/button]', '<a href="https://a.example/">Read</a>'),
        ('[sourcecode language="Python"]\nif a < b: print("[gallery]")\n[/sourcecode]',
         '<pre><code class="language-python">if a &lt; b: print("[gallery]")</code></pre>'),
        ("[sourcecode]a &lt; b[/sourcecode]", "<pre><code>a &lt; b</code></pre>"),
        ("[[gallery]] shows pictures", "[gallery] shows pictures"),
        ("[[caption]x[/caption]]", "[caption]x[/caption]"),
        ("<pre>[gallery]</pre> <code>[[audio]]</code>", "<pre>[gallery]</pre> <code>[audio]</code>"),
        ("<!-- [gallery] -->", "<!-- [gallery] -->"),
        ('<a title="[gallery]">x</a>', '<a title="[gallery]">x</a>'),
    ],
)  # fmt: skip
def test_known_shortcodes_become_html(text, html):
    assert replaced(text)[:2] == (html, [])


@pytest.mark.parametrize(
    "text",
    [
        "[sic]",
        "He said [they] would.",
        "<p>[Applause]</p>",
        "[…]",
        "[1]",
        "[Smith 2004, p=3]",
        "[the author]",
        "a [b] c [d",
        "[]",
        "[/]",
        "[[x",
        "x]]",
    ],
)
def test_words_in_brackets_stay(text):
    assert replaced(text)[:2] == (text, [])


@pytest.mark.parametrize(
    ("text", "html", "named"),
    [
        ('[contact-form-7 id="5"] end', "end", '[contact-form-7 id="5"]'),
        ("[vc_row][vc_column]Words[/vc_column][/vc_row]", "Words", "[vc_column]"),
        (
            '[accordion title="A &amp; B"]Words[/accordion]',
            "<p><strong>A &amp; B</strong></p> Words",
            '[accordion title="A &amp; B"]',
        ),
        ("Words[/caption]", "Words", "[/caption]"),
        ("[my_plugin] x", "x", "[my_plugin]"),
        ("Hear it: [powerpress]", "Hear it:", "[powerpress]"),
        ("[MY_list] x", "x", "[MY_list]"),
        ("[tables 5 /] x", "x", "[tables 5 /]"),
        ('[WPCode id="12"] x', "x", '[WPCode id="12"]'),
        ("x\n[timeline]\ny", "x [timeline] y", "[timeline]"),
        ("<p>[polls 5] [1]</p>", "<p>[polls 5] [1]</p>", "[polls 5]"),
    ],
)
def test_unknown_shortcodes_are_named_and_their_content_stays(text, html, named):
    result, notes, _post = replaced(text)

    assert result == html and any(named in note for note in notes)


@pytest.mark.parametrize("name", ["footnote", "ref", "efn_note", "mfn"])
def test_notes_become_references_and_a_list(name):
    html, notes, post = replaced(
        f"One[{name}]A <em>note</em>.[/{name}] two[{name}]Another.[/{name}] [footnotes]"
    )

    assert (
        html.startswith('One<sup class="fn"><a href="#fn-1" id="fn-1-link">1</a></sup> two<sup') and not notes
    )
    assert list(post.notes.values()) == ["A <em>note</em>.", "Another."]
    assert '<li id="fn-2">Another. <a href="#fn-2-link">' in render_notes(post.notes)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<!-- [a_b] <!-- [a_b] x", "<!-- <!-- x"),
        ("<pre>[gallery", "<pre>[gallery"),
        ("[[x]a[/x]] b [[x]c[/x]]", "[x]a[/x] b [x]c[/x]"),
        ("[[code]a[/code] b", "[ <pre><code>a</code></pre> b"),
        ("[a_b c=„1“ d=„2]Words", "Words"),
        ("[quote]a[/ref]b[/quote]", "<blockquote>ab</blockquote>"),
        ("[quote]a[quote]b[/quote]", "<blockquote>a <blockquote>b</blockquote> </blockquote>"),
    ],
)
def test_what_has_no_end_is_text_and_ends_without_a_beginning_go(text, html):
    assert replaced(text)[0] == html


def test_words_in_deeply_nested_shortcodes_stay_and_each_is_named():
    html, notes, _post = replaced(f"{'[x a=1]' * 50}word{'[/x]' * 50}")

    assert html == "word" and [note.split(" (")[0] for note in notes] == [
        "It was not public on the old site",
        "A shortcode was left out: [x a=1]",
        "A shortcode was left out: [/x]",
    ]


def test_galleries_show_a_limited_number_of_files_together(monkeypatch):
    monkeypatch.setattr(post_parts, "MAX_LISTED_FILES", 3)

    html, notes, _post = replaced("[gallery]" * 5)

    assert html.count("<img") == 3 and notes == [
        "The galleries show more than 3 files: the rest was left out."
    ]


def test_a_file_that_the_export_does_not_have_is_named():
    assert replaced('[gallery ids="1,99"]')[1] == [
        "The export has no file of the number 99, which the text shows."
    ]


PARTS = st.sampled_from(
    ["word ", "[", "]", "[caption]", "[/caption]", "[gallery]", "[x_y]", "[/x_y]", "[a b='c']", "[[", "]]", "<pre>", "</pre>",
     "<!--", "-->", "[footnote]", "[/footnote]", "<img src='a'>", '"', "'", "[code]", "[/code]", "[quote]", "[/quote]"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=30).map("".join))
def test_no_word_outside_of_shortcodes_is_lost(text):
    html, notes, post = replaced(text)

    assert " ".join([html, *notes, *post.notes.values()]).count("word") >= text.count("word")
