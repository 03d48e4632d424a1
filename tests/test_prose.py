"""Prose: what an author writes becomes HTML that is safe, words that are whole, and ids that stay."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publications.prose import (
    MAX_CHARACTERS,
    Heading,
    Paragraph,
    Picture,
    Unrenderable,
    images_in,
    place_pictures,
    render,
)

SAMPLES = Path(__file__).parent / "samples" / "prose"
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
KEY = "kf7w2m9q3x"

INLINE_TAGS = set(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
        "var",
    ]
)
BLOCK_TAGS = set(
    [
        "blockquote",
        "br",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "wbr",
    ]
)
ATTRIBUTES = set(
    [
        "alt",
        "aria-label",
        "class",
        "colspan",
        "data-align",
        "data-image",
        "dir",
        "href",
        "id",
        "lang",
        "reversed",
        "role",
        "rowspan",
        "scope",
        "start",
        "tabindex",
        "title",
        "type",
        "value",
    ]
)
CLASSES = {"footnotes", "footnote-ref", "footnote-backref", "table-scroll"}
IDS = re.compile(r"p-[a-z2-7]{6}(-\d+)?|s-[^\s\"'<>&]+|fn(ref)?-\d+(-\d+)?")
ADDRESSES = re.compile(r"(?i)(https?://|mailto:|tel:)|(?![a-z][a-z0-9+.-]*:)(?![/\\]{2})")

# Pieces of Markdown and HTML that have broken renderers before; in any order they must break nothing.
PIECES = [
    "a", "word", "é", "日本", "Чёрное", " ", "  \n", "\n", "\n\n", "\n    ", "\n> ", "\n- ", "\n  - ", "\n1. ",
    "# ", "### ", "\n---\n", "\n===\n", "*", "**", "_", "__", "`", "``", "\\", "[", "]", "(", ")", "![",
    "[a](b)", "[a](b 'c')", "[x](javascript:alert(1))", "[x](//host)", "[a][b]", '\n[b]: /c "d"\n', "[^1]",
    "\n\n[^1]: note [^1]\n\n", "|", "\n|-|-|\n", "{#a .b onclick=c}", "{: ", "}", "\n*[word]: Title\n",
    "![alt](image:abcdef 'cap')", "![e](http://x/y.png)", '"', "'", "--", "...", "&", "&amp;", "&#65;", "&#x202e;",
    "&#1;", "<", ">", "<b>", "</b>", "<b onclick=x>", "<p id=main>", "</p>", "<div>", "</div>", "<table>", "<tr>",
    "<td>", "<th>", "</table>", "<li>", "<ul>", "</ul>", "<script>", "</script>", "<style>", "<svg onload=x>",
    "<iframe src=x>", "<img src=x onerror=y>", "<a href='javascript:x'>", '<a href="/x">', "</a>", "<!--", "-->",
    "<!x>", "<?x?>", "<http://a.b>", "<a@b.c>", "<pre>", "<code>", "</code>", "<h1>", "<dl>", "<dd>", "<caption>",
    "<x>", "\x00", "\x02", "\r\n", "\u2028", "\ufdd0", "\ufdd50\ufdd6", "\ufeff", "\u0301", "\ud800",
]  # fmt: skip
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)
WORDS = st.lists(st.text("abcdefghijåäößжщש", min_size=1, max_size=9), min_size=1, max_size=40)


class Page(HTMLParser):
    """What a browser finds in HTML: elements with attributes, and the words that are read."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.is_in_number = False
        self.feed(html)
        self.close()

    @property
    def words(self) -> list[str]:
        return self.text.split()

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _tag, attributes in self.elements if name in attributes]

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        self.text += "" if tag in INLINE_TAGS | {"img", "wbr"} else " "
        self.text += attributes.get("alt", "")
        self.is_in_number = attributes.get("class", "").startswith("footnote-") or self.is_in_number

    def handle_endtag(self, tag):
        self.text += "" if tag in INLINE_TAGS else " "
        self.is_in_number = self.is_in_number and tag != "a"

    def handle_data(self, data):
        self.text += "" if self.is_in_number else data


