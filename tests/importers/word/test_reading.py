"""Reading Word files as manuscripts: the content is complete, and differences from Word are noted."""

import io
import re
import zipfile

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from publications import markup
from publications.importers import word
from tests.factories import picture_bytes
from tests.word_files import (
    box,
    docx,
    field,
    ins,
    link,
    note,
    note_element,
    p,
    picture,
    r,
    table,
    zipped,
)


def read(body: str, filename: str = "A comment.docx", **more) -> word.WordDocument:
    return word.read_word(
        docx(body, **more), filename, word.WordReadOptions(lambda digest: digest[:20], language="en")
    )


def body_of(body: str, **more) -> str:
    """The Markdown of a text that follows a title."""
    return read(p("Title", style="Title") + body, **more).manuscript.body


def notes_of(result: word.WordDocument) -> str:
    return "\n".join(line.text for line in result.notes)


def test_the_title_is_the_paragraph_of_that_style():
    result = read(
        p("A first line.") + p("The Title", style="Title") + p("Section", style="heading1") + p("Text.")
    )

    assert result.manuscript.title == "The Title"
    assert result.manuscript.body == "A first line.\n\n## Section\n\nText."


def test_without_a_title_the_first_heading_is_one_and_the_file_says_so():
    result = read(p("The Heading", style="heading1") + p("Text."))

    assert (result.manuscript.title, result.manuscript.body) == ("The Heading", "Text.")
    assert "the first heading became the title" in notes_of(result)


def test_a_text_without_any_heading_is_called_as_its_file():
    result = read(p("Only text."), "Moldova_votes v2.docx")

    assert result.manuscript.title == "Moldova votes v2"
    assert "the name of the file" in notes_of(result)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ann Andersson and Bo Berg", ("Ann Andersson", "Bo Berg")),
        ("by Ann Andersson, Bo Berg & Cecilia von Dahl", ("Ann Andersson", "Bo Berg", "Cecilia von Dahl")),
        ("Av Åsa Öberg och Jean-Luc d’Arc", ("Åsa Öberg", "Jean-Luc d’Arc")),
        ("By Олена Шевченко, аналітик центру", ("Олена Шевченко",)),
        ("By ქეთევან ზურაბიანი", ("ქეთევან ზურაბიანი",)),
    ],
)
def test_a_byline_gives_names_and_leaves_the_text(line, names):
    result = read(p("Title", style="Title") + p(line) + p("Text."))

    assert (result.names, result.manuscript.body) == (names, "Text.")


def test_what_a_byline_says_besides_names_is_reported():
    result = read(p("Title", style="Title") + p("By Ann Andersson (Analyst at SCEEUS)") + p("Text."))

    assert result.names == ("Ann Andersson",)
    assert "Analyst at SCEEUS" in notes_of(result)


def test_a_sentence_that_begins_like_a_byline_stays_in_the_text():
    body = body_of(p("By the end of 2023 nobody in Kyiv believed it."))

    assert body == "By the end of 2023 nobody in Kyiv believed it."


@pytest.mark.parametrize("form", ["<w:b/>", "<w:i/>"])
def test_an_opening_in_bold_or_italics_is_the_summary(form):
    opening = "What happened in Moldova this week, and what to make of it."
    result = read(p("Title", style="Title") + p(r(opening, form)) + p("Text."))

    assert (result.manuscript.summary, result.manuscript.body) == (opening, "Text.")


def test_a_text_that_is_bold_throughout_keeps_its_opening():
    result = read(
        p("Title", style="Title")
        + p(r("All of this text is set in bold letters, for whatever reason.", "<w:b/>"))
    )

    assert not result.manuscript.summary


def test_a_list_of_key_points_at_the_head_becomes_key_points():
    points = p("First point.", list=(2, 0)) + p("Second point.", list=(2, 0))
    result = read(p("Title", style="Title") + p("Key points", style="heading1") + points + p("Text."))

    assert (result.manuscript.key_points, result.manuscript.body) == (
        ("First point.", "Second point."),
        "Text.",
    )


def test_headings_begin_at_level_two_and_skip_none():
    body = body_of(
        p("A", style="heading2")
        + p("a")
        + p("B", style="heading3")
        + p("b")
        + p("C", style="heading1")
        + p("c")
    )

    assert body == "## A\n\na\n\n### B\n\nb\n\n## C\n\nc"


