"""Queries are constant: as many at ten pieces as at a thousand, and as many for a long piece as for a short."""

import pytest
from django.utils import timezone

from publications import actions
from tests.factories import (
    make_author,
    make_image,
    make_live,
    make_many,
    make_person,
    make_publication,
    make_tag,
)
from tests.queries import count_queries, count_queries_of_each

pytestmark = pytest.mark.django_db

LISTS = [
    "/en/",
    "/sv/",
    "/en/publications/",
    "/en/publications/?page=2",
    "/sv/publikationer/",
    "/en/publications/?kind=quick-comment",
    "/en/publications/?author=ann-berg",
    "/en/publications/?q=many",
    "/en/topics/",
    "/en/topics/belarus/",
    "/en/authors/",
    "/en/authors/ann-berg/",
    f"/en/publications/?topic=belarus&year={timezone.localtime().year}",
]
DESK = [
    "/desk/",
    "/desk/publications/publication/",
    "/desk/publications/publication/?q=many&state=live",
    "/desk/links/",
    "/desk/choose/publications/?q=many",
    "/desk/publications/publication/add/",
]


@pytest.fixture
def newsroom(db):
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_many(30, author=author, tag=tag)
    return author, tag


def grown(author, tag) -> None:
    make_many(1000, author=author, tag=tag)


@pytest.fixture
def at_the_desk(client):
    client.force_login(make_person("Editors"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_lists_ask_the_same_at_a_thousand_pieces(client, newsroom):
    few = count_queries_of_each(client, LISTS)

    grown(*newsroom)

    assert count_queries_of_each(client, LISTS) == few


def test_the_desk_asks_the_same_at_a_thousand_pieces(at_the_desk, newsroom):
    count_queries_of_each(at_the_desk, DESK)
    few = count_queries_of_each(at_the_desk, DESK)

    grown(*newsroom)

    assert count_queries_of_each(at_the_desk, DESK) == few


def test_a_piece_asks_the_same_however_much_belongs_to_it(client, newsroom):
    author, tag = newsroom
    short = make_live(by_whom=author, tags=(tag,), body=f"One.\n\n![](image:{make_image().key})")
    actions.set_related_links(short.publication, [make_live().publication], by=None)
    images = "\n\n".join(f"![](image:{make_image(colour=colour).key})" for colour in ("red", "green", "blue"))
    publication = make_publication(
        by=[make_author() for _n in range(12)], tags=[make_tag() for _n in range(9)], body=images
    )
    long = actions.publish(publication, by=None)
    actions.set_related_links(publication, [make_live().publication for _n in range(8)], by=None)

    assert count_queries(client, long.get_absolute_url()) == count_queries(client, short.get_absolute_url())


def test_a_piece_asks_the_same_at_a_thousand_pieces(client, newsroom):
    edition = make_live(by_whom=newsroom[0])
    few = count_queries(client, edition.get_absolute_url())

    grown(*newsroom)

    assert count_queries(client, edition.get_absolute_url()) == few


def test_the_form_asks_the_same_at_a_thousand_pieces(at_the_desk, newsroom):
    path = f"/desk/publications/publication/{make_live(by_whom=newsroom[0]).publication_id}/change/"
    count_queries(at_the_desk, path)
    few = count_queries(at_the_desk, path)

    grown(*newsroom)

    assert count_queries(at_the_desk, path) == few
