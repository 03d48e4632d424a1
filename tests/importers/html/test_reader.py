"""HTML of other systems becomes the Markdown of this site, and every loss is reported."""

import hashlib

import pytest

from publications.importers.html import parse_html
from publications.importers.html.source_tree import UNREAD
from publications.importers.imported_file import NoteKind
from publications.importers.source_authors import AuthorList, SourceAuthor
from publications.importers.wordpress.paragraphs import add_paragraphs
from tests.factories import picture_bytes
from tests.importers.html.articles import URL, make_article, make_context, markdown_of, read, topics_of

TEXTS = {
    "headings are shifted": ("<h3>One</h3><p>a</p><h5>Two</h5>", "## One\n\na\n\n#### Two"),
    "the title is not repeated": ("<h1>Grain  exports</h1><p>a</p><h2>Two</h2>", "a\n\n## Two"),
    "a bold heading is a heading": ("<h2><b>One</b></h2>", "## One"),
    "an empty heading is none": ("<h2>&nbsp;</h2><p>a</p>", "a"),
    "spans and fonts are unwrapped": (
        '<p><span style="color:red">a</span> <font face="x">b</font> <o:p></o:p></p>', "a b"
    ),
    "styles are emphasis": (
        '<p><span style="font-weight:700">a</span> <span style="font-style: italic;">b</span> '
        '<span style="vertical-align:super">c</span></p>',
        "**a** *b* <sup>c</sup>",
    ),
    "the wrapper of Google Docs is not bold": (
        '<b style="font-weight:normal" id="docs-internal-guid-1"><p>a</p><p><b>b</b></p></b>', "a\n\n**b**"
    ),
    "emphasis around blocks is that of their text": ("<b><p>a</p><p>b</p></b>", "**a**\n\n**b**"),
    "a link around blocks is that of their text": (
        '<a href="https://x.example/"><div>a</div><div>b</div></a>', "[a](https://x.example/)\n\n[b](https://x.example/)"
    ),
    "lists are nested": (
        "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>", "- a\n    1. b\n    2. c\n- d"
    ),
    "items of one paragraph are lines": ("<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n- b"),
    "items may have paragraphs": ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\n    b"),
    "items need no end tags": ("<ul><li>a<li>b</ul>", "- a\n- b"),
    "a table has a head": (
        "<table><thead><tr><th><p>a</p></th><th>b</th></tr></thead><tr><td>1</td><td>2</td></tr></table>",
        "| a | b |\n| --- | --- |\n| 1 | 2 |",
    ),
    "a table for the layout is unwrapped": (
        "<table><tr><td><h2>a</h2><p>b</p></td></tr></table>", "## a\n\nb"
    ),
    "a table keeps its caption and spans": (
        '<table><caption>c</caption><tr><td colspan="2">a</td></tr><tr><td>b</td><td>d</td></tr></table>',
        '<table><caption>c</caption><tbody><tr><td colspan="2">a</td></tr><tr><td>b</td><td>d</td></tr></tbody></table>',
    ),
    "the caption of the figure of a table is its own": (
        "<figure><table><tr><td>a</td><td>b</td></tr></table><figcaption>c</figcaption></figure>",
        "<table><caption>c</caption><tbody><tr><td>a</td><td>b</td></tr></tbody></table>",
    ),
    "quotations": ("<blockquote><p>a</p><cite>b</cite></blockquote>", "> a\n>\n> *b*"),
    "pull quotes": (
        '<figure class="wp-block-pullquote"><blockquote><p>a</p></blockquote></figure><div class="pullquote">b</div>',
        "> a\n\n<!-- -->\n\n> b",
    ),
    "code": ("<pre><code>a &lt;b&gt;<br>  c</code></pre><p><tt>d</tt></p>", "    a <b>\n      c\n\n`d`"),
    "a verse is no code": ('<pre class="wp-block-verse">a\nb</pre>', "a  \nb"),
    "definitions": ("<dl><dt>a</dt><dd>b</dd></dl>", "**a**\n\nb"),
    "double line breaks divide paragraphs": (
        "<p>a<br><br>b<br>c</p><div>d <b>e<br>&nbsp;<br>f</b></div>", "a\n\nb  \nc\n\nd **e**\n\n**f**"
    ),
    "double line breaks divide items": ("<ul><li>a<br><br>b</li></ul>", "- a\n\n    b"),
    "empty paragraphs and runs of spaces go": (
        "<p>&nbsp;</p><p>a&nbsp; b&nbsp;&nbsp;c 10&nbsp;000</p><p><br></p>", "a b c 10\xa0000"
    ),
    "soft hyphens stay": ("<p>Donau&shy;dampfer</p>", "Donau\xaddampfer"),
    "inline elements of the site stay": (
        '<p>H<sub>2</sub>O <abbr title="North Atlantic">NATO</abbr> <mark>m</mark> <acronym title="x">y</acronym></p>',
        'H<sub>2</sub>O <abbr title="North Atlantic">NATO</abbr> <mark>m</mark> <abbr title="x">y</abbr>',
    ),
    "the language and direction of a paragraph stay": (
        '<p lang="en-GB">a</p><p lang="ar" dir="rtl">b</p>', "a\n\nb\n{: lang=ar dir=rtl }"
    ),
    "text that looks like Markdown stays text": (
        "<p>1. a *b* _c_ [d](e)</p><p># f</p><p>&lt;b&gt; &amp;amp;</p>",
        "1\\. a \\*b\\* \\_c\\_ \\[d]\\(e)\n\n\\# f\n\n&lt;b> &amp;amp;",
    ),
    "crossed end tags lose nothing": ("<p>a <b>b <i>c</b> d</i> e</p><p>f</td>g", "a **b <i>c</i>** d e\n\nfg"),
    "an unclosed anchor ends at the next link": (
        '<p><a name="top">a <a href="https://x.example/">b</a></p>', "a [b](https://x.example/)"
    ),
    "a comment that has no end is text": ("<p>a <!-- b</p>", "a b"),
    "details": ("<details><summary>a</summary><p>b</p></details>", "**a**\n\nb"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "markdown"), TEXTS.values(), ids=TEXTS.keys())