def test_numbers_that_word_prints_before_headings_stay():
    numbered = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="3"/></w:numPr>'
    body = body_of(
        p("One", style="heading1", form=numbered.format(0))
        + p("Inner", style="heading2", form=numbered.format(1))
        + p("Two", style="heading1", form=numbered.format(0))
    )

    assert body == "## 1 One\n\n### 1.1 Inner\n\n## 2 Two"


def test_lines_in_bold_are_headings_where_a_text_has_no_others():
    result = read(
        p("Title", style="Title") + p("Text.") + p(r("What comes next", "<w:b/>")) + p("More text.")
    )

    assert result.manuscript.body == "Text.\n\n## What comes next\n\nMore text."
    assert "1 line in bold became a heading" in notes_of(result)


def test_footnotes_and_endnotes_are_one_series_and_counted():
    result = read(
        p("Title", style="Title")
        + p("First", note(5), " and", note(2, "endnote"), ".")
        + p("Last", note(3), "."),
        footnotes=note_element(5, p("Five."))
        + note_element(3, p("Three, "), p("in two paragraphs."))
        + note_element(9, p("Nowhere.")),
        endnotes=note_element(2, p("At the end."), kind="endnote"),
    )

    assert result.manuscript.body == (
        "First[^1] and[^2].\n\nLast[^3].\n\n"
        "[^1]: Five.\n\n[^2]: At the end.\n\n[^3]: Three,\n\n    in two paragraphs."
    )
    assert (result.counts["footnotes"], result.counts["endnotes"]) == (word.Count(3, 2), word.Count(1, 1))
    assert "does not refer to is left out: Nowhere." in notes_of(result)


def test_a_note_of_the_title_moves_to_the_first_paragraph():
    result = read(p("Title", note(1), style="Title") + p("Text."), footnotes=note_element(1, p("Thanks.")))

    assert result.manuscript.body == "Text.[^1]\n\n[^1]: Thanks."
    assert result.counts["footnotes"] == word.Count(1, 1)
    assert "Notes of the title" in notes_of(result)


def test_a_note_without_a_reference_in_the_text_is_subtracted_from_its_own_kind():
    result = read(
        p("Title", style="Title") + p("Text", note(1, "endnote"), "."),
        footnotes=note_element(1, p("One.")) + note_element(2, p("Two", note(1), ".")),
        endnotes=note_element(1, p("At the end."), kind="endnote"),
    )

    assert (result.counts["footnotes"], result.counts["endnotes"]) == (word.Count(2, 0), word.Count(1, 1))


def test_a_table_in_a_note_is_counted():
    notes = note_element(1, p("A note."), table(["a", "b"], ["c", "d"]))
    result = read(p("Title", style="Title") + p("Text", note(1), "."), footnotes=notes)

    assert result.counts["tables"] == word.Count(1, 1)


def test_the_losses_of_a_text_with_links_to_headings_are_reported_once():
    heading = p('<w:bookmarkStart w:id="1" w:name="part"/>', r("Part"), style="heading1")
    to_heading = f'<w:hyperlink w:anchor="part">{r("there")}</w:hyperlink>'
    result = read(
        p("Title", style="Title") + p("See ", to_heading, ".") + heading + p("Text.", picture("media/a.emf")),
        parts={"media/a.emf": b"EMF"},
    )

    assert "[there](#s-part)" in result.manuscript.body
    assert notes_of(result).count("a.emf") == 1


