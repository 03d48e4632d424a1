"""The PDF and the social image of a publication: responses, caching and deletion."""

import io
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as current
from django.utils import timezone
from PIL import Image as Pixels

from publications import actions, renditions
from publications.models import (
    Attachment,
    Edition,
    EditionWithRows,
    ServedPdf,
    SiteSettings,
    original_storage,
    store_original,
)
from publications.pdf import PdfDocument
from publications.presentation import pdf_document_of, pdf_url, social_image_url
from publications.renditions.rendering_queue import (
    MAX_RENDERINGS,
    RenderingQueue,
    machine_slot,
    rendering_queue,
)
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved
from tests.pdf_reading import read, words_of

pytestmark = pytest.mark.django_db

LONG = (
    "Why the next decade of European security will be decided less by what is agreed in its capitals than by what is built, "
    "stored and repaired"
)


def pdf(client, edition: Edition) -> bytes:
    response = client.get(pdf_url(edition))
    assert response.status_code == 200, response.content
    return response.content


def stored_files(edition: Edition, ending: str = "*") -> list[Path]:
    return sorted(Path(current.RENDITIONS, f"pieces/{edition.publication_id}").glob(ending))


# Content -----------------------------------------------------------------------------------------


def test_the_pdf_of_a_report_says_what_its_page_says(client):
    author = make_author(
        "Ann Berg", title_en="Analyst", affiliation_en="The Centre", biography_en="Writes on Minsk."
    )
    image = make_image(alt_en="A field", credit="Photo: N. N.")
    edition = make_live(
        author=author, kind="report", title="On Minsk", summary="In short.", key_points="One.\nTwo.",
        tags=(make_tag("Belarus"),), cover=image, body=f"It begins.[^1]\n\n![](image:{image.key})\n\n[^1]: A note.",
    )  # fmt: skip

    content = pdf(client, edition)

    words, result = words_of(content), read(content)
    for text in (
        "Report No 1", "On Minsk", "By Ann Berg Analyst, The Centre", "In short.", "One.", "It begins.", "A note.",
        "Writes on Minsk.", "Photo: N. N.", "Suggested citation", f"http://127.0.0.1:8000{edition.get_absolute_url()}",
    ):  # fmt: skip
        assert text in words
    assert (
        not result.faults
        and result.author == "Ann Berg"
        and {a for a, _text in edition.paragraphs} <= result.names
    )


def test_a_swedish_pdf_speaks_swedish(client):
    edition = make_live(title="Om Minsk", language="sv", key_points="En punkt.", body="Det börjar.")

    content = pdf(client, edition)

    assert read(content).language == "sv" and "Det börjar." in words_of(content)


def test_corrections_are_in_the_pdf(client, editor):
    edition = make_live(body="It was Minsk.")
    for number, place in enumerate(("Brest", "Hrodna")):
        publication = saved(edition.publication, body=f"It was {place}.")
        last = actions.publish(
            publication, by=editor, change="correction", note=f"Note {number}: not Minsk, but {place}."
        )

    words = words_of(pdf(client, last))

    assert (words.count("Note 0: not Minsk"), words.count("Note 1: not Minsk")) == (1, 2)
    assert "It was Hrodna." in words and "Edition 3" in words


def test_the_pdf_of_a_superseded_edition_says_so_and_where_the_current_one_is(client, editor):
    edition = make_live(body="It was Minsk.")
    actions.publish(saved(edition.publication, body="It was Brest."), by=editor, change="update")

    response = client.get(f"{edition.get_absolute_url()}editions/1.pdf")

    words = words_of(response.content)
    assert "You are reading edition 1" in words and "It was Minsk." in words and "It was Brest." not in words
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_a_pdf_does_not_reveal_who_uses_a_pen_name(client):
    author = make_author("Nomen", is_pseudonymous=True, title_en="Colonel", biography_en="Lives in Brest.")

    words = words_of(pdf(client, make_live(author=author)))

    assert "Nomen" in words and "Colonel" not in words and "Lives in" not in words


# Responses ---------------------------------------------------------------------------------------


def test_a_pdf_is_shown_and_named_and_points_to_its_page(client):
    edition = make_live(title="Чому мовчить", language="uk", body="Перший.")

    response = client.get(pdf_url(edition))

    assert pdf_url(edition) == f"{edition.get_absolute_url().rstrip('/')}.pdf"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert response.headers["Content-Language"] == "uk"
    canonical = f'<http://127.0.0.1:8000{edition.get_absolute_url()}>; rel="canonical"'
    assert canonical in response.headers["Link"].split(", ") and response.headers["Link"].isascii()


def test_a_reader_who_has_the_file_gets_304(client):
    edition = make_live()
    for url in (pdf_url(edition), social_image_url(edition)):
        tag = client.get(url).headers["ETag"]

        again = client.get(url, headers={"if-none-match": tag})

        assert again.status_code == 304 and again.headers["ETag"] == tag and not again.content


