"""The page to verify a PDF or a text: what is ours, what stands, what differs, and that nothing withdrawn shows."""

import hashlib
import io
import re
import sys
import zlib
from datetime import timedelta
from functools import reduce
from pathlib import Path

import pikepdf
import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications import actions
from publications.models import Change, ServedPdf
from publications.page_cache.keys import cache_key, is_verification, max_body_bytes
from publications.page_parameters import parameters_of
from publications.pdf import UnreadablePdf, extract_pdf_text
from publications.presentation import pdf_url
from tests.factories import make_author, make_live, make_publication, saved
from tests.page_caches import CachedClient, environ

pytestmark = pytest.mark.django_db
PAGE = "/en/verify/"
BODY = """The harvest of grain in the eastern regions fell by twelve per cent last year, said the ministry of agriculture.

Farmers in “Brest” and elsewhere blame the drought – and the long-term neglect of the canals that were dug in the sixties.

Nobody in Minsk expects that the government will pay for new ones before the election in the spring of next year."""


def post_text(client, text: str, page: str = PAGE):
    return client.post(page, {"text": text})


def post_pdf(client, content: bytes, page: str = PAGE):
    return client.post(page, {"pdf": SimpleUploadedFile("a.pdf", content, "application/pdf")})


def heading(response) -> str:
    return re.search(r'id="result">([^<]*)<', response.text)[1]


def changes(response, tag: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>|\[[^]]*\]", "", text).strip()
        for text in re.findall(rf"<{tag}>(.*?)</{tag}>", answer(response), re.DOTALL)
    ]


def answer(response) -> str:
    text = response.text
    return text[text.index('class="difference__text"') :] if 'class="difference__text"' in text else ""


@pytest.fixture
def edition():
    make_live(
        title="Iron",
        body="Nothing here is about bread, but all of it about iron and how it is smelted in the hills.",
    )
    return make_live(title="Grain", slug="grain", body=BODY)


def get_pdf(client, edition) -> bytes:
    response = client.get(pdf_url(edition))
    assert response.status_code == 200
    return response.content


@pytest.mark.parametrize(("page", "title"), [(PAGE, "Is it ours?"), ("/sv/kontrollera/", "Är det vårt?")])
def test_the_form_needs_no_cookie_and_no_token(client, page, title):
    response = client.get(page)

    assert title in response.text and not response.cookies
    assert "csrf" not in response.text
    assert f'<a href="{page}">' in client.get(page[:4]).text


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace(" ", "  \n"),
        lambda text: text.replace("“", '"').replace("”", '"').replace("–", "-"),
        lambda text: text.replace("agriculture", "agri-\nculture").replace("harvest", "har\xadvest"),
        lambda text: text.replace("long-term", "long-\nterm"),
        lambda text: text.replace("agriculture.", "agriculture.[1]"),
        lambda text: text.split("\n\n")[1],
        lambda text: f"Grain\n\n{text}",
    ],
    ids=["same", "spaces", "quotes", "hyphenated", "hyphen", "note", "excerpt", "title"],
)
def test_the_same_words_in_another_form_are_ours(client, edition, change):
    response = post_text(client, change(BODY))

    assert response.status_code == 200 and heading(response) == "The words are ours"
    assert edition.get_absolute_url() in response.text and "edition 1 of “Grain”" in response.text
    assert "That is the current edition." in response.text
    assert response["Cache-Control"] == "no-store" and not response.cookies


def test_changed_words_are_shown(client, edition):
    response = post_text(client, BODY.replace("twelve", "forty").replace("Nobody", "Everybody"))

    assert heading(response) == "It differs from our text"
    assert changes(response, "ins") == ["forty", "Everybody"] and changes(response, "del") == [
        "twelve",
        "Nobody",
    ]


def test_a_removed_paragraph_and_an_added_one_are_shown(client, edition):
    first, _second, third = BODY.split("\n\n")

    response = post_text(client, "\n\n".join([first, third, "This was never said by us at all."]))

    assert "blame the drought" in " ".join(changes(response, "del"))
    assert "never said by us" in " ".join(changes(response, "ins"))


