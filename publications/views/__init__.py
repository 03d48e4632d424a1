"""Views of the public pages. All of them read editions; none reads a draft."""

from .audit_log import AUDIT_FILES, audit_file
from .authors import author_detail, author_list
from .downloads import attachment, edition_pdf, image_file, pdf, social_image
from .edition_history import edition_changes, edition_list
from .errors import bad_request, csrf_failure, forbidden, not_found, server_error
from .home import home, root_redirect
from .mementos import time_gate, time_map
from .other_addresses import mirrors_signature, mirrors_txt, other_addresses
from .pages import (
    apple_touch_icon,
    favicon,
    llms_txt,
    robots_txt,
    security_txt,
    site_page,
)
from .publication_list import publication_list
from .publications import edition_detail, publication_detail
from .records import publication_linkset, publication_record
from .sharing import share_on_mastodon
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
from .verify import verify

__all__ = [
    "AUDIT_FILES",
    "apple_touch_icon",
    "attachment",
    "audit_file",
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
    "favicon",
    "forbidden",
    "home",
    "home_image",
    "image_file",
    "list_image",
    "llms_txt",
    "mirrors_signature",
    "mirrors_txt",
    "not_found",
    "other_addresses",
    "pdf",
    "publication_detail",
    "publication_linkset",
    "publication_list",
    "publication_record",
    "robots_txt",
    "root_redirect",
    "security_txt",
    "server_error",
    "share_on_mastodon",
    "site_page",
    "site_page_image",
    "social_image",
    "time_gate",
    "time_map",
    "topic_detail",
    "topic_image",
    "topic_list",
    "topic_list_image",
    "verify",
]