def test_a_file_without_styles_and_numbering_is_read():
    with zipfile.ZipFile(io.BytesIO(docx(p("Text.")))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    del files["word/styles.xml"], files["word/numbering.xml"]

    result = word.read_word(zipped(files), "x.docx", word.WordReadOptions(str))

    assert result.manuscript.body == "Text."


def test_lists_nest_and_numbers_go_on():
    body = body_of(
        p("One", list=(1, 0))
        + p("a", list=(2, 1))
        + p("Two", list=(1, 0))
        + p("Between.")
        + p("Three", list=(1, 0))
    )

    assert body == "1. One\n    - a\n2. Two\n\nBetween.\n\n3. Three"


def test_a_list_of_another_kind_directly_below_is_a_list_of_its_own():
    body = body_of(p("One", list=(1, 0)) + p("a", list=(2, 0)) + p("b", list=(2, 0)))

    assert markup.render_markdown(body).html == "<ol><li>One</li></ol>\n<ul><li>a</li><li>b</li></ul>"


def test_emphasis_goes_around_words_and_not_around_spaces():
    body = body_of(p("A ", r("bold ", "<w:b/>"), r("and both", "<w:b/><w:i/>"), r(" word", "<w:i/>"), "s."))

    assert (
        markup.render_markdown(body).html == markup.render_markdown("A **bold** ***and both*** *word*s.").html
    )


def test_quotes_dashes_and_spaces_that_do_not_break_stay_as_typed():
    text = "“So”, he said – 10\N{NO-BREAK SPACE}% ‘more’ – it’s 5\N{NARROW NO-BREAK SPACE}km…"

    assert body_of(p(text)) == text


def test_a_table_keeps_every_cell_and_its_head():
    head = [p(r("Country", "<w:b/>")), p(r("Share | rank", "<w:b/>"))]
    result = read(p("T", style="Title") + table(head, ["Moldova", p("12 %") + p("third", list=(2, 0))]))

    assert (
        result.manuscript.body == "| Country | Share \\| rank |\n| --- | --- |\n| Moldova | 12 %<br>• third |"
    )
    assert result.counts["tables"] == word.Count(1, 1)


FILL = '<w:tcPr><w:shd w:val="clear" w:fill="D9E2F3"/></w:tcPr>'
HEADED = {
    "figures below": [["Country", "Share"], ["Moldova", "12 %"], ["Sweden", "9.5 %"]],
    "figures, signs and gaps below": [
        ["Country", "Change", "Note"],
        ["Moldova", "−3,5", ""],
        ["Sweden", "n/a", "x"],
    ],
    "years above figures": [["Country", "2023", "2024"], ["Moldova", "12", "14"]],
    "an empty corner": [["", "2023", "2024"], ["Moldova", "12 mn", "14 mn"]],
    "dates below": [["Date", "Event"], ["12.3.2024", "Vote"], ["1/4/2024", "Talks"]],
    "long texts below": [
        ["Country", "Position"],
        ["Moldova", "Asks for talks to begin before the end of this year."],
    ],
    "a fill of its own": [[f"{FILL}{p('Country')}", f"{FILL}{p('Capital')}"], ["Moldova", "Chișinău"]],
}
HEADLESS = {
    "words alone": [["Top left", "Top right"], ["Bottom left", "Bottom right"]],
    "a list of terms": [["Application profile", "A specification that uses terms of one or more others."], ["Catalogue", "A curated collection of metadata about data sets."]],
    "figures from the first row": [["Moldova", "12 %"], ["Sweden", "9 %"]],
    "years from the first row": [["First vote", "2023"], ["Second vote", "2024"]],
    "an empty cell": [["Country", ""], ["Moldova", "12 %"]],
    "twice the same word": [["Share", "Share"], ["12", "14"]],
    "a sentence": [["See below.", "The rest"], ["Moldova", "12"]],
    "one row": [["Country", "Share"]],
    "all filled": [[f"{FILL}{p('Moldova')}", f"{FILL}{p('East')}"], [f"{FILL}{p('Sweden')}", f"{FILL}{p('North')}"]],
}  # fmt: skip


@pytest.mark.parametrize("name", HEADED)
def test_a_first_row_that_looks_like_a_head_is_one_though_word_does_not_say_so(name):
    first, rule = body_of(table(*HEADED[name])).split("\n")[:2]

    assert set(rule) == set("| -") and any(word.isalnum() for word in first.split())


@pytest.mark.parametrize("name", HEADLESS)
def test_a_first_row_like_those_below_it_stays_a_row(name):
    lines = body_of(table(*HEADLESS[name])).split("\n")

    assert set(lines[0]) == set("| ") and len(lines) == len(HEADLESS[name]) + 2


def test_merged_cells_are_reported_and_their_words_stand_once():
    wide = f'<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("Both")}'
    result = read(p("T", style="Title") + table([wide], ["a", "b"]))

    assert "| Both |  |\n| a | b |" in result.manuscript.body
    assert "Merged cells were divided" in notes_of(result)


def test_a_table_of_one_cell_is_a_frame_around_text():
    result = read(p("T", style="Title") + table([p("One.") + p("Two.")]))

    assert result.manuscript.body == "One.\n\nTwo."
    assert "1 table of a single cell" in notes_of(result)


def test_links_lose_what_traces_readers_and_that_is_reported():
    result = read(
        p("T", style="Title") + p("See ", link("a", "this"), " and ", link("b", "that"), "."),
        links={
            "a": "https://example.org/a?utm_source=x&amp;id=3&amp;fbclid=abc#part",
            "b": "https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fb&amp;sa=D",
        },
    )

    assert (
        result.manuscript.body
        == "See [this](https://example.org/a?id=3#part) and [that](https://example.org/b)."
    )
    assert notes_of(result).count("What traces readers was cut") == 2


def test_links_that_no_reader_can_follow_become_words_and_are_reported():
    result = read(
        p("T", style="Title") + p("See ", link("a", "my file"), "."),
        links={"a": "file:///C:/Users/ann/secret.xlsx"},
    )

    assert result.manuscript.body == "See my file."
    assert "file:///C:/Users/ann/secret.xlsx" in notes_of(result)


def test_a_link_to_a_heading_leads_there():
    heading = p('<w:bookmarkStart w:id="1" w:name="_Ref1"/>', r("The Next Step"), style="heading1")
    inner = f'<w:hyperlink w:anchor="_Ref1">{r("below")}</w:hyperlink>'
    body = body_of(p("See ", inner, ".") + heading + p("Text."))

    assert body.startswith("See [below](#s-the-next-step).")
    assert 'href="#s-the-next-step"' in markup.render_markdown(body).html


def test_fields_become_the_words_they_last_showed_and_are_reported():
    result = read(p("T", style="Title") + p("See section ", field("REF _x \\h", r("4.2")), "."))

    assert result.manuscript.body == "See section 4.2."
    assert "REF (1)" in notes_of(result)


def test_a_link_made_by_a_field_is_a_link():
    assert body_of(p("See ", field('HYPERLINK "https://example.org/x"', r("this")), ".")) == (
        "See [this](https://example.org/x)."
    )


def test_the_table_of_contents_is_left_out_and_reported():
    contents = p(field("TOC \\o", r("1 Introduction ... 5")), style="toc1")
    result = read(p("T", style="Title") + contents + p("Text."))

    assert result.manuscript.body == "Text."
    assert "table of contents is left out" in notes_of(result)


def test_text_boxes_are_kept_once_behind_their_paragraph_and_reported():
    result = read(p("T", style="Title") + p("Before", box(p("In the box.")), " and after.") + p("Last."))

    assert result.manuscript.body == "Before and after.\n\nIn the box.\n\nLast."
    assert "“In the box.”" in notes_of(result)


def test_charts_equations_and_hidden_text_are_named():
    chart = '<w:r><w:drawing><c:chart r:id="charts/chart1.xml"/></w:drawing></w:r>'
    result = read(
        p("T", style="Title")
        + p("Growth", chart, "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>", r("secret", "<w:vanish/>")),
        parts={
            "charts/chart1.xml": '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:v>GDP 2023</c:v></c:chart>'
        },
    )

    assert result.manuscript.body == "Growtha+b"
    for words in ("GDP 2023", "a+b", "Hidden text is left out: “secret”"):
        assert words in notes_of(result)


def test_headers_and_footers_are_named():
    header = f'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{p("Draft for Ann")}</w:hdr>'
    result = read(p("T", style="Title") + p("Text."), parts={"header1.xml": header})

    assert "“Draft for Ann”" in notes_of(result)


def test_pictures_come_with_the_words_that_word_has_for_them():
    result = read(
        p("T", style="Title")
        + p(picture("media/map.png", "A map of Moldova"))
        + p("The river", style="caption")
        + p("Text."),
        parts={"media/map.png": picture_bytes()},
    )

    image = result.manuscript.images[0]
    assert result.manuscript.body == f'![A map of Moldova](image:{image.key} "The river")\n\nText.'
    assert (image.alt, list(result.files)) == ({"en": "A map of Moldova"}, [image.file])
    assert result.counts["pictures"] == word.Count(1, 1)


def test_a_cropped_picture_does_not_bring_what_was_cut_off():
    result = read(
        p("T", style="Title") + p(picture("media/a.png", "x", '<a:srcRect l="50000"/>')),
        parts={"media/a.png": picture_bytes(size=(100, 40))},
    )

    (properties,) = result.image_properties.values()
    assert (properties.width, properties.height) == (50, 40)
    assert "cropped as it was in Word: a.png" in notes_of(result)


def test_pictures_that_no_page_can_show_are_named():
    result = read(
        p("T", style="Title") + p(picture("media/a.emf")) + p("Text."),
        parts={"media/a.emf": b"\x01\x00\x00\x00 EMF", "media/unused.png": picture_bytes()},
    )

    assert result.manuscript.body == "Text."
    assert "a.emf: EMF cannot be shown on a page" in notes_of(result) and "unused.png" in notes_of(result)


def test_comments_are_no_text_and_know_their_passage():
    body = p(
        '<w:commentRangeStart w:id="7"/>',
        r("Moldova"),
        '<w:commentRangeEnd w:id="7"/>',
        '<w:r><w:commentReference w:id="7"/></w:r>',
        " votes.",
    )
    result = read(
        p("T", style="Title") + body,
        comments=f'<w:comment w:id="7" w:author="Bo" w:date="2026-03-04T10:00:00Z">{p("Sure?")}</w:comment>',
    )

    assert result.manuscript.body == "Moldova votes."
    assert result.comments == [
        word.WordComment("Bo", "Sure?", "Moldova", "2026-03-04T10:00", prefix="T", suffix=" votes.")
    ]


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2026-03-04T10:00:00Z", "2026-03-04T10:00"),
        ("2026-03-04T10:00:00+02:00", "2026-03-04T10:00"),
        ("0001-01-01T00:00:00Z", ""),
        ("yesterday", ""),
    ],
)
def test_times_of_comments_have_no_zone(written, time):
    comments = f'<w:comment w:id="7" w:author="Bo" w:date="{written}">{p("Sure?")}</w:comment>'

    assert [comment.at for comment in read(p("Text."), comments=comments).comments] == [time]


