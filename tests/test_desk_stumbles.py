"""Small things that editors stumbled over: each is said, or can be done, where they are."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications import deeds
from publications.desk.left_out import left_out
from publications.models import AuditLine, Author, Image, Site
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_person, make_publication, picture_bytes, tomorrow

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
AUTHOR = "/desk/publications/author/add/"


def author_form(**fields) -> dict:
    empty = dict.fromkeys(
        ("title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv", "orcid",
         "family_name", "aliases", "slug"), "",
    )  # fmt: skip
    return {**empty, "name": "Ann Berg", "portrait_choice-chooser": "", "_save": "Save", **fields}


def test_the_message_of_a_schedule_names_its_end(desk):
    end = tomorrow().replace(year=tomorrow().year + 1)
    edition = deeds.publish(make_publication(), by=None, at=tomorrow(), until=end)

    page = desk.get(reverse("desk:published", args=[edition.publication_id, 1])).text

    assert "It will be taken down" in page and str(end.year) in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<iframe src="https://example.org">A film</iframe>', "<iframe>"),
        ("<video src=x>words</video>", "Only the words in it are shown: <video>"),
        ("![A sea](https://example.org/sea.png)", "picture of another site"),
        ("[a](javascript:alert(1))", "no address of a page"),
    ],
)
def test_what_readers_will_not_see_is_told_on_saving(desk, body, said):
    page = desk.post(ADD, filled(body=body), follow=True)

    assert said in " ".join(str(message) for message in page.context["messages"])


@pytest.mark.parametrize(
    "body",
    [
        "`<iframe>`",
        "```\n<script>\n```",
        "1 < 2 and <3>",
        "<b>bold</b>",
        "![x](image:abc)",
        "    <iframe>",
        "[a](https://b.c)",
    ],
)
def test_what_stays_is_not_told(body):
    assert left_out(body) == []


def test_what_follows_code_is_told():
    assert left_out("    code\n\n```\ncode\n```\n\n`code` <iframe>x</iframe>")


def test_a_text_that_did_not_change_is_not_told_of_again(desk):
    piece = make_publication(body="<iframe>A film</iframe>")

    page = desk.post(change(piece), filled(piece, note="Only this."), follow=True)

    assert "Not shown" not in page.text


def test_help_with_markdown_stands_at_the_text(desk):
    page = desk.get(ADD).text

    assert page.index('id="id_body"') < page.index("How to write Markdown") < page.index("chooser-bylines")


def test_a_portrait_is_added_in_the_form_of_its_author(desk):
    file = SimpleUploadedFile("ann.png", picture_bytes(), "image/png")

    desk.post(AUTHOR, author_form(portrait_file=file))

    portrait = Author.objects.get(name="Ann Berg").portrait
    assert (portrait, portrait.alt_en, portrait.alt_sv) == (
        Image.objects.get(), "Portrait of Ann Berg", "Porträtt av Ann Berg",
    )  # fmt: skip


def test_a_portrait_that_is_no_picture_is_refused_and_nothing_typed_is_lost(desk):
    page = desk.post(
        AUTHOR, author_form(title_en="Analyst", portrait_file=SimpleUploadedFile("a.png", b"no picture"))
    )

    assert page.status_code == 200 and "Analyst" in page.text
    assert not Author.objects.exists() and not Image.objects.exists()


def test_editors_change_the_address_of_the_newsletter_and_it_leaves_its_line(desk, editor):
    address = reverse("desk:newsletter")
    seen = desk.get(address).context["form"].initial["seen"]

    desk.post(address, {"newsletter": "https://example.org/sign-up", "seen": seen, "sure": ""})

    assert Site.objects.get().newsletter == "https://example.org/sign-up"
    assert AuditLine.objects.get().by == editor
    assert "https://example.org/sign-up" in desk.get("/en/").text


def test_what_is_no_address_of_a_newsletter_is_refused(desk):
    page = desk.post(
        reverse("desk:newsletter"), {"newsletter": "javascript:alert(1)", "seen": "", "sure": ""}
    )

    assert "is no address" in page.text and not Site.objects.get().newsletter


def test_an_author_who_is_not_found_can_be_added(desk, client):
    page = desk.post(ADD, filled(_find="bylines", **{"bylines-find": "Zoë Öberg"})).text
    added = f"{AUTHOR}?name=Zo%C3%AB%20%C3%96berg"

    assert f'href="{added}"' in page
    assert 'value="Zoë Öberg"' in desk.get(added).text
    assert f'data-adding="{AUTHOR}"' in desk.get(ADD).text


def test_who_may_not_add_authors_is_not_offered_to(client):
    make_author("Ann")
    client.force_login(make_person("Contributors"), backend=BACKEND)

    page = client.post(ADD, filled(_find="bylines", **{"bylines-find": "nobody"})).text

    assert "Nothing found." in page and "data-adding" not in page and AUTHOR not in page
