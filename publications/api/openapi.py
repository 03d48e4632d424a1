"""The API described in OpenAPI 3.1, for people who write programs and for the programs that write them."""

from typing import Any

from publications.locales import absolute_url
from publications.models import FACETS, MAX_FACET_VALUE_CHARACTERS, Facet, SiteSettings, TagKind

from . import shapes
from .params import (
    CURSOR_PATTERN,
    DEFAULT_LIMIT,
    MAX_CURSOR_LENGTH,
    MAX_LIMIT,
    MAX_QUERY_LENGTH,
    TEXT,
)

Node = dict[str, Any]
VERSION = "1.0.0"
ABOUT = (
    "Everything that is public, for reading alone and for everyone; no key is needed. What is scheduled is here at "
    "its very second, what was withdrawn is gone at once. Answers carry an ETag: name it in If-None-Match, and you are "
    "told with 304 that nothing has changed. Lists come in pages: follow `next` until it is null, and you have been "
    "given the list as it was when you began, each item once, without what was withdrawn meanwhile. "
    "Fields may be added to this version; none is taken away."
)


def describe_api() -> Node:
    """Return the description as an OpenAPI document."""
    site = SiteSettings.current()
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Publications of {site.short_name}", "version": VERSION, "description": ABOUT},
        "servers": [{"url": absolute_url("/api/v1")}],
        "security": [],
        "paths": {
            "/publications": _list("Publication", "listPublications", LISTED, _of_publications()),
            "/publications/{id}": _one(
                "WholePublication", "getPublication", "A publication with its text.", gone=True
            ),
            "/authors": _list(
                "Author", "listAuthors", "Authors who have a public text, in an order that stays."
            ),
            "/authors/{id}": _one("WholeAuthor", "getAuthor", "An author with a biography."),
            "/topics": _list("Topic", "listTopics", TOPICS, [TOPIC_KIND]),
            "/topics/{id}": _one("WholeTopic", "getTopic", "A topic with its introduction."),
            "/openapi.json": _described(),
        },
        "components": {"schemas": shapes.schemas(), "responses": RESPONSES},
    }


LISTED = (
    "Publications, newest first. Every text is one of its own; its translations are named in it. "
    "What no public text has gives an empty list."
)
TOPICS = "Themes, countries and series that a public text is on, in an order that stays."
TOPIC_KIND = {
    "name": "kind",
    "in": "query",
    "description": "What sort of topic.",
    "schema": {"type": "string", "enum": list(TagKind.values)},
}
WORDS = {
    "name": "q",
    "in": "query",
    "description": "Words that stand in title, summary or text; “phrases” in quotation marks, -without. "
    "Without a word nothing is found. At most 500 publications, of a text and its translations one.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_LENGTH, "pattern": TEXT},
    "example": "grain corridor",
}
PAGING = [
    {
        "name": "limit",
        "in": "query",
        "description": "How many items a page has at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "Where the page begins: part of the address in `next`, to be followed and not made, as it is "
        "signed. One that this list did not give answers 404.",
        "schema": {
            "type": "string",
            "minLength": 3,
            "maxLength": MAX_CURSOR_LENGTH,
            "pattern": CURSOR_PATTERN,
        },
    },
]
NO_CONTENT_CHANGED = {"description": "Nothing has changed since the answer that If-None-Match names."}
PROBLEMS = {
    "NoPage": "The list has no such page: it did not give this cursor.",
    "Wrong": "A parameter is unknown, given twice, empty, or not what it must be; `parameter` names it.",
    "Missing": "There is no such thing.",
    "Gone": "It was public and is so no longer.",
    "Busy": "Too many ask at once: ask again after the seconds in Retry-After.",
}
RESPONSES = {
    name: {
        "description": words,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for name, words in PROBLEMS.items()
}
HEADERS = {
    "ETag": {"description": "Names this very answer (weak).", "schema": {"type": "string"}},
    "Link": {"description": "The next page, and this description.", "schema": {"type": "string"}},
}


def _of_publications() -> list[Node]:
    filters = [
        {
            "name": name,
            "in": "query",
            "description": f"Only those of this: {facet.description}.",
            "schema": {"type": "string", **_values_of(facet)},
            "example": facet.example,
        }
        for name, facet in FACETS.items()
    ]
    return [*filters, WORDS]


def _values_of(facet: Facet) -> Node:
    if facet.values:
        return {"enum": list(facet.values)}
    if facet.pattern:
        return {"pattern": f"^{facet.pattern}$"}
    return {"minLength": 1, "maxLength": MAX_FACET_VALUE_CHARACTERS, "pattern": TEXT}


def _list(item: str, operation: str, words: str, parameters: list[Node] | None = None) -> Node:
    page = {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {
                "type": "array",
                "items": {"$ref": f"#/components/schemas/{item}"},
                "maxItems": MAX_LIMIT,
            },
            "next": {"type": ["string", "null"], "format": "uri"},
        },
        "additionalProperties": False,
    }
    others = {"400": _response("Wrong"), "404": _response("NoPage")}
    if WORDS in (parameters or []):
        others["503"] = _response("Busy")
    return _get(operation, words, page, [*(parameters or []), *PAGING], others)


def _one(schema: str, operation: str, words: str, *, gone: bool = False) -> Node:
    id_of = {"type": "string", "format": "uuid"} if gone else {"type": "string"}
    place = {"name": "id", "in": "path", "required": True, "schema": id_of}
    others = {"400": _response("Wrong"), "404": _response("Missing")}
    if gone:
        others["410"] = _response("Gone")
    return _get(operation, words, {"$ref": f"#/components/schemas/{schema}"}, [place], others)


def _described() -> Node:
    return _get("describe", "This description.", {"type": "object"}, [], {"400": _response("Wrong")})


def _get(operation: str, words: str, schema: Node, parameters: list[Node], others: Node) -> Node:
    found = {"description": words, "headers": HEADERS, "content": {"application/json": {"schema": schema}}}
    return {
        "get": {
            "operationId": operation,
            "summary": words,
            "parameters": parameters,
            "responses": {"200": found, "304": NO_CONTENT_CHANGED, **others},
        }
    }


def _response(name: str) -> Node:
    return {"$ref": f"#/components/responses/{name}"}
