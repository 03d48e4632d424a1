"""The public pages. A view finds, then shows; every one reads editions, and none reads a working copy."""

from .errors import bad_request, broken, forbidden, not_found
from .files import attachment, picture
from .home import front_door, home
from .pieces import edition_detail, publication_detail, publication_list, share_on_mastodon

__all__ = [
    "attachment",
    "bad_request",
    "broken",
    "edition_detail",
    "forbidden",
    "front_door",
    "home",
    "not_found",
    "picture",
    "publication_detail",
    "publication_list",
    "share_on_mastodon",
]
