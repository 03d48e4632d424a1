"""Sharing on Mastodon: the server in a URL or handle."""

import pytest

from publications.views.sharing import parse_server
from tests.factories import make_live


@pytest.mark.parametrize("typed", [
    "fosstodon.org", "Fosstodon.org", " fosstodon.org/ ", "https://fosstodon.org", "HTTPS://fosstodon.org/@me",
    "@me@fosstodon.org", "me@fosstodon.org", "acct:me@fosstodon.org", "fosstodon.org/@me/112233",
    "https://elsewhere.social@fosstodon.org/",
    "https://fosstodon.org?x", "https://fosstodon.org#x",
])  # fmt: skip
def test_a_server_is_found_in_urls_and_handles(typed):
    assert parse_server(typed) == "fosstodon.org"


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("https://München.social/@me", "xn--mnchen-3ya.social"),
        ("мастодон.рф", "xn--80aiwgdbsi.xn--p1ai"),
        ("straße.social", "xn--strae-oqa.social"),
        ("fosstodon.org:8080", "fosstodon.org:8080"),
    ],
)
def test_a_server_may_have_an_international_name_and_a_port(typed, server):
    assert parse_server(typed) == server


@pytest.mark.parametrize(
    "typed",
    ["", "@me", "me@", "javascript:alert(1)", "fosstodon", "a b.org", "fosstodon.org:", "fosstodon.org:x", "//x.org",
     "fosstodon.org:65536", "fosstodon.orghttps://", "a..org", f"{'ü' * 64}.org", "x" * 9999],
)  # fmt: skip
def test_other_texts_name_no_server(typed):
    assert parse_server(typed) == ""


@pytest.mark.django_db
def test_the_link_leads_to_the_server_of_the_handle(client):
    edition = make_live(title="On Minsk")

    page = client.get(f"{edition.get_absolute_url()}share/mastodon/?server=@me@fosstodon.org").text

    assert 'href="https://fosstodon.org/share?text=On+Minsk' in page
    assert 'name="server" value="fosstodon.org"' in page
