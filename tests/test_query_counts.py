"""The number of queries of a page does not depend on the number of publications or of rows."""

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
    "/desk/planning/",
    "/desk/choose/publications/?q=many",
    "/desk/publications/publication/add/",
]


@pytest.fixture
def newsroom(db):
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_many(30, author=author, tag=tag)
    return author, tag


def publish_a_thousand(author, tag) -> None:
    make_many(1000, author=author, tag=tag)


@pytest.fixture
def desk_client(client):
    client.force_login(make_person("Editors"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_queries_of_lists_do_not_depend_on_the_number_of_publications(client, newsroom):
    few = count_queries_of_each(client, LISTS)

    publish_a_thousand(*newsroom)

    assert count_queries_of_each(client, LISTS) == few


def test_the_queries_of_the_desk_do_not_depend_on_the_number_of_publications(desk_client, newsroom):
    count_queries_of_each(desk_client, DESK)
    few = count_queries_of_each(desk_client, DESK)

    publish_a_thousand(*newsroom)
    count_queries_of_each(desk_client, DESK)  # what is read once after a change

    assert count_queries_of_each(desk_client, DESK) == few


def test_the_queries_of_a_page_do_not_depend_on_its_rows(client, newsroom):
    author, tag = newsroom
    short = make_live(author=author, tags=(tag,), body=f"One.\n\n![](image:{make_image().key})")
    actions.set_related_links(short.publication, [make_live().publication], by=None)
    images = "\n\n".join(f"![](image:{make_image(colour=colour).key})" for colour in ("red", "green", "blue"))
    publication = make_publication(
        authors=[make_author() for _n in range(12)], tags=[make_tag() for _n in range(9)], body=images
    )
    long = actions.publish(publication, by=None)
    actions.set_related_links(publication, [make_live().publication for _n in range(8)], by=None)

    assert count_queries(client, long.get_absolute_url()) == count_queries(client, short.get_absolute_url())


def test_the_queries_of_a_page_do_not_depend_on_the_number_of_publications(client, newsroom):
    edition = make_live(author=newsroom[0])
    few = count_queries(client, edition.get_absolute_url())

    publish_a_thousand(*newsroom)

    assert count_queries(client, edition.get_absolute_url()) == few


def test_the_queries_of_the_form_do_not_depend_on_the_number_of_publications(desk_client, newsroom):
    path = f"/desk/publications/publication/{make_live(author=newsroom[0]).publication_id}/change/"
    count_queries(desk_client, path)
    few = count_queries(desk_client, path)

    publish_a_thousand(*newsroom)

    assert count_queries(desk_client, path) == few
