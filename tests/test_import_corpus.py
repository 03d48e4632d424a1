"""A real blog of ten years and a handbook in nine languages come in whole: the figures that were promised."""

import pytest

from publications import deeds, importers, importing
from publications.models import Edition, Publication, RelatedLink
from tests.factories import make_author
from tests.import_figures import CORPUS, figures, show, sources, written_order

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]


def test_the_posts_come_in_whole(capsys):
    order = importing.Order(CORPUS / "posts", authors=CORPUS / "authors/team_members.csv", publish=True)

    account = importing.bring_in(order)

    found = figures(account, CORPUS / "posts", CORPUS / "media")
    with capsys.disabled():
        show("Posts", found)
    assert (found["publications"], found["authors in use"], found["tags"]) == (509, 273, 142)
    assert (found["dates from file names"], found["dates that differ from the file name"]) == (87, 45)
    assert len(found["addresses of the same-slug posts"]) == 3 and found["pages with script or iframe"] == 0
    assert found["files below 99.5 %"] == 0 and found["words left out, all named"] == 0
    for name in (
        "posts whose authors are in another order",
        "posts whose day is another",
        "pages with Liquid that its author did not put between raw",
        "links neither kept nor named",
        "pictures neither kept nor named",
    ):
        assert not found[name], name


def test_the_guides_come_in_as_drafts_in_nine_languages(client):
    account = importing.bring_in(importing.Order(CORPUS / "guides", publish=True))

    drafts = Publication.objects.filter(editions=None, published_at=None)
    assert drafts.count() == len(account.entries) == 109
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


def test_an_arabic_guide_reads_right_to_left(client):
    importing.bring_in(importing.Order(CORPUS / "guides/ar/legal.md"))
    piece = Publication.objects.get()
    piece.bylines.create(author=make_author())
    edition = deeds.publish(piece, by=None)

    page = client.get(edition.get_absolute_url()).content.decode()

    assert edition.direction == "rtl" and 'dir="rtl"' in page and Edition.objects.live().count() == 1


def test_profiles_leave_exactly_two_authors_unknown():
    people = importers.read_people(CORPUS / "authors/profiles")
    fronts = [front for front, _body in sources(CORPUS / "posts").values()]

    found = [people.find(written) for front in fronts for written in written_order(front)]

    assert {person.name for person in found if not person.is_known} == {"Elyse Voegeli", "Rebecca Refoy"}