def test_the_text_of_an_earlier_edition_is_recognized(client, edition, editor):
    draft = saved(edition.publication, body=BODY.replace("twelve", "thirteen"))
    actions.publish(draft, by=editor, change=Change.CORRECTION, note="It was thirteen.")

    response = post_text(client, BODY)

    assert heading(response) == "The words are ours"
    assert "edition 1 of “Grain”" in response.text and "The text has been corrected since." in response.text
    assert "changes/?from=1" in response.text


@pytest.mark.parametrize(
    "text",
    [
        "Words about something else entirely, which nobody here has ever written or published.",
        "ж " * 50,
        "a" * 5000 + " b" * 20,
    ],
)
def test_other_texts_are_not_ours(client, edition, text):
    response = post_text(client, text)

    assert response.status_code == 200 and heading(response) == "Not ours"


@pytest.mark.parametrize("text", ["", "Too few words", "word " * 100_000])
def test_texts_that_cannot_be_compared_are_refused(client, edition, text):
    response = post_text(client, text)

    assert response.status_code == 400 and heading(response) == "Nothing was verified"


@pytest.mark.parametrize("action", ["withdraw", "redact"])
def test_nothing_withdrawn_or_redacted_shows(client, edition, editor, action):
    if action == "withdraw":
        actions.withdraw(edition.publication, by=editor)
    else:
        actions.redact(edition.publication, "ministry of agriculture", by=editor)

    response = post_text(client, BODY.replace("said the ministry of agriculture", "said somebody"))

    assert "agriculture" not in response.text
    assert action == "redact" or "Grain" not in response.text


def test_drafts_and_scheduled_texts_are_not_compared(client, editor):
    make_publication(title="Grain", body=BODY)
    actions.publish(
        make_publication(title="Rye", body=BODY), by=editor, at=timezone.now() + timedelta(days=1)
    )

    assert heading(post_text(client, BODY)) == "Not ours"


def test_a_pdf_that_was_sent_is_ours(client, edition):
    content = get_pdf(client, edition)

    response = post_pdf(client, content)

    assert heading(response) == "Ours" and "edition 1 of “Grain”" in response.text
    assert ServedPdf.objects.get().edition == edition


