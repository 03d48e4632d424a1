"""Markdown converted from pasted HTML renders as intended: nested lists, tables, footnotes."""

import pytest

from publications import markup
from tests.conftest import ROOT

SAMPLES = ROOT / "tests" / "samples" / "clipboard"
EXPECTED = {
    "word": ["<strong>held</strong>", "<em>second</em>", "</h2>", "</h3>", "<ol", "<blockquote>", "1,200</td>", "Poland | north"],
    "google-docs": ["<strong>wait outside</strong>", "<strong>thick</strong>", "<em>(ice)</em>", "https://example.org/ports?year=2026"],
    "page": ['<ol start="3">', "*wish*", "2024. A year.", "<code>a &lt; b</code>", "snake_case and &lt;b&gt;.", "Second part."],
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_a_pasted_sample_keeps_its_structure(name):
    html = markup.render_markdown((SAMPLES / f"{name}.md").read_text(), language="en").html

    assert [part for part in EXPECTED[name] if part not in html] == []
    assert html.count('class="footnote-ref"') == html.count('class="footnote-backref"') == 2
    assert html.count("<table") == 1
    assert html.count("<ul") + html.count("<ol") >= 3
