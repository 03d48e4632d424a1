"""Which responses are compressed."""

import pytest

from publications import actions
from sceeus.static_files import COMPRESSED_PATHS
from tests.admin.test_scripts import FROM_DJANGO
from tests.factories import make_image, make_live, make_publication

pytestmark = pytest.mark.django_db

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_is_compressed_if_the_client_accepts_it(client):
    make_live()

    response = client.get("/en/", headers=GZIP)

    assert response["Content-Encoding"] == "gzip"
    assert response["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in client.get("/en/")


def test_a_page_is_the_same_every_time_it_is_compressed(client):
    make_live()

    assert client.get("/en/", headers=GZIP).content == client.get("/en/", headers=GZIP).content


def test_an_image_is_not_compressed(client, editor):
    image = make_image(size=(800, 600))
    actions.publish(make_publication(cover=image), by=editor)

    response = client.get(f"/media/{image.key}/480.jpg", headers=GZIP)

    assert response.status_code == 200
    assert "Content-Encoding" not in response


def test_pages_of_the_desk_are_compressed_with_a_length_that_varies(desk):
    pages = [desk.get("/desk/", headers=GZIP) for _ in range(20)]

    assert {page["Content-Encoding"] for page in pages} == {"gzip"}
    assert len({len(page.content) for page in pages}) > 5


def test_scripts_of_django_that_pages_load_are_stored_compressed():
    for name in FROM_DJANGO:
        assert name.startswith(COMPRESSED_PATHS)


def test_an_unchanged_feed_has_the_vary_header_of_the_feed(client):
    make_live()
    first = client.get("/en/feeds/publications.atom", headers=GZIP)

    again = client.get("/en/feeds/publications.atom", headers={**GZIP, "If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert again["Vary"] == first["Vary"]