def test_what_changes_beside_the_text_makes_another_pdf(client, editor):
    author = make_author("Ann Berg", biography_en="Writes.")
    edition = make_live(author=author)
    before = client.get(pdf_url(edition)).headers["ETag"]
    author.biography_en = "Writes on Minsk."
    author.save()

    after = client.get(pdf_url(edition))

    assert after.headers["ETag"] != before and "Writes on Minsk." in words_of(after.content)
    assert len(stored_files(edition, "1-*.pdf")) == 1


@pytest.mark.parametrize("url_of", [pdf_url, social_image_url])
def test_it_answers_as_its_publication_does(client, editor, url_of):
    draft = make_publication(slug="draft")
    scheduled = actions.publish(make_publication(), by=editor, at=timezone.now() + timedelta(hours=1))
    gone = make_live()
    actions.withdraw(gone.publication, by=editor)
    moved = make_live(slug="old")
    actions.publish(saved(moved.publication, slug="new"), by=editor, change="silent")

    draft_url = url_of(Edition(locale="en", slug=draft.slug))
    assert client.get(draft_url).status_code == client.get(url_of(scheduled)).status_code == 404
    assert client.get(url_of(gone)).status_code == 410
    answer = client.get(url_of(moved))
    assert answer.status_code == 301 and answer.headers["Location"] == url_of(
        Edition(locale="en", slug="new")
    )


def test_an_undone_edition_has_no_pdf(client, editor):
    edition = make_live(body="Right.")
    actions.publish(saved(edition.publication, body="Wrong."), by=editor, change="silent")
    actions.undo(edition.publication, by=editor)

    codes = [
        client.get(f"{edition.get_absolute_url()}editions/{number}.pdf").status_code
        for number in (1, 2, 3, 4)
    ]

    assert codes == [200, 410, 200, 404]


def test_an_attached_pdf_is_offered_before_the_typeset_one(client):
    publication = make_publication(kind="report")
    original = store_original(b"%PDF-1.4", "pdf")
    Attachment.objects.create(
        publication=publication, original=original, filename="r.pdf", label="The report", size=8
    )
    edition = actions.publish(saved(publication), by=None)

    page = client.get(edition.get_absolute_url()).content.decode()

    assert -1 < page.index(">The report</a>") < page.index(f'href="{pdf_url(edition)}"')


def test_a_page_offers_its_pdf_and_that_of_an_edition_its_own(client, editor):
    edition = make_live()
    actions.publish(saved(edition.publication, body="Other."), by=editor, change="silent")

    page = client.get(edition.get_absolute_url()).content.decode()
    older = client.get(f"{edition.get_absolute_url()}editions/1/").content.decode()

    assert f'href="{pdf_url(edition)}"' in page
    assert f'href="{edition.get_absolute_url()}editions/1.pdf"' in older


# Stored files -----------------------------------------------------------------------------------------


def test_a_pdf_is_rendered_once(client):
    edition = make_live()
    pdf(client, edition)
    rendered_at = stored_files(edition, "*.pdf")[0].stat().st_mtime_ns

    pdf(client, edition)

    assert stored_files(edition, "*.pdf")[0].stat().st_mtime_ns == rendered_at


def test_a_redaction_deletes_the_stored_renditions(client, editor, django_capture_on_commit_callbacks):
    edition = make_live(title="On Zacharias", body="It was Zacharias.")
    pdf(client, edition)
    client.get(social_image_url(edition))
    before = stored_files(edition)

    with django_capture_on_commit_callbacks(execute=True):
        actions.redact(edition.publication, "Zacharias", by=editor)

    assert len(before) == 2 and not stored_files(edition)
    words = words_of(pdf(client, Edition.objects.live().get()))
    assert "Zacharias" not in words and "It was [redacted]." in words


def test_a_pen_name_deletes_the_stored_renditions(client, editor, django_capture_on_commit_callbacks):
    author = make_author("Zacharias")
    edition = make_live(author=author)
    pdf(client, edition)

    author.name, author.is_pseudonymous = "Nomen", True
    with django_capture_on_commit_callbacks(execute=True):
        actions.save_instance(author, by=editor)

    assert not stored_files(edition) and "Zacharias" not in words_of(pdf(client, edition))


def test_a_pdf_of_a_text_that_was_redacted_during_rendering_is_not_stored():
    edition = make_live(body="It was Zacharias.")
    now, later = (document_with_text(edition, text) for text in ("It was Zacharias.", "It was [redacted]."))

    with pytest.raises(renditions.RenderingBusy):
        renditions.get_pdf(renditions.RenditionSource.of_edition(edition, now, lambda: later), [])

    assert not stored_files(edition, "*.pdf") and not ServedPdf.objects.exists()


def document_with_text(edition: Edition, text: str) -> PdfDocument:
    return replace(pdf_document_of(EditionWithRows.get(edition), site=SiteSettings()), html=f"<p>{text}</p>")


def test_a_missing_image_is_left_out_of_the_pdf(client, caplog):
    image = make_image()
    edition = make_live(body=f"Words.\n\n![](image:{image.key})", cover=image)
    original_storage().delete(image.original)

    assert "Words." in words_of(pdf(client, edition)) and image.key in caplog.text
    assert client.get(social_image_url(edition)).status_code == 200