def test_a_large_first_letter_joins_its_word():
    assert body_of(p("M", form='<w:framePr w:dropCap="drop"/>') + p("oldova votes.")) == "Moldova votes."


@pytest.mark.parametrize("after", ["", table(["Moldova", "votes"])])
def test_a_large_letter_without_a_word_stays(after):
    letter = p("M", form='<w:framePr w:dropCap="drop"/>')

    assert "M" in body_of(p("Text.") + letter + after).replace("Moldova", "")


def test_a_note_of_a_large_first_letter_stays():
    letter = p("M", note(1), form='<w:framePr w:dropCap="drop"/>')

    assert body_of(letter + p("oldova votes."), footnotes=note_element(1, p("So."))).startswith("M[^1]oldova")


def test_a_prompt_that_nobody_filled_in_is_left_out_and_reported():
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('Click here to enter text.')}</w:sdtContent></w:sdt>"
    result = read(p("T", style="Title") + prompt + p("Text."))

    assert result.manuscript.body == "Text."
    assert "Click here to enter text." in notes_of(result)


def test_the_language_is_that_of_the_words():
    text = (
        "Det är inte klart vad som har hänt, men det är viktigt för de som är med och det som kommer av det."
    )
    result = word.read_word(
        docx(p("Rubrik", style="Title") + p(text)), "x.docx", word.WordReadOptions(lambda digest: digest[:20])
    )

    assert result.manuscript.language == "sv"


