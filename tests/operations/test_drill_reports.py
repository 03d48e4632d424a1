"""Reports of drills: what is stored, and everything that is refused, with its status and a sentence."""

import json
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from publications.drill_report import DrillReport, DrillResult, sign_report
from publications.minisign import SecretKey
from publications.models import Operation, OperationRecord
from sceeus.service_urls import check_public_key

pytestmark = pytest.mark.django_db
KEY = SecretKey.generate()
BACKUP = "2026-11-28T023000Z"


@pytest.fixture(autouse=True)
def _settings(settings):
    settings.DRILL_PUBLIC_KEY = str(KEY.public)
    settings.SITE_URL = "https://publications.example"
    settings.SECURE_SSL_REDIRECT = False


def report(**values) -> DrillReport:
    known = {"site": "https://publications.example", "backup": BACKUP, "result": DrillResult.WHOLE}
    return DrillReport(**{**known, "finished_at": timezone.now(), **values})


def signed(text: str, key: SecretKey = KEY) -> dict[str, str]:
    return {"report": text, "signature": key.sign([text.encode()], comment="drill")}


def post(fields: dict[str, str]):
    return Client(enforce_csrf_checks=True).post(reverse("desk:drill-report"), fields)


def stored() -> OperationRecord | None:
    return OperationRecord.objects.filter(operation=Operation.DRILL).first()


def test_a_signed_report_is_stored():
    ended_at = timezone.now() - timedelta(minutes=5)

    response = post(sign_report(report(result=DrillResult.FAULTS, finished_at=ended_at), KEY))

    assert response.status_code == 200
    assert stored().at == ended_at
    assert stored().detail == {"backup": BACKUP, "result": "faults"}


def test_a_later_report_replaces_the_one_before():
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        post(sign_report(report(result=DrillResult.FAILED), KEY))
        clock.shift(timedelta(days=7))

        assert post(sign_report(report(), KEY)).status_code == 200

    assert stored().detail["result"] == "whole"


def test_a_report_is_taken_once():
    fields = sign_report(report(), KEY)
    post(fields)

    response = post(fields)

    assert response.status_code == HTTPStatus.CONFLICT and "has been stored before" in response.text


def test_an_older_report_does_not_replace_a_later_one():
    older = sign_report(
        report(result=DrillResult.FAILED, finished_at=timezone.now() - timedelta(hours=1)), KEY
    )
    post(sign_report(report(), KEY))

    assert post(older).status_code == HTTPStatus.CONFLICT
    assert stored().detail["result"] == "whole"


def test_a_report_of_another_day_is_refused_though_none_is_stored():
    """As after a restore, when somebody sends again what was sent before it."""
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        fields = sign_report(report(), KEY)
        clock.shift(timedelta(days=3))

        assert post(fields).status_code == HTTPStatus.CONFLICT
    assert stored() is None


def changed(text: str) -> str:
    return text.replace("faults", "whole")


REFUSED = {
    "another key": (lambda: sign_report(report(), SecretKey.generate()), HTTPStatus.FORBIDDEN),
    "changed": (
        lambda: {
            name: changed(text)
            for name, text in sign_report(report(result=DrillResult.FAULTS), KEY).items()
        },
        HTTPStatus.FORBIDDEN,
    ),
    "no signature": (lambda: {"report": report().serialize()}, HTTPStatus.FORBIDDEN),
    "nothing": (dict, HTTPStatus.FORBIDDEN),
    "another site": (lambda: sign_report(report(site="https://other.example"), KEY), HTTPStatus.CONFLICT),
    "of the future": (
        lambda: sign_report(report(finished_at=timezone.now() + timedelta(hours=1)), KEY),
        HTTPStatus.CONFLICT,
    ),
    "too long": (lambda: signed(" " * 3_000), HTTPStatus.CONTENT_TOO_LARGE),
    "a long name": (lambda: sign_report(report(backup="x" * 101), KEY), HTTPStatus.BAD_REQUEST),
    "no name": (lambda: sign_report(report(backup="\0"), KEY), HTTPStatus.BAD_REQUEST),
    **{
        text: (lambda text=text: signed(text), HTTPStatus.BAD_REQUEST)
        for text in (
            "", "[]", "{}", "null", "1", "[" * 1_000,
            json.dumps({"site": 1, "backup": [], "result": "great", "finished_at": "now"}),
            json.dumps({"site": "x", "backup": "x", "result": {}, "finished_at": "2026-11-29T02:00:00+00:00"}),
            json.dumps({"site": "x", "backup": "x", "result": "whole", "finished_at": 5}),
            json.dumps({"site": "x", "backup": "x", "result": "whole", "finished_at": "2026-11-29T02:00:00"}),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize(("build", "status"), REFUSED.values(), ids=[name[:20] for name in REFUSED])
def test_a_report_is_refused_in_a_sentence(build, status):
    response = post(build())

    assert response.status_code == status and response.text.endswith(".\n")
    assert stored() is None


def test_a_site_without_a_key_takes_no_report(settings):
    settings.DRILL_PUBLIC_KEY = ""

    response = post(sign_report(report(), KEY))

    assert response.status_code == 404 and "DRILL_PUBLIC_KEY is not set" in response.text


def test_the_address_is_not_for_reading(client):
    assert client.get(reverse("desk:drill-report")).status_code == 405


@pytest.mark.parametrize("name", ["DRILL_PUBLIC_KEY", "SIGNING_PUBLIC_KEY"])
@pytest.mark.parametrize("key", ["RWwrong", "age1key", "é"])
def test_a_wrong_public_key_is_refused_at_the_start(name, key):
    with pytest.raises(ImproperlyConfigured, match=name):
        check_public_key(name, key)
