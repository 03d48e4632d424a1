"""Recognise the texts of an earlier import by the ends of their paths, where an archive is laid out otherwise.

Texts without a uid of their own get one from their path: in an archive with another name or other folders, all would
be new.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from ..imported_file import EarlierText
from .permalinks import INDEX_NAMES


def match_earlier_texts(titles: Mapping[str, str], earlier: Mapping[str, EarlierText]) -> dict[str, str]:
    """Return the uids of the texts of an earlier import, by the paths of the same texts now.

    Two paths are of the same text if they have more of their ends in common than either has with any other path:
    `posts/2024/gas.md` is `blog/2024/gas.md`. Where several have as much in common, none is taken. With the name of
    the file alone in common, the title has to be the same.

    Args:
        titles: the titles in the front matter by the paths now, with slashes; "" where it has none.
        earlier: the texts by the paths then.
    """
    uids: dict[str, str] = {}
    new, old = set(titles), set(earlier)
    for length in range(max(map(_count_parts, new | old), default=0), 0, -1):
        old_by_end, new_by_end = (_group_by_end(paths, length) for paths in (old, new))
        for end in old_by_end.keys() & new_by_end.keys():
            if len(old_by_end[end]) == len(new_by_end[end]) == 1:
                path, text = new_by_end[end][0], earlier[old_by_end[end][0]]
                if length > 1 or titles[path].casefold() in ("", text.title.casefold()):
                    uids[path] = text.uid
            old.difference_update(old_by_end[end])
            new.difference_update(new_by_end[end])
    return uids


def _count_parts(path: str) -> int:
    return path.count("/") + 1


def _group_by_end(paths: Iterable[str], length: int) -> dict[str, list[str]]:
    """Return those of the paths with as many parts, by so many of their last parts; `index.md` alone is no name."""
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        parts = path.split("/")
        if len(parts) >= length and not (length == 1 and PurePosixPath(path).stem in INDEX_NAMES):
            groups["/".join(parts[-length:])].append(path)
    return groups
