"""Sessions of the desk, in the database, also on a full disk."""

from django.contrib.sessions.backends import db

from .disk_reserve import with_disk_reserve


class SessionStore(db.SessionStore):
    @with_disk_reserve
    def save(self, must_create: bool = False) -> None:
        """Store the session, also on a full disk, so that somebody can sign in and withdraw a publication."""
        super().save(must_create)
