"""Every type of page in every state, as `make audit` requests it, answers with the status in its registry."""

import pytest

from tests.audit import states


@pytest.mark.django_db
def test_every_state_answers_as_the_registry_says(client):
    registry = states.registry(states.make_editions())

    wrong = {
        name: status
        for name, path, expected in registry
        if (status := client.get(path).status_code) != expected
    }
    assert len(registry) > 40 and not wrong
