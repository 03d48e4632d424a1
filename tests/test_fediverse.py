"""Addresses on the fediverse, and the server in a URL or handle."""

import pytest

from publications.fediverse import fediverse_account, parse_fediverse_address, parse_server


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


@pytest.mark.parametrize(("typed", "address"), [
    ("@ann@example.social", "@ann@example.social"),
    (" @Ann_B.1@Example.Social ", "@Ann_B.1@example.social"),
    ("acct:ann@example.social", "@ann@example.social"),
    ("https://example.social/@ann", "@ann@example.social"),
    ("example.social/@ann/", "@ann@example.social"),
    ("https://example.social/@ann@home.example", "@ann@home.example"),
    ("https://München.social/@ann", "@ann@xn--mnchen-3ya.social"),
])  # fmt: skip
def test_an_address_has_one_spelling(typed, address):
    assert parse_fediverse_address(typed) == address
    assert parse_fediverse_address(address) == address
    assert parse_fediverse_address(fediverse_account(address).url) == address


@pytest.mark.parametrize(
    "typed",
    ["", "ann", "@ann", "ann@example.social", "mailto:ann@example.social", "@ann@example", "@a b@example.social",
     "@ann@example.social/x", "https://example.social/ann", "https://example.social/@ann/123", "https://example.social/@ann?x",
     "https://www.youtube.com/@ann", "https://medium.com/@ann", "@анна@example.social", "javascript:x/@ann",
     "@ann.@example.social", "@ann@example.social@x.example", f"@{'a' * 65}@example.social", "@\u212aann@example.social"],
)  # fmt: skip
def test_other_texts_are_no_address(typed):
    assert parse_fediverse_address(typed) == ""
