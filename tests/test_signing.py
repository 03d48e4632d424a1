"""The keys of the site: `manage.py check --deploy` names one that cannot be used."""

import pytest
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from publications.minisign import SecretKey

pytestmark = pytest.mark.django_db


def run_checks() -> list[str]:
    messages = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    return [message.msg for message in messages if message.id == "publications.E001"]


@pytest.mark.parametrize(
    "content, sentence",
    [(None, "cannot be read: No such file"), ("no key", "SIGNING_KEY"), (b"\xff\xfe", "SIGNING_KEY")],
)
def test_a_signing_key_that_cannot_be_used_is_an_error_of_the_deployment(
    settings, tmp_path, content, sentence
):
    path = tmp_path / "minisign.key"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    settings.SIGNING_KEY = str(path)

    (message,) = run_checks()

    assert sentence in message and str(path) in message
    with pytest.raises(SystemCheckError):
        call_command("check", deploy=True, tags=["security"])
    call_command("check")  # other commands go on


def test_a_usable_key_and_none_are_no_error(settings, tmp_path):
    assert run_checks() == []
    (tmp_path / "minisign.key").write_text(SecretKey.generate().serialize())
    settings.SIGNING_KEY = str(tmp_path / "minisign.key")

    assert run_checks() == []
