"""Which regular expressions for paths match one of many paths.

Patterns of strangers may take endless time in `re`. Here all paths are followed at once, and no character twice:
swtch.com/~rsc/regexp/regexp1.html. What PCRE and `re` read otherwise is not read at all.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache, partial, reduce
from math import prod

ANY_SEGMENT, ANY_REST = "\0", "\1"
"""Stand in a path for one or more characters: of one segment, and of the rest of the path."""
MAX_CHARACTERS, MAX_DEPTH, MAX_COUNT = 500, 10, 100
"""How long a pattern is, how deep its groups are nested, and how often it says that something is repeated."""
SAMPLES = (*(chr(code) for code in range(32, 127) if code != ord("/")), "å", "ж", "中")
"""Characters of a segment, for sets such as `.` and `[^a-f]`; of any other set its own characters are looked at."""

CLASS = re.compile(r"\[\^?\]?(?:[^\\\[\]]|\\.)*+\]")
TOKEN = re.compile(rf"\\.|{CLASS.pattern}|\(\?:|(?:[*+?]|\{{\d+(?:,\d*)?\}})[?+]?|[^\\\[\{{]", re.DOTALL)
COUNT = re.compile(r"\{(\d+)(,?)")
SET_OPERATION = re.compile(r"--|&&|~~|\|\|")
"""What a later version of `re` reads in a class otherwise."""


class UnreadablePattern(ValueError):
    """A pattern is not valid, or has what is not read."""


class PathTree:
    """Paths as a tree, whose nodes are numbers and whose edges are characters."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.edges: list[dict[str, int]] = [{}]
        self.ends: set[int] = set()
        for path in paths:
            self.ends.add(reduce(self._add, path, 0))

    def _add(self, node: int, character: str) -> int:
        if character not in self.edges[node]:
            self.edges[node][character] = len(self.edges)
            repeats = character in (ANY_SEGMENT, ANY_REST)
            self.edges.append({character: len(self.edges)} if repeats else {})
        return self.edges[node][character]


Nodes = frozenset[int]
Follow = Callable[[PathTree, Nodes], Nodes]


@dataclass(frozen=True)
class PathPattern:
    """A regular expression, or a part of one.

    Attributes:
        follow: returns the nodes that are reached from others.
        choices: in how many ways its groups and optional parts can be read.
        repetitions: how many of its parts are repeated without a fixed number.
    """

    follow: Follow
    choices: int = 1
    repetitions: int = 0

    def matches_any(self, tree: PathTree) -> bool:
        """Return whether the expression is found in a path of the tree."""
        return bool(self.follow(tree, frozenset(range(len(tree.edges)))))


def read_pattern(pattern: str) -> PathPattern:
    """Return a regular expression, to be searched for in paths.

    Raises:
        UnreadablePattern: it is not valid, is too long, repeats a group, or has what is not read, such as assertions.
    """
    if len(pattern) > MAX_CHARACTERS:
        raise UnreadablePattern
    flags = re.IGNORECASE if pattern.startswith("(?i)") else re.NOFLAG
    pattern = pattern.removeprefix("(?i)")
    tokens = [match[0] for match in TOKEN.finditer(pattern)]
    if sum(map(len, tokens)) < len(pattern):
        raise UnreadablePattern
    return _PatternParser(tokens, flags).parse()


