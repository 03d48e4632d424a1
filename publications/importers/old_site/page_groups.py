"""Group the pages of a site by their template: by the elements around their text block."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from ..kind_words import find_kind
from .page_profiles import PageProfile

MIN_GROUP_PAGES = 3
MIN_LIST_LINKS = 4
MAX_WORDS_PER_LINK = 45


@dataclass
class PageGroup:
    """Pages of one template.

    Args:
        chain: the elements from `body` to the text block of most of them.
        shared_block: the selector of the text block of the whole template, if these are a part with other classes.
    """

    chain: tuple[str, ...]
    pages: list[PageProfile] = field(default_factory=list)
    shared_block: str = ""

    @property
    def is_list(self) -> bool:
        """Whether the pages mostly link to other pages."""
        links = median(page.links for page in self.pages)
        words = median(page.words for page in self.pages)
        return links >= MIN_LIST_LINKS and words / max(1, links) < MAX_WORDS_PER_LINK


def group_pages(profiles: Iterable[PageProfile]) -> list[PageGroup]:
    """Return the groups of pages with a text block, the largest first.

    Groups become one if the block of one is within that of the other (as where a text is short, or has a wrapper of
    its own, or much stands beside it), or if their blocks have one class and only the layout around them differs.
    """
    by_chain: dict[tuple[str, ...], PageGroup] = {}
    for profile in profiles:
        if profile.chain:
            by_chain.setdefault(profile.chain, PageGroup(profile.chain)).pages.append(profile)
    merged: list[PageGroup] = []
    for group in sorted(by_chain.values(), key=lambda group: -len(group.pages)):
        main = next((other for other in merged if _belong_together(other, group)), None)
        if main:
            main.pages += group.pages
        else:
            merged.append(group)
    parts = [part for group in merged for part in _divide_by_kind(group)]
    return sorted(parts, key=lambda group: -len(group.pages))


def _divide_by_kind(group: PageGroup) -> list[PageGroup]:
    """Return a group for each kind that the classes around the text name (`td.rapport`), if enough pages have them."""
    by_kind: dict[str, list[PageProfile]] = defaultdict(list)
    for page in group.pages:
        by_kind[find_kind(" ".join(page.chain))].append(page)
    if len(by_kind) < 2 or min(map(len, by_kind.values())) < MIN_GROUP_PAGES:
        return [group]
    parts = []
    for pages in by_kind.values():
        chain = Counter(page.chain for page in pages).most_common(1)[0][0]
        parts.append(PageGroup(chain, pages, group.chain[-1] if chain[-1] != group.chain[-1] else ""))
    return parts


def _belong_together(one: PageGroup, other: PageGroup) -> bool:
    short, long = sorted((one.chain, other.chain), key=len)
    is_within = long[: len(short)] == short
    is_around = (
        "." in one.chain[-1] and short == other.chain and _tags_of(long)[: len(short)] == _tags_of(short)
    )
    if len(short) > 1 and (is_within or is_around) and _shares_block(one, other):
        return True
    block, other_block = one.chain[-1], other.chain[-1]
    return block == other_block and "." in block and one.chain[0] == other.chain[0]


def _tags_of(chain: tuple[str, ...]) -> list[str]:
    return [token.partition("#")[0].partition(".")[0] for token in chain]


def _shares_block(main: PageGroup, other: PageGroup) -> bool:
    """Whether the pages of a group have the text block of the main group, somewhere."""
    block = next((token for token in reversed(main.chain) if "." in token or "#" in token), "")
    selectors = _single_selectors(block)
    return bool(selectors) and all(selectors & page.tokens for page in other.pages)


def _single_selectors(token: str) -> set[str]:
    tag, *classes = token.split(".")
    tag, _hash, identifier = tag.partition("#")
    return {f"{tag}.{name}" for name in classes} | ({f"#{identifier}"} if identifier else set())


def find_common_prefixes(addresses: Iterable[str], share: float = 0.1) -> list[str]:
    """Return the folders that most of these paths are in, the most frequent first."""
    folders: Counter[str] = Counter()
    paths = [path.partition("?")[0] for path in addresses]
    for path in paths:
        parts = path.strip("/").split("/")
        folders[f"/{parts[0]}/" if len(parts) > 1 else path] += 1
    return [folder for folder, count in folders.most_common(4) if count >= max(1, share * len(paths))]


def distinguish_groups(groups: list[PageGroup]) -> dict[int, str]:
    """Return for each group, by its number, a selector that all of its pages have and no page of the others."""
    tokens_of_all: dict[str, set[int]] = defaultdict(set)
    for number, group in enumerate(groups):
        for page in group.pages:
            for token in page.tokens:
                tokens_of_all[token].add(number)
    selectors = {}
    for number, group in enumerate(groups):
        common = frozenset.intersection(*(page.tokens for page in group.pages))
        own = [token for token in common if tokens_of_all[token] == {number}]
        in_chain = [
            token for part in group.chain for token in sorted(_single_selectors(part)) if token in own
        ]
        selectors[number] = next(iter([*in_chain, *sorted(own, key=lambda token: (len(token), token))]), "")
    return selectors
