"""Whatever requests of readers lock, they do so by what limits their wait (`subscriptions.locks`)."""

import ast
from pathlib import Path

import subscriptions
from subscriptions.urls import urlpatterns

from .test_lock_waits import FORMS, WAITING_FOR_NOBODY

STATE = "events.py"
"""Whose `lock_state` one page calls, within a limit: see the test of a change while events are matched."""
LIST_IMPORT = "list_import.py"
"""Of the desk, where many are locked at once."""
REMOVAL = {"removal.py", "removed_mails.py"}
"""Of who leaves: rows that senders and others who leave lock as the last thing that they do, never beside a relay."""


def test_each_page_is_known_to_wait_briefly_or_not():
    assert {pattern.name for pattern in urlpatterns} == FORMS.keys() | WAITING_FOR_NOBODY


def test_rows_are_waited_for_where_the_wait_is_limited():
    waiting = {
        path.name
        for path in Path(subscriptions.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if getattr(getattr(node, "func", None), "attr", "") == "select_for_update"
        and "skip_locked" not in {each.arg for each in node.keywords}
    }

    assert waiting == {"locks.py", STATE, LIST_IMPORT, *REMOVAL}
