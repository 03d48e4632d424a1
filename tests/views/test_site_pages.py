"""Site pages, menu and footer, former paths, and the pages for when there is nothing to see."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publications import actions
from publications.models import (
    AuditEntry,
    MenuLink,
    Redirect,
    SitePage,
    SiteSettings,
    read_site_state,
    site_state_scope,
)
from publications.views.errors import words_of_path
from tests.factories import make_author, make_image, make_live, make_tag, saved

pytestmark = pytest.mark.django_db


def make_page(**fields) -> SitePage:
    return actions.save_instance(
        SitePage(**{"title_en": "Press", "body_en": "Write to us.", **fields}), by=None
    )


def changed(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    return actions.save_instance(thing, by=None)


def ask(client, path: bytes, query: bytes = b""):
    """Ask for the bytes as a server hands them over, past the client's own reading of addresses."""
    return client.get("/", PATH_INFO=path.decode("latin-1"), QUERY_STRING=query.decode("latin-1"))


# Pages


@pytest.mark.parametrize("path", ["/en/about/", "/en/contact/", "/en/privacy/", "/en/accessibility/", "/sv/om-oss/",
                                  "/sv/kontakt/", "/sv/personuppgifter/", "/sv/tillganglighet/"])  # fmt: skip
def test_a_new_site_has_its_first_pages_in_both_languages(client, path):
    page = client.get(path)

    assert page.status_code == 200
    assert "Last changed" in page.text or "Senast ändrad" in page.text


def test_links_of_the_first_pages_lead_somewhere(client):
    texts = " ".join(page.html_en + page.html_sv for page in SitePage.objects.all())
    links = {part.partition('"')[0] for part in texts.split('href="')[1:]}

    assert links
    assert {client.get(link).status_code for link in links} == {200}


def test_a_page_is_shown_as_safe_html_in_the_language_of_its_tree(client):
    make_page(title_sv="Press", body_en="Write **now**. <script>alert(1)</script>", body_sv="Skriv.")

    page = client.get("/en/press/").text

    assert "<strong>now</strong>" in page
    assert "<script>alert" not in page
    assert 'hreflang="sv" href="http' in page and "/sv/press/" in page


def test_a_page_without_text_in_a_language_is_not_found_there(client):
    make_page(title_sv="Press")

    assert client.get("/en/press/").status_code == 200
    assert client.get("/sv/press/").status_code == 404


@pytest.mark.parametrize("word", ["publications", "publikationer", "topics", "feeds", "Authors"])
def test_an_address_of_the_site_itself_is_refused_in_both_languages(word):
    for locale in ("en", "sv"):
        fields = {f"title_{locale}": "Some page", f"body_{locale}": "Text.", f"slug_{locale}": word}

        with pytest.raises(ValidationError, match="is an address of the site itself"):
            actions.save_instance(SitePage(**fields), by=None)


def test_a_page_shows_no_picture_of_the_library():
    image = make_image()

    with pytest.raises(ValidationError, match="shows no pictures"):
        make_page(body_en=f"![A field](image:{image.key})")


def test_a_text_that_cannot_be_rendered_is_refused_and_nothing_is_stored():
    with pytest.raises(ValidationError) as refusal:
        make_page(body_en="a" * 400_001)

    assert "body_en" in refusal.value.message_dict
    assert not SitePage.objects.filter(title_en="Press").exists()


def test_a_change_of_a_page_leaves_an_audit_line(editor):
    actions.save_instance(SitePage(title_en="Press", body_en="Text."), by=editor, changed=["title_en"])

    line = AuditEntry.objects.get(subject="Press")
    assert (line.by, line.detail["kind"]) == (editor, "sitepage")


def test_a_page_that_is_linked_stays_and_says_why():
    page = make_page()
    MenuLink.objects.create(place="menu", page=page)

    with pytest.raises(actions.ActionRefused, match="linked from the menu"):
        actions.delete_instance(page, by=None)


# Menu and footer


def test_the_menu_is_in_the_language_of_the_tree_and_marks_where_one_is(client):
    page = client.get("/sv/om-oss/").text

    assert '<a href="/sv/om-oss/" aria-current="page">Om oss</a>' in page
    assert '<a href="/sv/publikationer/">Publikationer</a>' in page