def test_a_pdf_is_recorded_before_its_file_exists(client, edition, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("full")

    monkeypatch.setattr(ServedPdf, "record", fail)
    client.raise_request_exception = False

    response = client.get(pdf_url(edition))

    assert response.status_code >= 500 and not response.content.startswith(b"%PDF")
    assert not list(Path(settings.RENDITIONS).rglob("*.pdf"))


def test_sending_a_pdf_again_costs_no_digest_and_no_query_of_records(client, edition, monkeypatch):
    content = get_pdf(client, edition)
    monkeypatch.setattr(hashlib, "sha256", watch(hashlib.sha256, seen := []))

    with CaptureQueriesContext(connection) as queries:
        assert get_pdf(client, edition) == content

    assert content not in seen and ServedPdf.objects.count() == 1
    assert not any(ServedPdf._meta.db_table in query["sql"] for query in queries)


def watch(function, seen: list):
    def watched(content=b"", *args, **kwargs):
        seen.append(content)
        return function(content, *args, **kwargs)

    return watched


def test_a_pdf_that_an_older_release_has_stored_is_not_sent_without_a_record(client, edition):
    get_pdf(client, edition)
    (file,) = Path(settings.RENDITIONS).rglob("*.pdf")
    older = file.with_name(file.name.replace("recorded-", ""))
    file.rename(older)
    older.write_bytes(b"%PDF- of an older release")
    ServedPdf.objects.all().delete()

    content = get_pdf(client, edition)

    assert ServedPdf.objects.of_content(content).get().edition == edition
    assert not older.exists()


@pytest.mark.parametrize("change", ["redaction", "pen name"])
def test_no_record_of_a_name_that_is_taken_out_remains(
    client, editor, change, django_capture_on_commit_callbacks
):
    author = make_author("Zacharias")
    edition = make_live(author=author, body="It was Zacharias.")
    get_pdf(client, edition)

    with django_capture_on_commit_callbacks(execute=True):
        if change == "redaction":
            actions.redact(edition.publication, "Zacharias", by=editor)
        else:
            author.name, author.is_pseudonymous = "Nomen", True
            actions.save_instance(author, by=editor)
        assert not ServedPdf.objects.exists()
        ServedPdf.record(edition, b"a PDF that was rendered until the commit")

    assert not ServedPdf.objects.exists()


def test_a_sent_pdf_of_a_withdrawn_text_reveals_nothing(client, edition, editor):
    content = get_pdf(client, edition)
    actions.withdraw(edition.publication, by=editor)

    response = post_pdf(client, content)

    assert heading(response) == "Ours, but withdrawn"
    assert "Grain" not in response.text and "grain" not in response.text


def test_a_retracted_text_is_named_with_its_mark(client, edition, editor):
    content = get_pdf(client, edition)
    actions.retract(edition.publication, by=editor, note="Made up.")

    for response in (post_pdf(client, content), post_text(client, BODY)):
        assert re.search(r"edition [12] of “RETRACTED: Grain”", response.text)
        assert heading(response).startswith("RETRACTED: ") and "current edition" not in response.text
        assert "Made up." in response.text
        assert ">RETRACTED: Grain</a>" in response.text and "Do not rely on this text." in response.text


def test_a_notice_is_in_the_language_of_its_text_and_the_heading_in_that_of_the_page(client, editor):
    edition = make_live(title="Säd", language="sv", body=BODY)
    actions.retract(edition.publication, by=editor, note="Påhittat.")

    response = post_text(client, BODY)

    assert heading(response) == "RETRACTED: The words are ours"
    notice = response.text[response.text.index('class="editorial-notice') :]
    assert 'lang="sv"' in notice.partition(">")[0] and "Påhittat." in notice.partition("</div>")[0]
    assert "Tillbakadragen" not in notice.partition("</div>")[2]


def test_a_part_of_a_text_is_said_to_be_one(client, edition):
    part, whole = (post_text(client, text).text for text in (BODY.split("\n\n")[1], BODY))

    assert "It is a part of our text" in part and "It has the same words" not in part
    assert "It is a part of our text" not in whole and "It has the same words as our text" in whole


def test_a_text_stays_in_the_form(client, edition):
    assert "Zinnia &lt;b&gt; of the hills" in post_text(client, f"{BODY} Zinnia <b> of the hills").text


def test_a_pdf_with_bytes_added_is_not_to_be_opened_and_ours_is_linked(client, edition):
    response = post_pdf(client, get_pdf(client, edition) + b"\n% more")

    assert "Do not open it" in answer_message(response)
    assert f'href="{pdf_url(edition)}"' in answer_message(response)


def answer_message(response) -> str:
    return response.text[response.text.index('id="result"') :].partition("</section>")[0]


def test_a_sent_pdf_of_an_earlier_edition_says_so(client, edition, editor):
    content = get_pdf(client, edition)
    actions.publish(saved(edition.publication, body=f"{BODY}\n\nMore."), by=editor, change=Change.UPDATE)

    response = post_pdf(client, content)

    assert heading(response) == "Ours" and "A later edition has taken its place." in response.text


@pytest.mark.parametrize(
    ("page", "words"), [(PAGE, "The words are ours"), ("/sv/kontrollera/", "Orden är våra")]
)
def test_a_pdf_stored_by_another_program_has_our_words(client, edition, page, words):
    response = post_pdf(client, rewrite(get_pdf(client, edition)), page)

    assert heading(response) == words
    assert ServedPdf.objects.count() == 1


def rewrite(content: bytes) -> bytes:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.docinfo["/Producer"] = "Another program"
        pdf.save(stream)
    return stream.getvalue()


def test_a_forged_pdf_differs(client, edition, editor):
    get_pdf(client, edition)
    forged = make_live(title="Grain", slug="forged", body=BODY.replace("twelve", "forty"))
    content = get_pdf(client, forged)
    ServedPdf.objects.all().delete()
    actions.withdraw(forged.publication, by=editor)

    response = post_pdf(client, content)

    assert heading(response) == "It differs from our text"
    assert "forty" in " ".join(changes(response, "ins")) and "twelve" in " ".join(changes(response, "del"))


def bomb() -> bytes:
    """Return a small PDF whose page has a content stream of a gigabyte."""
    stream = pack_spaces(1024)
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length "
        + str(len(stream)).encode()
        + b">>stream\n"
        + stream
        + b"\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )


def pack_spaces(megabytes: int) -> bytes:
    """Return a zlib stream of so many spaces. Each megabyte is the same block, which depends on none before it."""
    spaces = b" " * (1 << 20)
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packer.compress(spaces) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = reduce(lambda value, _number: zlib.adler32(spaces, value), range(megabytes), 1)
    return b"\x78\xda" + block * megabytes + packer.flush() + checksum.to_bytes(4, "big")


def test_packed_spaces_are_a_whole_stream():
    assert zlib.decompress(pack_spaces(3)) == b" " * (3 << 20)


LOOP = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"%PDF-" + b"\0" * 5000, LOOP, b"%PDF-1.4\n" + b"<<" * 200_000, bomb],
    ids=["short", "zeros", "loop", "nested", "bomb"],
)  # fmt: skip
def test_hostile_pdfs_end_within_limits(client, content):
    content = content() if callable(content) else content

    assert heading(post_pdf(client, content)) == "Cannot be verified"


