"""Each address of the desk is answered to each role, about publications of each state and sort, never with an error of ours.

Addresses come from the URL resolver with values for their parameters; a parameter that has none here fails the test.
"""

import os
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.cookies import COOKIES
from publications.admin.choice_sources import CHOICE_SOURCES
from publications.attachment_files import ATTACHMENT_TYPES
from publications.models import Autosave, BylineRole, Kind, Publication, Status, in_status, with_status
from tests.desk_states import SUBSCRIBER, Newsroom, make_newsroom
from tests.factories import make_person
from tests.test_roles import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shared_renditions")]

BACKEND = "django.contrib.auth.backends.ModelBackend"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
OF_PUBLICATIONS = "publications/publication/<"
QUERIES = {
    "difference": ("?from=e1&to=now", "?from=r1&to=e2"),
    "revisions": ("", "?before=2"),
    "bulk-tags": ("", "?of={pk}"),
    "bulk-withdraw": ("", "?of={pk}"),
    "bulk-author": ("", "?of={pk}"),
    "choose": ("", "?q=a"),
    "planning": ("", "?week=2026-W48&person=1&kind=1&type=due&language=en"),
    "links": ("", "?only=gone", "?q=a&page=2"),
    "publications_publication_changelist": ("", "?q=a", "?waits=gone", "?state=live", "?state=draft"),
}
SAMPLE = (
    "draft",
    "changed",
    "withdrawn",
)  # for every role and for what is posted
ALL = os.environ.get("DESK_STATES") == "all"  # every route about every publication


def routes() -> dict[str, str]:
    """The route of each name under /desk/, those behind the sign-in and the others."""
    found = {}
    for resolver in get_resolver().url_patterns:
        if str(resolver.pattern) == "desk/" and getattr(resolver, "namespace", ""):
            found |= {pattern.name or route: route for route, pattern in _leaves(resolver, "/desk/")}
    return found


def _leaves(resolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).replace("^", "").replace("$", "").replace("\\Z", "")
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from _leaves(pattern, route)


def values_of(name: str, route: str, newsroom: Newsroom) -> dict[str, tuple]:
    """What stands for each parameter of a route that is about no publication, first what is there."""
    image, things = newsroom.things["image"], newsroom.things
    model = route.removeprefix("/desk/").split("/")[1] if "object_id" in route or "<id>" in route else ""
    return {
        "pk": (things["typed"], things["publication"]),
        "id": (things["user"],),
        "user_pk": (things["user"], 0),
        "object_id": (getattr(things.get(model), "pk", things.get(model, 1)), "0", "x"),
        "content_type_id": (1,),
        "app_label": ("publications", "auth"),
        "source_name": (*CHOICE_SOURCES, "nothing"),
        "name": ("author", "tag", "nothing"),
        "key": (image.key, "nothing"),
        "size": ("192s", "9"),
        "extension": ("jpg", "x"),
        "token": (things["press_token"], things["invitation_token"], "nothing"),
        "access": (things["press_access"], "nothing"),
        "digest": ("nothing",),
        "url": ("nowhere/",),
        "rest": ("", "1/change/"),
    }


def addresses(
    name: str, route: str, newsroom: Newsroom, publications: dict[str, Publication]
) -> Iterator[str]:
    """Every address of a route: about each publication, or about one of everything."""
    for query in QUERIES.get(name, ("",)):
        if OF_PUBLICATIONS in route:
            for each in publications.values():
                yield from _about(each, route, query, newsroom)
        else:
            filled = _filled(route, values_of(name, route, newsroom))
            yield from (path + query.format(pk=newsroom.things["publication"]) for path in filled)


def _about(publication: Publication, route: str, query: str, newsroom: Newsroom) -> Iterator[str]:
    numbers = (1, publication.version) if "<number:number>" in route else (1,)
    values = {
        "pk": (publication.pk,),
        "object_id": (publication.pk,),
        "number": tuple(dict.fromkeys(numbers)),
        "file_pk": (newsroom.things["word"],),
        "counterpart_pk": tuple(publication.self_and_translations().values_list("pk", flat=True)),
    }
    yield from (path + query for path in _filled(route, values))


def _filled(route: str, values: dict[str, tuple]) -> Iterator[str]:
    """The route with the first value of each parameter, and with each other value of one of them."""
    names = PARAMETER.findall(route)
    first = {name: values[name][0] for name in names}
    others = ({**first, name: value} for name in names for value in values[name][1:])
    for chosen in (first, *others):
        yield PARAMETER.sub(lambda match: str(chosen[match[1]]), route)