# Failures -------------------------------------------------------------------------------


def test_a_text_that_cannot_be_typeset_answers_503_and_is_logged(client, settings, caplog):
    settings.PDF_TIMEOUT = 0
    edition = make_live()

    response = client.get(pdf_url(edition))

    assert response.status_code == 503 and response.headers["Retry-After"] == "600"
    assert "could not be made" in response.content.decode() and edition.title in response.content.decode()
    assert edition.get_absolute_url() in caplog.text
    assert client.get(edition.get_absolute_url()).status_code == 200


def test_a_failed_rendering_is_not_repeated_at_every_request(client, settings, caplog):
    settings.PDF_TIMEOUT = 0
    edition = make_live()
    client.get(pdf_url(edition))
    caplog.clear()
    settings.PDF_TIMEOUT = 20

    assert client.get(pdf_url(edition)).status_code == 503
    assert "No pdf" not in caplog.text


def test_a_busy_queue_answers_503_with_retry_after(client):
    edition = make_live()
    with FullQueue(rendering_queue):
        response = client.get(pdf_url(edition))

        assert response.status_code == 503 and response.headers["Retry-After"] == "5"
        assert "in a few seconds" in response.content.decode()
        assert client.get(edition.get_absolute_url()).status_code == 200
    assert client.get(pdf_url(edition)).status_code == 200


class FullQueue:
    """Fill a queue with requests for a rendering that does not end before the block does."""

    def __init__(self, queue: RenderingQueue) -> None:
        self.queue, self.end = queue, threading.Event()

    def __enter__(self) -> None:
        self.threads = [
            threading.Thread(target=self.queue.run, args=("slow", self.end.wait))
            for _n in range(MAX_RENDERINGS)
        ]
        for thread in self.threads:
            thread.start()
        while self.queue.active_count < MAX_RENDERINGS:
            pass

    def __exit__(self, *error) -> None:
        self.end.set()
        for thread in self.threads:
            thread.join()


def test_equal_requests_are_rendered_once():
    renderings, started, end = [], threading.Event(), threading.Event()
    queue = RenderingQueue()

    def work() -> None:
        started.set()
        end.wait()
        renderings.append(1)

    threads = [threading.Thread(target=queue.run, args=("same", work)) for _n in range(MAX_RENDERINGS)]
    for thread in threads:
        thread.start()
    started.wait()
    end.set()
    for thread in threads:
        thread.join()

    assert renderings == [1]


def test_waiting_requests_get_the_error():
    queue, errors, started, end = RenderingQueue(), [], threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        end.wait()
        raise renditions.RenderingFailed

    def request_rendering() -> None:
        try:
            queue.run("same", work)
        except renditions.RenderingFailed:
            errors.append(1)

    threads = [threading.Thread(target=request_rendering) for _n in range(2)]
    threads[0].start()
    started.wait()
    threads[1].start()
    while queue.active_count < 2:
        pass
    end.set()
    for thread in threads:
        thread.join()

    assert errors == [1, 1]


def test_a_machine_has_two_slots_for_renderings():
    with machine_slot(), machine_slot(), pytest.raises(renditions.RenderingBusy), machine_slot(max_wait=0.05):
        pass


# Social images ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"title": LONG},
        {"title": "Чому Європа мовчить", "language": "uk"},
        {"title": "لماذا تصمت أوروبا", "language": "ar"},
        {"title": "Om Minsk", "language": "sv"},
        {"title": "x" * 140},
        {"authors": [make_author] * 12},
    ],
)
def test_every_publication_has_a_social_image_of_the_size_that_messengers_expect(client, fields):
    makers = fields.get("authors", [])
    fields = fields | (
        {"authors": [make("Ann-Charlotte Bergström-Lindqvist") for make in makers]} if makers else {}
    )
    edition = actions.publish(make_publication(**fields), by=None)

    response = client.get(social_image_url(edition))

    with Pixels.open(io.BytesIO(response.content)) as image_file:
        assert (image_file.format, image_file.size) == ("PNG", (1200, 630)) and len(
            response.content
        ) < 100_000
        assert image_file.text["Title"] == edition.title


def test_a_social_image_shows_the_cover_around_its_focal_point(client):
    image = make_image(colour="#ff0000", size=(1600, 900))
    edition = make_live(cover=image)

    response = client.get(social_image_url(edition))

    with Pixels.open(io.BytesIO(response.content)) as image_file:
        red, green, blue = image_file.convert("RGB").getpixel((1150, 300))
    assert red > 220 and green < 40 and blue < 40


def test_another_focal_point_makes_another_social_image(client):
    image = make_image(size=(1600, 900))
    edition = make_live(cover=image)
    before = client.get(social_image_url(edition)).headers["ETag"]
    image.focus_x = 90
    image.save()

    assert client.get(social_image_url(edition)).headers["ETag"] != before