def test_html_becomes_markdown_without_a_loss(html, markdown):
    file = read(html)

    assert (file.manuscript.body, topics_of(file), file.coverage.missing) == (markdown, set(), ())


LINKS = {
    "to another text": ('<a href="/old/">a</a>', "[a](/en/publications/new/)", {"link"}),
    "to another text, with its host and a fragment": (
        '<a href="http://www.old.example/old#b">a</a>', "[a](/en/publications/new/#b)", {"link"}
    ),
    "to another text by its number": ('<a href="/?p=7">a</a>', "[a](/en/publications/seven/)", {"link"}),
    "to a page that did not come along": (
        '<a href="../c/?d=1&amp;copy=2">a</a>', "[a](https://old.example/2020/c/?d=1&copy=2)", {"link-lost"}
    ),
    "to another site": ('<a href="//x.example/y">a</a>', "[a](https://x.example/y)", set()),
    "to write": ('<a href="mailto:a@x.example">a</a> <a href="tel:+46 8">b</a>', "[a](mailto:a@x.example) [b](tel:+46%208)", set()),
    "to a script": ('<a href="javascript:x()">a</a>', "a", set()),
    "of another scheme": ('<a href="skype:x">a</a>', "a", {"link-gone"}),
    "to a place in the text": (
        f'<a href="{URL}#b">a</a></p><h2 id="b">c</h2><h2 id="d">e</h2>', '[a](#b)\n\n## <span id="b"></span>c\n\n## e', set()
    ),
}  # fmt: skip


@pytest.mark.parametrize(("html", "markdown", "topics"), LINKS.values(), ids=LINKS.keys())
def test_links_lead_to_new_addresses(html, markdown, topics):
    file = read(f"<p>{html}")

    assert (file.manuscript.body, topics_of(file)) == (markdown, topics)


def test_an_id_stays_if_a_link_of_another_text_leads_to_it():
    file_markdown = read_with_fragments('<p id="b">a</p><p id="c">d</p>', "b")

    assert file_markdown == '<span id="b"></span>a\n\nd'


def read_with_fragments(html: str, *fragments: str) -> str:
    from publications.importers.html import read_article

    context = make_context(linked_fragments=frozenset(fragments))
    return read_article(make_article(html), context).manuscript.body


