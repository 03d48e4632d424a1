"""The API, version 1: publications, authors and topics as JSON, for reading alone.

It reads live editions and tells no more than pages do. What it takes and gives is described in OpenAPI 3.1 at
`/api/v1/openapi.json`; a version's fields are added to, never taken away or given another meaning.
"""

from .views import (
    author_detail,
    author_list,
    description,
    nothing_here,
    publication_detail,
    publication_list,
    topic_detail,
    topic_list,
)

__all__ = [
    "author_detail",
    "author_list",
    "description",
    "nothing_here",
    "publication_detail",
    "publication_list",
    "topic_detail",
    "topic_list",
]
