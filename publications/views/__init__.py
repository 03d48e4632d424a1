"""The public pages. A view finds, then shows; every one reads editions, and none reads a working copy."""

from .authors import author_detail, author_list
from .editions import edition_changes, edition_list
from .errors import bad_request, broken, csrf_failure, forbidden, not_found
from .files import attachment, picture
from .for_machines import llms, security
from .home import front_door, home
from .listing import publication_list
from .papers import edition_pdf, pdf, social_card
from .pieces import edition_detail, publication_detail
from .records import edition_record, publication_record
from .sharing import share_on_mastodon
from .site_pages import apple_touch_icon, favicon, robots, site_page
from .social_images import (
    author_image,
    author_list_image,
    home_image,
    list_image,
    site_page_image,
    topic_image,
    topic_list_image,
)
from .topics import topic_detail, topic_list

__all__ = [
    "apple_touch_icon",
    "attachment",
    "author_detail",
    "author_image",
    "author_list",
    "author_list_image",
    "bad_request",
    "broken",
    "csrf_failure",
    "edition_changes",
    "edition_detail",
    "edition_list",
    "edition_pdf",
    "edition_record",
    "favicon",
    "forbidden",
    "front_door",
    "home",
    "home_image",
    "list_image",
    "llms",
    "not_found",
    "pdf",
    "picture",
    "publication_detail",
    "publication_list",
    "publication_record",
    "robots",
    "security",
    "share_on_mastodon",
    "site_page",
    "site_page_image",
    "social_card",
    "topic_detail",
    "topic_image",
    "topic_list",
    "topic_list_image",
]
