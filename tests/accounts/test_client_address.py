"""Whose address limits count."""

import pytest
from django.test import RequestFactory

from accounts.client_address import client_address, client_network


def request_from(remote: str, forwarded: str = ""):
    return RequestFactory().get(
        "/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded} if forwarded else {}
    )


def test_without_trusted_proxies_x_forwarded_for_is_ignored(settings):
    settings.TRUSTED_PROXIES = 0

    assert client_address(request_from("192.0.2.1", "203.0.113.9")) == "192.0.2.1"


@pytest.mark.parametrize(("trusted", "expected"), [(1, "198.51.100.2"), (2, "203.0.113.9"), (3, "192.0.2.1")])
def test_behind_proxies_the_entry_of_the_outermost_trusted_one_counts(settings, trusted, expected):
    settings.TRUSTED_PROXIES = trusted

    assert client_address(request_from("192.0.2.1", "203.0.113.9, 198.51.100.2")) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("203.0.113.9:5678", "203.0.113.9"), ("[2001:db8::1]:443", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"), ("[fe80::1%eth0]:80", "fe80::1"),
    ],
)  # fmt: skip
def test_a_port_in_x_forwarded_for_is_removed(settings, entry, expected):
    settings.TRUSTED_PROXIES = 1

    assert client_address(request_from("192.0.2.1", f"198.51.100.7, {entry}")) == expected


@pytest.mark.parametrize("nonsense", ["", "unknown", "192.0.2.300", "a" * 500, "[", "]:80", "1:2", ":"])
def test_an_invalid_address_is_empty(settings, nonsense):
    settings.TRUSTED_PROXIES = 0

    assert client_address(request_from(nonsense)) == ""


def test_the_zone_of_an_ipv6_address_is_removed(settings):
    settings.TRUSTED_PROXIES = 0

    assert client_address(request_from("fe80::1%eth0")) == "fe80::1"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_an_ipv6_address_counts_as_its_network(address, network):
    assert client_network(address) == network
