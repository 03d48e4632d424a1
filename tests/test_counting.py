"""What lists, topics and authors count is what their pages show, in either tree."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from publications import deeds
from publications.languages import TREES
from publications.models import Edition, Tag, counted, counted_by_authors, counted_on_tags, foremost
from publications.models.counting import Pieces
from tests.factories import make_author, make_live, make_publication, make_tag, tomorrow

pytestmark = pytest.mark.django_db

TEXTS = [
    ("en", "sv"),
    ("en",),
    ("sv",),
    ("uk", "sv"),
    ("uk", "en"),
    ("uk", "ru"),
    ("uk",),
    ("en", "sv", "uk"),
]
"""Families by the languages of their live texts, the original first."""


@pytest.fixture
def families():
    """Each family on a topic, by an author, with what is not public beside it."""
    author, tag = make_author(), make_tag("Belarus")
    for languages in TEXTS:
        original = make_live(by_whom=author, tags=(tag,), language=languages[0]).publication
        for language in languages[1:]:
            make_live(by_whom=author, tags=(tag,), language=language, translation_of=original)
    deeds.withdraw(make_live(by_whom=author, tags=(tag,)).publication, by=None)
    deeds.publish(make_publication(by=[author], tags=(tag,)), at=tomorrow(), by=None)
    return author, tag


@pytest.mark.parametrize("tree", TREES)
def test_as_many_are_counted_as_stand_in_the_tree(families, tree):
    author, tag = families
    texts = Edition.objects.live().in_tree(tree).count()

    assert texts < sum(map(len, TEXTS))
    assert sum(each.pieces for each in counted(tree, {})) == texts
    assert counted_on_tags(tree, {})[tag.pk].pieces == texts
    assert counted_by_authors(tree, {})[author.pk].pieces == texts


@pytest.mark.parametrize("tree", TREES)
def test_those_are_counted_that_stand_in_the_tree(families, tree):
    shown = Edition.objects.live().in_tree(tree)

    found = Counter({each.language: each.pieces for each in counted(tree, {})})

    assert found == Counter(edition.language for edition in shown)
    assert counted_on_tags(tree, {})[families[1].pk].newest == max(edition.published_at for edition in shown)


def test_in_no_tree_every_live_text_is_counted(families):
    assert sum(each.pieces for each in counted(None, {})) == sum(map(len, TEXTS))


def test_what_is_asked_for_narrows_what_is_counted(families):
    other = make_tag("Ukraine")
    make_live(tags=(other, families[1]), kind="report")

    assert [each.pieces for each in counted("en", {"topic": "ukraine"})] == [1]
    assert {pk: each.pieces for pk, each in counted_on_tags("en", {"kind": "report"}).items()} == {
        other.pk: 1,
        families[1].pk: 1,
    }


def test_a_pen_name_is_not_counted():
    make_live(by_whom=make_author(pseudonymous=True))

    assert counted_by_authors("en", {}) == {}


def test_tags_are_told_with_what_was_counted(families):
    make_tag("On nothing")

    told = Tag.objects.told(counted_on_tags("en", {}))

    assert [(tag.name, tag.pieces) for tag in told] == [
        ("Belarus", Edition.objects.in_tree("en").live().count())
    ]


def test_the_foremost_come_with_the_equals_of_the_last():
    now = timezone.now()
    found = {key: Pieces(pieces, now - timedelta(days=key)) for key, pieces in enumerate((3, 2, 2, 1))}

    assert list(foremost(found, 2, lambda each: each.pieces)) == [0, 1, 2]
    assert list(foremost(found, 2, lambda each: each.newest)) == [0, 1]
    assert foremost({}, 2, lambda each: each.pieces) == {}
