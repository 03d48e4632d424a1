"""Ports that environment variables name for measurements."""

import pytest

from tests.ports import first_free, ports_from_environment


@pytest.mark.parametrize(
    ("value", "first", "last"), [("8130", 8130, 65_535), ("8120-8129", 8120, 8129), ("0-0", 0, 0)]
)
def test_a_first_port_or_a_range(monkeypatch, value, first, last):
    monkeypatch.setenv("PORTS", value)
    ports = ports_from_environment("PORTS", "9000")
    assert (ports[0], ports[-1]) == (first, last)


def test_the_default_applies_without_the_variable(monkeypatch):
    monkeypatch.delenv("PORTS", raising=False)
    assert ports_from_environment("PORTS", "9000-9001") == range(9000, 9002)


@pytest.mark.parametrize(
    "value", ["", "abc", "8130-", "-8130", "8130-8120", "70000", "8130-99999", "8130 8131"]
)
def test_other_values_are_refused_with_the_variable_and_an_example(monkeypatch, value):
    monkeypatch.setenv("PORTS", value)
    with pytest.raises(SystemExit, match=r"PORTS=.*8120-8129"):
        ports_from_environment("PORTS", "9000")


def test_a_free_port_is_found():
    assert first_free([0])
