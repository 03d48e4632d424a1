"""The session engine: rows of `DeskSession`, limited by when they were opened and last used.

The cookie holds the key of a session and the row its digest, which all queries of Django go by.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.utils import timezone

from .client_address import client_address
from .session_models import MAX_USER_AGENT, DeskSession, digest_session_key

RECORD_INTERVAL = timedelta(minutes=5)
"""The use of a session is written at most once in this time."""


class LimitedSessionStore(db.SessionStore):
    """Django's sessions in the database, with an idle and an absolute limit."""

    row: DeskSession | None = None

    @classmethod
    def get_model_class(cls) -> type[DeskSession]:
        return DeskSession

    @classmethod
    def clear_expired(cls) -> None:
        DeskSession.objects.ended().delete()

    @property
    def key_digest(self) -> str:
        """The primary key of the row; empty if the session has not been stored."""
        return digest_session_key(self.session_key)

    def exists(self, session_key: str) -> bool:
        return super().exists(digest_session_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        super().delete(digest_session_key(session_key or self.session_key) or None)

    def load(self) -> dict:
        """Return the values of the session; none if it has ended."""
        self.row = DeskSession.objects.open().filter(session_key=self.key_digest).first()
        if not self.row:
            self._session_key = None
            return {}
        return self.decode(self.row.session_data)

    def create_model_instance(self, data: dict) -> DeskSession:
        session = super().create_model_instance(data)
        session.session_key = digest_session_key(session.session_key)
        session.account_id = data.get(SESSION_KEY)
        if self.row and self.row.session_key == session.session_key:
            for name in ("created_at", "last_used_at", "user_agent", "address"):
                setattr(session, name, getattr(self.row, name))
        else:
            session.created_at = session.last_used_at = timezone.now()
        self.row = session
        return session

    def record_use(self, request: HttpRequest) -> None:
        """Record that the session was used just now, if somebody is signed in and it was read for this request.

        A full disk or a busy database does not keep the page from being shown.
        """
        now, row = timezone.now(), self.row
        if not row or not row.account_id or row.session_key != self.key_digest:
            return
        user_agent = request.headers.get("User-Agent", "").replace("\0", "")[:MAX_USER_AGENT]
        is_recorded = row.user_agent or not user_agent
        if is_recorded and row.last_used_at > now - RECORD_INTERVAL:
            return
        values = {"last_used_at": now, "user_agent": user_agent, "address": client_address(request) or None}
        with suppress(DatabaseError), _without_waiting():
            DeskSession.objects.filter(pk=row.pk).update(**values)
            for name, value in values.items():  # for a save of the session after this
                setattr(row, name, value)


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Let a write fail at once while another process writes to SQLite: opening a page waits for nobody."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (timeout,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {timeout}")
