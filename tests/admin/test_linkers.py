"""A linker reads no draft: a secret word in every state that is not public, every address and chooser asked for."""

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
    """Every field that says something, with the word of the state in it."""
    word = secret(state)
    return {
        "title": f"Title {word}", "summary": f"Summary {word}.", "body": f"Body {word}.", "internal_note": f"Note {word}",
        "slug": f"title-{word}",
    }  # fmt: skip


def secret_piece(state: str, **more) -> Publication:
    return make_publication(by=[make_author(f"Ann {secret(state)}")], **fields(state), **more)


@pytest.fixture(scope="class")
def made(shared_site) -> dict[str, Publication]:
    """A publication in each state that is not public, or public in other words than those that are secret."""
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=True):
        expired = actions.publish(secret_piece("expired"), by=None, until=tomorrow()).publication
    scheduled, withdrawn, cancelled = (
        secret_piece(state) for state in ("scheduled", "withdrawn", "cancelled")
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
    return {"draft": secret_piece("draft"), "scheduled": scheduled, "expired": expired, "withdrawn": withdrawn,
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
    """Every address of the desk, with each of these numbers where one stands."""
    found = []
    for route in _routes(get_resolver(), ""):
        if route.startswith("desk/") and "logout" not in route:
            filled = {re.sub(r"<[^>]+>", str(number), route) for number in numbers}
            found += [f"/{each}" for each in sorted(filled)]
    return found


def _routes(resolver, before: str):
    for pattern in resolver.url_patterns:
        text = before + re.sub(r"\^|\$|\\Z", "", str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield text
        else:
            yield from _routes(pattern, text)


def told_of(answer) -> str:
    said = " ".join(f"{name}: {value}" for name, value in answer.items())
    return said + (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(
        "utf-8", "replace"
    )


def found_in(answer) -> set[str]:
    return {state for state in STATES if secret(state) in told_of(answer).lower()}


class TestLinker:
    """Asked by a linker on a site with a publication in each state."""

    def test_no_address_of_the_desk_tells_a_linker_what_is_not_public(self, linker, publications):
        source = relate_all(publications)
        addresses = desk_addresses([source.pk, *(publication.pk for publication in publications.values())])

        result = {address: found for address in addresses if (found := found_in(linker.get(address)))}

        assert len(addresses) > 100
        assert result == {}

    @pytest.mark.parametrize("what", ["publications", "live"])
    @pytest.mark.parametrize("query", ["", "Title", "zzq", "Ann", "title-zzq"])
    def test_no_chooser_tells_a_linker_what_is_not_public(self, linker, publications, what, query):
        answer = linker.get(reverse("desk:chooser-search", args=[what]), {"q": query})

        assert answer.status_code == 200
        assert found_in(answer) == set()
        assert "not public" not in answer.text.lower()
        if "zzq" in query:  # a word of a draft finds nothing, whatever is shown of it
            assert answer.json()["found"] == []

    def test_a_linker_finds_a_publication_by_the_words_that_its_readers_see(self, linker, publications):
        answer = linker.get(reverse("desk:chooser-search", args=["publications"]), {"q": "public changed"})

        [found] = answer.json()["found"]
        assert found["value"] == publications["changed"].pk
        assert found["label"].startswith("Title public changed · ")

    def test_links_of_a_publication_tell_a_linker_only_that_some_are_not_public(self, linker, publications):
        source = relate_all(publications)

        page = linker.get(reverse("desk:related-links-edit", args=[source.pk]))

        assert found_in(page) == set()
        assert "Not public" in page.text and "Title public changed" in page.text

    @pytest.mark.parametrize("state", STATES)
    def test_no_refusal_tells_a_linker_what_is_not_public(self, linker, publications, state):
        source, publication = relate_all(publications), publications[state]
        address = reverse("desk:related-links-edit", args=[source.pk])
        stored = ",".join(str(each.pk) for each in publications.values())

        for typed in (
            {"related": [str(publication.pk)] * 2, "related-chooser": stored},
            {"related": [str(publication.pk)], "related-chooser": "1,2"},
            {"related": [], "_find": "related", "related-find": "Title", "related-chooser": stored},
            {"related": [], "_take": f"related:{publication.pk}", "related-chooser": stored},
            {"related": [], "_apart": str(publication.pk), "related-chooser": stored},
        ):
            assert found_in(linker.post(address, typed)) == set(), typed

    def test_a_linker_keeps_what_is_not_public_among_the_links(self, linker, publications):
        source = relate_all(publications)
        stored = [str(publication.pk) for publication in publications.values()]
        address = reverse("desk:related-links-edit", args=[source.pk])

        answer = linker.post(address, {"related": stored[::-1], "related-chooser": ",".join(stored)})

        assert answer.status_code == 302
        links = RelatedLink.objects.filter(source=source).order_by("position")
        assert [str(link.target_id) for link in links] == stored[::-1]
