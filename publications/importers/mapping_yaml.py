"""A mapping as YAML for people to edit, such as one that a source proposes."""

from collections.abc import Mapping
from typing import Any

import yaml

from .mapping import MAPPED_SECTIONS, NAME_SECTIONS, ImportMapping

INTRODUCTIONS = {
    "topics": "A topic, category or tag of the source: the topic here. Empty leaves it out.",
    "people": "An author in the source: the name of the author here. Give several spellings of one person one name.",
    "kinds": "A category, type or section there: the slug of a kind here. A type without # and kind is left out.",
    "fields": "A custom field there: the name of a field of a publication here. One without # and name is left out.",
    "shortcodes": "A shortcode of WordPress: open if all readers saw the words in it.",
    "pages": "A rule for each type of page, the first that fits a page reads it.",
}


def render_mapping(mapping: ImportMapping) -> str:
    """Return a mapping as YAML for people to edit: `parse_mapping` reads it again."""
    blocks = []
    for section in NAME_SECTIONS:
        if names := getattr(mapping, section):
            rows = [
                _render_row(section, name, names[name], mapping.comments.get((section, name), ""))
                for name in names
            ]
            blocks.append("\n".join([f"# {INTRODUCTIONS[section]}", f"{section}:", *rows]))
    if mapping.pages:
        rules = [
            _render_rule(rule, mapping.comments.get(("pages", n), "")) for n, rule in enumerate(mapping.pages)
        ]
        blocks.append("\n".join([f"# {INTRODUCTIONS['pages']}", "pages:", *rules]))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _render_row(section: str, name: str, target: str, comment: str) -> str:
    """Return a row, as a comment if nobody has said what it becomes, so that an unedited file leaves it a question."""
    row = f"{_scalar(name)}: {_scalar(target)}".rstrip() if target else f"{_scalar(name)}:"
    mark = "  # " if section in MAPPED_SECTIONS and not target else "  "
    return f"{mark}{row}" + (f"  # {_one_line(comment)}" if comment else "")


def _render_rule(rule: Mapping[str, Any], comment: str) -> str:
    plain = {key: value for key, value in rule.items() if key != "line"}
    lines = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100).rstrip("\n").splitlines()
    comments = [f"  # {_one_line(line)}" for line in comment.splitlines()]
    return "\n".join([*comments, f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])])


def _scalar(text: str) -> str:
    """Return a text as a YAML scalar on one line, in quotation marks where YAML needs them."""
    return yaml.safe_dump(text, allow_unicode=True, width=float("inf")).removesuffix("\n...\n").rstrip("\n")


def _one_line(text: str) -> str:
    return "".join(filter(str.isprintable, " ".join(text.split())))
