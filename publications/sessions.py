"""Sessions of the desk, in the database, also on a full disk."""

from accounts.session_store import LimitedSessionStore

from .reserved_disk_space import retry_with_reserved_space


class SessionStore(LimitedSessionStore):
    @retry_with_reserved_space
    def save(self, must_create: bool = False) -> None:
        """Store the session, also on a full disk, so that an editor can sign in and withdraw a publication."""
        super().save(must_create)
