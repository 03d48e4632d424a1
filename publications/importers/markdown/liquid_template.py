"""Read Liquid templates: text, outputs and tags, with the branches of blocks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

MAX_NESTING = 20
BLOCK_TAGS = ("if", "unless", "case", "for", "capture")
BRANCH_TAGS = ("else", "elsif", "elif", "elseif", "when")
"""Tags that begin another branch, also those of Nunjucks."""
CONDITIONAL_BLOCKS = ("if", "unless", "case", "for")
UNSEEN_TAGS = ("assign", "comment", *BLOCK_TAGS)
"""Tags that show nothing themselves."""
UNCLOSED_BLOCK = "unclosed"
TAG_OPENING = re.compile(r"\{%|\{\{(?![<%])")
END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
END_COMMENT = re.compile(r"\{%-?\s*endcomment\s*-?%\}")
WHITE_SPACE = re.compile(r"\s*")


@dataclass
class Node:
    """A node of a template: text, an output, or a tag with its branches, each as name, arguments and content."""

    source: str
    name: str = ""
    rest: str = ""
    branches: list[tuple[str, str, list["Node"]]] = field(default_factory=list)
    end: str = ""


@lru_cache(maxsize=200)
def parse_included(text: str) -> list[Node]:
    """Return the nodes of an included file, cached; they must not be changed."""
    return parse_template(text)


def parse_template(text: str) -> list[Node]:
    """Return the nodes of a template; tags of unclosed blocks are single tags."""
    root: list[Node] = []
    open_blocks: list[tuple[Node, list[Node]]] = []
    nodes = root
    for node in _tokens(text):
        if node.name in BLOCK_TAGS and len(open_blocks) >= MAX_NESTING:
            nodes.append(replace(node, name=UNCLOSED_BLOCK))
        elif node.name in BLOCK_TAGS:
            node.branches = [(node.name, node.rest, [])]
            nodes.append(node)
            open_blocks.append((node, nodes))
            nodes = node.branches[0][2]
        elif open_blocks and node.name in BRANCH_TAGS:
            nodes = []
            open_blocks[-1][0].branches.append((node.name, node.rest, nodes))
        elif open_blocks and node.name == f"end{open_blocks[-1][0].name}":
            block, nodes = open_blocks.pop()
            block.end = node.source
        else:
            nodes.append(node)
    for block, _outer in open_blocks:  # without an end tag
        block.name = UNCLOSED_BLOCK
    return root


def find_conditional_parts(nodes: Sequence[Node]) -> Iterator[str]:
    """Yield the conditions and loops in a template that something to be seen depends on."""
    for node in nodes:
        contents = [part for _name, _rest, branch in node.branches for part in branch]
        is_conditional = node.name in (*CONDITIONAL_BLOCKS, UNCLOSED_BLOCK)
        if is_conditional and any(part.source.strip() and part.name not in UNSEEN_TAGS for part in contents):
            yield " ".join(node.source.split())
        yield from find_conditional_parts(contents)


def _tokens(text: str) -> Iterator[Node]:
    """Yield texts, outputs and tags in order; an opening without an end, and all after it, is text."""
    position = start = 0
    unclosed: set[str] = set()
    while opening := TAG_OPENING.search(text, position):
        closing = "%}" if opening[0] == "{%" else "}}"
        end = -1 if closing in unclosed else text.find(closing, opening.end())
        if end < 0:
            unclosed.add(closing)
            position = opening.end()
            if unclosed >= {"%}", "}}"}:
                break
            continue
        source = text[opening.start() : end + 2]
        node, stop = _read_tag(source, text, end + 2, unclosed)
        before = text[start : opening.start()]
        yield Node(before.rstrip() if source[2] == "-" and node.name != "literal" else before)
        yield replace(node, name="") if node.name == "literal" else node
        position = start = stop
        if source[-3] == "-" and node.name != "literal":
            position = start = WHITE_SPACE.match(text, stop).end()
    yield Node(text[start:])


def _read_tag(source: str, text: str, stop: int, unclosed: set[str]) -> tuple[Node, int]:
    """Return the node of a tag, and the position after it, or after the end of literal content."""
    content = source[2:-2].removeprefix("-").removesuffix("-").strip()
    if source.startswith("{{"):
        return Node(source, "output", content), stop
    name, rest = [*content.split(None, 1), "", ""][:2]
    ends = {"raw": END_RAW, "comment": END_COMMENT}.get("" if name in unclosed else name)
    if ends and not (end := ends.search(text, stop)):
        unclosed.add(name)
    elif ends:
        return Node(text[stop - len(source) : end.end()], "literal" if name == "raw" else name), end.end()
    return Node(source, name, rest), stop
