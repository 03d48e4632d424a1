"""llms.txt and security.txt."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from publications import actions
from tests.factories import make_author, make_live, make_many, make_publication, make_tag

pytestmark = pytest.mark.django_db
HERE = "http://127.0.0.1:8000"
SECURITY = "/.well-known/security.txt"


def test_the_index_leads_to_every_publication_as_markdown(client):
    make_live(title="On [Minsk]", slug="on-minsk", summary="So.", author=make_author("Ann Berg"), published_at=datetime(2026, 5, 3, tzinfo=UTC))  # fmt: skip

    response = client.get("/llms.txt")

    text = response.content.decode()
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert text.startswith("# Stockholm Centre for Eastern European Studies (SCEEUS)\n")
    line = (
        f"- [On \\[Minsk\\]]({HERE}/en/publications/on-minsk.md): Quick Comment, Ann Berg, 3 May 2026. So.\n"
    )
    assert line in text
    assert client.get("/en/publications/on-minsk.md").status_code == 200


def test_the_index_names_a_family_once_and_the_hundred_newest(client):
    english = make_live(title="English").publication
    actions.publish(make_publication(title="Svenska", language="sv", translation_of=english), by=None)
    make_many(100, author=make_author(), tag=make_tag())

    text = client.get("/llms.txt").content.decode()

    assert text.count(".md)") == 100
    assert "Svenska" not in text


def test_a_client_that_has_the_index_gets_304(client):
    response = client.get("/llms.txt")

    assert client.get("/llms.txt", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_security_txt_is_404_without_a_contact(client):
    assert client.get(SECURITY).status_code == 404


def test_security_txt_is_valid_for_months_on_every_day_and_changes_once_a_month(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    texts = set()
    for number in range(400):
        with time_machine.travel(datetime(2027, 1, 1, 23, 59, tzinfo=UTC) + timedelta(number), tick=False):
            text = client.get(SECURITY).text
        expires_at = datetime.fromisoformat(
            dict(line.split(": ", 1) for line in text.splitlines())["Expires"]
        )
        left = expires_at - datetime(2027, 1, 1, 23, 59, tzinfo=UTC) - timedelta(number)
        assert timedelta(days=180) < left < timedelta(days=365)
        texts.add(text)

    assert len(texts) == 14


@time_machine.travel("2026-05-03 10:00Z", tick=False)
def test_security_txt_has_contact_and_expiry(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@example.org"

    response = client.get(SECURITY)

    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert (fields["Contact"], fields["Canonical"]) == ("mailto:security@example.org", f"{HERE}{SECURITY}")
    left = datetime.fromisoformat(fields["Expires"]) - datetime(2026, 5, 3, 10, tzinfo=UTC)
    assert timedelta(days=90) < left < timedelta(days=366)


def test_a_summary_and_key_points_start_no_other_block(client):
    edition = make_live(summary="1. Not a list.", key_points="# Not a heading")

    text = client.get(f"{edition.get_absolute_url()[:-1]}.md").text

    assert "\n1\\. Not a list.\n" in text and "\n- \\# Not a heading\n" in text
