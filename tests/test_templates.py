"""Templates: short lines, conditions that have a name, and classes that a style sheet knows."""

import re
from pathlib import Path

from django.contrib import admin

from publications import ooxml
from publications.models import Image
from tests.conftest import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MAX_LINE = 140
TRANSLATED = re.compile(
    r"""\{%\s*translate\s+("[^"]*"|'[^']*')\s*%\}"""
    r"|\{%\s*blocktranslate\b[^%]*%\}.*?\{%\s*endblocktranslate\s*%\}"
)
DECISION = re.compile(r"\{%\s*(?:el)?if\b(?:\"[^\"]*\"|'[^']*'|[^%])*?\s(?:and|or)\s")
MARKUP = re.compile(
    r"\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL
)
VARIABLE = re.compile(r"\b[a-z]+_[a-z_]+\b")
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


def test_texts_contain_no_variable_names():
    texts = {
        str(path.relative_to(ROOT / "templates")): MARKUP.sub(" ", path.read_text(encoding="utf-8"))
        for path in TEMPLATES
    }

    assert not [(name, *VARIABLE.findall(text)) for name, text in texts.items() if VARIABLE.search(text)]


def test_views_decide_and_templates_ask_for_one_name():
    assert not [
        (name, line) for name, line in named_lines() if name not in OF_DJANGO and DECISION.search(line)
    ]


TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
CLASSES = re.compile(
    r'\bclass="((?:\{%.*?%\}|\{\{.*?\}\}|[^"])*)"|\{% block bodyclass %\}(.*?)\{% endblock', re.DOTALL
)
SELECTOR = re.compile(r"\.([a-z][\w-]*)")
UNSTYLED = {
    "body-writing", "check__look", "chooser__label", "chooser__places", "cite__state", "column-links", "difference__key",
    "findings__none", "manuscript", "review__fine", "search__count", "teaser__why", "texts", "worklist",
}  # fmt: skip
"""Classes of blocks and elements that have no rule of their own."""
DJANGO_CSS = Path(admin.__file__).parent / "static" / "admin" / "css"


def selectors(folder: Path) -> set[str]:
    return {
        name for path in folder.rglob("*.css") for name in SELECTOR.findall(path.read_text(encoding="utf-8"))
    }


def classes_of_templates() -> set[tuple[str, str]]:
    return {
        (str(path.relative_to(ROOT / "templates")), name)
        for path in TEMPLATES
        for groups in CLASSES.findall(path.read_text(encoding="utf-8"))
        for name in TEMPLATE_CODE.sub(" ", "".join(groups)).split()
        if not name.endswith("-")  # completed by a variable
    }


def test_every_class_of_a_template_has_a_rule():
    styled = selectors(ROOT / "static" / "css") | selectors(DJANGO_CSS) | UNSTYLED

    unknown = {(name, token) for name, token in classes_of_templates() if token not in styled}
    assert not {(name, token) for name, token in unknown if not token.startswith("field-")}


def test_every_block_of_our_style_sheets_is_used():
    sources = [*TEMPLATES, *(ROOT / "publications").rglob("*.py"), *(ROOT / "static" / "js").rglob("*.js")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    words = set(re.findall(r"[\w-]+", text)) | selectors(DJANGO_CSS)

    blocks = {name for name in selectors(ROOT / "static" / "css") if not name.startswith("field-")}
    assert blocks - words <= OF_DJANGO_FORMS


OF_DJANGO_FORMS = {"fieldBox", "nonfield", "readonly-label"}


def test_limits_in_templates_and_scripts_are_those_of_the_code():
    dialog = (ROOT / "templates/desk/image_dialog.html").read_text(encoding="utf-8")
    script = (ROOT / "static/js/desk/word_upload.js").read_text(encoding="utf-8")

    lengths = dict(re.findall(r'name="(alt|credit)"[^>]*maxlength="([0-9]+)"', dialog))
    [megabytes] = re.findall(r"const MAX_FILE_BYTES = ([0-9]+) \* 1024 \* 1024;", script)

    assert int(lengths["alt"]) == Image._meta.get_field("alt_en").max_length
    assert int(lengths["credit"]) == Image._meta.get_field("credit").max_length
    assert int(megabytes) * 1024 * 1024 == ooxml.MAX_FILE_BYTES
