"""Every type of page in every state, as `make audit` requests it, answers with the status in its registry."""

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from tests.audit import states


@pytest.mark.django_db
def test_every_state_answers_as_the_registry_says(client):
    registry = states.registry(states.make_editions())

    wrong = {
        name: status
        for name, path, expected, form in map(with_form, registry)
        if (status := answer(client, path, form)) != expected
    }
    assert len(registry) > 40 and not wrong


def with_form(row: tuple) -> tuple:
    """Return a row of the registry with an empty form if it has none."""
    return (*row, "")[:4]


def answer(client, path: str, form: str) -> int:
    """Return the status of a page; of a mail in a file, 200 if there is one."""
    if path.startswith("file:"):
        return 200 if Path(url2pathname(urlsplit(path).path)).read_text() else 404
    if form:
        return client.post(path, form, content_type="application/x-www-form-urlencoded").status_code
    return client.get(path).status_code
