"""Redirects of an old site in a file beside its export: those whose target is imported are old addresses of it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from publications.path_patterns import PathTree
from publications.server_redirects import PLACEHOLDER, write_server_line
from publications.stored_messages import gettext as _

from .imported_file import ARROW, LOST_ADDRESS, SERVER_REDIRECT, SourceRemark
from .links import address_on_site, host_of, link_key

MAX_STEPS = 5
"""How many redirects are followed one after another."""
MAX_PATTERNS, MAX_EXPANDED = 100, 50_000
"""How many patterns are expanded, and to how many addresses: others are left to the web server."""
PATTERN_START = re.compile(r"^\(\?i\)|^\^")
OPTIONAL_END = re.compile(r"(?:/\?|\\/\?|\(/\)\?|\(\?:/\)\?)?\$?$")
GROUP = re.compile(r"\(((?:\.|\\[wd]|\[(?:\^\\?/|(?:\\[wd\-_.]|[\w.-])+)\])[*+]\??)\)")
"""A group of one set of characters, which no address makes slow to match."""
ESCAPED = re.compile(r"\\([/.\-_?=&])")
PATTERN_CHARACTERS = re.compile(r"[\^$*+?()\[\]{}|\\]")


@dataclass(frozen=True)
class SourceRedirect:
    """A redirect.

    Args:
        source: its old address as the file has it, which may be a pattern.
        target: where it leads; "" for an error page.
        address: the one old address that it means; "" if it is a pattern for several.
    """

    source: str
    target: str
    address: str

    def __str__(self) -> str:
        return f"{self.address or self.source}{ARROW}{self.target or '–'}"


def resolve_redirects(
    redirects: Sequence[SourceRedirect], keys: Mapping[str, str], site: str
) -> tuple[dict[str, list[str]], list[SourceRedirect]]:
    """Return further old addresses by what they lead to, and the redirects that lead nowhere here.

    Args:
        keys: what texts and topics are known by, by the keys of their old addresses.
        site: the address of the old site.
    """
    targets = {link_key(row.address): row.target for row in redirects if row.address}
    found, expanded = _expand_patterns(redirects, keys, targets.keys(), site)
    keys = {**keys, **{link_key(address): owner for owner in found for address in found[owner]}}
    others: list[SourceRedirect] = []
    for row in redirects:
        if row in expanded:
            continue
        address = address_on_site(row.address, site)
        owner = _find_owner(row.target, keys, targets, site) if address else ""
        if not owner:
            others.append(row)
        elif keys.get(link_key(address)) != owner:
            found.setdefault(owner, []).append(address)
    return found, others


def _find_owner(target: str, keys: Mapping[str, str], targets: Mapping[str, str], site: str) -> str:
    """Return what a redirect leads to, perhaps by way of other redirects, or ""."""
    for _step in range(MAX_STEPS):
        address = address_on_site(target, site)
        key = link_key(address) if address else ""
        if not key or key in keys:
            return keys.get(key, "")
        target = targets.get(key, "")
    return ""


def _expand_patterns(
    redirects: Iterable[SourceRedirect], keys: Mapping[str, str], used: Iterable[str], site: str
) -> tuple[dict[str, list[str]], set[SourceRedirect]]:
    """Return the addresses that simple patterns lead to what is imported, by what that is, and those patterns.

    Args:
        used: the keys of addresses that have redirects of their own.
    """
    taken, found, expanded = {*keys, *used}, {}, set()
    patterns = [(row, build) for row in redirects if not row.address and (build := _read_pattern(row, site))]
    for row, build in patterns[:MAX_PATTERNS]:
        for key, owner in keys.items():
            address = build(key)
            if not address or len(taken) >= len(keys) + MAX_EXPANDED:
                continue
            expanded.add(row)
            if link_key(address) not in taken:
                taken.add(link_key(address))
                found.setdefault(owner, []).append(address)
    return found, expanded


def _read_pattern(row: SourceRedirect, site: str) -> Callable[[str], str] | None:
    """Return what gives the old address for the key of a new one, or "", for a pattern of one group; else None."""
    parts = GROUP.split(
        OPTIONAL_END.sub("", PATTERN_START.sub("", PATTERN_START.sub("", row.source.strip())))
    )
    target = address_on_site(row.target, site)
    if len(parts) != 3 or len(PLACEHOLDER.findall(target)) != 1 or not re.search(r"[$\\]1(?!\d)", target):
        return None
    start, end = ESCAPED.sub(r"\1", parts[0]), ESCAPED.sub(r"\1", parts[2])
    if PATTERN_CHARACTERS.search(start + end) or "?" in target:
        return None
    before, _placeholder, after = link_key(re.sub(r"[$\\]1", "\ue000", target)).partition("\ue000")
    try:
        group = re.compile(parts[1], re.IGNORECASE)
    except re.error:
        return None

    def build(key: str) -> str:
        has_ends = key.startswith(before) and key.endswith(after) and len(key) > len(before) + len(after)
        middle = key[len(before) : len(key) - len(after)] if has_ends and "?" not in key else ""
        return f"/{start.removeprefix('/')}{middle}{end}" if middle and group.fullmatch(middle) else ""

    return build


def describe_redirects(
    redirects: Iterable[SourceRedirect], site: str, site_paths: PathTree
) -> Iterator[SourceRemark]:
    """Yield the redirects that are not kept: each with where it is to be set.

    Args:
        site: the address of the old site.
        site_paths: the paths of this site, which no line for the web server may take away.
    """
    errors, server, lost = [], [], []
    for row in redirects:
        is_of_server = not row.address or _is_elsewhere(row.target, site)
        rows = errors if not row.target else server if is_of_server else lost
        rows.append(row)
    if lost:
        message = _(
            "Redirects of the old site that lead to nothing imported, to be set at the desk (Old addresses): %d."
        )
        yield SourceRemark(message % len(lost), tuple(map(str, lost)), topic=LOST_ADDRESS)
    if server:
        message = _(
            "Redirects of the old site that are patterns or lead to another site. Only the web server can have them; "
            "each with the line to add to its configuration (nginx): %d."
        )
        items = (
            f"{row}: {write_server_line(row.address or row.source, row.target, site_paths) or '–'}"
            for row in server
        )
        yield SourceRemark(message % len(server), tuple(items), topic=SERVER_REDIRECT)
    if errors:
        message = _("Redirects of the old site to an error, whose addresses answer 404 here: %d.")
        yield SourceRemark(message % len(errors), tuple(map(str, errors)))


def _is_elsewhere(target: str, site: str) -> bool:
    return bool(host_of(target)) and host_of(target) != host_of(site)
