"""Read the template of a shortcode of Hugo: which of its inner words and arguments a page shows.

Source: gohugo.io/templates/introduction, pkg.go.dev/text/template. A condition that only Hugo can decide is unknown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from .liquid_values import UNKNOWN, Unknown
from .placeholders import replace_spans

INNER, ANY = ".Inner", "."
"""The keys of the inner words, and of all that the shortcode has, such as where a partial gets it."""
ACTION = re.compile(
    r"""\{\{-?\s*+(?P<content>/\*|(?:"(?:[^"\\\n]|\\.)*+(?:"|$)|`[^`]*+(?:`|\Z)|'(?:[^'\\\n]|\\.)'"""
    r"""|(?!-?\}\}|["`]|\{\{).)*+)(?P<end>\s*+-?\}\})?+""",
    re.DOTALL | re.MULTILINE,
)
"""An action, or one without an end, which is matched too: the search goes on after it, not in it."""
COMMENT, COMMENT_END = re.compile(r"\{\{-?\s*/\*"), re.compile(r"\*/\s*-?\}\}")
TOKEN = re.compile(r""""(?:[^"\\]|\\.)*+(?:"|\Z)|`[^`]*+(?:`|\Z)|[()|,]|:?=|[^\s()|"`,:=]+""", re.DOTALL)
BLOCKS = ("if", "with", "range", "define", "block")
FACTS = {
    "hugo.IsProduction": True, "hugo.IsServer": False, "hugo.IsDevelopment": False, "hugo.Environment": "production",
    "site.IsServer": False, ".Site.IsServer": False, ".Page.Site.IsServer": False, "true": True, "false": False,
    "nil": None,
}  # fmt: skip
"""What holds where Hugo builds a public site."""
UNCHANGED = frozenset({
    "markdownify", "safeHTML", "safeHTMLAttr", "safeURL", "safeCSS", "htmlUnescape", "htmlEscape", "plainify", "string",
    "strings.TrimSpace", "trim", "strings.Trim", "lower", "upper", "title", "emojify", "urlize", "anchorize",
})  # fmt: skip
"""Functions whose value is empty only if what they get is."""


@dataclass(frozen=True)
class Value:
    """The value of an expression, and the keys of what is in it."""

    value: Any = UNKNOWN
    keys: frozenset[Any] = frozenset()


@dataclass
class Block:
    """A block with its branches, each with the word and the tokens of its condition."""

    branches: list[tuple[str, list[str], list["Block | list[str]"]]]


Shown = dict[Any, bool | None]


def find_shown(template: str, arguments: Mapping[str | int, str], inner: str) -> Shown:
    """Return what a template shows for certain (True) or perhaps (None), by key; what it never shows has no key.

    Args:
        arguments: those of the shortcode, by name or position.
        inner: the words between its tags.
    """
    reader = _Reader({**arguments, INNER: inner})
    return reader.walk(_parse(template), {}, Value(keys=frozenset({ANY})))


@lru_cache(maxsize=200)
def _parse(template: str) -> Sequence[Block | list[str]]:
    """Return the actions of a template, as their tokens, and its blocks."""
    root: list[Block | list[str]] = []
    nodes, stack = root, []
    for action in ACTION.finditer(
        replace_spans(template, COMMENT, COMMENT_END, lambda _opening, _content, _source: "")
    ):
        tokens = TOKEN.findall(action["content"]) if action["end"] else []
        word = tokens[0] if tokens else ""
        if word in BLOCKS:
            block = Block([(word, tokens[1:], [])])
            nodes.append(block)
            stack.append((block, nodes))
            nodes = block.branches[0][2]
        elif word == "else" and stack:
            nodes = []
            kind, condition = (tokens[1], tokens[2:]) if len(tokens) > 1 else ("else", [])
            stack[-1][0].branches.append((kind, condition, nodes))
        elif word == "end" and stack:
            nodes = stack.pop()[1]
        elif tokens:
            nodes.append(tokens)
    return root


@dataclass
class _Reader:
    """Follows the actions of one template, for one use of its shortcode."""

    arguments: Mapping[Any, str]
    variables: dict[str, Value] = field(default_factory=dict)

    def walk(self, nodes: Sequence[Block | list[str]], shown: Shown, dot: Value) -> Shown:
        """Return what nodes show, beside what is shown before."""
        for node in nodes:
            if isinstance(node, Block):
                self._walk_block(node, shown, dot)
                continue
            position = next((place for place, token in enumerate(node) if token in (":=", "=")), 0)
            value = self._evaluate(node[position + 1 if position else 0 :], dot)
            if position:
                self.variables |= {name: value for name in node[:position] if name.startswith("$")}
                continue
            for key in value.keys:
                shown[key] = None if key == ANY else True
        return shown

    def _walk_block(self, block: Block, shown: Shown, dot: Value) -> None:
        possible: list[Shown] = []
        for word, condition, nodes in block.branches:
            if word == "define":
                return
            position = next((place for place, token in enumerate(condition) if token in (":=", "=")), -1)
            value = self._evaluate(condition[position + 1 :], dot)
            self.variables |= {name: value for name in condition[: max(position, 0)] if name.startswith("$")}
            is_met = True if word in ("else", "block") else self._is_met(word, condition, value)
            if is_met is False:
                continue
            inner_dot = value if word in ("with", "range") else dot
            possible.append(self.walk(nodes, {}, inner_dot))
            if is_met:
                break
        else:
            possible.append({})
        for key in {key for branch in possible for key in branch}:
            is_certain = all(branch.get(key) for branch in possible)
            shown[key] = shown.get(key) or (True if is_certain else None)

    def _is_met(self, word: str, condition: list[str], value: Value) -> bool | None:
        if not isinstance(value.value, Unknown):
            return bool(value.value)
        is_named = word != "if" or len(condition) == 1  # what an argument names is there
        return True if is_named and any(self.arguments.get(key) for key in value.keys) else None

    def _evaluate(self, tokens: list[str], dot: Value) -> Value:
        return _Expression(tokens, self, dot).pipeline()


@dataclass
class _Expression:
    """An expression in the notation of Go templates: a function before its operands, and pipes."""

    tokens: list[str]
    reader: _Reader
    dot: Value
    position: int = 0

    def pipeline(self) -> Value:
        value = self._command(None)
        while self._next() == "|":
            self.position += 1
            value = self._command(value)
        self.position += self._next() == ")"
        return value

    def _next(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def _command(self, piped: Value | None) -> Value:
        parts: list[tuple[str, Value]] = []
        while (word := self._next()) not in ("", "|", ")"):
            self.position += 1
            if word == "(":
                parts.append(("", self.pipeline()))
            elif word != ",":
                parts.append((word, self._operand(word)))
        if piped is not None:
            parts.append(("", piped))
        name = parts[0][0] if parts else ""
        operands = [value for _word, value in parts[1:]]
        keys = frozenset().union(*(value.keys for _word, value in parts))
        if name in (".Get", "$.Get") and operands:
            return self._argument(operands[0].value)
        if name in ("index", "isset") and len(operands) == 2 and parts[1][0].endswith(".Params"):
            return self._argument(operands[1].value)
        if len(parts) == 1:
            return parts[0][1]
        return Value(_apply(name, [operand.value for operand in operands]), keys)

    def _operand(self, word: str) -> Value:
        if word[0] in '"`':
            return Value(word[1:-1])
        if re.fullmatch(r"-?\d+", word):
            return Value(int(word))
        if word in self.reader.variables:
            return self.reader.variables[word]
        if word in (".", "$"):
            return self.dot if word == "." else Value(keys=frozenset({ANY}))
        if (variable := word.partition(".")[0]) in self.reader.variables:
            return Value(keys=self.reader.variables[variable].keys)
        word = word.removeprefix("$")
        if word in FACTS:
            return Value(FACTS[word])
        if word in (INNER, ".InnerDeindent"):
            return Value(self.reader.arguments[INNER], frozenset({INNER}))
        if word.startswith(".Params."):
            return self._argument(word.removeprefix(".Params."))
        if word == ".IsNamedParams":
            return Value(any(isinstance(key, str) and key != INNER for key in self.reader.arguments))
        if word == ".Params":
            return Value(keys=frozenset({ANY}))
        is_part = word.startswith(".") and ANY not in self.dot.keys
        return Value(keys=self.dot.keys if is_part else frozenset())

    def _argument(self, key: Any) -> Value:
        if isinstance(key, Unknown):
            return Value(keys=frozenset({ANY}))
        return Value(self.reader.arguments.get(key, ""), frozenset({key}))


def _apply(name: str, values: list[Any]) -> Any:
    """Return the value of a function, UNKNOWN if it is none of those that conditions are made of."""
    if name in ("and", "or"):
        known = [bool(value) for value in values if not isinstance(value, Unknown)]
        if (name == "and" and False in known) or (name == "or" and True in known):
            return name == "or"
        return UNKNOWN if len(known) < len(values) else name == "and"
    if any(isinstance(value, Unknown) for value in values) or not values:
        return UNKNOWN
    if name == "not":
        return not values[0]
    if name in ("eq", "ne"):
        return (values[0] in values[1:]) == (name == "eq")
    if name == "default":
        return values[-1] or values[0]
    if name in UNCHANGED:
        return values[0] if name in ("trim", "strings.Trim") else values[-1]
    return UNKNOWN