def client_of(person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend=BACKEND)
    return client


def failures(
    newsroom: Newsroom, of_route: Callable[[int], dict[str, Publication]], ask
) -> list[tuple[str, str]]:
    """The addresses that are answered with an error of ours, a cookie that is not in the table or an address of a reader.

    Args:
        of_route: the publications that the route of a number is requested for.
        ask: gives the response to a path.
    """
    found = []
    for number, (name, route) in enumerate(routes().items()):
        for path in addresses(name, route, newsroom, of_route(number)):
            answer = ask(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if SUBSCRIBER.encode() in body:
                found.append((path, "shows the address of a subscriber"))
            if answer.status_code >= 500:
                error = getattr(answer, "exc_info", None)
                found.append((path, repr(error[1]) if error else str(answer.status_code)))
            if unknown := answer.cookies.keys() - {cookie.name for cookie in COOKIES}:
                found.append((path, f"sets a cookie that is not in the table: {unknown}"))
    return found


@pytest.fixture(scope="class")
def made_newsroom(shared_site) -> Newsroom:
    return make_newsroom(make_person("Administrators"))


@pytest.fixture
def newsroom(made_newsroom, in_shared_site) -> Newsroom:
    """The newsroom, made once; what a test changes in the database is undone after it."""
    return deepcopy(made_newsroom)


def test_every_parameter_of_an_address_has_values():
    names = ("typed", "publication", "user", "press_token", "press_access", "invitation_token")
    newsroom = Newsroom({}, {"image": type("", (), {"key": "x"}), **dict.fromkeys(names, 1)})
    known = {"number", "file_pk", "counterpart_pk", *values_of("", "", newsroom)}

    assert {name for route in routes().values() for name in PARAMETER.findall(route)} <= known
    assert len(routes()) > 80


class TestNewsroom:
    """Addresses requested in one newsroom."""

    def test_every_page_about_a_publication_of_every_sort_and_state_is_shown(self, newsroom):
        publications = newsroom.publications.values()

        assert set(Kind.objects.values_list("pk", flat=True)) == {each.kind_id for each in publications}
        assert set(BylineRole) == {line.role for each in publications for line in each.bylines.all()}
        assert {
            file.filename.rpartition(".")[2] for each in publications for file in each.attachments.all()
        } == ATTACHMENT_TYPES
        found = {state for state in Status if in_status(with_status(Publication.objects), state).exists()}
        assert found == set(Status)
        person = Autosave.objects.get(pk=newsroom.things["typed"]).owner
        assert failures(newsroom, partial(every_state, newsroom), client_of(person).get) == []

    def test_every_page_is_answered_to_every_role(self, newsroom):
        found = {}
        for place, role in enumerate(ROLES):
            of_route = partial(one_of_sample, newsroom, place)
            found[role] = failures(newsroom, of_route, client_of(make_person(role)).get)

        assert not any(found.values()), found

    def test_whatever_is_sent_to_any_address_is_answered(self, newsroom):
        client = client_of(make_person("Editors", is_superuser=True))

        def post(path: str):
            if path == reverse("desk:logout"):
                return client.get(path)  # the rest is to be sent by somebody who is signed in
            with transaction.atomic():
                answer = client.post(path, {"anything": "at all", "seen": "x", "_save": "Save"})
                transaction.set_rollback(True)
            return answer

        assert failures(newsroom, lambda _route: sample_of(newsroom), post) == []
        assert client.get(reverse("desk:index")).status_code == 200, "the client was signed out on the way"


def every_state(newsroom: Newsroom, route: int) -> dict[str, Publication]:
    """Those of every state and a third of those of a sort, another third for the next route."""
    return {
        name: each
        for place, (name, each) in enumerate(newsroom.publications.items())
        if ALL or name in newsroom.states or (place + route) % 3 == 0
    }


def sample_of(newsroom: Newsroom) -> dict[str, Publication]:
    names = newsroom.publications if ALL else SAMPLE
    return {name: newsroom.publications[name] for name in names}


def one_of_sample(newsroom: Newsroom, role: int, route: int) -> dict[str, Publication]:
    """One publication of the sample, another for each role, so that together they ask a route about each of them."""
    sample = sample_of(newsroom)
    if ALL:
        return sample
    name = list(sample)[(role + route) % len(sample)]
    return {name: sample[name]}
