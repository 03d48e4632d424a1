"""Sharing on Mastodon."""

import pytest

from tests.factories import make_live


@pytest.mark.django_db
def test_the_link_leads_to_the_server_of_the_handle(client):
    edition = make_live(title="On Minsk")

    page = client.get(f"{edition.get_absolute_url()}share/mastodon/?server=@me@fosstodon.org").text

    assert 'href="https://fosstodon.org/share?text=On+Minsk' in page
    assert 'name="server" value="fosstodon.org"' in page
