"""PDFs and social images: all of a text is typeset, and none of it is read as code."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publications import markup, pdf
from publications.pdf import (
    CreditedName,
    CreditGroup,
    Notice,
    PdfDocument,
    PdfImage,
    PdfSection,
    SocialImage,
    TypesettingError,
)
from publications.pdf.blocks import text_blocks
from tests.factories import picture_bytes
from tests.pdf_reading import Reading, read, words_of

HOSTILE = (
    "#import \"evil.typ\": *", "#panic(\"x\")", "#read(\"/etc/passwd\")", "`raw` ```x```", "$x^2$ and $", "\\ \\\\ \\u{41}",
    "@ref", "<label>", "#let paper = 1", "// gone", "/* gone */", "*not bold* _not slanted_", "= Not a heading",
    "+ not a list", "~ -- --- ...", "]]} #[ #{ ]", "\"; #pagebreak() \"", "https://x.example/#set", "{{ paper.title }}",
)  # fmt: skip

ALL = """\
The first paragraph, with **strong**, *slanted*, `code #x`, [a link](https://example.org/a?b=c&d), a note[^1] and
the same note[^1].

## A heading

> A quotation.

1. one
2. two
    - below

| Year | Value |
|------|------:|
| 2020 | 1,5[^2] |

### A smaller heading

    #let x = 1
      indented

Text with <span lang="sv">svenska ord</span> and a place: [above](#s-a-heading).

![](image:aaaaaaaaaaaaaaaaaaaa "What it shows")

---

[^1]: The first note.
[^2]: The second note, with a [link](https://example.org/b).
"""


def make_document(markdown: str = "A paragraph.", **fields) -> PdfDocument:
    language = fields.get("language", "en")
    return PdfDocument(
        **{
            "address": "https://publications.example/en/publications/minsk/",
            "title": "On Minsk",
            "language": language,
            "direction": "ltr",
            "kind": "Quick Comment",
            "kind_description": "on the day",
            "published_on": date(2024, 4, 9),
            "imprint": ("9 April 2024",),
            "site": "SCEEUS",
            "publisher": "The Centre",
            "html": markup.render_markdown(markdown, language=language).html,
            **fields,
        }
    )


def blocks_of(document: PdfDocument) -> dict:
    return text_blocks(document.html, address=document.address)


def long_text(words: int) -> str:
    """Markdown of that length with a heading, a quotation, a list, a table and three notes for every 700 words."""
    paragraph = (
        "The agreement leaves three questions open, and each of them was asked before it was signed. " * 6
    )
    chapters = [
        f"## Chapter {n}\n\n{paragraph}[^{n}a]\n\n{paragraph}[^{n}b]\n\n> {paragraph}\n\n- one\n- two\n\n"
        f"{paragraph}[^{n}c]\n\n| Year | Value |\n|---|---:|\n| 2020 | 1,5 |\n\n{paragraph}\n\n{paragraph}\n\n"
        + "".join(f"[^{n}{entry}]: A source, and where in it.\n" for entry in "abc")
        for n in range(1, words // 700 + 1)
    ]
    return "\n".join(chapters)


def read_image(_image: PdfImage) -> bytes:
    return picture_bytes(format="JPEG")


def typeset(markdown: str = "A paragraph.", **fields) -> bytes:
    return pdf.typeset_pdf(make_document(markdown, **fields), read_image)


def reading(markdown: str = "A paragraph.", **fields) -> Reading:
    return read(typeset(markdown, **fields))


@pytest.fixture(scope="module")
def complete_pdf() -> bytes:
    """A PDF with everything that a text can contain."""
    return typeset(
        ALL,
        images={"a" * 20: PdfImage("d" * 64, 640, 480, alt="A blue field", credit="Photo: Ann Berg")},
        cover=PdfImage("e" * 64, 640, 480, alt="A cover"),
        credits=(
            CreditGroup("By", (CreditedName("Ann Berg", "Analyst, The Centre"), CreditedName("Олена Бойко"))),
        ),
        summary="What it says in short.",
        key_points=("Point one.", "Point two."),
        has_contents=True,
        topics=("Belarus",),
        notice=Notice("An older edition.", address="https://publications.example/x/"),
        change_notes=(Notice("It was 5.", "Corrected 1 May 2024:"),),
        disclaimer="The views are the author's.",
        sections=(
            PdfSection(
                "Suggested citation", (Notice("Berg, Ann.", address="https://publications.example/"),)
            ),
        ),
    )


def test_a_pdf_has_all_that_a_tagged_pdf_must_have(complete_pdf):
    result = read(complete_pdf)

    assert not result.faults
    assert (result.language, result.title, result.author) == ("en", "On Minsk", "Ann Berg, Олена Бойко")
    expected = {"/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Lbl", "/LBody", "/BlockQuote", "/Table", "/THead", "/TH", "/TD",
                "/Note", "/Link", "/Figure", "/Caption", "/Code", "/Strong", "/Em", "/TOC"}  # fmt: skip
    assert expected <= set(result.tags)


def test_a_pdf_contains_all_texts(complete_pdf):
    words = words_of(complete_pdf)

    for text in (
        "Quick Comment – on the day", "By Ann Berg Analyst, The Centre", "Олена Бойко", "9 April 2024", "What it says in short.",
        "Point one.", "Corrected 1 May 2024: It was 5.", "code #x", "A quotation.", "1,5", "#let x = 1", "svenska ord",
        "What it shows", "Photo: Ann Berg", "The first note.", "The views are the author's.", "Berg, Ann.", "1 (",
        "An older edition. https://publications.example/x/",
    ):  # fmt: skip
        assert text in words


def test_paragraphs_and_headings_have_anchors_as_on_the_page(complete_pdf):
    html = make_document(ALL).html

    names = read(complete_pdf).names

    paragraphs = [part.partition('"')[0] for part in html.split('id="')[1:] if part[:2] in ("p-", "s-")]
    assert len(paragraphs) > 4 and set(paragraphs) <= names


def test_a_note_is_one_note_however_often_it_is_referred_to(complete_pdf):
    assert read(complete_pdf).tags["/Note"] == 2


@pytest.mark.parametrize(
    "markdown",
    [
        "## The deal {#grain}",
        "- <a id='grain'></a>**Ships:** words",
        "<a id='grain'></a>Words.",
        "| <a id='grain'></a>Year | Value |\n|---|---|\n| 1 | 2 |",
        "| Year | Value |\n|---|---|\n| <a id='grain'></a>1 | 2 |",
        "A note.[^1]\n\n[^1]: <a id='grain'></a>Source.",
    ],
)
def test_a_link_to_an_id_of_the_author_leads_within_the_pdf_or_to_the_page(markdown):
    result = reading(f"[there](#grain)\n\n{markdown}")

    is_in_head = markdown.startswith("| <a")  # which is set again on every page of the table
    assert not result.faults
    assert any(str(link).endswith("#grain") for link in result.links) == is_in_head


def test_links_lead_where_they_led(complete_pdf):
    links = read(complete_pdf).links

    assert {"https://example.org/a?b=c&d", "https://example.org/b"} <= set(links)


def test_text_has_its_language_and_an_image_its_alternative_text(complete_pdf):
    result = read(complete_pdf)

    assert "sv" in result.languages and {"A blue field", "A cover"} <= set(result.alternatives)


def test_headings_are_the_outline(complete_pdf):
    assert read(complete_pdf).outline == ["On Minsk", "A heading", "A smaller heading"]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_read_as_code(text):
    plain = f"Before {text} after"
    escaped = f"<p>Before {text.replace('&', '&amp;').replace('<', '&lt;')} after</p>"
    line = Notice(plain, plain, address="https://x.example/#set")

    words = words_of(
        typeset(
            html=escaped, title=plain, summary=plain, key_points=(plain,), kind=plain, disclaimer=plain, change_notes=(line,),
            credits=(CreditGroup("By", (CreditedName(plain, plain),)),), sections=(PdfSection(plain, (line,)),), topics=(plain,),
        )
    )  # fmt: skip

    assert words.replace(" ", "").count(plain.replace(" ", "")) >= 10


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_a_social_image_is_never_read_as_code(text):
    image = make_social_image(title=text, authors=text, kind=text, publisher=text, site=text, detail=text)

    assert pdf.typeset_social_image(image, read_image).startswith(b"\x89PNG")


def test_the_same_document_gives_the_same_bytes():
    assert typeset(ALL) == typeset(ALL)


def test_another_word_is_another_digest():
    one = make_document(title="One")

    assert pdf.document_digest(one) == pdf.document_digest(make_document(title="One"))
    assert pdf.document_digest(one) != pdf.document_digest(replace(one, title="Two"))


@pytest.mark.parametrize(
    ("language", "direction", "text"),
    [
        ("ar", "rtl", "لماذا تصمت أوروبا؟ مع GitHub و **قوة**."),
        ("he", "rtl", "שלום לכולם"),
        ("uk", "ltr", "Чому Європа мовчить: п’ять причин, № 5."),
        ("ka", "ltr", "საქართველოს არჩევანი"),
        ("hy", "ltr", "Հայաստանի ընտրությունը"),
        ("ja", "ltr", "オープンソースの法的側面。"),
        ("zh", "ltr", "开源的法律问题。"),
        ("el", "ltr", "Νομικά ζητήματα"),
        ("az", "ltr", "Azərbaycanın seçimi"),
    ],
)
def test_every_language_of_the_site_is_typeset(language, direction, text):
    result = reading(text, title=text.replace("*", ""), language=language, direction=direction)

    assert not result.faults and result.language == language and result.tags["/P"]


def test_mathematical_and_currency_signs_are_shown():
    assert "≈ ≠ ≤ → ∑ √ ∞ ₴ ₽ € № H₂O 5 × 10⁶ 🚀 ❤" in words_of(
        typeset("≈ ≠ ≤ → ∑ √ ∞ ₴ ₽ € № H₂O 5 × 10⁶ 🚀 ❤")
    )


@pytest.mark.parametrize(
    "text",
    [
        "한국어로 쓴 글",
        "a\ue000b",
        "\U000f0000",
        "ꦲꦏ꧀ꦱꦫꦗꦮ",
        "x\u0007y",
        "".join(map(chr, range(0xAC00, 0xAC80))),
    ],
)
def test_letters_that_no_font_has_do_not_prevent_a_pdf(text):
    assert not reading(f"Before {text} after", title=f"T {text}", summary=text).faults


def test_a_letter_that_no_font_has_is_replaced():
    assert "Before � after" in words_of(typeset("Before 한 after"))


@pytest.mark.parametrize(
    "markdown",
    [
        "\n".join("  " * depth + "- item" for depth in range(20)),
        "> " * 20 + "deep",
        "A[^1]\n\n[^1]: B[^2]\n[^2]: C[^3]\n[^3]: D[^1]",
        "A[^1]\n\n[^1]: itself[^1]",
        "A[^1]\n\n[^1]: <span id='fn-²'>a note</span>",
        "".join(f"x[^{n}] " for n in range(200)) + "\n\n" + "".join(f"[^{n}]: note {n}[^{n + 1}]\n" for n in range(200)),
        "A.\n\n[^1]: Nobody refers to me.",
        "| a[^1] | b |\n|---|---|\n" + "| c | d |\n" * 120 + "\n[^1]: In a head that comes again.",
        "|" + " a |" * 40 + "\n|" + "---|" * 40 + "\n|" + " 1,234.5 |" * 40,
        "<table><tr><td rowspan=9 colspan=3>a</td><td>b</td></tr><tr><td colspan=99>c</td></tr></table>",
        "<table><tr><th>a</th><td><table><tr><td>b</td></tr></table></td></tr></table>",
        "<table><tbody><tr><td>a</td></tr></tbody><thead><tr><th>h</th><th>i</th></tr></thead></table>",
        "<table><caption>Said *of* it</caption><tr><td>a</td></tr></table>",
        "<dl><dd>no term</dd><dt>t</dt><dt>u</dt><dd><p>x</p><ul><li>y</li></ul></dd></dl>",
        "<ol reversed start=3 type=i><li>a</li><li value=-7>b</li></ol>",
        "### Third first\n\n###### Sixth\n\n# First",
        "## Heading with a note[^1] and `code`\n\nA.\n\n[^1]: N.",
        "x" * 3000,
        "https://example.org/" + "a/" * 500,
        "[x](mailto:a@b.example) [y](/en/about/) [z](#nowhere) [](https://e.example) [![](image:" + "a" * 20 + ")](https://e.example)",
        "<bdo dir=rtl>abc</bdo> <q>quoted</q> <kbd>k</kbd> H<sub>2</sub>O x<sup>2</sup> <del>gone</del> <mark>m</mark> <small>s</small>",
        "    " + "code " * 400,
        "* * *",
        "",
    ],
)  # fmt: skip
def test_any_markup_is_typeset_with_its_tags(markdown):
    result = reading(markdown, images={"a" * 20: PdfImage("d" * 64, 640, 480)})

    assert not result.faults


def test_a_note_within_a_note_is_at_the_end():
    words = words_of(typeset("A[^1]\n\n[^1]: B[^2]\n[^2]: C"))

    assert "1 B2" in words and "Notes 2. C" in words


def test_no_word_of_a_deep_list_is_lost():
    result = words_of(typeset("\n".join("  " * depth + f"- item{depth}" for depth in range(20))))

    assert all(f"item{depth}" in result for depth in range(20))


def test_an_image_that_is_not_in_the_library_is_left_out():
    result = reading("A.\n\n![](image:bbbbbbbbbbbbbbbbbbbb)\n\nB.")

    assert not result.faults and not result.tags["/Figure"]


def test_an_image_without_alternative_text_is_hidden_from_screen_readers():
    result = reading("![](image:aaaaaaaaaaaaaaaaaaaa)", images={"a" * 20: PdfImage("d" * 64, 640, 480)})

    assert not result.faults and not result.tags["/Figure"]


def test_a_table_is_a_full_grid():
    table = blocks_of(
        make_document("<table><tr><td rowspan=2>a</td><td>b</td></tr><tr></tr><tr><td>c</td></tr></table>")
    )

    rows = table["blocks"][0]["rows"]
    assert table["blocks"][0]["columns"] == 2
    assert [[cell["x"] for cell in row] for row in rows] == [[0, 1], [1], [0, 1]]


def test_a_document_that_takes_too_long_is_cancelled():
    with pytest.raises(TypesettingError, match="within 0 seconds"):
        pdf.typeset_pdf(make_document(), read_image, seconds=0)


def test_a_combining_mark_that_no_font_has_does_not_replace_the_digit_before_it():
    assert reading("", title="0\u0898, 2024").tags["/H1"] == 1


ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=80)
FRAGMENTS = st.sampled_from(["**", "_", "`", "[^1]", "\n\n", "# ", "> ", "- ", "1. ", "| a | b |\n|---|---|\n| c | d |\n", "<b>", "<td>",
                            "</ul>", "![](image:" + "a" * 20 + ")", "[a](b)", "\n\n[^1]: n\n\n", "\n    ", "<ol>", "<li>"])  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(ANY_TEXT | FRAGMENTS, max_size=12), ANY_TEXT)
def test_any_text_is_typeset(parts, title):
    result = reading(
        "".join(parts), title=title or "x", images={"a" * 20: PdfImage("d" * 64, 640, 480, alt="a")}
    )

    assert result.tags["/H1"] == 1


# Social images ------------------------------------------------------------------------------------------------


def make_social_image(**fields) -> SocialImage:
    return SocialImage(
        **{
            "title": "On Minsk", "language": "en", "direction": "ltr", "kind": "Quick Comment", "authors": "Ann Berg",
            "detail": "9 April 2024", "site": "SCEEUS", "publisher": "The Centre", **fields,
        }
    )  # fmt: skip
