"""A provider that staff sign in with, and a person who has an account there."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from accounts import provider_requests
from accounts.provider_settings import read_provider
from tests.factories import make_person
from tests.openid_provider import EMAIL, PASSWORD, SETTINGS, Provider, serve_provider


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    provider_requests.clear_cache()
    settings.SITE_URL = "http://localhost"
    with serve_provider() as provider:
        settings.OIDC_PROVIDER = read_provider(provider.issuer, **SETTINGS)
        provider.claims = {
            "sub": "subject-1", "email": EMAIL, "email_verified": True, "groups": ["/desk/editors", "/staff"]
        }  # fmt: skip
        yield provider


@pytest.fixture
def ann() -> User:
    return make_person("Editors", email=EMAIL, password=PASSWORD)
