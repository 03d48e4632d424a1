"""Texts that link to publications which are no longer public, or are about to end: found among any number."""

import pytest

from publications import actions
from publications.admin.related_links import editions_linking_to, has_links_to_ended
from publications.models import Address, Publication
from tests.factories import make_author, make_live, make_many, make_tag, saved

pytestmark = pytest.mark.django_db


def test_links_to_any_number_of_publications_are_found():
    make_many(600, author=make_author(), tag=make_tag())
    ended = list(Publication.objects.filter(title__startswith="Many"))
    slug = ended[-1].slug
    make_live(title="Leads there", body=f"See [this](/en/publications/{slug}/#notes).")
    make_live(title="Leads elsewhere", body=f"See [this](/en/publications/{slug}-more/).")

    assert [edition.title for edition in editions_linking_to(ended)] == ["Leads there"]


def test_links_to_any_former_address_of_an_ended_publication_are_found():
    ended = make_live().publication
    Address.objects.bulk_create(
        Address(locale="en", slug=f"former-{number}", publication=ended) for number in range(600)
    )
    source = make_live(body="See [this](/en/publications/former-599/).").publication
    actions.withdraw(ended, by=None)

    assert list(Publication.objects.filter(has_links_to_ended())) == [source]


def test_links_of_a_text_that_is_published_later_are_found():
    ended, source = make_live(slug="rye").publication, make_live().publication
    actions.withdraw(ended, by=None)
    assert not Publication.objects.filter(has_links_to_ended())

    actions.publish(saved(source, body="See [this](/en/publications/rye/)."), by=None)

    assert list(Publication.objects.filter(has_links_to_ended())) == [source]
