"""Serializers of the API: each field is declared once, with its JSON Schema and how its value is read.

Every field is always present: a missing value is null or an empty list. Datetimes are in UTC (RFC 3339). Schemas are of
OpenAPI 3.1 (JSON Schema 2020-12).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from publications.locales import LANGUAGE_NAMES, absolute_url
from publications.models import TagKind

Node = dict[str, Any]

TEXT: Node = {"type": "string"}
URL: Node = {"type": "string", "format": "uri"}
DATETIME: Node = {"type": "string", "format": "date-time"}
NUMBER: Node = {"type": "integer", "minimum": 0}
BOOLEAN: Node = {"type": "boolean"}
UUID: Node = {"type": "string", "format": "uuid"}
LANGUAGE: Node = {"type": "string", "enum": list(LANGUAGE_NAMES)}
TAG_KIND: Node = {"type": "string", "enum": list(TagKind.values)}


@dataclass(frozen=True)
class SerializerField:
    """One field of a serializer: its schema, and a function that reads its value from the source."""

    schema: Node
    read: Callable[[Any], Any]
    description: str = ""


class Serializer:
    """An object of the API, whose fields are read from one Python object."""

    def __init__(self, name: str, fields: dict[str, SerializerField], description: str = "") -> None:
        self.name, self.fields, self.description = name, fields, description

    def serialize(self, source: Any, **values: Any) -> Node:
        """Return the object as JSON values; `values` are those of fields that the source does not have."""
        return {
            key: values[key] if key in values else field.read(source) for key, field in self.fields.items()
        }

    @property
    def schema(self) -> Node:
        schema = closed_object({key: _field_schema(field) for key, field in self.fields.items()})
        return {**schema, "description": self.description} if self.description else schema

    @property
    def reference(self) -> Node:
        return {"$ref": f"#/components/schemas/{self.name}"}


def _field_schema(field: SerializerField) -> Node:
    return {**field.schema, "description": field.description} if field.description else field.schema


def closed_object(properties: dict[str, Node]) -> Node:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def list_of(schema: Node) -> Node:
    return {"type": "array", "items": schema}


def or_null(schema: Node) -> Node:
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def list_field(serializer: Serializer, read: Callable[[Any], Iterable[Any]]) -> SerializerField:
    """Return a field for a list of objects."""
    return SerializerField(
        list_of(serializer.reference), lambda source: [serializer.serialize(item) for item in read(source)]
    )


def nested(fields: dict[str, SerializerField]) -> Serializer:
    """Return a serializer whose schema is part of that of another one, without a name in the description."""
    return Serializer("", fields)


def api_url(name: str, **kwargs: object) -> str:
    """Return the absolute URL of a view of the API."""
    return absolute_url(reverse(f"api:{name}", kwargs=kwargs or None))
