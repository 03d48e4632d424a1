"""Paragraphs that Word has marked as items of lists become lists; no word of them is lost."""

import pytest

from .articles import markdown_of, read


def item(text: str, mark: str = "·", style: str = "l0 level1 lfo1") -> str:
    return (
        f'<p class="MsoListParagraphCxSpMiddle" style="text-indent:-18.0pt;mso-list:{style}"><!--[if !supportLists]-->'
        f'<span style="font-family:Symbol"><span style="mso-list:Ignore">{mark}<span>&nbsp;&nbsp; </span></span></span>'
        f"<!--[endif]-->{text}</p>\n"
    )


def stripped(text: str, mark: str = "·") -> str:
    """An item whose styles an editor has removed."""
    return f'<p class="MsoListParagraph">{mark}&nbsp;&nbsp;&nbsp; {text}</p>\n'


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (item("One") + item("<b>Two</b>"), "- One\n- **Two**"),
        (item("One", "1.") + item("Two", "2."), "1. One\n2. Two"),
        (item("Three", "3)") + item("Four", "4)"), "3. Three\n4. Four"),
        (item("One") + item("In it", "o", "l0 level2 lfo1") + item("Two"), "- One\n    - In it\n- Two"),
        (item("One", "1.") + item("In it", "a.", "l0 level2 lfo1") + item("Two", "2."), "1. One\n    1. In it\n2. Two"),
        (item("Deep", "§", "l0 level3 lfo1") + item("One"), "- Deep\n\n<!-- -->\n\n- One"),
        (stripped("One") + stripped("Two"), "- One\n- Two"),
        (stripped("One", "1.") + "<p>Between</p>" + stripped("Two", "2."), "1. One\n\nBetween\n\n2. Two"),
        ('<p class="MsoListParagraph">No mark at all</p>', "No mark at all"),
        (f"<div>Before{item('One')}after</div>", "Before\n\n- One\n\nafter"),
    ],
)  # fmt: skip
def test_items_of_word_become_a_list(html, markdown):
    file = read(html)

    assert markdown_of(html) == markdown and file.coverage.missing == ()
