"""Resolve includes and assignments of Liquid, which insert text and addresses.

`{% include %}` with parameters, `assign`, `capture`, conditions and loops are resolved if their values are known.
Unknown parts stay as written, for `shortcodes` to report. Files come from the folder of includes only; depth, steps
and size are limited.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from publications.markup import normalize_label
from publications.stored_messages import gettext as _

from ..imported_file import ImportLog
from .liquid_template import Node, parse_included, parse_template
from .liquid_values import UNKNOWN, Scope, Unknown, evaluate, evaluate_items, is_true, to_text
from .source_site import SourceSite

MAX_DEPTH = 8
MAX_STEPS = 100_000
MAX_OUTPUT = 1_000_000
INCLUDE_TAGS = ("include", "include_cached", "include_relative")
PARAMETER_VALUE = re.compile(r"""([\w-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)""")
INCLUDE_NAME = re.compile(r"""\s*["']?([^\s"'{}]+)["']?""")
ASSIGNMENT = re.compile(r"\s*([\w/-]+)\s*=\s*(.*)", re.DOTALL)
LOOP = re.compile(r"\s*([\w-]+)\s+in\s+(\([^)]*\)|[^\s]+)")
LOOP_OPTION = re.compile(r"\b(limit|offset)\s*:\s*([\w.-]+)")
OUTPUT_OF_SITE = re.compile(r"\{\{-?\s*site\.")
OUTPUT_OF_ELEVENTY = re.compile(r"\{\{(?![<%])")
IMAGE_PARAMETERS = frozenset({"src", "alt", "image_path", "image", "image_url"})
LINK_DEFINITION = re.compile(r"^[ \t]*\[(?!\^)([^\]\n]+)\]:[ \t]*<?([^\s<>]+)>?[^\n]*\n?", re.MULTILINE)
HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class IncludesTooLarge(ValueError):
    """A text whose includes exceed the limits."""


@dataclass
class ResolvedText:
    """A text with its includes inserted, and the link definitions from included files."""

    text: str
    definitions: dict[str, str] = field(default_factory=dict)


def resolve_includes(
    text: str, *, site: SourceSite, page: Mapping[str, Any], folder: Path, log: ImportLog
) -> ResolvedText:
    """Return the text with includes and assignments resolved, or unchanged if that exceeds the limits."""
    if "{%" not in text and not (OUTPUT_OF_ELEVENTY if site.global_data else OUTPUT_OF_SITE).search(text):
        return ResolvedText(text)
    resolver = IncludeResolver(site, folder, log)
    try:
        scope = Scope(page, site.values, assigned=dict(site.global_data))
        rendered = "".join(resolver.render(parse_template(text), scope))
    except (IncludesTooLarge, RecursionError):
        log.dropped("liquid", _("Includes were left out: together they are too large or too deep."))
        return ResolvedText(text)
    return ResolvedText(rendered, resolver.definitions)


class IncludeResolver:
    """Resolves one text and its included files, with limits for all of them."""

    def __init__(self, site: SourceSite, folder: Path, log: ImportLog) -> None:
        self.site, self.folder, self.log = site, folder, log
        self.definitions: dict[str, str] = {}
        self.steps = self.size = 0

    def render(self, nodes: Sequence[Node], scope: Scope, depth: int = 0) -> Iterator[str]:
        for node in nodes:
            for part in HANDLERS.get(node.name, IncludeResolver._keep_source)(self, node, scope, depth):
                self._count(part)
                yield part

    def _count(self, part: str) -> None:
        self.steps += 1
        self.size += len(part)
        if self.steps > MAX_STEPS or self.size > MAX_OUTPUT:
            raise IncludesTooLarge

    def _keep_source(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        """Return text or an unknown tag unchanged; within an include, an unknown tag is dropped."""
        if not node.name or scope.include is None:
            yield node.source
        for _name, _rest, branch in node.branches:
            yield from self.render(branch, scope, depth)
        if scope.include is None:
            yield node.end

    def _render_comment(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        yield node.source if scope.include is None else ""

    def _render_output(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        value = evaluate(node.rest, scope)
        is_page_field = node.rest.startswith(("page.", "post."))  # `shortcodes` inserts these
        yield (
            node.source
            if scope.include is None and (isinstance(value, Unknown) or is_page_field)
            else to_text(value)
        )

    def _render_assign(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        match = ASSIGNMENT.fullmatch(node.rest)
        value = evaluate(match[2], scope) if match else UNKNOWN
        if match:
            scope.assigned[match[1]] = value
            self._count(to_text(value))
        if isinstance(value, Unknown) and scope.include is None:
            yield node.source

    def _render_capture(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        text = "".join(self.render(node.branches[0][2], scope, depth))
        scope.assigned[node.rest.strip("\"' ")] = text
        yield ""

    def _render_condition(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        content: list[Node] = []
        is_known = True
        for name, rest, branch in node.branches:
            is_met = True if name == "else" else is_true(rest, scope)
            if isinstance(is_met, Unknown) and scope.include is None:
                yield from self._keep_all_branches(node, scope, depth)
                return
            is_known = is_known and not isinstance(is_met, Unknown)
            if bool(is_met) != (name == "unless"):
                content = branch
                break
        text = "".join(self.render(content, scope, depth))
        if text.strip() and not is_known:
            self.log.hidden_part(" ".join(node.source.split()))
        yield text

    def _keep_all_branches(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        """Return all branches of a condition with unknown values, which the reader looks for."""
        for position, (name, rest, branch) in enumerate(node.branches):
            yield node.source if position == 0 else f"{{% {name} {rest} %}}"
            yield from self.render(branch, scope, depth)
        yield node.end

    def _render_case(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        subject = node.rest
        branches = [
            ("else", "", branch) if name == "else" else ("if", _case_condition(subject, rest), branch)
            for name, rest, branch in node.branches
            if name != "case"
        ]
        yield from self._render_condition(replace(node, branches=branches), scope, depth)

    def _render_loop(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        match = LOOP.match(node.rest)
        items = evaluate_items(match[2], scope) if match else UNKNOWN
        if isinstance(items, Unknown):
            yield from self._keep_source(node, scope, depth)
            return
        for position, item in enumerate(_limit(items, node.rest[match.end() :], scope)):
            scope.assigned |= {match[1]: item, "forloop": {"index": position + 1, "first": position == 0}}
            yield from self.render(node.branches[0][2], scope, depth)

    def _render_include(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        name, parameters = _read_parameters(node.rest, scope)
        template = self._template(node.name, name) if IMAGE_PARAMETERS.isdisjoint(parameters) else None
        if template is None:
            yield node.source if scope.include is None else ""
            return
        if depth >= MAX_DEPTH:
            raise IncludesTooLarge
        include_scope = Scope(scope.page, scope.site, parameters, dict(scope.assigned))
        included = "".join(self.render(template, include_scope, depth + 1))
        scope.assigned |= {key: value for key, value in include_scope.assigned.items() if key != "forloop"}
        yield included if depth else self._without_definitions(name, included)

    def _template(self, tag: str, name: str) -> list[Node] | None:
        """Return the parsed file with this name."""
        folder = self.folder if tag == "include_relative" else None
        text = self.site.read_include(name, folder=folder)
        return None if text is None else parse_included(text)

    def _without_definitions(self, name: str, included: str) -> str:
        """Return the text of an include without its link definitions, which are kept until they are used."""
        for label, address in LINK_DEFINITION.findall(included):
            self.definitions.setdefault(normalize_label(label), address)
        text = HTML_COMMENT.sub("", LINK_DEFINITION.sub("", included))
        if not text.strip():
            return ""
        self.log.changed("include", _("What the file “%s” holds was put in.") % name)
        return text


HANDLERS = {
    "output": IncludeResolver._render_output,
    "assign": IncludeResolver._render_assign,
    "capture": IncludeResolver._render_capture,
    "comment": IncludeResolver._render_comment,
    "if": IncludeResolver._render_condition,
    "unless": IncludeResolver._render_condition,
    "case": IncludeResolver._render_case,
    "for": IncludeResolver._render_loop,
    **dict.fromkeys(INCLUDE_TAGS, IncludeResolver._render_include),
}


def _limit(items: list[Any], options: str, scope: Scope) -> list[Any]:
    """Return the items that the options of a loop leave (shopify.github.io/liquid/tags/iteration)."""
    values = {name: evaluate(value, scope) for name, value in LOOP_OPTION.findall(options)}
    start, count = (values.get(name) for name in ("offset", "limit"))
    items = items[start:] if isinstance(start, int) else items
    items = items[: max(count, 0)] if isinstance(count, int) else items
    return items[::-1] if "reversed" in options.split() else items


def _case_condition(subject: str, values: str) -> str:
    """Return `when "a" or "b"` as a condition."""
    return " or ".join(
        f"{subject} == {value.strip()}" for value in re.split(r"\s+or\s+|,", values) if value.strip()
    )


def _read_parameters(rest: str, scope: Scope) -> tuple[str, dict[str, Any]]:
    match = INCLUDE_NAME.match(rest)
    name = match[1] if match else ""
    arguments = PARAMETER_VALUE.findall(rest[match.end() :] if match else "")
    values = {key: evaluate(value, scope) for key, value in arguments}
    return name, {key: None if isinstance(value, Unknown) else value for key, value in values.items()}
