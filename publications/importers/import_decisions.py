"""What people have decided on names in sources, applied to every import.

Nothing is decided by the import itself: a name that has no decision stays as it is, and only an author or topic here
with the same name, without regard to case, is the same.
"""

from collections import defaultdict
from dataclasses import replace

from publications.models import ImportDecision, NameChoice, NameType
from publications.slugs import fold_name, slugify

from .import_cache import ImportCache
from .mapping import ImportMapping
from .source import ImportSource
from .source_authors import AuthorList
from .source_names import read_names


def add_decisions(mapping: ImportMapping) -> ImportMapping:
    """Return a mapping with what was decided before. A row of the mapping wins over a decision on its name."""
    people, topics = (
        ImportDecision.objects.of_type(name_type) for name_type in (NameType.PERSON, NameType.TOPIC)
    )
    return replace(
        mapping, decided_people=_list_targets(people), topics={**_list_targets(topics), **mapping.topics}
    )


def list_decided(mapping: ImportMapping, names: dict[str, list[list]]) -> dict[str, dict[str, str]]:
    """Return what becomes of names in a source by a mapping, by type and name, without those that stay as they are.

    Args:
        names: those of a report, as `SourceNames.as_dict` returns them.
    """
    rows = {NameType.PERSON: mapping.decided_people, NameType.TOPIC: mapping.topics}
    return {
        name_type.value: {
            name.name: targets[key]
            for name in read_names(names, name_type)
            if (key := fold_name(name.name)) in targets
        }
        for name_type, targets in rows.items()
    }


def list_decided_since(report: dict) -> list[str]:
    """Return the names in a stored report of which something else is decided now than when it was made."""
    if "decided" not in report:  # of an older release
        return []
    earlier, now = report["decided"], list_decided(add_decisions(ImportMapping()), report["names"])
    return [
        name
        for name_type in NameType  # PostgreSQL does not keep the order of keys
        for name in sorted({**earlier[name_type], **now[name_type]}, key=str.casefold)
        if earlier[name_type].get(name) != now[name_type].get(name)
    ]


def _list_targets(decisions: dict[str, ImportDecision]) -> dict[str, str]:
    """Return the name or address here of each name that has another here; that of a topic left out is empty."""
    targets = {}
    for key, decision in decisions.items():
        last = _follow(decision, decisions)
        if last and last.choice == NameChoice.LEFT_OUT:
            targets[key] = ""
        elif last and decision.choice == NameChoice.SAME:
            targets[key] = last.author.slug if last.author else last.target_name or last.name
    return targets


def _follow(decision: ImportDecision, decisions: dict[str, ImportDecision]) -> ImportDecision | None:
    """Return the last of the decisions that lead from name to name, or None if they lead in a circle."""
    seen, last = {fold_name(decision.name)}, decision
    while last.choice == NameChoice.SAME and (following := decisions.get(fold_name(last.target))):
        if fold_name(following.name) in seen:
            return None
        seen.add(fold_name(following.name))
        last = following
    return last


def link_decisions(import_cache: ImportCache) -> None:
    """Bind decisions on names that are here now to their authors and tags, so that they outlive another name."""
    tags = import_cache.tags
    for decision in ImportDecision.objects.filter(choice=NameChoice.SAME).exclude(target=""):
        if decision.type == NameType.PERSON:
            decision.author = import_cache.find_author("", decision.target)
        else:
            decision.tag = tags.get(decision.target.casefold())
        if decision.author or decision.tag:
            decision.target = ""
            decision.save(update_fields=["author", "tag", "target"])


def map_authors(authors: AuthorList, mapping: ImportMapping) -> AuthorList:
    """Return the authors of a source with their addresses here. Those who are one have the old paths of all."""
    mapped = {
        author_id: replace(author, slug=slugify(mapping.find_person(author_id, author.name)) or author.slug)
        for author_id, author in authors.by_id.items()
    }
    paths: dict[str, list[str]] = defaultdict(list)
    for author in mapped.values():
        paths[author.slug] += author.former_paths
    return AuthorList(
        {
            author_id: replace(author, former_paths=tuple(dict.fromkeys(paths[author.slug])))
            for author_id, author in mapped.items()
        }
    )


def map_topics(source: ImportSource, mapping: ImportMapping) -> dict[str, str]:
    """Return the names here of the topics of a source, by id; "" for one that is left out."""
    tags = {tag.casefold(): tag for entry in source.entries for tag in entry.tags}
    return {key: mapping.find_topic(name) for key, name in {**tags, **source.topic_names}.items()}