def test_what_no_reader_saw_is_left_out_and_reported():
    file = read(
        '<p>a</p><script src="/x.js">b()</script><style>c</style><!-- wp:paragraph --><!-- d e --><p hidden>f</p>'
        '<p style="display: none">g</p><form><label>h</label><input type="text"></form><button>i</button>'
        '<p><a href="javascript:window.print()">m</a></p><p><a href="javascript:history.back()">n</a> </p>'
        '<div class="sharedaddy">j</div><span class="screen-reader-text">k</span><div aria-hidden="true"></div>'
    )

    assert file.manuscript.body == "a"
    texts = [str(note.text) for note in file.notes if note.topic in ("html", "hidden")]
    assert [text.partition(" ")[2] for text in texts] == [
        "comment was left out: d e", "was left out: /x.js", "text was left out: f", "text was left out: g",
        "was left out: h", "was left out: i", "was left out: m", "was left out: n", "was left out: j", "text was left out: k",
    ]  # fmt: skip
    assert file.coverage.missing == ()


BUTTON = '<a href="javascript:history.back()"><img src="/back.gif"></a>'


@pytest.mark.parametrize("tag", ["p", "div", "li"])
@pytest.mark.parametrize(
    ("media", "kept"),
    [
        ('<img src="https://x.example/diagram.png" alt="Diagram">', "diagram"),
        ('<iframe src="https://player.example/1"></iframe>', "player.example"),
        ('<video src="https://player.example/1"></video>', "player.example"),
        ('<audio src="https://player.example/1"></audio>', "player.example"),
        ('<object data="https://player.example/1"></object>', "player.example"),
        ('<embed src="https://player.example/1">', "player.example"),
    ],
)
def test_a_button_with_a_script_takes_no_picture_or_player_beside_it_along(tag, media, kept):
    assert kept in read(f"<{tag}>{media}{BUTTON}</{tag}>").manuscript.body.lower()
    assert markdown_of(f"<p>a</p><{tag}>{BUTTON}</{tag}>") == "a"


@pytest.mark.parametrize(
    ("script", "is_button"),
    [
        ("window.print()", True),
        ("print ();", True),
        ("self.print(); void(0)", True),
        ("openWin('/print/rapport.pdf')", False),
        ("openWin('/fine-print.html')", False),
        ("openWin('/fine-print (1).pdf')", False),
    ],
)
def test_a_link_that_opens_a_file_is_no_button_to_print(script, is_button):
    assert markdown_of(f'<p>a</p><p><a href="javascript:{script}">b</a></p>') == (
        "a" if is_button else "a\n\nb"
    )


LONG = "One answer has more words than ten, so nobody hid it for good."


@pytest.mark.parametrize(
    ("html", "body"),
    [
        (f'<p>Q</p><div style="display:none"><p>{LONG}</p></div>', f"Q\n\n{LONG}"),
        (f'<p>Q</p><div hidden="until-found">{LONG}</div>', f"Q\n\n{LONG}"),
        (f'<p aria-hidden="true">{LONG}</p>', LONG),
        ('<h3><button aria-expanded="false" aria-controls="a1">Q</button></h3><div class="accordion-panel" id="a1" hidden>Yes.</div>',
         "## Q\n\nYes."),
        ('<div role="tabpanel" style="display: none"><ul><li>Yes</li></ul></div>', "- Yes"),
        (f'<p>a</p><div class="screen-reader-text">{LONG}</div><div role="dialog" hidden>{LONG}</div>', "a"),
        ('<p>a</p><div hidden><img src="/x.png"></div>', "a"),
        ('<p>a</p><p>b <span aria-hidden="true">c</span></p>', "a\n\nb"),
        *((f'<p>a</p><div style="{style}">{LONG}</div>', "a") for style in
          ("position:absolute; left:-9999px", "text-indent: -999em", "FONT-SIZE: 0px", "font-size:0;position:fixed")),
    ],
)  # fmt: skip
def test_parts_that_open_on_a_click_stay_and_others_are_reported_whole(html, body):
    file = read(html)

    assert file.manuscript.body == body and file.coverage.missing == ()
    assert {"hidden", "collapsed"} & topics_of(file)


