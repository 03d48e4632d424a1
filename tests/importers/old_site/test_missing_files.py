"""Files that texts use and the copy does not have: listed, and written as a list that wget reads."""

from io import StringIO

import pytest
from django.core.management import call_command

from publications.models import Image
from tests.factories import picture_bytes
from tests.old_site import SITE, SMALL_RULES, Answer, small_site, write_warc

LONG = f"/globalassets/{'rapporter-om-energi/' * 8}rapport.pdf"
BODY = (
    f"<p>Gas <img src='/a%20b.jpg?width=300'> <a href='{LONG}#page=2'>Report</a> <a href='/nowhere/'>Page</a>"
    "<a href='https://other.example/x.pdf'>Other</a> <img src='https://other.example/y.jpg'></p>"
)


@pytest.mark.django_db
def test_files_that_the_copy_does_not_have_are_written_for_wget(tmp_path):
    copy = write_warc(tmp_path / "site.warc.gz", small_site({"Gas": BODY}))
    rules, missing, screen = tmp_path / "site.yaml", tmp_path / "missing.txt", StringIO()
    rules.write_text(SMALL_RULES, encoding="utf-8")

    call_command(
        "import_publications", str(copy), "--mapping", str(rules), "--missing-files", str(missing), "--processes", "0",
        stdout=screen, stderr=StringIO(),
    )  # fmt: skip

    addresses = [f"{SITE}/a%20b.jpg?width=300", f"{SITE}{LONG}"]
    assert missing.read_text(encoding="utf-8").splitlines() == addresses
    assert "--missing-files" in screen.getvalue()
    assert all(f"    {address}\n" in screen.getvalue() for address in addresses)


@pytest.mark.django_db
def test_the_largest_picture_of_a_set_that_the_copy_has_is_taken_and_all_lead_to_it(client, tmp_path):
    body = "<p>On gas in the east.</p><p><img src='/road_w300.jpg' srcset='/road_w300.jpg 300w, /road.jpg 700w, /road_w900.jpg 900w' alt='A road'></p>"
    widths = {"/road_w300.jpg": 300, "/road.jpg": 700}
    pictures = {
        path: Answer(picture_bytes(size=(width, 200)), "image/jpeg") for path, width in widths.items()
    }
    copy = write_warc(tmp_path / "site.warc.gz", small_site({"Gas": body}) | pictures)
    rules = tmp_path / "site.yaml"
    rules.write_text(SMALL_RULES, encoding="utf-8")

    call_command(
        "import_publications", str(copy), "--mapping", str(rules), "--publish", "--processes", "0",
        stdout=StringIO(), stderr=StringIO(),
    )  # fmt: skip

    assert [image.width for image in Image.objects.filter(alt_en="A road")] == [700]
    assert {path: client.get(path).status_code for path in widths} == dict.fromkeys(widths, 301)
