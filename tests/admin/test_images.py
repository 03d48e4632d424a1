"""The library: where a picture is used, and the point around which it is cut."""

import io

import pytest
from django.urls import reverse
from PIL import Image as Pixels

from publications import actions, images, renditions
from publications.admin.images import find_image_uses
from publications.models import Author, Image
from publications.presentation import build_lead_teaser, build_teaser
from tests.factories import make_author, make_image, make_live, make_publication, saved

pytestmark = pytest.mark.django_db


def form(desk, image: Image):
    return desk.get(reverse("desk:publications_image_change", args=[image.pk]))


def image_uses(image: Image) -> list[tuple[str, str]]:
    return [(use.title, use.what) for use in find_image_uses(image)]


def halves(**fields) -> Image:
    """A picture whose left part is red and whose right part is blue."""
    pixels = Pixels.new("RGB", (1200, 300), "red")
    pixels.paste("blue", (900, 0, 1200, 300))
    stream = io.BytesIO()
    pixels.save(stream, "PNG")
    image = Image(alt_en="Two fields", **fields)
    image.store_upload(stream.getvalue(), "halves.png")
    image.save()
    return image


def test_a_picture_that_nothing_shows_is_used_nowhere(desk):
    assert "Nowhere" in form(desk, make_image()).text


def test_each_use_is_named_by_its_title_with_what_it_is(desk):
    image = make_image()
    make_publication(title="As a cover", cover=image)
    make_live(title="In a text", body=f"![](image:{image.key})")
    taken_out = make_live(title="Taken out", cover=image).publication
    actions.publish(saved(taken_out, cover=None), by=None)
    make_author("Ann Berg", portrait=image)

    assert image_uses(image) == [
        ("Ann Berg", "portrait"),
        ("As a cover", "in the draft"),
        ("In a text", "readers see it"),
        ("Taken out", "in an earlier edition"),
    ]
    assert (
        f'href="/desk/publications/author/{Author.objects.get(name="Ann Berg").pk}/change/"'
        in form(desk, image).text
    )


def test_cards_cut_a_cover_around_its_focal_point():
    image = halves(focus_x=100)

    with Pixels.open(io.BytesIO(renditions.get_image_file(image, "480c", "jpg"))) as card:
        red, _green, blue = card.getpixel((card.width - 20, 20))
        assert card.size == (480, 270) and blue > 200 > 50 > red


def test_another_focal_point_is_another_file():
    image = halves(focus_x=100)
    before = renditions.get_image_file(image, "480c", "jpg")
    image.focus_x = 0

    assert renditions.get_image_file(image, "480c", "jpg") != before


@pytest.mark.parametrize(
    ("size", "widths"),
    [((2000, 1200), (480, 960, 1600)), ((1200, 300), (480,)), ((64, 48), (64,)), ((9, 1), (1,))],
)
def test_no_card_is_larger_than_what_is_left_of_the_picture(size, widths):
    assert images.teaser_widths(images.ImageFacts(*size, "PNG", "png", "image/png")) == widths


def test_a_card_asks_for_its_own_cut_in_both_formats(client):
    image = make_image(size=(1000, 800))
    edition = make_live(cover=image)

    cover = build_lead_teaser(edition, build_teaser(edition)).cover

    assert [kind for kind, _srcset in cover.sources] == ["image/webp", "image/jpeg"]
    assert cover.src.endswith("/960c.jpg") and (cover.width, cover.height) == (960, 540)
    assert client.get(cover.src).status_code == 200


def test_the_form_shows_the_whole_picture_and_how_cards_cut_it(desk):
    image = make_image(size=(1000, 800))

    page = form(desk, image).text

    assert f"/desk/library/{image.key}/480.jpg" in page and f"/desk/library/{image.key}/480c.jpg" in page
    assert 'name="focus_x"' in page and "js/desk/focal_point.js" in page
