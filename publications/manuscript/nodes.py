"""Front matter as nodes that know their line: YAML without its surprises, and faults said in sentences."""

import re
from collections.abc import Callable
from typing import Any

import yaml

from .records import NO_TEXT

TAG = "tag:yaml.org,2002:"
NULL = f"{TAG}null"


class FrontMatterError(yaml.MarkedYAMLError):
    """Something wrong at a place of the front matter, said in a sentence."""

    def __init__(self, at: yaml.Node | yaml.Event, sentence: str) -> None:
        super().__init__(problem=sentence, problem_mark=at.start_mark)


class FrontMatterLoader(yaml.SafeLoader):
    """Nodes without anchors and tags, no name twice, and of YAML 1.1 only the values of YAML 1.2.

    So `no` and `12:30` stay text where YAML 1.1 makes false and 750 of them.
    """

    yaml_implicit_resolvers: dict = {}

    def compose_node(self, parent: Any, index: Any) -> yaml.Node:
        event = self.peek_event()
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise FrontMatterError(event, "a text that begins with &, * or ! needs quotes around it.")
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.ScalarNode) and NO_TEXT.search(node.value):
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
"""What stands without quotes and is no text: name, pattern, first signs. Each is so in YAML 1.1 as well."""


def _or_text(construct: Callable) -> Callable:
    def constructed(loader: FrontMatterLoader, node: yaml.Node) -> Any:
        try:
            return construct(loader, node)
        except (ValueError, OverflowError):  # the 31st of June, a number of 5,000 digits
            return node.value

    return constructed


for _name, _pattern, _first in PLAIN_VALUES:
    _tag = f"{TAG}{_name}"
    FrontMatterLoader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z", re.VERBOSE), list(_first))
    FrontMatterLoader.add_constructor(_tag, _or_text(yaml.SafeLoader.yaml_constructors[_tag]))