def test_pictures_that_are_hidden_from_screen_readers_alone_stay():
    html = '<p>a</p><div aria-hidden="true"><a href="https://x.example/"><img src="/missing.png" alt="b"></a></div>'

    assert "image-missing" in topics_of(read(html))


def test_parts_that_are_moved_or_made_smaller_stay():
    style = "position:relative;left:-9999px;font-size:0.9em;text-indent:-1em"

    assert markdown_of(f'<p>a</p><div style="{style}">b</div>') == "a\n\nb"
    wrapper = '<div style="font-size:0"><p style="font-size:16px">b</p></div>'
    assert markdown_of(f"<p>a</p>{wrapper}") == "a\n\nb"


@pytest.mark.parametrize("tag", sorted(UNREAD - {"iframe", "link", "meta"}))
@pytest.mark.parametrize("change", [str, add_paragraphs])
def test_elements_that_no_reader_sees_give_no_text(tag, change):
    html = change(f"a\n\n<{tag}><p>hidden</p>\n\n<div>hidden</div></{tag}>\n\nb")

    assert markdown_of(html).split() == ["a", "b"]


def test_hidden_text_that_is_left_out_is_reported_whole():
    words = " ".join(f"word{number}" for number in range(400))

    assert words in str(read(f'<p>a</p><div class="sr-only">{words}</div>').notes)


def test_a_form_around_a_whole_page_is_not_one_to_fill_in():
    words = "word " * 200

    assert markdown_of(f'<form id="aspnetForm"><input type="hidden"><p>{words}</p></form>') == words.strip()


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ('<iframe src="https://www.youtube-nocookie.com/embed/abc-def_123?rel=0" title="Talk"></iframe>', "[Talk](https://www.youtube.com/watch?v=abc-def_123)"),
        ('<p><iframe src="//player.vimeo.com/video/123"></iframe></p>', "[vimeo.com](https://vimeo.com/123)"),
        ('<iframe src="https://datawrapper.dwcdn.net/x/1/"></iframe>', "[datawrapper.dwcdn.net](https://datawrapper.dwcdn.net/x/1/)"),
        ('<video controls><source src="/v.mp4"></video>', "[v.mp4](https://old.example/v.mp4)"),
        ('<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\nhttps://youtu.be/x\n</div><figcaption>c</figcaption></figure>', "<https://youtu.be/x>\n\nc"),
        ('<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://x.example/"><div class="kg-bookmark-content"><div class="kg-bookmark-title">T</div><div class="kg-bookmark-description">D</div><div class="kg-bookmark-metadata"><img src="https://x.example/i.ico"><span class="kg-bookmark-author">A</span><span class="kg-bookmark-publisher">P</span></div></div></a></figure>', "[T](https://x.example/)  \nD  \nA, P"),
        ('<div class="youtube-wrap" data-attrs="{&quot;videoId&quot;:&quot;abc&quot;}"><iframe src="https://www.youtube-nocookie.com/embed/abcdefg"></iframe></div>', "[youtube.com](https://www.youtube.com/watch?v=abc)"),
    ],
)  # fmt: skip
def test_embedded_media_become_links(html, markdown):
    file = read(f"<p>a</p>{html}")

    assert file.manuscript.body == f"a\n\n{markdown}"
    assert file.coverage.missing == ()


