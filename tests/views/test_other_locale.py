"""Addresses with translated segments of the other locale redirect to those of this one."""

import pytest

from publications import actions
from tests.factories import make_author, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_both_locales(editor):
    """A corrected publication with its topic and author, in each language."""
    values = {"authors": [make_author("Ann Berg")], "tags": (make_tag("Belarus"),)}
    publication = corrected(editor, title="On Minsk", **values)
    corrected(editor, title="Om Minsk", language="sv", translation_of=publication, **values)


def corrected(editor, **fields):
    publication = make_publication(**fields)
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Anew."), by=editor, change="correction", note="It was old.")
    return publication


@pytest.mark.parametrize(("typed", "led"), [
    ("/sv/publications/", "/sv/publikationer/"),
    ("/sv/publications", "/sv/publikationer/"),
    ("/en/publikationer/?q=%C3%84", "/en/publications/?q=%C3%84"),
    ("/sv/publications/om-minsk/", "/sv/publikationer/om-minsk/"),
    ("/sv/publications/om-minsk.bib", "/sv/publikationer/om-minsk.bib"),
    ("/sv/publikationer/om-minsk/editions/2/changes/", "/sv/publikationer/om-minsk/utgavor/2/andringar/"),
    ("/en/publikationer/on-minsk/utgavor/", "/en/publications/on-minsk/editions/"),
    ("/sv/topics/belarus/", "/sv/amnen/belarus/"),
    ("/en/forfattare/ann-berg/", "/en/authors/ann-berg/"),
])  # fmt: skip
def test_segments_of_the_other_locale_redirect_to_those_of_this_one(client, in_both_locales, typed, led):
    response = client.get(typed)

    assert (response.status_code, response["Location"]) == (301, led)
    assert client.get(led).status_code == 200


@pytest.mark.parametrize("typed", [
    "/sv/publications/on-minsk/", "/en/publikationer/nowhere/", "/en/publikationer/on-minsk/utgavor/9/",
    "/sv/topics/nowhere/", "/sv/authors/nobody/", "/sv/publications/om-minsk/x/", "/publikationer/",
    "/en/feeds/publikationer/",
])  # fmt: skip
def test_segments_of_the_other_locale_are_404_without_a_page_in_this_one(client, in_both_locales, typed):
    assert client.get(typed).status_code == 404


def test_segments_of_the_other_locale_do_not_reveal_a_pseudonymous_author(client, editor):
    corrected(editor, authors=[make_author("Pen Name", is_pseudonymous=True)])

    assert client.get("/sv/authors/pen-name/").status_code == 404