def html_of(markdown: str, **more) -> str:
    return render(markdown, **more).html


def assert_safe(html: str) -> None:
    page = Page(html)
    assert {tag for tag, _attributes in page.elements} <= INLINE_TAGS | BLOCK_TAGS
    assert {name for _tag, attributes in page.elements for name in attributes} <= ATTRIBUTES
    assert set(page.values("class")) <= CLASSES
    assert all(IDS.fullmatch(anchor) for anchor in page.values("id"))
    assert all(ADDRESSES.match(address) for address in page.values("href"))
    assert len(page.values("id")) == len(set(page.values("id")))


# --- anything at all -----------------------------------------------------------------------


@settings(max_examples=250, deadline=None)
@given(MARKDOWN | st.text(max_size=200))
def test_any_text_is_rendered_safely_or_refused_in_words(markdown):
    try:
        prose = render(markdown)
    except Unrenderable as reason:
        assert str(reason).endswith(".")
    else:
        assert_safe(prose.html)


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_rendering_again_gives_the_same(markdown):
    assert render(markdown) == render(markdown)


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_a_text_keeps_all_its_ids_when_nothing_changes(markdown):
    prose = render(markdown)

    assert render(markdown, carried=prose.paragraphs) == prose


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_every_reference_and_every_way_back_leads_somewhere(markdown):
    page = Page(html_of(markdown))

    notes = {address[1:] for address in page.values("href") if address.startswith("#fn")}
    assert notes <= set(page.values("id"))


@settings(max_examples=150, deadline=None)
@given(MARKDOWN)
def test_the_plain_text_says_what_the_page_says(markdown):
    prose = render(markdown)

    assert prose.text.split() == Page(prose.html).words


@settings(max_examples=60, deadline=None)
@given(WORDS)
def test_plain_words_come_through_whole(words):
    prose = render(" ".join(words))

    assert prose.text.split() == words
    assert prose.words == len(words)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=12), st.lists(st.sampled_from("abcdefgh"), max_size=12))
def test_ids_stay_unique_whatever_is_carried(before, after):
    carried = render("\n\n".join(before)).paragraphs

    prose = render("\n\n".join(after), carried=carried)

    anchors = [paragraph.anchor for paragraph in prose.paragraphs]
    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize(("name", "language"), [("english", "en"), ("swedish", "sv")])
def test_a_whole_text_is_rendered_as_it_always_was(name, language):
    markdown = (SAMPLES / f"{name}.md").read_text(encoding="utf-8")

    assert html_of(markdown, language=language) + "\n" == (SAMPLES / f"{name}.html").read_text(
        encoding="utf-8"
    )


# --- safety --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>x</p>",
        "<iframe src='https://x'></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "[x](vbscript:msgbox)",
        "x{: onclick=alert(1) style=color:red }",
        "<p style='position:fixed'>x</p>",
        "<math><mtext><img src=x onerror=alert(1)>",
        "<img src=`x` onerror=alert(1)>",
        "<b <script>alert(1)</script>0",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_that_acts_reaches_a_page(markdown):
    html = html_of(markdown)

    assert_safe(html)
    assert "<script" not in html and "<img" not in html


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "\\\\evil.example"])
def test_a_link_to_another_host_says_so(address):
    assert "<a" not in html_of(f'<a href="{address}">here</a>')


@pytest.mark.parametrize(
    "address",
    ["https://a.example/b?c=d&e=f", "mailto:a@b.example", "tel:+4681234567", "/en/about/", "#s-x", "page"],
)
def test_a_link_leads_where_its_author_meant(address):
    page = Page(html_of(f"[here]({address})"))

    assert page.values("href") == [address]


def test_ids_and_classes_of_the_author_are_dropped():
    html = html_of(
        '<p id="main" class="x">a</p>\n\n# Head {#main}\n\nb\n{: #main .x }\n\n<sup id="fnref-1">1</sup>'
    )

    assert "main" not in html and "class" not in html and "fnref" not in html


def test_markup_of_notes_cannot_be_imitated():
    html = html_of('<section class="footnotes" role="doc-endnotes"><ol><li id="fn-1">x</li></ol></section>')

    assert html_of("x") not in html
    assert "section" not in html and "fn-1" not in html