NOTES = {
    "WordPress": (
        '<p>a<sup data-fn="u1" class="fn"><a href="#u1" id="u1-link">1</a></sup> b</p><p>c</p>'
        '<ol class="wp-block-footnotes"><li id="u1">Note <em>x</em>. <a href="#u1-link" aria-label="Jump">↩︎</a></li></ol>'
    ),
    "Markdown": (
        '<p>a<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup> b</p><p>c</p><hr class="footnotes-sep">'
        '<section class="footnotes"><ol class="footnotes-list"><li id="fn1" class="footnote-item">'
        '<p>Note <em>x</em>. <a href="#fnref1" class="footnote-backref">↩︎</a></p></li></ol></section>'
    ),
    "Word": (
        '<p>a<a href="#_ftn1" name="_ftnref1">[1]</a> b</p><p>c</p><hr><p><a href="#_ftnref1" name="_ftn1">[1]</a> Note <em>x</em>.</p>'
    ),
    "Word in EPiServer": (
        '<p>a<a title="" href="file:///C:/x.htm#_ftn1" name="_ftnref1"><sup>[1]</sup></a> b</p><p>c</p><div><hr>'
        '<div id="ftn1"><p><a title="" href="file:///C:/x.htm#_ftnref1" name="_ftn1"><sup>[1]</sup></a> Note <em>x</em>.</p></div></div>'
    ),
    "easy-footnotes": (
        '<p>a<span id="easy-footnote-1-9" class="easy-footnote-margin-adjust"></span><span class="easy-footnote">'
        '<a href="#easy-footnote-bottom-1-9" title="Note x."><sup>1</sup></a></span> b</p><p>c</p><div class="easy-footnote-title">'
        '<h4>Notes</h4></div><ol class="easy-footnotes-wrapper"><li class="easy-footnote-single">'
        '<span id="easy-footnote-bottom-1-9"></span>Note <em>x</em>.<a class="easy-footnote-to-top" href="#easy-footnote-1-9"></a></li></ol>'
    ),
    "Substack": (
        '<p>a<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1" target="_self">1</a> b</p><p>c</p>'
        '<div class="footnote"><a id="footnote-1" href="#footnote-anchor-1" class="footnote-number">1</a>'
        '<div class="footnote-content"><p>Note <em>x</em>.</p></div></div>'
    ),
    "paragraphs with line breaks": (
        '<p>a<sup><a id="r" href="#n">1</a></sup> b</p><p>c</p><p><strong>Notes</strong></p><p><a id="n"></a><a href="#r">1.</a> Note <em>x</em>.<br></p>'
    ),
}


@pytest.mark.parametrize(
    ("html", "is_embed"),
    [
        ("<p>https://www.youtube.com/watch?v=abc</p>", True), ("<p>https://x.com/a/status/1</p>", True),
        ('<div class="wp-block-embed__wrapper">https://maps.example/a</div>', True),
        ("<p>https://twitter.com/a/status/1</p>", True), ("<p>https://wordpress.tv/2011/08/13/a/</p>", True),
        ("<p>https://www.riksdagen.se/a</p>", False), ("<p>See https://youtu.be/abc</p>", False),
        ("<p>https://notyoutube.com/a</p>", False),
    ],
)  # fmt: skip
def test_an_address_in_whose_place_a_player_stood_is_reported(html, is_embed):
    file = read(f"<p>Text.</p>{html}")

    notes = [note.text for note in file.notes if note.topic == "html"]
    assert [str(note).startswith("<embed> was left out, a link stands") for note in notes] == [
        True
    ] * is_embed
    assert "https://" in file.manuscript.body


@pytest.mark.parametrize("html", NOTES.values(), ids=NOTES.keys())
def test_notes_become_notes(html):
    file = read(html)

    assert file.manuscript.body == "a[^1] b\n\nc\n\n[^1]: Note *x*."
    assert file.coverage.missing == () and topics_of(file) <= {"html"}


def test_several_notes_in_one_paragraph_are_divided():
    html = (
        '<p>a<a href="#_ftn1" name="_ftnref1">[1]</a> b<a href="#_ftn2" name="_ftnref2">[2]</a></p>'
        '<p><a href="#_ftnref1" name="_ftn1">[1]</a> One.<br><a href="#_ftnref2" name="_ftn2">[2]</a> Two.</p>'
    )

    assert markdown_of(html) == "a[^1] b[^2]\n\n[^1]: One.\n\n[^2]: Two."


def test_a_table_of_contents_is_no_list_of_notes():
    html = (
        '<p><a href="#one">1</a> <a href="#two">2</a></p><h2 id="one">One</h2><p>a</p><h2 id="two">Two</h2>'
    )

    assert "[^" not in markdown_of(html)


def make_image(folder, name: str = "a.png", colour: str = "red"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture_bytes(colour=colour))
    return path