def visible(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


MARKS = st.text(alphabet="ab _*`[]()!<>&#+-.:|{}\\^=~1/;x", min_size=1, max_size=40)


@settings(deadline=None, max_examples=80)
@given(MARKS)
def test_words_that_look_like_markup_stay_words(text):
    assume(text.strip("- "))  # a line of dashes stays one, and is not made a long dash
    body = body_of(p(text) + p("End."))

    shown = markup.render_markdown(body).text
    assert visible(shown) == visible(visible(_typographic(text)) + " End.")


def _typographic(text: str) -> str:
    """What our pages do to dashes and dots, which is no loss."""
    text = re.sub(r"(?<!-)-{3}(?!-)", "—", text)
    text = re.sub(r"(?<!-)--(?!-)", "–", text)
    return re.sub(r"(?<!\.)\.{3}(?!\.)", "…", text)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.text(alphabet="ab *_", min_size=1, max_size=6),
            st.sampled_from(["", "<w:b/>", "<w:i/>", "<w:b/><w:i/>"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_forms_of_any_runs_are_read_back_as_words(runs):
    body = body_of(p(*(r(text, form) for text, form in runs)) + p("End."))

    shown = markup.render_markdown(body).text
    assert visible(shown) == visible("".join(text for text, _form in runs) + "\n\nEnd.")


def test_words_put_in_by_somebody_are_there():
    assert body_of(p("A ", ins(r("new ")), "word.")) == "A new word."
