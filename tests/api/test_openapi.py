"""The description of the API: valid OpenAPI 3.1 that every response follows."""

import os
import re

import pytest
from django.urls import get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from publications import actions
from publications.api.params import PAGING_PARAMETERS, TOPIC_PARAMETERS, publication_parameters
from publications.api.publication_serializers import PUBLICATION_DETAIL, TYPED_FIELDS
from publications.models import Attachment, store_original
from publications.publication_fields import FIELDS, FIELDS_BY_NAME
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db

API = "/api/v1"
EXAMPLES = int(os.environ.get("EXAMPLES", "150"))


@pytest.fixture
def description(client) -> dict:
    response = client.get(f"{API}/openapi.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    return response.json()


@pytest.fixture
def site():
    """A publication that has everything and one that has little."""
    bare = make_live(author=make_author("Pen", is_pseudonymous=True), title="Мінськ", language="uk")
    full = make_publication(
        authors=[make_author("Ann", orcid="0000-0002-1825-0097", fediverse_address="@ann@example.social", portrait=make_image(), affiliation_en="Centre", title_sv="Forskare", biography_en="So.")],
        tags=(make_tag("Aid", introduction_en="So."), make_tag("Papers", kind="series")), kind="guest-report", doi="10.1234/x",
        cover=make_image(credit="Bo", size=(900, 500)), key_points="One.", isbn="978-3-16-148410-0", body="Text.",
    )  # fmt: skip
    Attachment.objects.create(
        publication=full, original=store_original(b"%PDF-1.4", "pdf"), filename="r.pdf", size=8
    )
    actions.publish(saved(full), by=None)
    actions.publish(saved(full, body="Mended."), by=None, change="correction", note="It was text.")
    actions.publish(make_publication(language="sv", translation_of=full), by=None)
    actions.set_related_links(full, [bare.publication], by=None)
    withdrawn = make_live().publication
    actions.withdraw(withdrawn, by=None, note="So.")
    return {"bare": bare.publication.uid, "full": full.uid, "withdrawn": withdrawn.uid}


def validate(description: dict, schema: dict, value: object) -> None:
    document = {**schema, "components": description["components"]}
    Draft202012Validator(document, format_checker=FormatChecker()).validate(value)


def response_content(description: dict, path: str, status: int) -> dict:
    """Return the schemas of a response by media type."""
    response = description["paths"][path]["get"]["responses"][str(status)]
    if "$ref" in response:
        response = description["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return response["content"]


def test_the_description_is_valid(description):
    OpenAPIV31SpecValidator(description).validate()
    assert description["openapi"] == "3.1.0"


def test_every_address_is_described(description):
    routes = [
        str(pattern.pattern)
        for resolver in get_resolver().url_patterns
        if str(resolver.pattern) == "api/v1/"
        for pattern in resolver.url_patterns
    ]

    paths = {"/" + re.sub(r"<\w+:\w+>", "{id}", route) for route in routes} - {"/{id}"}

    assert set(description["paths"]) == paths


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("publications", publication_parameters()),
        ("authors", PAGING_PARAMETERS),
        ("topics", TOPIC_PARAMETERS),
    ],
)
def test_every_accepted_parameter_and_no_other_is_described(description, path, names):
    described_names = [
        parameter["name"] for parameter in description["paths"][f"/{path}"]["get"]["parameters"]
    ]

    assert sorted(described_names) == sorted(names)


@pytest.mark.parametrize(
    ("path", "address", "status"),
    [
        ("/publications", "publications", 200),
        ("/publications", "publications?limit=1", 200),
        ("/publications", "publications?year=x", 400),
        ("/publications/{id}", "publications/{full}", 200),
        ("/publications/{id}", "publications/{bare}", 200),
        ("/publications/{id}", "publications/{withdrawn}", 410),
        ("/publications/{id}", "publications/00000000-0000-4000-8000-000000000000", 404),
        ("/authors", "authors", 200),
        ("/authors/{id}", "authors/ann", 200),
        ("/authors/{id}", "authors/pen", 404),
        ("/topics", "topics", 200),
        ("/topics/{id}", "topics/aid", 200),
        ("/topics/{id}", "topics/aid?x=1", 400),
    ],
)
def test_every_response_is_as_described(client, description, site, path, address, status):
    response = client.get(f"{API}/{address.format(**site)}")

    assert response.status_code == status
    content = response_content(description, path, status)
    assert list(content) == [response["Content-Type"]]
    validate(description, content[response["Content-Type"]]["schema"], response.json())


def test_a_response_of_another_shape_is_not_valid(client, description, site):
    values = client.get(f"{API}/publications/{site['full']}").json()
    schema = response_content(description, "/publications/{id}", 200)["application/json"]["schema"]

    for wrong in ({"id": 1}, {"published_at": "yesterday"}, {"secret": "x"}, {"authors": [{"name": "Ann"}]}):
        with pytest.raises(Exception, match=r"1|yesterday|secret|required"):
            validate(description, schema, {**values, **wrong})


def test_the_examples_of_filters_are_accepted(client, description, site):
    for parameter in description["paths"]["/publications"]["get"]["parameters"]:
        if "example" in parameter:
            assert (
                client.get(f"{API}/publications", {parameter["name"]: parameter["example"]}).status_code
                == 200
            )


# Values of parameters


def valid_values_of(schema: dict) -> st.SearchStrategy[str]:
    """Return a strategy for values that a schema accepts."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"]).map(str)
    min_length, max_length = schema.get("minLength", 0), schema.get("maxLength", 400)
    text = st.from_regex(schema.get("pattern", ""), fullmatch=True) | st.text(max_size=max_length + 20)
    return text.filter(lambda value: min_length <= len(value) <= max_length and is_valid(value, schema))


def invalid_values_of(schema: dict) -> st.SearchStrategy[str]:
    """Return a strategy for values that a schema refuses."""
    unusual = st.text(max_size=40) | st.sampled_from(["", " ", "\0", "a\x1f", "007", "+1", "101", "x" * 999])
    return unusual.filter(lambda value: value.isascii() or schema.get("pattern")).filter(
        lambda value: not is_valid(value, schema)
    )


def is_valid(value: str, schema: dict) -> bool:
    if schema["type"] == "integer":
        return bool(re.fullmatch("[1-9][0-9]*", value)) and int(value) <= schema["maximum"]
    return Draft202012Validator(schema).is_valid(value) and not value.endswith("\n")


@settings(max_examples=EXAMPLES // 40, deadline=None, suppress_health_check=[*HealthCheck], database=None)
@given(data=st.data())
@pytest.mark.parametrize("path", ["publications", "authors", "topics"])
def test_a_parameter_accepts_exactly_what_its_schema_accepts(client, description, path, data):
    for parameter in description["paths"][f"/{path}"]["get"]["parameters"]:
        name, schema = parameter["name"], parameter["schema"]
        fitting, other = data.draw(valid_values_of(schema)), data.draw(invalid_values_of(schema))

        accepted = client.get(f"{API}/{path}", {name: fitting}).status_code
        refused = client.get(f"{API}/{path}", {name: other})

        assert (name, fitting, accepted) in (
            (name, fitting, 200),
            (name, fitting, 404 if name == "cursor" else 200),
        )
        assert (name, other, refused.status_code) == (name, other, 400)
        assert refused.json()["parameter"] == name


def test_every_field_of_a_publication_is_in_the_api():
    """A field that is left out has an empty `api_name` in publication_fields."""
    assert {field.api_name for field in FIELDS} - {""} <= PUBLICATION_DETAIL.fields.keys()
    assert TYPED_FIELDS.keys() <= FIELDS_BY_NAME.keys()
