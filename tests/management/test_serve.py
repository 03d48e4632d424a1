"""`manage.py serve`: the environment of the server that it starts."""

import os

import pytest
from django.core.management import call_command

from publications.management.commands import serve


class Started(Exception):
    pass


@pytest.mark.django_db
def test_the_addresses_of_the_site_have_the_port_that_is_served(monkeypatch):
    def execv(path, arguments):
        raise Started(os.environ["PORT"], arguments)

    monkeypatch.setenv("PORT", "8000")
    monkeypatch.setattr(serve, "reserve_disk_space", lambda: None)
    monkeypatch.setattr(os, "execv", execv)
    monkeypatch.setattr(os, "chdir", lambda path: None)

    with pytest.raises(Started) as started:
        call_command("serve", port=8123)

    port, arguments = started.value.args
    assert port == "8123" and arguments[arguments.index("--port") + 1] == "8123"
