"""The API, version 1: publications, authors and topics as JSON, read-only.

It reads live editions and returns no more than pages show. It is described in OpenAPI 3.1 at `/api/v1/openapi.json`.
Fields are added to a version; none is removed or changes its meaning.
"""

from .views import (
    author_detail,
    author_list,
    description,
    publication_detail,
    publication_list,
    topic_detail,
    topic_list,
    unknown_address,
)

__all__ = [
    "author_detail",
    "author_list",
    "description",
    "publication_detail",
    "publication_list",
    "topic_detail",
    "topic_list",
    "unknown_address",
]