def test_an_image_from_elsewhere_is_a_link_and_is_not_loaded():
    html = html_of(
        "![A chart](https://x.example/c.png)\n\n![](https://x.example/d.png)\n\n![Inline](data:image/png;base64,AA)"
    )

    assert '<a href="https://x.example/c.png">A chart</a>' in html
    assert '<a href="https://x.example/d.png">https://x.example/d.png</a>' in html
    assert "Inline" in html and "<img" not in html and "data:" not in html


def test_a_comment_is_read_by_nobody_but_shown_in_code():
    prose = render("a <!-- secret --> b\n\n`<!-- shown -->`\n\n<!-- hidden\n\nstill -->")

    assert prose.text == "a b\n\n<!-- shown -->"


def test_what_only_looks_like_a_tag_is_text():
    assert html_of("a <beta and c> d, x<y, <name>, 1 < 2") == html_of(
        "a &lt;beta and c> d, x&lt;y, &lt;name>, 1 &lt; 2"
    )


def test_an_unclosed_element_ends_with_its_paragraph():
    assert html_of("a <b>bold\n\nplain").endswith(">plain</p>")


def test_a_number_too_long_to_read_is_no_character():
    assert render("&#" + "1" * 5000 + ";").text == "\ufffd"


def test_control_characters_and_halves_of_characters_are_taken_out():
    assert render("a\x00b\x07c\ud800d\ufeffe\r\nf\u2028g").text == "abcde f g"


def test_accents_are_put_into_one_form():
    assert render("Malmo\u0308").text == "Malmö"


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["commonmark.json", "markdown-it-fatal.md", "markdown-it-xss.md"])
def test_cases_that_broke_other_renderers_do_no_harm(name):
    for markdown in corpus_cases(CORPUS / "markdown" / name):
        try:
            assert_safe(html_of(markdown))
        except Unrenderable as reason:
            assert str(reason)