@pytest.mark.parametrize("root", ["", "wp-content", "wp-content/uploads"])
@pytest.mark.parametrize(
    "img",
    [
        'src="https://old.example/wp-content/uploads/2020/01/a.png"',
        'src="/wp-content/uploads/2020/01/a-300x200.png"',
        'src="data:image/gif;base64,R0" data-src="/wp-content/uploads/2020/01/a-scaled.png"',
        'src="https://i0.wp.com/old.example/wp-content/uploads/2020/01/a.png?w=300"',
        'src="/x.png" srcset="/y.png 300w, /wp-content/uploads/2020/01/a.png 1024w"',
    ],
)
def test_images_are_found_by_any_of_their_addresses(tmp_path, root, img):
    make_image(tmp_path, "wp-content/uploads/2020/01/a.png")

    file = read(f'<p><img {img} alt="An alt" width="3"></p>', tmp_path / root)

    image = file.manuscript.images[0]
    assert file.manuscript.body == f"![An alt](image:{image.key})"
    assert image.alt == {"en": "An alt"} and set(file.files) == set(file.image_properties) == {image.file}
    assert image.file in file.former_files.values() and topics_of(file) <= {"summary"}


def test_figures_and_galleries_become_images_with_captions(tmp_path):
    make_image(tmp_path, "a.png"), make_image(tmp_path, "b.png", "blue")
    file = read(
        '<figure><a href="/a.png"><img src="/a-300x200.png"></a><figcaption>A <b>bold</b> “caption”</figcaption></figure>'
        '<figure class="gallery"><figure><img src="/a.png"></figure><figure><picture><source srcset="/b.webp"><img src="/b.png"></picture>'
        "<figcaption>B</figcaption></figure><figcaption>Both</figcaption></figure>"
        '<div class="wp-caption"><img src="/a.png"><p class="wp-caption-text">C</p></div>',
        tmp_path,
    )

    first, second = (image.key for image in file.manuscript.images)
    assert file.manuscript.body.split("\n\n") == [
        f'![](image:{first} "A bold “caption”")', f"![](image:{first})", f'![](image:{second} "B")', "Both",
        f'![](image:{first} "C")',
    ]  # fmt: skip
    assert file.coverage.missing == ()


def test_the_words_of_missing_images_stay():
    file = read(
        '<figure><img src="/a.png" alt="An alt"><figcaption>Cap</figcaption></figure><img class="emoji" alt="🙂">'
    )

    assert file.manuscript.body == "*An alt*\n\nCap\n\n🙂" and topics_of(file) == {"image-missing"}


def test_the_words_of_missing_images_are_apart_from_the_text_beside_them():
    file = read('<p><img src="/a.png" alt="One"><img src="/b.png" alt="Two">Just now it <b>rains</b>.</p>')

    assert file.manuscript.body == "*One* *Two* Just now it **rains**."


def test_images_of_other_sites_become_links():
    file = read('<p><img src="https://x.example/a.png"></p>')

    assert (file.manuscript.body, topics_of(file)) == (
        "[a.png](https://x.example/a.png)",
        {"image-elsewhere"},
    )


def test_files_become_attachments_at_their_new_addresses(tmp_path):
    content = b"%PDF-1.4 /Root startxref"
    (tmp_path / "2020").mkdir()
    (tmp_path / "2020/Our Report.pdf").write_bytes(content)
    file = read(
        '<p><a href="/wp-content/uploads/2020/Our%20Report.pdf">The report</a></p><a href="/x.pdf">x</a>',
        tmp_path,
    )

    digest = hashlib.sha256(content).hexdigest()
    attachment = file.manuscript.attachments[0]
    assert (attachment.file, attachment.label, attachment.digest) == ("our-report.pdf", "The report", digest)
    assert f"[The report](/en/publications/grain/files/{digest[:32]}/our-report.pdf)" in file.manuscript.body
    assert file.former_files == {"/wp-content/uploads/2020/Our%20Report.pdf": "our-report.pdf"}
    assert file.files == {"our-report.pdf": tmp_path / "2020/Our Report.pdf"}
    assert "missing" in topics_of(file)


