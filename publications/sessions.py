"""Sessions of the desk, in the database, under keys that tell by themselves that they were given here.

So whoever is signed in is told from those who make up a cookie before anything is asked of the database, and is not
turned away when strangers crowd the desk. What a session allows is still the database's to say.
"""

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.http import parse_cookie
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from .disk_reserve import with_disk_reserve

RANDOM, MARK = 24, 16  # letters: 124 bits, and the mark; the column holds 40


class SessionStore(db.SessionStore):
    def _get_new_session_key(self) -> str:
        while self.exists(key := new_key()):
            pass
        return key

    @with_disk_reserve
    def save(self, must_create: bool = False) -> None:
        """Store the session, also on a full disk: who signs in may want to withdraw something."""
        super().save(must_create)


def new_key() -> str:
    random = get_random_string(RANDOM, VALID_KEY_CHARS)
    return random + _mark_of(random)


def names_a_session(environ: dict[str, object]) -> bool:
    """Whether a request brings a key that was given here."""
    key = parse_cookie(str(environ.get("HTTP_COOKIE", ""))).get(settings.SESSION_COOKIE_NAME, "")
    return constant_time_compare(key[RANDOM:], _mark_of(key[:RANDOM]))


def _mark_of(random: str) -> str:
    return salted_hmac("publications.sessions", random, algorithm="sha256").hexdigest()[:MARK]