def corpus_cases(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return [case["markdown"] for case in json.loads(text)]
    return text.split("\n.\n")


@pytest.mark.corpus
def test_real_texts_are_rendered_and_keep_their_ids():
    for path in (
        sorted((CORPUS / "guides").rglob("*.md"))[:30] + sorted((CORPUS / "posts").rglob("*.md"))[::10]
    ):
        body = path.read_text(encoding="utf-8").partition("\n---\n")[2]

        prose = render(body)

        assert_safe(prose.html)
        assert render(body, carried=prose.paragraphs) == prose


# --- headings ------------------------------------------------------------------------------


def test_headings_start_below_the_title_and_skip_no_level():
    levels = [entry.level for entry in render("### a\n\n##### b\n\n# c\n\n###### d\n\n## e").contents]

    assert levels == [2, 3, 2, 3, 3]


def test_headings_are_named_in_any_alphabet_and_only_once():
    contents = render("# Чёрное море!\n\n## A & B\n\n## A B\n\n## हिन्दी\n\n## ...\n\n## ?").contents

    anchors = [entry.anchor for entry in contents]
    assert anchors == ["s-чёрное-море", "s-a-b", "s-a-b-2", "s-हिन्दी", "s-section", "s-section-2"]


def test_contents_hold_the_words_of_a_heading_and_no_number_of_a_note():
    assert render('# *The* "point"[^1]\n\n[^1]: Note').contents == (Heading(2, "The “point”", "s-the-point"),)


def test_a_heading_without_words_is_none():
    assert render("#\n\n<h2></h2>\n\n## <br>").contents == ()


# --- paragraphs ----------------------------------------------------------------------------


def test_paragraphs_of_the_text_and_of_quotations_have_ids():
    prose = render("one\n\n> two\n\n- three\n\n|a|\n|-|\n|b|\n\n<div>four</div>\n\n[^1]: five")

    assert [paragraph.text for paragraph in prose.paragraphs] == ["one", "two", "four"]
    assert prose.html.count(' id="p-') == 3


def test_the_same_words_twice_have_two_ids():
    first, second = render("same\n\nsame").paragraphs

    assert second.anchor == f"{first.anchor}-2"


def test_a_paragraph_takes_its_id_along_when_it_moves():
    before = render("first words\n\nsecond words\n\nthird words").paragraphs

    after = render("third words\n\nfirst words\n\nsecond words", carried=before).paragraphs

    assert after == (before[2], before[0], before[1])


def test_a_paragraph_keeps_its_id_when_it_is_edited():
    before = render("Alpha stays.\n\nThe minister went to Beijing on Monday.\n\nOmega stays.").paragraphs

    after = render(
        "Alpha stays.\n\nThe minister went to Moscow on Monday.\n\nBrand new thoughts.\n\nOmega stays.",
        carried=before,
    ).paragraphs

    assert [paragraph.anchor for paragraph in after if paragraph.text != "Brand new thoughts."] == [
        paragraph.anchor for paragraph in before
    ]


def test_the_most_alike_paragraph_gets_the_id():
    before = (Paragraph("p-aaaaaa", "one two three four five six"),)

    after = render("one two three x y z\n\none two three four five seven", carried=before).paragraphs

    assert after[0].anchor != "p-aaaaaa" and after[1].anchor == "p-aaaaaa"


def test_every_paragraph_keeps_its_id_when_a_name_is_replaced_throughout():
    texts = [
        f"In year {year} the Ministry wrote report number {year} about matter {year * 7}."
        for year in range(200)
    ]
    before = render("\n\n".join(texts)).paragraphs

    after = render("\n\n".join(texts).replace("Ministry", "Agency"), carried=before).paragraphs

    assert [paragraph.anchor for paragraph in after] == [paragraph.anchor for paragraph in before]


def test_a_new_paragraph_never_takes_an_id_that_was_given_before():
    anchor = render("words").paragraphs[0].anchor

    (after,) = render("words", carried=[Paragraph(anchor, "something else entirely")]).paragraphs

    assert after.anchor == f"{anchor}-2"


def test_an_id_that_is_none_of_ours_is_not_carried():
    (after,) = render("words", carried=[Paragraph('x" onclick="y', "words")]).paragraphs

    assert after == render("words").paragraphs[0]


def test_a_number_of_a_note_is_no_word_of_its_paragraph():
    assert render("a[^1] b\n\n[^1]: n").paragraphs[0] == render("a b").paragraphs[0]


# --- pictures ------------------------------------------------------------------------------

PICTURE = Picture(
    src="/m/kf7/960.jpg",
    width=960,
    height=640,
    alt='The "library" text',
    credit="Ann & Bo",
    sources=(("image/webp", "/m/kf7/480.webp 480w, /m/kf7/960.webp 960w"),),
)


def test_a_paragraph_of_one_image_is_a_figure():
    html = html_of(f"![Two men](image:{KEY} \"They 'met'\")\n\n![](image:{KEY})")

    assert html == (
        f'<figure><img data-image="{KEY}" alt="Two men"><figcaption>They ‘met’</figcaption></figure>\n'
        f'<figure><img data-image="{KEY}" alt=""></figure>'
    )


def test_images_that_stand_alone_on_their_lines_are_figures_each():
    html = html_of("![a](image:aaaaaa)\n![b](image:bbbbbb)\n\n[![c](image:cccccc)](https://x.example)")

    assert html.count("<figure>") == 3
    assert '<figure><a href="https://x.example"><img data-image="cccccc" alt="c"></a></figure>' in html


def test_an_image_within_a_line_stays_there_without_a_caption():
    assert f'see <img data-image="{KEY}" alt="it"> here' in html_of(f'see ![it](image:{KEY} "caption") here')


def test_images_are_listed_in_order_and_once():
    prose = render(
        "![](image:bbbbbb)\n\nx ![](image:aaaaaa)\n\n![](image:bbbbbb)[^1]\n\n[^1]: ![](image:cccccc)"
    )

    assert prose.images == ("bbbbbb", "aaaaaa", "cccccc")


def test_what_is_no_key_of_the_library_is_no_image():
    prose = render("![one](image:short) ![two](image:NOT_A_KEY) ![three](image:../../etc)")

    assert prose.images == () and prose.text == "one two three"


@settings(max_examples=60, deadline=None)
@given(MARKDOWN)
def test_the_images_of_a_text_are_found_without_rendering_it(markdown):
    assert set(render(markdown).images) <= set(images_in(markdown))


def test_a_picture_is_placed_with_all_that_a_page_needs():
    html = place_pictures(html_of(f'![Two men](image:{KEY} "They met")'), {KEY: PICTURE})

    assert html == (
        '<figure><picture><source type="image/webp" srcset="/m/kf7/480.webp 480w, /m/kf7/960.webp 960w" '
        'sizes="(min-width: 44rem) 38rem, 94vw"><img src="/m/kf7/960.jpg" width="960" height="640" loading="lazy" '
        'decoding="async" alt="Two men"></picture>'
        '<figcaption>They met <span class="credit">Ann &amp; Bo</span></figcaption></figure>'
    )


def test_the_text_of_the_library_stands_in_where_the_author_wrote_none():
    html = place_pictures(html_of(f"![](image:{KEY})"), {KEY: PICTURE})

    assert Page(html).values("alt") == [PICTURE.alt]
    assert '<figcaption><span class="credit">Ann &amp; Bo</span></figcaption>' in html


def test_a_picture_that_is_not_given_is_left_out_with_its_figure():
    html = html_of(f"before\n\n[![a](image:{KEY})](https://x.example)\n\nin ![b](image:{KEY}) line")

    placed = place_pictures(html, {})

    assert [tag for tag, _attributes in Page(placed).elements] == ["p", "p"]


def test_words_that_look_like_a_placeholder_are_left_alone():
    html = html_of(f'`<img data-image="{KEY}" alt="">` [x](/y "<img data-image=\\"{KEY}\\" alt=\\"\\">")')

    assert place_pictures(html, {KEY: PICTURE}) == html


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_placing_pictures_changes_nothing_else(markdown):
    html = html_of(markdown)
    picture = Picture(src="/x.jpg", width=1, height=1, alt="a")

    placed = place_pictures(html, {"abcdef": picture})

    assert "data-image" not in placed
    assert re.sub(r"<img [^>]*>", "<img>", placed) == re.sub(r"<img [^>]*>", "<img>", html)


# --- tables, notes, lists ------------------------------------------------------------------


def test_a_table_scrolls_in_a_frame_that_the_keyboard_reaches():
    html = html_of("| a | b |\n|---|--:|\n| 1 | 2 |")

    assert html.startswith('<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>')
    assert '<th scope="col">a</th><th data-align="right" scope="col">b</th>' in html


def test_several_tables_are_told_apart_in_the_language_of_the_text():
    labels = Page(html_of("|a|\n|-|\n|b|\n\n|c|\n|-|\n|d|", language="sv-FI")).values("aria-label")

    assert labels == ["Tabell 1", "Tabell 2"]


def test_heading_cells_say_what_they_head_where_that_is_plain():
    html = html_of("<table><tr><th>a<th colspan=2>b<tr><th>c<td>d<th><tr><td>e</table>")

    assert '<tr><th scope="col">a</th><th colspan="2">b</th></tr>' in html
    assert '<tr><th scope="row">c</th><td>d</td><td></td></tr>' in html


def test_a_row_of_empty_headings_is_left_out():
    assert "thead" not in html_of("| | |\n|-|-|\n|a|b|")


def test_cells_without_a_table_are_words():
    assert render("<td>a</td><li>b</li>\n\n<tr><td>c</td></tr>").text == "a\n\nb\n\nc"


def test_notes_are_numbered_as_the_reader_meets_them():
    prose = render("> a[^x]\n\nb[^y] c[^x]\n\n[^y]: second[^z]\n\n[^x]: first\n\n[^z]: third\n\n[^w]: unused")

    assert re.findall(r">(\d)</a></sup>", prose.html) == ["1", "2", "1", "3"]
    assert prose.text.endswith("first\n\nsecond\n\nthird\n\nunused")


def test_a_note_leads_back_to_each_place_that_refers_to_it():
    html = html_of("a[^1] b[^1]\n\n[^1]: n")

    assert 'id="fnref-1"' in html and 'id="fnref-1-2"' in html
    assert 'href="#fnref-1"' in html and 'href="#fnref-1-2"' in html


def test_a_note_that_refers_to_itself_is_rendered():
    assert html_of("a\n\n[^1]: b[^1]").count("doc-backlink") == 1


def test_a_note_in_a_link_stands_behind_it():
    assert "</a><sup" in html_of("[a[^1]](/b)\n\n[^1]: c")


def test_the_way_back_is_told_in_the_language_of_the_text():
    markdown = "a[^1]\n\n[^1]: b"

    assert "Tillbaka till not 1 i texten" in html_of(markdown, language="sv")
    assert "Back to note 1 in the text" in html_of(markdown, language="uk")


def test_a_heading_in_a_note_is_a_paragraph():
    assert "<h" not in html_of("a[^1]\n\n[^1]: b\n\n    # c")


@pytest.mark.parametrize(
    "markdown",
    [
        "- a\n  - b\n    - c",
        "- a\n    - b\n        - c",
        "1. a\n   - b\n     - c",
        "> - a\n>   - b\n>     - c",
        "- a\n\n  - b\n\n    - c",
    ],
)
def test_lists_nest_by_two_spaces_as_by_four(markdown):
    assert html_of(markdown).count("<li>") == 3
    assert re.search(r"<li>.*<li>.*<li>.*</li>.*</li>.*</li>", html_of(markdown), re.DOTALL)


def test_text_below_an_item_by_two_spaces_belongs_to_it():
    html = html_of("- a\n\n  more\n- b\n\nafter")

    assert (
        re.sub(r' id="[^"]*"|\n', "", html)
        == "<ul><li><p>a</p><p>more</p></li><li><p>b</p></li></ul><p>after</p>"
    )


def test_a_list_may_follow_its_introduction_at_once():
    assert html_of("Three things:\n- a\n- b\n1986. c").count("<li>") == 2


def test_code_keeps_its_spaces():
    assert "<code>- a\n  - b\n</code>" in html_of("    - a\n      - b")


# --- marks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "printed"),
    [
        ("en", "“a” ‘b’ it’s"),
        ("sv", "”a” ’b’ it’s"),
        ("fi", "”a” ’b’ it’s"),
        ("de-AT", "„a“ ‚b‘ it’s"),
        ("pl", "„a” ‚b’ it’s"),
        ("uk", "«a» „b“ it’s"),
        ("ru", "«a» „b“ it’s"),
        ("fr", "«\N{NARROW NO-BREAK SPACE}a\N{NARROW NO-BREAK SPACE}» “b” it’s"),
        ("xx", "“a” ‘b’ it’s"),
    ],
)
def test_quotes_are_those_of_the_language(language, printed):
    assert f">{printed}</p>" in html_of("\"a\" 'b' it's", language=language)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('"*a*"', "“<em>a</em>”"),
        ("\"'a' b\"", "“‘a’ b”"),
        ("the '90s", "the ’90s"),
        ("a -- b --- c...", "a – b — c…"),
        ('("a")', "(“a”)"),
        ('a"[^1]', "a”"),
        ('\\"a\\" \\-- \\...', '"a" -- ...'),
        ('`"a" -- b`', '<code>"a" -- b</code>'),
        ("<https://x.example/a--b>", "https://x.example/a--b</a>"),
        ("https://x.example/a--b", "https://x.example/a--b"),
        ("a ---- b....", "a ---- b...."),
    ],
)
def test_marks_are_judged_by_what_stands_around_them(typed, printed):
    assert printed in html_of(typed + "\n\n[^1]: n")


