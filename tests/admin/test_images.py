"""The library: uses of an image, and crops around its focal point."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image as Pixels

from publications import actions, images, renditions
from publications.admin.images import find_image_uses
from publications.models import Author, Image, SitePage, teaser_editions
from publications.presentation import build_lead_teaser, build_teasers
from tests.factories import make_author, make_image, make_live, make_publication, saved

pytestmark = pytest.mark.django_db


def form(desk, image: Image):
    return desk.get(reverse("desk:publications_image_change", args=[image.pk]))


def image_uses(image: Image) -> list[tuple[str, str]]:
    return [(use.title, use.description) for use in find_image_uses(image)]


def make_two_coloured_image(**fields) -> Image:
    """Return an image whose left part is red and whose right part is blue."""
    pixels = Pixels.new("RGB", (1200, 300), "red")
    pixels.paste("blue", (900, 0, 1200, 300))
    stream = io.BytesIO()
    pixels.save(stream, "PNG")
    image = Image(alt_en="Two fields", **fields)
    image.store_upload(stream.getvalue(), "halves.png")
    image.save()
    return image


def test_an_unused_image_has_no_uses(desk):
    assert "Nowhere" in form(desk, make_image()).text


def test_each_use_has_its_title_and_kind(desk):
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


def test_the_form_says_that_a_text_keeps_words_of_its_own_for_a_picture(desk, client):
    """The library has the words for a picture only where a text has none."""
    image = make_image(alt_en="Old words")
    own = make_live(title="Own", body=f"![Words of the text](image:{image.key})")
    without = make_live(title="Without", body=f"![](image:{image.key})")
    image.alt_en = "New words"
    actions.save_instance(image, by=None, changed=["alt_en"])

    assert "words of its own" in form(desk, image).text
    assert 'alt="Words of the text"' in client.get(own.get_absolute_url()).text
    assert 'alt="New words"' in client.get(without.get_absolute_url()).text


def test_teasers_crop_a_cover_around_its_focal_point():
    image = make_two_coloured_image(focus_x=100)

    with Pixels.open(io.BytesIO(renditions.get_image_file(image, "480c", "jpg"))) as card:
        red, _green, blue = card.getpixel((card.width - 20, 20))
        assert card.size == (480, 270) and blue > 200 > 50 > red


def test_another_focal_point_has_another_url():
    image = make_two_coloured_image(focus_x=100)
    before = renditions.get_image_file(image, "480c", "jpg")
    image.focus_x = 0

    assert renditions.get_image_file(image, "480c", "jpg") != before


@pytest.mark.parametrize(
    ("size", "widths"),
    [((2000, 1200), (480, 960, 1600)), ((1200, 300), (480, 533)), ((64, 48), (64,)), ((9, 1), (1,))],
)
def test_teaser_images_are_never_enlarged(size, widths):
    assert images.teaser_widths(images.ImageProperties(*size, "PNG", "png", "image/png")) == widths


def test_a_teaser_links_its_crop_in_both_formats(client):
    image = make_image(size=(1000, 800))
    edition = make_live(cover=image)

    [teaser] = build_teasers(teaser_editions([edition.pk]))
    cover = build_lead_teaser(edition, teaser).cover

    assert [kind for kind, _srcset in cover.sources] == ["image/webp", "image/jpeg"]
    assert cover.src.endswith("/960c.jpg") and (cover.width, cover.height) == (1000, 562)
    assert client.get(cover.src).status_code == 200


def test_the_form_shows_the_image_and_its_teaser_crop(desk):
    image = make_image(size=(1000, 800))

    page = form(desk, image).text

    assert f"/desk/library/{image.key}/480.jpg" in page and f"/desk/library/{image.key}/480c.jpg" in page
    assert 'name="focus_x"' in page and "js/desk/focal_point.js" in page


@pytest.mark.parametrize(("width", "shown"), [(800, 800), (2000, 960), (64, 64)])
def test_the_editor_has_every_picture_about_as_wide_as_its_text(desk, width, shown):
    image = make_image(size=(width, 40))
    page = desk.get("/desk/publications/publication/add/").text
    url = re.search(r'data-image-url="([^"]+)"', page)[1].replace("KEY", image.key)

    with Pixels.open(io.BytesIO(desk.get(url).content)) as picture:
        assert picture.width == shown


def test_the_uses_of_an_image_are_found_without_their_texts(desk):
    image = make_image()
    text = f"![](image:{image.key})"

    def add_uses() -> None:
        make_publication(title="Draft", body=text)
        make_live(title="Live", body=text)
        make_author(portrait=image, biography_en="A biography")
        SitePage.objects.create(title_en="Page", slug_en=f"page-{SitePage.objects.count()}", body_en=text)

    add_uses()
    with CaptureQueriesContext(connection) as few:
        find_image_uses(image)
    add_uses(), add_uses()
    with CaptureQueriesContext(connection) as many:
        assert len(find_image_uses(image)) == 12

    selected = [query["sql"].partition(" FROM ")[0] for query in many]
    assert len(many) == len(few) == 3
    assert not [columns for columns in selected if "summary" in columns or "biography" in columns]
    assert not [columns for columns in selected if '"body' in columns.partition(" CASE ")[0]]


def test_the_code_of_an_image_is_folded_away(desk):
    image = make_image()
    reference = f"image:{image.key}"

    assert reference not in desk.get(reverse("desk:publications_image_changelist")).text
    folded = form(desk, image).text.split("<details>", 1)[1].split("</details>", 1)[0]
    assert reference in folded