def test_a_pdf_whose_original_is_too_long_to_read_is_compared_with_the_text(client, edition, monkeypatch):
    own, given = get_pdf(client, edition), rewrite(get_pdf(client, edition))

    def extract(content: bytes) -> str:
        if content == own:
            raise UnreadablePdf
        return extract_pdf_text(content)

    monkeypatch.setattr(sys.modules["publications.views.verify"], "extract_pdf_text", extract)

    response = post_pdf(client, given)

    assert response.status_code == 200 and heading(response) != "Not ours" and "“Grain”" in response.text


def test_a_redaction_and_a_pen_name_forget_the_pdfs_that_have_the_name(client, editor):
    author = make_author("Ann Berg")
    first = make_live(title="Grain", slug="grain", body=f"{BODY} Said Ivan Petrov.")
    second = make_live(title="Iron", slug="iron", authors=[author], body=f"{BODY} And more.")
    contents = [get_pdf(client, edition) for edition in (first, second)]
    actions.withdraw(first.publication, by=editor)

    actions.redact(first.publication, "Ivan Petrov", by=editor)
    author.name, author.slug, author.is_pseudonymous = "Pen Name", "pen-name", True
    actions.save_instance(author, by=editor)

    assert not ServedPdf.objects.exists()
    assert all("We have no record of this file" in post_pdf(client, content).text for content in contents)


def test_a_pdf_from_before_a_redaction_is_said_to_be_unknown_for_that_reason(client, edition, editor):
    content = get_pdf(client, edition)
    edition.publication.refresh_from_db()

    actions.redact(edition.publication, "twelve", by=editor)

    response = post_pdf(client, content)
    assert "A name or a passage was removed from this text" in answer_message(response)
    assert "It comes closest to edition 1" in answer_message(response)


def test_a_file_that_is_no_pdf_is_refused(client):
    response = post_pdf(client, b"PK\x03\x04 a zip")

    assert response.status_code == 400 and "no PDF" in response.text


def test_nothing_that_is_given_is_stored(client, edition, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mark = "Zzqverified words that nobody else has ever said about anything at all in any text"

    post_text(client, mark)
    post_pdf(client, b"%PDF-1.4 " + mark.encode() + b" " * 4_000_000)

    assert list(tmp_path.rglob("*")) == []
    for model in apps.get_models():
        assert "Zzqverified" not in repr(list(model._base_manager.values_list()))


def test_a_request_reaches_its_own_pool_and_is_not_cached(edition):
    request = environ(PAGE, "POST")

    assert is_verification(request) and max_body_bytes(request) > 10_000_000
    assert cache_key(request, parameters_of, ()) is None
    assert CachedClient().get(PAGE, method="POST").status == 400