def test_no_attribute_is_made_typographic():
    page = Page(html_of('[a](/b--c "The \'full\' text...") !["alt" -- \'x\'](image:abcdef) b\n\n*[b]: "c"'))

    assert page.values("href") == ["/b--c"]
    assert page.values("title") == ["The 'full' text...", '"c"']
    assert page.values("alt") == ["\"alt\" -- 'x'"]


def test_an_abbreviation_is_explained_where_it_is_a_word():
    html = html_of("NATO, NATOs `NATO` [NATO](/x)\n\n*[NATO]: North Atlantic\n")

    assert html.count('<abbr title="North Atlantic">NATO</abbr>') == 2


# --- words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("one two-three it's 4", 4),
        ("Чёрное море и Äland", 4),
        ("हिन्दी में", 2),
        ("日本語", 3),
        ("a — b – * c", 3),
        ("a[^1]\n\n[^1]: b c d", 1),
        ("", 0),
    ],
)
def test_words_are_counted_in_any_alphabet(markdown, words):
    assert render(markdown).words == words


def test_plain_text_reads_well():
    prose = render(
        f'# A\n\nb *c*  \nd\n\n- e\n- f\n\n| g | h |\n|-|-|\n| i | j |\n\n![k](image:{KEY} "l")\n\n    m\n     n'
    )

    assert prose.text == "A\n\nb c d\n\ne\nf\n\ng\th\ni\tj\n\nk\nl\n\nm\n n"


