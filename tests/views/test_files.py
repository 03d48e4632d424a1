"""Pictures, attachments and PDFs over HTTP: validators, ranges, and files that the store does not have whole."""

import errno
import hashlib
import io
import json
import os
import re
from unittest.mock import Mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from PIL import Image as Pixels

from publications import actions
from publications.models import Attachment, original_storage, store_original
from publications.views.file_responses import UnsatisfiableRange, parse_range
from sceeus import service_urls
from tests.factories import make_image, make_live, make_publication, saved
from tests.small_bucket import bucket

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 " + bytes(range(256)) * 40


@pytest.fixture(params=["folder", "bucket"])
def store(request, settings):
    """Where the files of these tests are kept."""
    if request.param == "folder":
        yield
        return
    with bucket() as server:
        entry = service_urls.parse_storage_url(server.url, settings.ORIGINALS)
        settings.STORAGES = {**settings.STORAGES, "originals": entry}
        yield


def attached(client, label: str = "R") -> str:
    """Return the address of a file of a live publication."""
    publication = make_publication()
    original = store_original(PDF, "pdf")
    Attachment.objects.create(
        publication=publication, original=original, filename="r.pdf", label=label, size=len(PDF)
    )
    page = client.get(actions.publish(saved(publication), by=None).get_absolute_url()).text
    return re.search(r'href="(/en/publications/[^"]+/files/[^"]+)"', page)[1]


def pictured(client) -> str:
    """Return the address of an image of a live publication."""
    image = make_image(size=(1000, 500))
    make_live(body=f"![](image:{image.key})")
    return f"/media/{image.key}/480.webp"


def made_pdf(client) -> str:
    return f"{make_live().get_absolute_url().rstrip('/')}.pdf"


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture(params=[attached, pictured, made_pdf])
def address(request, client):
    return request.param(client)


@pytest.mark.parametrize("label", ["The report", "The report (PDF, 1 kB)"])
def test_the_size_of_a_file_is_said_once(client, label):
    address = attached(client, label)

    page = client.get(address.partition("files/")[0]).text

    assert f">{label}</a>" in page and page.count("files__size") == ("kB" not in label)


