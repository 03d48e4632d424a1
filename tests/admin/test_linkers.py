"""A linker sees no draft: words of publications that are not public are in no page and no chooser."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
import time_machine
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from publications import actions
from publications.models import Publication, RelatedLink
from tests.factories import make_author, make_live, make_person, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db

STATES = ("draft", "scheduled", "changed", "undone", "withdrawn", "expired", "cancelled", "waiting")


def secret(state: str) -> str:
    return f"zzq{state}"


def fields(state: str) -> dict[str, str]:
    """Return all text fields, each with the secret word of the state."""
    word = secret(state)
    return {
        "title": f"Title {word}", "summary": f"Summary {word}.", "body": f"Body {word}.", "internal_note": f"Note {word}",
        "slug": f"title-{word}",
    }  # fmt: skip


def secret_publication(state: str, **more) -> Publication:
    return make_publication(authors=[make_author(f"Ann {secret(state)}")], **fields(state), **more)


@pytest.fixture(scope="class")
def made(shared_site) -> dict[str, Publication]:
    """Return a publication in each state that is not public, or whose live text has no secret word."""
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=True):
        expired = actions.publish(secret_publication("expired"), by=None, until=tomorrow()).publication
    scheduled, withdrawn, cancelled = (
        secret_publication(state) for state in ("scheduled", "withdrawn", "cancelled")
    )
    actions.publish(scheduled, by=None, at=tomorrow())
    actions.publish(withdrawn, by=None)
    actions.withdraw(withdrawn, by=None, note="Not so.")
    actions.publish(cancelled, by=None, at=tomorrow())
    actions.undo(cancelled, by=None)
    live = {
        state: make_live(title=f"Title public {state}").publication
        for state in ("changed", "undone", "waiting")
    }
    for state, publication in live.items():
        saved(publication, **fields(state))
    actions.publish(live["undone"], by=None)
    actions.undo(live["undone"], by=None)
    actions.publish(live["waiting"], by=None, at=tomorrow())
    return {"draft": secret_publication("draft"), "scheduled": scheduled, "expired": expired, "withdrawn": withdrawn,
            "cancelled": cancelled, **live}  # fmt: skip


@pytest.fixture
def publications(made, in_shared_site) -> dict[str, Publication]:
    """Those publications, with nothing of what another test did to them."""
    return deepcopy(made)


@pytest.fixture
def linker(client):
    client.force_login(make_person("Linkers"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def relate_all(publications: dict[str, Publication]) -> Publication:
    """A live publication that relates to all of these, as an editor may let it."""
    source = make_live(title="Title of the source").publication
    RelatedLink.objects.bulk_create(
        RelatedLink(source=source, target=publication, position=place)
        for place, publication in enumerate(publications.values())
    )
    return source


def desk_addresses(numbers: list[int]) -> list[str]:
    """Return every address of the desk, with each of these numbers as its arguments."""
    addresses = []
    for route in _routes(get_resolver(), ""):
        if route.startswith("desk/") and "logout" not in route:
            paths = {re.sub(r"<[^>]+>", str(number), route) for number in numbers}
            addresses += [f"/{path}" for path in sorted(paths)]
    return addresses


def _routes(resolver, before: str):
    for pattern in resolver.url_patterns:
        text = before + re.sub(r"\^|\$|\\Z", "", str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield text
        else:
            yield from _routes(pattern, text)


def text_of(response) -> str:
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return headers + content.decode("utf-8", "replace")


def states_in(response) -> set[str]:
    """Return the states whose secret word the response has."""
    return {state for state in STATES if secret(state) in text_of(response).lower()}


class TestLinker:
    """What a linker gets on a site with a publication in each state."""

    def test_no_page_of_the_desk_shows_a_linker_secret_text(self, linker, publications):
        source = relate_all(publications)
        addresses = desk_addresses([source.pk, *(publication.pk for publication in publications.values())])

        result = {address: states for address in addresses if (states := states_in(linker.get(address)))}

        assert len(addresses) > 100
        assert result == {}

    @pytest.mark.parametrize("what", ["publications", "live"])
    @pytest.mark.parametrize("query", ["", "Title", "zzq", "Ann", "title-zzq"])
    def test_no_chooser_shows_a_linker_secret_text(self, linker, publications, what, query):
        response = linker.get(reverse("desk:chooser-search", args=[what]), {"q": query})

        assert response.status_code == 200
        assert states_in(response) == set()
        assert "not public" not in response.text.lower()
        if "zzq" in query:  # a word of a draft finds nothing, whatever is shown of it
            assert response.json()["results"] == []

    def test_a_linker_finds_a_publication_by_its_live_text(self, linker, publications):
        response = linker.get(reverse("desk:chooser-search", args=["publications"]), {"q": "public changed"})

        [found] = response.json()["results"]
        assert found["value"] == publications["changed"].pk
        assert found["label"].startswith("Title public changed · ")

    def test_related_links_show_a_linker_only_that_some_are_not_public(self, linker, publications):
        source = relate_all(publications)

        page = linker.get(reverse("desk:related-links-edit", args=[source.pk]))

        assert states_in(page) == set()
        assert "Not public" in page.text and "Title public changed" in page.text

    @pytest.mark.parametrize("state", STATES)
    def test_no_error_message_shows_a_linker_secret_text(self, linker, publications, state):
        source, publication = relate_all(publications), publications[state]
        address = reverse("desk:related-links-edit", args=[source.pk])
        stored = ",".join(str(publication.pk) for publication in publications.values())

        for typed in (
            {"related": [str(publication.pk)] * 2, "related-chooser": stored},
            {"related": [str(publication.pk)], "related-chooser": "1,2"},
            {"related": [], "_find": "related", "related-find": "Title", "related-chooser": stored},
            {"related": [], "_take": f"related:{publication.pk}", "related-chooser": stored},
            {"related": [], "_apart": str(publication.pk), "related-chooser": stored},
        ):
            assert states_in(linker.post(address, typed)) == set(), typed

    def test_a_linker_keeps_related_links_that_are_not_public(self, linker, publications):
        source = relate_all(publications)
        stored = [str(publication.pk) for publication in publications.values()]
        address = reverse("desk:related-links-edit", args=[source.pk])

        response = linker.post(address, {"related": stored[::-1], "related-chooser": ",".join(stored)})

        assert response.status_code == 302
        links = RelatedLink.objects.filter(source=source).order_by("position")
        assert [str(link.target_id) for link in links] == stored[::-1]
