"""Authors and topics whose names may be spellings of one: a person merges them, or says that one is nobody else's."""

from collections import defaultdict

from publications.actions import MergeableRow
from publications.models import Author, ImportDecision, NameChoice, NameType, Tag
from publications.slugs import fold_name

from .import_cache import ImportCache
from .name_matching import Name, NameIndex, PersonName, TopicName

NAME_CLASSES = {NameType.PERSON: PersonName, NameType.TOPIC: TopicName}


def list_names_here(name_type: NameType, import_cache: ImportCache) -> list[tuple[Name, MergeableRow]]:
    """Return the names of all authors or topics, other spellings too, each with its row."""
    if name_type == NameType.TOPIC:
        return [(TopicName(name), tag) for name, tag in import_cache.tags.items()]
    authors = import_cache.authors_by_slug.values()
    return [
        (PersonName(name), author)
        for author in authors
        for name in (author.name, *author.aliases.splitlines())
    ]


def find_similar_rows(row: MergeableRow) -> list[MergeableRow]:
    """Return the authors, or topics, of which a name is one of this row or like it, by name; none with a pen name."""
    name_type = NameType.PERSON if isinstance(row, Author) else NameType.TOPIC
    names = list_names_here(name_type, ImportCache())
    own = [name for name, other in names if other == row]
    similar = {
        other
        for name, other in names
        if other != row and _may_be_merged(other) and any(name.is_like(mine) for mine in own)
    }
    return sorted(similar, key=lambda other: (other.name.casefold(), other.pk))


def list_similar_pairs(name_type: NameType) -> list[tuple[MergeableRow, MergeableRow]]:
    """Return the pairs of authors or topics with names that are similar, the fuller name second, in its order.

    Left out are names that were decided to be nobody else's, and authors who cannot be merged.
    """
    decisions = ImportDecision.objects.of_type(name_type)
    separate = {key for key, decision in decisions.items() if decision.choice == NameChoice.SEPARATE}
    rows_by_name: dict[Name, list[MergeableRow]] = defaultdict(list)
    for name, row in list_names_here(name_type, ImportCache()):
        if _may_be_merged(row) and fold_name(row.name) not in separate:
            rows_by_name[name].append(row)
    index = NameIndex((name, name) for name in rows_by_name)
    pairs: dict[frozenset[MergeableRow], tuple[MergeableRow, MergeableRow]] = {}
    for name, rows in rows_by_name.items():
        others = [other for like, _name in index.find_similar(name) for other in rows_by_name[like]]
        for row in rows:
            for other in (*rows, *others):
                if row != other:
                    pairs.setdefault(frozenset((row, other)), _order(name_type, row, other))
    return sorted(pairs.values(), key=lambda pair: (pair[1].name.casefold(), pair[0].pk))


def _may_be_merged(row: MergeableRow) -> bool:
    return isinstance(row, Tag) or row.is_mergeable


def _order(name_type: NameType, row: MergeableRow, other: MergeableRow) -> tuple[MergeableRow, MergeableRow]:
    name_class = NAME_CLASSES[name_type]
    first, second = sorted((row, other), key=lambda row: (name_class(row.name).fullness, -row.pk))
    return first, second
