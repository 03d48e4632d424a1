"""The description of the API in OpenAPI 3.1."""

from publications.locales import absolute_url
from publications.models import FACETS, MAX_FACET_VALUE_CHARACTERS, Facet, SiteSettings, TagKind

from .author_topic_serializers import AUTHOR, AUTHOR_DETAIL, TOPIC, TOPIC_DETAIL
from .params import (
    CURSOR_PATTERN,
    DEFAULT_LIMIT,
    MAX_CURSOR_LENGTH,
    MAX_LIMIT,
    MAX_QUERY_LENGTH,
    TEXT_PATTERN,
)
from .publication_serializers import (
    BYLINE,
    IMAGE,
    PUBLICATION,
    PUBLICATION_DETAIL,
    PUBLICATION_LINK,
    PUBLICATION_TOPIC,
)
from .serializer import BOOLEAN, DATETIME, TEXT, Node, or_null

VERSION = "1.0.0"
API_DESCRIPTION = (
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
        "info": {
            "title": f"Publications of {site.short_name}",
            "version": VERSION,
            "description": API_DESCRIPTION,
        },
        "servers": [{"url": absolute_url("/api/v1")}],
        "security": [],
        "paths": {
            "/publications": _list_path(
                "Publication", "listPublications", PUBLICATIONS, _publication_parameters()
            ),
            "/publications/{id}": _detail_path(
                "WholePublication", "getPublication", "A publication with its text.", can_be_gone=True
            ),
            "/authors": _list_path(
                "Author", "listAuthors", "Authors who have a public text, in an order that stays."
            ),
            "/authors/{id}": _detail_path("WholeAuthor", "getAuthor", "An author with a biography."),
            "/topics": _list_path("Topic", "listTopics", TOPICS, [TOPIC_KIND]),
            "/topics/{id}": _detail_path("WholeTopic", "getTopic", "A topic with its introduction."),
            "/openapi.json": _description_path(),
        },
        "components": {"schemas": _schemas(), "responses": RESPONSES},
    }


SERIALIZERS = (
    PUBLICATION, PUBLICATION_DETAIL, PUBLICATION_LINK, BYLINE, PUBLICATION_TOPIC, IMAGE, AUTHOR, AUTHOR_DETAIL,
    TOPIC, TOPIC_DETAIL,
)  # fmt: skip
PROBLEM: Node = {
    "type": "object",
    "description": "What is wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "parameter": TEXT,
        "withdrawn": BOOLEAN,
        "ended_at": DATETIME,
        "reason": or_null(TEXT),
    },
    "additionalProperties": False,
}


def _schemas() -> Node:
    """Return the schemas of all serializers and of problems, by name."""
    return {**{serializer.name: serializer.schema for serializer in SERIALIZERS}, "Problem": PROBLEM}


PUBLICATIONS = (
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
QUERY = {
    "name": "q",
    "in": "query",
    "description": "Words that stand in title, summary or text; “phrases” in quotation marks, -without. "
    "Without a word nothing is found. At most 500 publications, of a text and its translations one.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_LENGTH, "pattern": TEXT_PATTERN},
    "example": "grain corridor",
}
PAGING_PARAMETERS = [
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
NOT_MODIFIED = {"description": "Nothing has changed since the answer that If-None-Match names."}
PROBLEMS = {
    "NoPage": "The list has no such page: it did not give this cursor.",
    "Wrong": "A parameter is unknown, given twice, empty, or not what it must be; `parameter` names it.",
    "Missing": "There is no such thing.",
    "Gone": "It was public and is so no longer.",
    "Busy": "Too many ask at once: ask again after the seconds in Retry-After.",
}
RESPONSES = {
    name: {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for name, description in PROBLEMS.items()
}
HEADERS = {
    "ETag": {"description": "Names this very answer (weak).", "schema": {"type": "string"}},
    "Link": {"description": "The next page, and this description.", "schema": {"type": "string"}},
}


def _publication_parameters() -> list[Node]:
    filters = [
        {
            "name": name,
            "in": "query",
            "description": f"Only those of this: {facet.description}.",
            "schema": {"type": "string", **_value_schema(facet)},
            "example": facet.example,
        }
        for name, facet in FACETS.items()
    ]
    return [*filters, QUERY]


def _value_schema(facet: Facet) -> Node:
    if facet.values:
        return {"enum": list(facet.values)}
    if facet.pattern:
        return {"pattern": f"^{facet.pattern}$"}
    return {"minLength": 1, "maxLength": MAX_FACET_VALUE_CHARACTERS, "pattern": TEXT_PATTERN}


def _list_path(item: str, operation: str, description: str, parameters: list[Node] | None = None) -> Node:
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
    other_responses = {"400": _response("Wrong"), "404": _response("NoPage")}
    if QUERY in (parameters or []):
        other_responses["503"] = _response("Busy")
    return _get(operation, description, page, [*(parameters or []), *PAGING_PARAMETERS], other_responses)


def _detail_path(schema: str, operation: str, description: str, *, can_be_gone: bool = False) -> Node:
    id_schema = {"type": "string", "format": "uuid"} if can_be_gone else {"type": "string"}
    parameter = {"name": "id", "in": "path", "required": True, "schema": id_schema}
    other_responses = {"400": _response("Wrong"), "404": _response("Missing")}
    if can_be_gone:
        other_responses["410"] = _response("Gone")
    return _get(
        operation, description, {"$ref": f"#/components/schemas/{schema}"}, [parameter], other_responses
    )


def _description_path() -> Node:
    return _get("describe", "This description.", {"type": "object"}, [], {"400": _response("Wrong")})


def _get(
    operation: str, description: str, schema: Node, parameters: list[Node], other_responses: Node
) -> Node:
    ok = {"description": description, "headers": HEADERS, "content": {"application/json": {"schema": schema}}}
    return {
        "get": {
            "operationId": operation,
            "summary": description,
            "parameters": parameters,
            "responses": {"200": ok, "304": NOT_MODIFIED, **other_responses},
        }
    }


def _response(name: str) -> Node:
    return {"$ref": f"#/components/responses/{name}"}