def test_pages_of_one_site_version_have_their_own_etags(client):
    with site_state_scope(read_site_state()):
        pages = {path: client.get(path).text for path in ("/sv/", "/sv/om-oss/", "/sv/publikationer/")}

    marked = {path: re.findall('href="([^"]+)" aria-current="page"', page) for path, page in pages.items()}
    assert {path: set(marks) for path, marks in marked.items()} == {
        "/sv/": set(),
        "/sv/om-oss/": {"/sv/om-oss/"},
        "/sv/publikationer/": {"/sv/publikationer/"},
    }
    assert ["masthead__search" in page for page in pages.values()] == [True, True, False]


def test_a_page_in_one_language_is_linked_in_the_other_tree_marked_with_its_language(client):
    MenuLink.objects.create(place="footer", page=make_page())

    page = client.get("/sv/").text

    assert 'href="/en/press/" hreflang="en" lang="en">Press <span' in " ".join(page.split())


def test_a_page_without_any_text_is_linked_nowhere(client):
    page = make_page()
    MenuLink.objects.create(place="footer", page=page)

    changed(page, body_en="")

    assert "Press" not in client.get("/en/").text


@pytest.mark.parametrize(("typed", "shown"), [
    ("news@example.org", 'href="mailto:news@example.org"'),
    ("mailto:news@example.org", 'href="mailto:news@example.org"'),
    ("https://example.org/@us", 'href="https://example.org/@us"'),
    ("/en/about/", 'href="/en/about/"'),
])  # fmt: skip
def test_newsletter_and_accounts_are_linked_as_typed(client, typed, shown):
    SiteSettings.objects.update(newsletter=typed)
    MenuLink.objects.create(place="social", address_en=typed, label_en="Elsewhere")

    page = client.get("/sv/").text

    assert page.count(shown) >= 2
    assert ('rel="me"' in page) == typed.startswith("https")


def test_who_publishes_stands_at_the_foot(client):
    SiteSettings.objects.update(publisher_en="Hosted by an institute\nFunded by <nobody>")

    page = client.get("/en/").text

    assert "Hosted by an institute<br>Funded by &lt;nobody&gt;" in page


def test_the_frame_asks_the_same_however_many_links_there_are(client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/en/about/").status_code == 200
        return len(captured)

    few = queries()
    for number in range(20):
        MenuLink.objects.create(place="footer", page=make_page(title_en=f"Page {number}"))

    assert queries() == few <= 3


# Former paths


def test_the_former_address_of_a_page_leads_to_it(client):
    page = make_page()
    changed(page, slug_en="media")

    answer = client.get("/en/press/")

    assert (answer.status_code, answer["Location"]) == (301, "/en/media/")
    assert client.get("/en/press")["Location"] == "/en/media/"


def test_an_address_that_comes_back_is_its_own_again(client):
    page = make_page()
    changed(page, slug_en="media")
    changed(page, slug_en="press")

    assert client.get("/en/press/").status_code == 200
    assert client.get("/en/media/")["Location"] == "/en/press/"
    assert Redirect.objects.count() == 1


@pytest.mark.parametrize(("locale", "section"), [("en", "topics"), ("sv", "amnen")])
def test_the_former_address_of_a_topic_leads_to_it_while_it_has_a_live_publication(client, locale, section):
    tag = make_tag("Belarus")
    make_live(tags=(tag,))
    changed(tag, slug="belarus-today")
    unused = make_tag("Unused")
    changed(unused, slug="unused-too")

    assert client.get(f"/{locale}/{section}/belarus/")["Location"] == f"/{locale}/{section}/belarus-today/"
    assert client.get(f"/{locale}/{section}/unused/").status_code == 404


def test_the_former_address_of_an_author_leads_to_them_unless_they_hide(client):
    author = make_author("Ann Berg")
    make_live(by_whom=author)
    changed(author, slug="ann-berg-lind")

    assert client.get("/en/authors/ann-berg/")["Location"] == "/en/authors/ann-berg-lind/"
    changed(author, is_pseudonymous=True)
    assert client.get("/en/authors/ann-berg/").status_code == 404


def test_an_address_of_another_system_answers_as_its_publication_does(client, editor):
    edition = make_live(title="On Minsk")
    Redirect.objects.create(
        path=Redirect.normalize_path("/2019/05/on minsk.html"), publication=edition.publication
    )
    query = "/2019/05/On%20Minsk.html?utm=x"

    assert client.get(query)["Location"] == edition.get_absolute_url()
    actions.withdraw(edition.publication, by=editor)
    assert client.get(query).status_code == 410


def test_an_address_of_a_publication_never_published_is_not_found(client, editor):
    publication = make_live().publication
    draft = saved(type(publication)(kind=publication.kind, title="Draft"))
    Redirect.objects.create(path="/old", publication=draft)

    assert client.get("/old").status_code == 404


def test_only_those_who_look_are_led_on(client):
    page = make_page()
    changed(page, slug_en="media")

    assert client.post("/en/press/").status_code == 405


def test_looking_up_a_former_path_takes_one_question_or_two(client):
    page = make_page()
    changed(page, slug_en="media")

    with CaptureQueriesContext(connection) as captured:
        client.get("/en/press/")

    assert len(captured) <= 3  # the page that is not there, then the path


@pytest.mark.parametrize(("typed", "lower"), [
    ("/EN/About/?q=Ä&x=1", "/en/about/?q=%C3%84&x=1"),
    ("/en/About", "/en/about/"),
    ("/SV/Publikationer/", "/sv/publikationer/"),
])  # fmt: skip
def test_an_address_in_capitals_leads_to_its_lower_case(client, typed, lower):
    answer = client.get(typed)

    assert (answer.status_code, answer["Location"]) == (301, lower)


@pytest.mark.parametrize("typed", ["/en/NOWHERE/", "/Nowhere", "//EN//ABOUT", "/EN/" + "A" * 3000])
def test_capitals_that_lead_nowhere_are_not_led_on(client, typed):
    assert client.get(typed).status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.binary(max_size=60), query=st.binary(max_size=20))
