"""The public pages. A view finds, then shows; every one reads editions, and none reads a working copy."""

from .authors import author_detail, author_list
from .downloads import attachment, edition_pdf, edition_record, pdf, picture, publication_record, social_card
from .errors import bad_request, csrf_failure, forbidden, not_found, server_error
from .home import front_door, home
from .pages import apple_touch_icon, favicon, llms, robots, security, share_on_mastodon, site_page
from .publication_list import publication_list
from .publications import edition_changes, edition_detail, edition_list, publication_detail
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
    "server_error",
    "share_on_mastodon",
    "site_page",
    "site_page_image",
    "social_card",
    "topic_detail",
    "topic_image",
    "topic_list",
    "topic_list_image",
]
