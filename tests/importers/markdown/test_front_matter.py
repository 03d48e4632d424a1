"""What front matter of other sites says of dates, ends, languages and addresses, and what is no Markdown at all."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from publications import actions
from publications.importers.markdown.field_keys import KEYS
from publications.importers.report import FileOutcome
from publications.models import Edition, Publication, Redirect
from tests.blogs import import_blog, outcomes, texts_of, write_post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ["expiryDate", "EXPIRYDATE", "expiry_date", "expires", "unpublishdate"])
def test_a_text_ends_when_its_file_says(tmp_path, key):
    day = (timezone.now() + timedelta(days=30)).date()
    write_post(tmp_path / "blog", front=f"{key}: {day}\n")

    import_blog(tmp_path / "blog")

    assert timezone.localtime(Edition.objects.get().visible_until).date() == day


def test_a_text_whose_end_has_passed_is_held_back(tmp_path):
    write_post(tmp_path / "blog", front="expirydate: 2024-05-01\n")

    import_report = import_blog(tmp_path / "blog")

    assert not Edition.objects.exists() and Publication.objects.count() == 1
    assert "has passed" in "".join(texts_of(import_report, "held")) and texts_of(import_report, "field") == []


def test_an_end_given_at_the_desk_stays(tmp_path):
    import_blog(write_post(tmp_path / "blog"))
    text, until = Publication.objects.get(), timezone.now() + timedelta(days=3)
    text.summary = "Another summary."
    text.save()
    actions.publish(text, by=None, until=until)

    import_blog(write_post(tmp_path / "blog", front="expirydate: 2099-05-01\n"))

    assert Edition.objects.live().get().visible_until == until


def test_an_end_that_a_file_names_later_is_reported(tmp_path):
    import_blog(write_post(tmp_path / "blog"))

    import_report = import_blog(write_post(tmp_path / "blog", front="expirydate: 2099-05-01\n"))

    assert "2099-05-01" in "".join(texts_of(import_report, "still-public"))


@pytest.mark.parametrize("key", [key for key in KEYS["published_at"] if key != "date"])
def test_every_key_of_a_date_makes_the_old_address(tmp_path, key):
    write_post(tmp_path / "blog", "grain.md", date="", front=f"{key}: 2023-02-01\n")

    import_blog(tmp_path / "blog", permalink="/:year/:month/:day/:title/")

    assert Redirect.objects.get(author=None).path == "/2023/02/01/grain"


@pytest.mark.parametrize(("front", "path"), [("slug: the-deal\n", "/2024/the-deal"), ("", "/2024/grain")])
def test_the_slug_of_a_pattern_is_that_of_the_file(tmp_path, front, path):
    write_post(tmp_path / "blog", "grain.md", front=front)

    import_blog(tmp_path / "blog", permalink="/:year/:slug/")

    assert Redirect.objects.get(author=None).path == path


@pytest.mark.parametrize(
    ("name", "front"),
    [("a.md", "lang: hi\n"), ("sv/a.md", "language: xx\n"), ("a.pt.md", ""), ("pt/a.md", "")],
)
def test_a_text_in_a_language_that_the_site_does_not_have_is_refused_not_made_english(tmp_path, name, front):
    for folder in ("", "sv", "pt", "en"):
        (tmp_path / "blog" / folder).mkdir(parents=True, exist_ok=True)
    write_post(tmp_path / "blog", name, front=front)

    import_report = import_blog(tmp_path / "blog")

    assert outcomes(import_report) == {name: FileOutcome.REFUSED}
    assert "none that this site has texts in" in "".join(texts_of(import_report, "refused", name))


def test_a_folder_that_only_looks_like_a_language_is_none(tmp_path):
    (tmp_path / "blog" / "it").mkdir(parents=True)
    write_post(tmp_path / "blog", "it/a.md")

    import_report = import_blog(tmp_path / "blog")

    assert (
        outcomes(import_report) == {"it/a.md": FileOutcome.NEW} and Publication.objects.get().language == "en"
    )


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a/b/c/blog.xml": "<rss/>"}, ".xml (1). An export of WordPress is read"),
        ({"a.docx": "PK", "b.docx": "PK"}, ".docx (2). Word files come in at the desk"),
        ({"index.html": "<html>"}, "An old site needs rules that say what its pages are"),
        ({"a.rst": "A", "Makefile": "b"}, ".rst (1)"),
        ({}, "is empty"),
    ],
)
def test_what_is_no_markdown_says_what_it_is(tmp_path, files, words):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    with pytest.raises(CommandError) as refused:
        call_command("import_publications", str(tmp_path))

    assert words in str(refused.value)


@pytest.mark.parametrize("nothing", ["null", "~", "none", ""])
def test_a_key_without_a_value_leaves_its_place_to_the_next(tmp_path, nothing):
    front = f"date: {nothing}\ncreated: 2020-01-02\n"

    import_blog(write_post(tmp_path / "blog", date=None, front=front), permalink="/:year/:title/")

    assert timezone.localtime(Edition.objects.live().get().published_at).date().isoformat() == "2020-01-02"
    assert Redirect.objects.filter(path="/2020/a").exists()