def test_a_client_that_has_the_file_gets_304(client, address):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert first.status_code == 200 and re.fullmatch(r'"[0-9a-f]{32}"', first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"]


def test_another_etag_gets_the_whole_file(client, address):
    first = client.get(address)

    assert body_of(client.get(address, headers={"If-None-Match": '"other"'})) == body_of(first)


def test_a_range_of_the_file_can_be_requested(client, address):
    whole = body_of(client.get(address))

    part = client.get(address, headers={"Range": "bytes=10-19"})

    assert (part.status_code, body_of(part)) == (206, whole[10:20])
    assert part["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert (part["Content-Length"], part["Accept-Ranges"]) == ("10", "bytes")
    assert part["Cache-Control"] == client.get(address)["Cache-Control"]


def test_a_range_beyond_the_end_gets_416_with_the_size(client, address):
    size = len(body_of(client.get(address)))

    refused = client.get(address, headers={"Range": f"bytes={size}-"})

    assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize(
    ("tag", "status"), [("same", 206), ('"other"', 200), ("Thu, 26 Nov 2026 12:00:00 GMT", 200)]
)
def test_a_part_of_another_file_is_never_sent(client, address, tag, status):
    tag = client.get(address)["ETag"] if tag == "same" else tag

    response = client.get(address, headers={"Range": "bytes=0-9", "If-Range": tag})

    assert response.status_code == status


def test_head_has_the_size_and_no_body(client, address):
    whole = client.get(address)

    head = client.head(address, headers={"Range": "bytes=0-9"})

    assert (head.status_code, body_of(head)) == (200, b"")
    assert head["Content-Length"] == str(len(body_of(whole)))
    assert (head["ETag"], head["Accept-Ranges"]) == (whole["ETag"], "bytes")


@pytest.mark.parametrize("start", [attached, pictured])
def test_images_and_attachments_may_be_cached_for_a_minute(client, start):
    assert client.get(start(client))["Cache-Control"] == "public, max-age=60"


def test_a_file_is_sent_whole_and_in_ranges_from_each_storage(store, client):
    address = attached(client)

    assert body_of(client.get(address)) == PDF
    assert body_of(client.get(address, headers={"Range": "bytes=-5"})) == PDF[-5:]


@pytest.mark.parametrize(
    ("header", "size", "found"),
    [
        ("bytes=0-0", 10, (0, 1)),
        ("bytes=5-", 10, (5, 10)),
        ("bytes=5-99", 10, (5, 10)),
        ("bytes=-3", 10, (7, 10)),
        ("bytes=-99", 10, (0, 10)),
        ("Bytes = 1-2", 10, (1, 3)),
        ("", 10, None),
        ("bytes=-", 10, None),
        ("bytes=3-2", 10, None),
        ("bytes=0-1,4-5", 10, None),
        ("lines=0-1", 10, None),
        ("bytes=a-b", 10, None),
        ("bytes=٣-٤", 10, None),
    ],
)
def test_range_headers_are_parsed_as_rfc_9110_says(header, size, found):
    assert parse_range(header, size) == found


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=10-", 10), ("bytes=10-12", 10), ("bytes=-0", 10), ("bytes=0-", 0)]
)
def test_ranges_without_a_byte_differ_from_invalid_ones(header, size):
    with pytest.raises(UnsatisfiableRange):
        parse_range(header, size)


@pytest.mark.parametrize("left", [None, 131], ids=["gone", "half-written"])
def test_no_range_of_a_truncated_file_is_sent(store, client, left, caplog):
    address = attached(client)
    (name,) = Attachment.objects.values_list("original", flat=True)
    original_storage().delete(name)
    if left:
        original_storage().save(name, ContentFile(PDF[:left]))

    response = client.get(address)

    assert response.status_code == 503 and response["Retry-After"]
    assert "This file cannot be sent just now" in response.text
    assert name in caplog.text


@pytest.mark.parametrize(("width", "widths"), [(800, [480, 800]), (1200, [480, 960, 1200])])
def test_a_page_has_a_picture_in_its_own_width(client, width, widths):
    image = make_image(size=(width, 300))
    page = client.get(make_live(body=f"![](image:{image.key})").get_absolute_url()).text
    srcset = re.search(r'type="image/webp" srcset="([^"]*)"', page)[1]
    copies = [candidate.split() for candidate in srcset.split(", ")]

    assert [candidate for _url, candidate in copies] == [f"{step}w" for step in widths]
    assert [_width_at(client, url) for url, _candidate in copies] == widths


def _width_at(client, url: str) -> int:
    with Pixels.open(io.BytesIO(body_of(client.get(url)))) as pixels:
        return pixels.width


@pytest.mark.parametrize("left", [None, b"", b"\x89PNG\r\n\x1a\nhalf"], ids=["gone", "empty", "half-written"])
def test_an_image_whose_original_is_damaged_is_404(client, left, caplog):
    image = make_image(size=(1000, 500))
    make_live(body=f"![](image:{image.key})")
    original_storage().delete(image.original)
    if left is not None:
        original_storage().save(image.original, ContentFile(left))

    assert client.get(f"/media/{image.key}/480.webp").status_code == 404
    assert image.original in caplog.text


@pytest.mark.usefixtures("store")
def test_a_damaged_original_is_read_once_until_it_is_replaced(client, caplog):
    image = make_image(size=(1000, 500))
    make_live(body=f"![](image:{image.key})")
    whole = original_storage().open(image.original).read()
    original_storage().save(image.original, ContentFile(b"damaged"))

    queries = [client.get(f"/media/{image.key}/{size}.webp").status_code for size in (480, 960, 480)]

    assert queries == [404] * 3 and caplog.text.count(f"The original {image.original} of image") == 1
    original_storage().save(image.original, ContentFile(whole))
    assert client.get(f"/media/{image.key}/480.webp").status_code == 200


def test_a_temporary_read_error_is_not_cached(client, monkeypatch):
    image = make_image(size=(1000, 500))
    make_live(body=f"![](image:{image.key})")
    too_many_open_files = OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as disk:
        disk.setattr(FileSystemStorage, "_open", Mock(side_effect=too_many_open_files))
        during = client.get(f"/media/{image.key}/480.webp").status_code

    assert (during, client.get(f"/media/{image.key}/480.webp").status_code) == (404, 200)


@pytest.mark.usefixtures("store")
def test_an_original_replaced_while_it_was_read_is_read_again(client, monkeypatch):
    image = make_image(size=(1000, 500))
    make_live(body=f"![](image:{image.key})")
    whole = original_storage().open(image.original).read()
    original_storage().save(image.original, ContentFile(b"damaged"))
    digest = hashlib.file_digest

    def digest_then_replace(file, name):
        found = digest(file, name)
        original_storage().save(image.original, ContentFile(whole))
        return found

    with monkeypatch.context() as disk:
        disk.setattr(hashlib, "file_digest", digest_then_replace)
        during = client.get(f"/media/{image.key}/480.webp").status_code

    assert (during, client.get(f"/media/{image.key}/480.webp").status_code) == (404, 200)


def test_sizes_made_before_an_original_was_damaged_are_still_shown(client):
    image = make_image(size=(1000, 500))
    make_live(body=f"![](image:{image.key})")
    client.get(f"/media/{image.key}/480.webp")
    original_storage().save(image.original, ContentFile(b"damaged"))

    responses = [client.get(f"/media/{image.key}/{size}.webp").status_code for size in (960, 480, 960)]

    assert responses == [404, 200, 404]


def test_a_damaged_picture_is_no_failure_at_the_desk(desk):
    image = make_image(size=(1000, 500))
    original_storage().save(image.original, ContentFile(b"damaged"))

    assert desk.get(f"/desk/library/{image.key}/192s.jpg").status_code == 404


def test_an_image_is_sent_whose_rendition_cannot_be_stored(client, settings, tmp_path):
    address = pictured(client)
    settings.RENDITIONS = tmp_path / "file"
    settings.RENDITIONS.write_text("no folder can be made here")

    assert client.get(address).status_code == 200


def test_a_digest_of_another_length_causes_no_query(client):
    address = attached(client)
    before, _, filename = address.partition("/files/")

    assert client.get(f"{before}/files/{'a' * 60_000}/{filename.rpartition('/')[2]}").status_code == 404


@pytest.mark.parametrize(
    ("filename", "media_type"),
    [
        ("r.pdf", "application/pdf"),
        ("figures.XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("figures.csv", "text/csv"),
        ("data.zip", "application/zip"),
        ("page.html", "application/octet-stream"),
        ("drawing.svg", "application/octet-stream"),
        ("run.js", "application/octet-stream"),
        ("README", "application/octet-stream"),
    ],
)
def test_a_file_has_one_media_type_wherever_it_is_named(client, filename, media_type):
    publication = make_publication()
    original = store_original(b"a,b\n1,2\n", "bin")
    Attachment.objects.create(publication=publication, original=original, filename=filename, size=8)
    edition = actions.publish(saved(publication), by=None)
    page = client.get(edition.get_absolute_url()).text
    linked = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])["@graph"][0]
    (encoding,) = linked["encoding"]
    address = encoding["contentUrl"].removeprefix("http://127.0.0.1:8000")

    response = client.get(address)
    assert encoding["encodingFormat"] == media_type == response["Content-Type"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline" if filename == "r.pdf" else "attachment")
    for ending in ("atom", "rss", "json"):
        assert media_type in client.get(f"/en/feeds/publications.{ending}").text
    (row,) = client.get("/api/v1/publications").json()["items"]
    assert client.get(row["href"]).json()["files"][0]["media_type"] == media_type
    assert (
        f"<dc:format>{media_type}</dc:format>"
        in client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc").text
    )


def test_a_range_of_a_text_file_is_not_compressed(client):
    publication, content = make_publication(), b"a,b\n" * 5000
    original = store_original(content, "txt")
    Attachment.objects.create(publication=publication, original=original, filename="t.txt", size=len(content))
    edition = actions.publish(saved(publication), by=None)
    address = f"{edition.get_absolute_url()}files/{edition.attachments.get().digest[:32]}/t.txt"

    part = client.get(address, headers={"Range": "bytes=4-4003", "Accept-Encoding": "br, gzip"})

    assert (part.status_code, body_of(part)) == (206, content[4:4004])
    assert not part.has_header("Content-Encoding")