# --- limits --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        ("![", "too many marks"),
        ("[a](", "too many marks"),
        ("[", "too many marks"),
        ("`a``b```c````", "too many marks"),
        ("\\*", "too many marks"),
        ("a\n\n", "paragraphs"),
        ("a\n---\n", "blank lines"),
        ("[a]: b\nc\n", "blank lines"),
        ("*[a]: b\n", "abbreviations"),
        ("<b>", "HTML tags"),
        ("> ", "nested"),
        ("- ", "nested"),
        ("a\u0301\u0301\u0301\u0301\u0301", None),
        ("<", None),
        ("<a ", None),
        ("<!--", None),
        ("&", None),
        ('"a ', None),
        ("|a", None),
    ],
)
def test_what_would_take_long_is_refused_and_what_costs_little_is_not(unit, told):
    text = (unit * MAX_CHARACTERS)[: MAX_CHARACTERS - 1] + "x"
    if told is None:
        assert render(text).words
    else:
        with pytest.raises(Unrenderable, match=told):
            render(text)


def test_a_text_that_is_too_long_is_refused_with_its_length():
    with pytest.raises(Unrenderable, match="400,001 characters"):
        render("x" * (MAX_CHARACTERS + 1))


def test_a_definition_does_not_multiply_a_text():
    with pytest.raises(Unrenderable, match="too often"):
        render("[a]: /" + "x" * 2000 + "\n\n" + "- [a]\n" * 2000)
    with pytest.raises(Unrenderable, match="too often"):
        render("*[a]: " + "x" * 2000 + "\n\n" + "- a\n" * 2000)


