"""Templates: short lines, and decisions that have a name."""

import re

from tests.conftest import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MAX_LINE = 140
TRANSLATED = re.compile(
    r"""\{%\s*translate\s+("[^"]*"|'[^']*')\s*%\}"""
    r"|\{%\s*blocktranslate\b[^%]*%\}.*?\{%\s*endblocktranslate\s*%\}"
)
DECISION = re.compile(r"\{%\s*(?:el)?if\b(?:\"[^\"]*\"|'[^']*'|[^%])*?\s(?:and|or)\s")
OF_DJANGO = {
    "admin/change_list.html",
    "admin/change_list_results.html",
    "admin/search_form.html",
    "admin/submit_line.html",
}
"""Copies of Django's own templates, which keep its conditions."""


def is_too_long(line: str) -> bool:
    """Whether a line could be shorter. A text to translate cannot be divided, so it may stand on a line that it makes long."""
    if len(line) <= MAX_LINE:
        return False
    texts = TRANSLATED.findall(line)
    return len(texts) != 1 or len(TRANSLATED.sub("", line)) > MAX_LINE


def named_lines() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(ROOT / "templates")), line)
        for path in TEMPLATES
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def test_no_line_is_longer_than_the_text_that_it_translates():
    assert not [(name, line) for name, line in named_lines() if is_too_long(line)]


def test_views_decide_and_templates_ask_for_one_name():
    assert not [
        (name, line) for name, line in named_lines() if name not in OF_DJANGO and DECISION.search(line)
    ]