def test_the_fields_of_an_article_are_those_of_the_manuscript(tmp_path):
    make_image(tmp_path, "c.png")
    authors = AuthorList({"7": SourceAuthor("ann-lee", "Ann Lee")})
    article = make_article(
        "<p>a</p>", title="A &amp; <i>b</i>", summary="<p>Sum</p>", cover="/c.png", cover_alt="alt", kind="report",
        related=("https://old.example/2020/other/", "/none/"), is_draft=True,
    )  # fmt: skip
    article = replace_entry(article, authors=("7",), tags=("12", "Energy"), former_paths=("/2020/grain/",))
    from publications.importers.html import read_article

    context = make_context(
        tmp_path, authors=authors, topics={"12": "War"}, uids_by_name={("en", "other"): "uid"}
    )
    file = read_article(article, context)

    text = file.manuscript
    assert (text.title, text.summary, text.kind, text.tags) == ("A & b", "Sum", "report", ("War", "Energy"))
    assert [byline.author for byline in text.bylines] == ["ann-lee"] and text.related == ("uid", "/none/")
    assert text.cover == text.images[0].key and text.images[0].alt == {"en": "alt"}
    assert file.is_draft and file.former_paths == ("/2020/grain/",) and file.non_guest_authors == {"ann-lee"}


def replace_entry(article, **values):
    from dataclasses import replace

    return replace(article, entry=replace(article.entry, **values))


def test_the_tree_is_never_deep():
    root = parse_html("<div><b>" * 100_000 + "x" + "</b></div>" * 100_000 + "y")

    assert root.text == "xy"


def test_an_unreadable_text_is_refused_with_a_reason():
    file = read("<p>a" + "b" * 500_000)

    assert file.manuscript and {note.topic for note in file.notes if note.kind is NoteKind.DROPPED} == {
        "render"
    }


def read_without_site(html: str, media):
    from publications.importers.html import read_article

    return read_article(make_article(html, url=""), make_context(media, site=""))


def test_other_sites_stay_other_sites_where_the_host_of_the_old_one_is_not_known(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images/own.png").write_bytes(picture_bytes())
    (tmp_path / "images/own.csv").write_text("a,b")
    file = read_without_site(
        '<a href="https://friend.example/old">a</a> <a href="/old">b</a> <a href="https://friend.example/x.pdf">c</a> '
        '<a href="https://any.example/images/own.csv">d</a> <img src="https://friend.example/i/x.png" alt="e"> '
        '<img src="https://any.example/images/own.png" alt="f">',
        tmp_path,
    )

    body = file.manuscript.body
    assert (
        "[a](https://friend.example/old) [b](/en/publications/new/) [c](https://friend.example/x.pdf) [d](/en/"
        in body
    )
    assert "[e](https://friend.example/i/x.png)" in body and "![f](image:" in body
    assert topics_of(file) == {"link", "link-lost", "image-elsewhere"}


@pytest.mark.parametrize(
    ("html", "body"),
    [("a\xa0 \n\xa0b", "a b"), ("a \xa0b", "a b"), ("a\xa0b", "a\xa0b"), ("a\xa0\xa0b", "a b")],
)
def test_white_space_with_a_no_break_space_is_one_space(html, body):
    assert markdown_of(f"<p>{html}</p>") == body


CAPTIONS = {
    "of a figure": "<figure><img src='gone.png'><figcaption>Bell on wharf in “San Francisco”</figcaption></figure>",
    "of WordPress": "<div class='wp-caption'><img src='gone.png'><p class='wp-caption-text'>Bell on a small wharf</p></div>",
    "of several": "<figure><img src='a.png'><figcaption>Bell on it</figcaption><img src='b.png'>"
    "<figcaption>A wharf</figcaption></figure>",
    "alternative text": "<p><img src='gone.png' alt='Bell on wharf in San Francisco'></p>",
}


@pytest.mark.parametrize("form", CAPTIONS)
def test_the_caption_of_a_missing_picture_is_no_summary(form):
    assert read(CAPTIONS[form]).manuscript.summary == ""
    assert (
        read(f"{CAPTIONS[form]}<p>Words of the text itself.</p>").manuscript.summary
        == "Words of the text itself."
    )


def test_a_title_keeps_raised_letters_in_their_word_and_numbers_of_notes_apart():
    title = "Title <em>With</em> <b>Mark<sup>up</sup></b> of 1<sup>st</sup> note<sup>1</sup>"

    assert read("<p>a</p>", title=title).manuscript.title == "Title With Markup of 1st note 1"
