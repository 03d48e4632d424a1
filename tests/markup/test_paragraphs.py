"""Paragraph ids travel with their paragraphs from edition to edition."""

from hypothesis import given, settings
from hypothesis import strategies as st

from publications.html_tree import Element
from publications.markup import Paragraph, render_markdown
from publications.markup.paragraphs import assign_paragraph_ids
from publications.markup.structure import assign_heading_ids
from tests.prose_pages import MARKDOWN


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_a_text_keeps_all_its_ids_when_nothing_changes(markdown):
    rendered = render_markdown(markdown)

    assert render_markdown(markdown, previous_paragraphs=rendered.paragraphs) == rendered


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=12), st.lists(st.sampled_from("abcdefgh"), max_size=12))
def test_ids_stay_unique_whatever_is_carried(before, after):
    carried = render_markdown("\n\n".join(before)).paragraphs

    rendered = render_markdown("\n\n".join(after), previous_paragraphs=carried)

    anchors = [paragraph.anchor for paragraph in rendered.paragraphs]
    assert len(anchors) == len(set(anchors))


def test_paragraphs_of_the_text_and_of_quotations_have_ids():
    rendered = render_markdown("one\n\n> two\n\n- three\n\n|a|\n|-|\n|b|\n\n<div>four</div>\n\n[^1]: five")

    assert [paragraph.text for paragraph in rendered.paragraphs] == ["one", "two", "four"]
    assert rendered.html.count(' id="p-') == 3


def test_the_same_words_twice_have_two_ids():
    first, second = render_markdown("same\n\nsame").paragraphs

    assert second.anchor == f"{first.anchor}-2"


def test_a_paragraph_takes_its_id_along_when_it_moves():
    before = render_markdown("first words\n\nsecond words\n\nthird words").paragraphs

    after = render_markdown(
        "third words\n\nfirst words\n\nsecond words", previous_paragraphs=before
    ).paragraphs

    assert after == (before[2], before[0], before[1])


def test_a_paragraph_keeps_its_id_when_it_is_edited():
    before = render_markdown(
        "Alpha stays.\n\nThe minister went to Beijing on Monday.\n\nOmega stays."
    ).paragraphs

    after = render_markdown(
        "Alpha stays.\n\nThe minister went to Moscow on Monday.\n\nBrand new thoughts.\n\nOmega stays.",
        previous_paragraphs=before,
    ).paragraphs

    assert [paragraph.anchor for paragraph in after if paragraph.text != "Brand new thoughts."] == [
        paragraph.anchor for paragraph in before
    ]


def test_a_paragraph_that_moved_does_not_hide_one_that_was_edited():
    before = render_markdown("The first is about trade and gas.\n\nSecond.\n\nThird.\n\nFourth.").paragraphs

    after = render_markdown(
        "Third.\n\nThe first is about trade and oil.\n\nSecond.\n\nFourth.", previous_paragraphs=before
    ).paragraphs

    assert after[1].anchor == before[0].anchor


def test_the_most_similar_paragraph_gets_the_id():
    before = (Paragraph("p-aaaaaa", "one two three four five six"),)

    after = render_markdown(
        "one two three x y z\n\none two three four five seven", previous_paragraphs=before
    ).paragraphs

    assert after[0].anchor != "p-aaaaaa" and after[1].anchor == "p-aaaaaa"


def test_every_paragraph_keeps_its_id_when_a_name_is_replaced_throughout():
    texts = [
        f"In year {year} the Ministry wrote report number {year} about matter {year * 7}."
        for year in range(200)
    ]
    before = render_markdown("\n\n".join(texts)).paragraphs

    after = render_markdown(
        "\n\n".join(texts).replace("Ministry", "Agency"), previous_paragraphs=before
    ).paragraphs

    assert [paragraph.anchor for paragraph in after] == [paragraph.anchor for paragraph in before]


def test_a_new_paragraph_never_takes_an_id_that_was_given_before():
    anchor = render_markdown("words").paragraphs[0].anchor

    (after,) = render_markdown(
        "words", previous_paragraphs=[Paragraph(anchor, "something else entirely")]
    ).paragraphs

    assert after.anchor == f"{anchor}-2"


def test_an_id_that_is_none_of_ours_is_not_carried():
    (after,) = render_markdown("words", previous_paragraphs=[Paragraph('x" onclick="y', "words")]).paragraphs

    assert after == render_markdown("words").paragraphs[0]


def test_a_number_of_a_note_is_no_word_of_its_paragraph():
    assert render_markdown("a[^1] b\n\n[^1]: n").paragraphs[0] == render_markdown("a b").paragraphs[0]


def test_an_id_that_a_paragraph_already_has_is_replaced_by_the_one_returned():
    element = Element("p", {"id": "p-aaaaaa"}, ["Text."])

    (paragraph,) = assign_paragraph_ids(Element("body", {}, [element]), [])

    assert element.attributes["id"] == paragraph.anchor != "p-aaaaaa"


def test_an_id_that_a_heading_already_has_is_replaced_by_the_one_returned():
    element = Element("h2", {"id": "s-other"}, ["Title"])

    (heading,) = assign_heading_ids(Element("body", {}, [element]))

    assert element.attributes["id"] == heading.anchor == "s-title"