def test_towers_of_accents_are_refused():
    with pytest.raises(Unrenderable, match="accents"):
        render("a" + "\u0301\u0316" * 50)


@pytest.mark.parametrize(
    "markdown",
    [
        "".join("    " * depth + "- a\n" for depth in range(300)),
        "<blockquote>" * 3000,
        "*a **b " * 400,
        "[" * 300 + "a" + "](b)" * 300,
        "- > 1. " * 100 + "a",
    ],
)
def test_nesting_never_ends_in_a_recursion_error(markdown):
    try:
        assert_safe(html_of(markdown))
    except Unrenderable as reason:
        assert str(reason)


def test_a_long_report_is_rendered():
    table = "| a | b | c |\n|---|---|---|\n" + "| one *two* | [three](https://x.example) | 4 |\n" * 20
    section = (
        "## Heading\n\n"
        + ("A sentence of *several* words with a [link](https://x.example/y), " * 12 + "end[^{0}][^{1}].\n\n")
        * 3
    )
    notes = "\n".join(
        f"[^{number}]: Note number {number}, see <https://x.example/{number}>." for number in range(92)
    )
    report = (
        "".join(section.format(number, 91 - number) + table + "\n" for number in range(56)) + "\n" + notes
    )

    prose = render(report)

    assert prose.words > 21_500
    assert prose.html.count('<li id="fn-') == 92 and prose.html.count("<table>") == 56
