"""Middleware: headers that shared caches go by."""

import pytest

pytestmark = pytest.mark.django_db

SHARED = "public, max-age=0, s-maxage=300"


def test_shared_caches_may_store_pages_but_no_failures(client, settings, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("something else")

    settings.PUBLIC_CACHE_CONTROL = SHARED
    client.raise_request_exception = False
    page = client.get("/en/about/")
    monkeypatch.setattr("publications.views.pages.site_page_context", fail)

    failure = client.get("/en/about/")

    assert (page.status_code, page["Cache-Control"]) == (200, SHARED)
    assert (failure.status_code, failure["Cache-Control"]) == (500, "no-store")
