"""The terms that name topics, authors and synonyms.

They are stored apart from the rows of editions, so that a new name is found at once without rewriting rows. Authors are
found by the letters of their slug too: Semedbeyli for Səmədbəyli. A pseudonym has no such terms: its texts are found by
the name in their byline.
"""

from collections.abc import Iterable

from django.db import models

from publications.models import Author, EditionWithRows, NamedTerm, Synonym, Tag

from .terms import ROW_KEY_PREFIXES, WORD, query_terms, row_key

NamedObject = Tag | Author | Synonym
BATCH_SIZE = 500


def index_names(instance: models.Model) -> None:
    """Store the terms that name a topic, author or synonym. Does nothing for other models."""
    if type(instance) in ROW_KEY_PREFIXES:
        delete_names(instance)
        _store_names([instance])


def delete_names(instance: models.Model) -> None:
    if type(instance) in ROW_KEY_PREFIXES and instance.pk:
        NamedTerm.objects.filter(row_key=row_key(instance)).delete()


def index_missing_names(editions: Iterable[EditionWithRows]) -> None:
    """Store the names of the topics and authors of editions that have none stored."""
    instances: dict[str, NamedObject] = {}
    for edition in editions:
        for instance in (*(byline.author for byline in edition.bylines), *edition.tags):
            instances[row_key(instance)] = instance
    stored = set(NamedTerm.objects.filter(row_key__in=list(instances)).values_list("row_key", flat=True))
    _store_names([instance for key, instance in instances.items() if key not in stored])


def rebuild_names() -> None:
    NamedTerm.objects.all().delete()
    for model in ROW_KEY_PREFIXES:
        _store_names(model.objects.all())


def _store_names(instances: Iterable[NamedObject]) -> None:
    NamedTerm.objects.bulk_create(
        (
            NamedTerm(term=term, row_key=row_key(instance))
            for instance in instances
            for term in name_terms_of(instance)
        ),
        batch_size=BATCH_SIZE,
    )


def name_terms_of(instance: NamedObject) -> set[str]:
    """Return the terms that name a topic, author or synonym."""
    name = _NAMES_OF[type(instance)](instance)
    return {term for word in WORD.findall(name) for term in query_terms(word)}


def _first_words(synonym: Synonym) -> str:
    """Return the first word of each spelling: a query finds the synonym by it and compares the rest."""
    return " ".join(match[0] for line in synonym.spelling_list if (match := WORD.search(line)))


_NAMES_OF = {
    Tag: lambda tag: f"{tag.name} {tag.name_sv}",
    Author: lambda author: "" if author.is_pseudonymous else f"{author.name} {author.slug}",
    Synonym: _first_words,
}
