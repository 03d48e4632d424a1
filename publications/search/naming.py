"""Naming: which topics, people and spellings a word calls. So a topic that is renamed is found by its new name at once,
and no row of the index is written anew for it.

People are called by the letters of their address too, as they may be typed: Semedbeyli for Səmədbəyli. A pen name
calls nobody here: its pieces are found by the name that stands on them, and lead to no other name.
"""

from collections.abc import Iterable

from django.db import models

from publications.models import Author, EditionWithRows, Naming, Synonym, Tag

from . import words
from .signs import LETTERS, sign_of

Named = Tag | Author | Synonym


def learn(thing: models.Model) -> None:
    """Store by which words a topic, person or row of spellings is called now. Other things have no such words."""
    if type(thing) in LETTERS:
        forget(thing)
        _store([thing])


def forget(thing: models.Model) -> None:
    if type(thing) in LETTERS and thing.pk:
        Naming.objects.filter(sign=sign_of(thing)).delete()


def learn_those_of(texts: Iterable[EditionWithRows]) -> None:
    """The same for the topics and people of editions, where they are not known yet."""
    things: dict[str, Named] = {}
    for text in texts:
        for thing in (*(line.author for line in text.bylines), *text.tags):
            things[sign_of(thing)] = thing
    known = set(Naming.objects.filter(sign__in=list(things)).values_list("sign", flat=True))
    _store([thing for sign, thing in things.items() if sign not in known])


def learn_all() -> None:
    """Begin anew, for all there are."""
    Naming.objects.all().delete()
    for model in LETTERS:
        _store(model.objects.all())


def _store(things: Iterable[Named]) -> None:
    Naming.objects.bulk_create(
        (Naming(term=term, sign=sign_of(thing)) for thing in things for term in terms_of(thing)),
        batch_size=500,
    )


def terms_of(thing: Named) -> set[str]:
    """The terms by which a thing is called."""
    called = _CALLED[type(thing)](thing)
    return {term for word in words.WORD.findall(called) for term in words.readings(word)}


def _openings(synonym: Synonym) -> str:
    """The first word of each spelling: whoever looks a word up compares the rest."""
    return " ".join(found[0] for line in synonym.listed if (found := words.WORD.search(line)))


_CALLED = {
    Tag: lambda tag: f"{tag.name} {tag.name_sv}",
    Author: lambda author: "" if author.pseudonymous else f"{author.name} {author.slug}",
    Synonym: _openings,
}
