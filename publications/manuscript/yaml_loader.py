"""Load front matter as YAML nodes with line numbers, restricted to the values of YAML 1.2."""

import re
from collections.abc import Callable
from typing import Any

import yaml

from .records import NON_TEXT

TAG = "tag:yaml.org,2002:"
NULL = f"{TAG}null"


class FrontMatterError(yaml.MarkedYAMLError):
    """An error at a position of the front matter; the message is a sentence for the author."""

    def __init__(self, place: yaml.Node | yaml.Event, message: str) -> None:
        super().__init__(problem=message, problem_mark=place.start_mark)


class FrontMatterLoader(yaml.SafeLoader):
    """Refuse anchors, tags and duplicate keys, and resolve only the plain values of YAML 1.2.

    `no` and `12:30` therefore stay text, where YAML 1.1 reads false and 750.
    """

    yaml_implicit_resolvers: dict = {}

    def compose_node(self, parent: Any, index: Any) -> yaml.Node:
        event = self.peek_event()
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise FrontMatterError(event, "a text that begins with &, * or ! needs quotes around it.")
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.ScalarNode) and NON_TEXT.search(node.value):
            raise FrontMatterError(node, "a character here is no text. Take it out.")
        return node

    def compose_mapping_node(self, anchor: Any) -> yaml.Node:
        node = super().compose_mapping_node(anchor)
        names = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise FrontMatterError(key, "the name of a field must be text.")
            if (key.tag, key.value) in names:
                raise FrontMatterError(key, f"“{key.value}” stands twice. Keep one of them.")
            names.add((key.tag, key.value))
        return node


DATE = dict(yaml.SafeLoader.yaml_implicit_resolvers["0"])[f"{TAG}timestamp"].pattern
PLAIN_VALUES = [
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?", "-+0123456789"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("timestamp", DATE, "0123456789"),
]
"""Unquoted values that are not text: tag, pattern, first characters. YAML 1.1 reads each of them in the same way."""


def _fall_back_to_text(construct: Callable) -> Callable:
    def construct_or_keep(loader: FrontMatterLoader, node: yaml.Node) -> Any:
        try:
            return construct(loader, node)
        except (ValueError, OverflowError):  # the 31st of June, a number of 5,000 digits
            return node.value

    return construct_or_keep


for _name, _pattern, _first in PLAIN_VALUES:
    _tag = f"{TAG}{_name}"
    FrontMatterLoader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z", re.VERBOSE), list(_first))
    FrontMatterLoader.add_constructor(_tag, _fall_back_to_text(yaml.SafeLoader.yaml_constructors[_tag]))
