"""Every cookie of the site, with what it is for and how long it lasts. Browsers send them to the desk alone.

Behind TLS their names begin with `__Secure-`, so that no page without TLS, such as that of somebody who controls the
network, can set them (RFC 6265bis, section 4.1.3.1).
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SECURE_PREFIX = "__Secure-"


@dataclass(frozen=True)
class Cookie:
    """A cookie: its name without the prefix, its purpose, and how long a browser keeps it."""

    plain_name: str
    purpose: Promise
    lifetime: Promise

    @property
    def name(self) -> str:
        return cookie_name(self.plain_name, is_secure=settings.SESSION_COOKIE_SECURE)


def cookie_name(plain_name: str, *, is_secure: bool) -> str:
    """Return the name of a cookie as browsers have it."""
    return f"{SECURE_PREFIX}{plain_name}" if is_secure else plain_name


SESSION_NAME, CSRF_NAME = "sessionid", "csrftoken"
DEVICE = Cookie(
    "desk_device",
    _(
        "Knows a browser that has signed in before, so that strangers who guess passwords cannot lock its owner out"
    ),
    _("a year"),
)
SIGN_INS = Cookie(
    "desk_person",
    _("Gives back what you typed, and to nobody else, when your session ended before you saved it"),
    _("a year"),
)
PASSKEY = Cookie(
    "desk_passkey",
    _("Makes sure that the answer of a passkey belongs to the question of this page"),
    _("some minutes"),
)
COOKIES = (
    Cookie(
        SESSION_NAME,
        _("Keeps you signed in"),
        _("until you sign out, have not used the desk for some hours, or some days after you signed in"),
    ),
    Cookie(CSRF_NAME, _("Makes sure that a form was sent from a page of the desk"), _("a year")),
    DEVICE,
    SIGN_INS,
    PASSKEY,
)
