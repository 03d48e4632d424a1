"""Commands that rebuild indexes, on a server whose clock is behind the last action, as that of a restored machine."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from publications import search
from publications.models import SearchIndex, SiteVersion
from publications.search.similarity import rebuilds
from tests.factories import make_live, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock_behind() -> Iterator[None]:
    make_person()  # so that no demonstration is loaded
    make_live()
    connection.check_constraints()  # prepare alters tables, which PostgreSQL refuses while checks are deferred
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        yield


@pytest.mark.parametrize("command", [["prepare"], ["rebuild"], ["verify", "--full", "--repair"]])
def test_indexes_are_rebuilt(command):
    SearchIndex.objects.update(similarity_version=rebuilds.VERSION)  # which verify would not rebuild
    before = SiteVersion.objects.get()

    call_command(*command, verbosity=0)

    after = SiteVersion.objects.get()
    assert not search.is_outdated()
    assert after.number > before.number and after.changed_at == before.changed_at


def test_a_rebuild_that_is_broken_off_says_so(monkeypatch):
    def interrupted_rebuild():
        raise KeyboardInterrupt

    monkeypatch.setattr(search, "rebuild", interrupted_rebuild)

    with pytest.raises(CommandError, match="Broken off while rebuilding search"):
        call_command("rebuild", verbosity=0)