class _PatternParser:
    """Reads the tokens of a pattern from the first to the last."""

    def __init__(self, tokens: list[str], flags: re.RegexFlag) -> None:
        self.tokens = tokens[::-1]
        self.flags = flags

    def parse(self) -> PathPattern:
        part = self._alternatives(0)
        if self.tokens:
            raise UnreadablePattern
        return part

    def _next(self) -> str:
        return self.tokens[-1] if self.tokens else ""

    def _alternatives(self, depth: int) -> PathPattern:
        branches = [self._sequence(depth)]
        while self._next() == "|":
            self.tokens.pop()
            branches.append(self._sequence(depth))
        return PathPattern(
            partial(_follow_one, [branch.follow for branch in branches]),
            sum(branch.choices for branch in branches),
            sum(branch.repetitions for branch in branches),
        )

    def _sequence(self, depth: int) -> PathPattern:
        parts: list[PathPattern] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(depth))
        return PathPattern(
            partial(_follow_all, [part.follow for part in parts]),
            prod(part.choices for part in parts),
            sum(part.repetitions for part in parts),
        )

    def _repeated(self, depth: int) -> PathPattern:
        """Return the next part, with what says how often it is repeated."""
        token = self.tokens.pop()
        is_group = token in ("(", "(?:")
        part = self._group(depth + 1) if is_group else _read_character(token, self.flags)
        sign = self._next()
        if sign[:1] not in ("*", "+", "?", "{") or not sign:
            return part
        self.tokens.pop()
        if token in ("^", "$"):
            raise UnreadablePattern
        if sign[0] == "?":
            return PathPattern(partial(_follow_one, [_stay, part.follow]), part.choices + 1, part.repetitions)
        least, has_more = _read_count(sign)
        if is_group or least > MAX_COUNT:
            raise UnreadablePattern
        steps = [part.follow] * least + [partial(_follow_repeatedly, part.follow)] * has_more
        return PathPattern(partial(_follow_all, steps), repetitions=int(has_more))

    def _group(self, depth: int) -> PathPattern:
        part = self._alternatives(depth) if depth <= MAX_DEPTH else None
        if not part or not self.tokens or self.tokens.pop() != ")":
            raise UnreadablePattern
        return part


@lru_cache(maxsize=1000)
def _read_character(source: str, flags: re.RegexFlag) -> PathPattern:
    """Return the part for a token that is a character, a set of characters, or the beginning or end of a path."""
    if source in ("^", "$"):
        return PathPattern(_keep_start if source == "^" else _keep_ends)
    is_set = source == "." or source.startswith(("[", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S"))
    is_unread = source[0] in "*+?{" or (source[0] == "\\" and source[1:].isalnum() and not is_set)
    if is_unread or "[:" in source or (source[0] == "[" and SET_OPERATION.search(source)):
        raise UnreadablePattern
    try:
        characters = re.compile(source if is_set else re.escape(source[-1]), flags | re.DOTALL)
    except re.error as error:
        raise UnreadablePattern from error
    samples = frozenset((*SAMPLES, *source)) - {"/"}
    return PathPattern(partial(_follow_character, cache(partial(_contains, characters, samples))))


def _read_count(sign: str) -> tuple[int, bool]:
    """Return how often a part is repeated at least, and whether it may be more often."""
    if count := COUNT.match(sign):
        return int(count[1]), bool(count[2])
    return int(sign[0] == "+"), True


def _contains(characters: re.Pattern[str], samples: frozenset[str], edge: str) -> bool:
    """Return whether a set of characters has that of an edge, or one of those that it stands for."""
    if edge in (ANY_SEGMENT, ANY_REST):
        return any(map(characters.fullmatch, (*samples, *("/" * (edge == ANY_REST)))))
    return bool(characters.fullmatch(edge))


def _follow_character(contains: Callable[[str], bool], tree: PathTree, nodes: Nodes) -> Nodes:
    return frozenset(target for node in nodes for edge, target in tree.edges[node].items() if contains(edge))


def _follow_all(steps: Iterable[Follow], tree: PathTree, nodes: Nodes) -> Nodes:
    for step in steps:
        if not nodes:
            break
        nodes = step(tree, nodes)
    return nodes


def _follow_one(branches: Iterable[Follow], tree: PathTree, nodes: Nodes) -> Nodes:
    return frozenset().union(*(branch(tree, nodes) for branch in branches))


def _follow_repeatedly(step: Follow, tree: PathTree, nodes: Nodes) -> Nodes:
    reached = new = nodes
    while new := step(tree, new) - reached:
        reached |= new
    return reached


def _stay(_tree: PathTree, nodes: Nodes) -> Nodes:
    return nodes


def _keep_start(_tree: PathTree, nodes: Nodes) -> Nodes:
    return nodes & {0}


def _keep_ends(tree: PathTree, nodes: Nodes) -> Nodes:
    return nodes & tree.ends
