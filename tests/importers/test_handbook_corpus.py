"""A real handbook in nine languages comes in whole: the figures that were promised."""

import pytest

from publications import actions, preflight
from publications.importers.markdown.authors import read_authors
from publications.importers.run import ImportOptions, run_import
from publications.markup import render_markdown
from publications.models import Edition, Publication, RelatedLink
from tests.factories import make_author
from tests.figures.imports import CORPUS, listed_authors, read_sources
from tests.preflight.test_placeholders import texts_of

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]


def test_the_guides_come_in_as_drafts_in_nine_languages(client):
    account = run_import(ImportOptions(CORPUS / "guides", publish=True))

    drafts = Publication.objects.filter(editions=None, published_at=None)
    assert drafts.count() == len(account.files) == 109
    assert set(drafts.values_list("language", flat=True)) == {
        "en",
        "ar",
        "de",
        "el",
        "es",
        "fr",
        "ja",
        "pl",
        "ru",
    }
    assert RelatedLink.objects.count() == 180 and drafts.exclude(translation_of=None).count() == 96
    assert all(
        link.source.language == link.target.language
        for link in RelatedLink.objects.select_related("source", "target")
    )
    unfinished = {
        draft.title: result
        for draft in drafts
        if (result := list(preflight.find_placeholders(texts_of(draft, render_markdown(draft.body).html))))
    }
    assert unfinished == {}, "guides that were published on purpose are not stopped"


def test_an_arabic_guide_reads_right_to_left(client):
    run_import(ImportOptions(CORPUS / "guides/ar/legal.md"))
    publication = Publication.objects.get()
    publication.bylines.create(author=make_author())
    edition = actions.publish(publication, by=None)

    page = client.get(edition.get_absolute_url()).content.decode()

    assert edition.direction == "rtl" and 'dir="rtl"' in page and Edition.objects.live().count() == 1


def test_profiles_leave_exactly_one_author_unknown():
    people = read_authors(CORPUS / "authors/profiles")
    fronts = [front for front, _body in read_sources(CORPUS / "posts").values()]

    result = [people.find(written) for front in fronts for written in listed_authors(front)]

    assert {person.name for person in result if not person.is_known} == {"Elyse Voegeli"}
    assert people.find("rebecca-refoy").slug == "rebecca-refoy-sidibe", "by the name, as the id was changed"