def test_any_bytes_get_an_answer(client, path, query):
    assert ask(client, b"/" + path, query).status_code < 500


@pytest.mark.parametrize(
    "path", [b"//[", b"//en/old", b"/\xff\xfe", b"/A\xed\xb3\xbf", b"/\xe2\x80\xa8", b"/a\r\nb", b"///"]
)
def test_odd_paths_are_looked_up_and_not_found(client, path):
    assert ask(client, path).status_code == 404


# Pages for when there is nothing to see


@pytest.mark.parametrize(("path", "words"), [
    ("/en/publications/lavrov-visits-china/", "lavrov visits china"),
    ("/2019/05/on-minsk.html", "on minsk"),
    ("/", ""),
    ("/en/x/", ""),
])  # fmt: skip
def test_what_was_looked_for_is_read_from_the_address(path, words):
    assert words_of_path(path) == words


def test_not_found_offers_a_search_and_the_newest(client):
    make_live(title="On Minsk")

    page = client.get("/en/lavrov-in-china/").text

    assert 'name="q" value="lavrov in china"' in page
    assert "On Minsk" in page


def test_robots_may_read_all_but_the_desk(client):
    answer = client.get("/robots.txt")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "User-agent: *\nDisallow: /desk/\n" in answer.text
    assert "Sitemap: http" in answer.text


def test_a_form_that_is_too_large_is_answered_with_its_page(client, editor, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post("/desk/publications/sitepage/add/", {"title_en": "x" * 2000})

    assert answer.status_code == 413
    assert "None of it has been stored" in answer.text


def test_a_form_without_its_token_gets_advice():
    answer = Client(enforce_csrf_checks=True).post("/desk/login/", {"username": "editor"})

    assert answer.status_code == 403
    assert "This form has expired" in answer.text


@pytest.mark.parametrize("path", ["/en/", "/en/about/", "/en/nowhere/", "/desk/"])
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_cannot_be_reached_is_said_with_503(client, editor, path, error):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    client.raise_request_exception = False

    def away(*_):
        raise error("connection refused")

    with connection.execute_wrapper(away):
        answer = client.get(path)

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Back in a moment" in answer.text


def test_any_other_fault_stays_500(client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("something else")

    client.raise_request_exception = False
    monkeypatch.setattr("publications.views.pages.site_page_context", fail)

    answer = client.get("/en/about/")

    assert answer.status_code == 500
    assert "Retry-After" not in answer
