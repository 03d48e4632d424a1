"""The shapes of what the API tells (JSON Schema 2020-12, as OpenAPI 3.1 has it). Every field is always there."""

from typing import Any

from publications.languages import NAMES, TREES
from publications.metadata import RECORD_FORMATS
from publications.models import Role, TagKind

Node = dict[str, Any]

TEXT: Node = {"type": "string"}
ADDRESS: Node = {"type": "string", "format": "uri"}
MOMENT: Node = {"type": "string", "format": "date-time"}
NUMBER: Node = {"type": "integer", "minimum": 0}
YES_OR_NO: Node = {"type": "boolean"}
UUID: Node = {"type": "string", "format": "uuid"}
LANGUAGE: Node = {"type": "string", "enum": list(NAMES)}


def _or_null(schema: Node) -> Node:
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def _of(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(schema: Node) -> Node:
    return {"type": "array", "items": schema}


def _object(**properties: Node) -> Node:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _with(words: str, schema: Node) -> Node:
    return {**schema, "description": words}


IN_LANGUAGES: Node = {
    "type": "object",
    "description": "The words in each language of the site that has them.",
    "properties": dict.fromkeys(TREES, TEXT),
    "additionalProperties": False,
}
PAGES: Node = {**_object(**dict.fromkeys(TREES, ADDRESS)), "description": "The page in each language."}
NAMED = {"id": TEXT, "name": TEXT}

PUBLICATION = {
    "id": _with("Never changes, whatever becomes of title and address.", UUID),
    "href": ADDRESS,
    "url": _with("The page.", ADDRESS),
    "title": TEXT,
    "language": LANGUAGE,
    "kind": _object(**NAMED),
    "label": _with("What stands above the title: “SCEEUS Report No 1, 2023”.", TEXT),
    "number": _with("Of numbered kinds: 1/2023.", _or_null(TEXT)),
    "summary": _or_null(TEXT),
    "published_at": _with("The date that readers see.", MOMENT),
    "first_published_at": _with("The date before any update moved it.", MOMENT),
    "updated_at": _with("When readers were last told of a correction or an update.", _or_null(MOMENT)),
    "modified_at": _with("When anything that is told of it last changed.", MOMENT),
    "edition": {"type": "integer", "minimum": 1},
    "authors": _list_of(_of("Byline")),
    "topics": _list_of(_of("TopicOfPublication")),
    "doi": _or_null(TEXT),
    "isbn": _or_null(TEXT),
    "external_url": _with("Where the text stands, if that is elsewhere; `html` may then be empty.", _or_null(ADDRESS)),
    "words": NUMBER,
    "cover": _or_null(_of("Picture")),
    "formats": _object(**dict.fromkeys(("pdf", *RECORD_FORMATS), ADDRESS)),
    "translations": _list_of(_of("OtherPublication")),
}  # fmt: skip
TEXT_OF_PUBLICATION = {
    "key_points": _list_of(TEXT),
    "html": _with("The text as safe HTML with whole addresses.", TEXT),
    "text": _with("The text without any markup.", TEXT),
    "disclaimer": _or_null(TEXT),
    "corrections": _list_of(_object(at=MOMENT, note=TEXT)),
    "files": _list_of(_object(url=ADDRESS, media_type=TEXT, size=NUMBER, title=TEXT)),
    "related": _list_of(_of("OtherPublication")),
}
COUNTED = {"pieces": NUMBER, "newest_at": MOMENT, "publications": ADDRESS}
AUTHOR = {
    "id": TEXT,
    "href": ADDRESS,
    "urls": PAGES,
    "name": TEXT,
    "organisation": YES_OR_NO,
    "orcid": _or_null(TEXT),
    "guest": YES_OR_NO,
    "title": IN_LANGUAGES,
    "affiliation": IN_LANGUAGES,
    **COUNTED,
}
TOPIC = {
    "id": TEXT,
    "href": ADDRESS,
    "urls": PAGES,
    "kind": {"type": "string", "enum": list(TagKind.values)},
    "name": IN_LANGUAGES,
    **COUNTED,
}


def all_of_them() -> Node:
    return {
        "Publication": _object(**PUBLICATION),
        "WholePublication": _object(**PUBLICATION, **TEXT_OF_PUBLICATION),
        "OtherPublication": _object(id=UUID, href=ADDRESS, url=ADDRESS, language=LANGUAGE, title=TEXT),
        "Byline": {
            **_object(
                name=TEXT,
                organisation=YES_OR_NO,
                role={"type": "string", "enum": list(Role.values)},
                title=_or_null(TEXT),
                affiliation=_or_null(TEXT),
                orcid=_or_null(TEXT),
                id=_or_null(TEXT),
                href=_or_null(ADDRESS),
            ),
            "description": "Somebody who signed it, as it was published. A pen name is a name and no more.",
        },
        "TopicOfPublication": _object(**NAMED, kind=TOPIC["kind"], href=ADDRESS),
        "Picture": _object(url=ADDRESS, alt=TEXT, credit=_or_null(TEXT)),
        "Author": _object(**AUTHOR),
        "WholeAuthor": _object(**AUTHOR, biography=IN_LANGUAGES, portrait=_or_null(ADDRESS)),
        "Topic": _object(**TOPIC),
        "WholeTopic": _object(**TOPIC, introduction=IN_LANGUAGES),
        "Problem": PROBLEM,
    }


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
        "withdrawn": YES_OR_NO,
        "ended_at": MOMENT,
        "reason": _or_null(TEXT),
    },
    "additionalProperties": False,
}
