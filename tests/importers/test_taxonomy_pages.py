"""Topics and authors of the old site: their folders are read, links to their pages lead to ours, others to the old site."""

from pathlib import Path

import pytest

from publications import actions
from publications.models import (
    Author,
    Edition,
    Image,
    MenuLink,
    Publication,
    Redirect,
    SitePage,
    SiteSettings,
    Tag,
)
from tests.blogs import import_blog, outcomes, texts_of, write_post
from tests.factories import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def hugo(tmp_path) -> Path:
    """A site of Hugo with folders of authors and topics; gives its folder of texts."""
    (tmp_path / "hugo.toml").write_text('baseURL = "https://old.example"\n')
    ann, topic, news = (tmp_path / "content" / name for name in ("authors/ann", "topics/ai", "news"))
    for folder in (ann, topic, news):
        folder.mkdir(parents=True)
    (ann / "_index.md").write_text(
        '---\ndisplay_name: "Ann Berg"\nslug: ann\n---\nAnn **writes** on grain.\n'
    )
    (ann / "portrait.jpg").write_bytes(picture_bytes(format="JPEG"))
    (topic / "_index.md").write_text(
        "---\ntitle: Artificial intelligence\nsummary: What machines decide.\n---\n"
    )
    (news / "_index.md").write_text("---\ntitle: News\n---\n")
    return news


def bring(folder: Path, **options):
    return import_blog(folder, authors=None, media=(), **options)


def test_a_folder_of_an_author_gives_name_biography_and_portrait(hugo):
    write_post(hugo)

    import_report = bring(hugo)

    author = Author.objects.get()
    assert (author.name, author.is_guest, author.biography_en) == ("Ann Berg", False, "Ann writes on grain.")
    assert author.portrait == Image.objects.get() and author.portrait.alt_en == "Ann Berg"
    assert (
        texts_of(import_report, "guest") == [] and Redirect.objects.get(author=author).path == "/authors/ann"
    )


@pytest.mark.parametrize(
    ("line", "address", "is_reported"),
    [
        ('mastodon: "https://example.social/@ann"', "@ann@example.social", False),
        ("fediverse: ann@example.social", "@ann@example.social", False),
        ("mastodon: ann", "", True),
    ],
)
def test_the_fediverse_address_of_a_profile_is_taken_or_reported(hugo, line, address, is_reported):
    profile = hugo.parent / "authors/ann/_index.md"
    profile.write_text(profile.read_text().replace("slug: ann", f"slug: ann\n{line}"))
    write_post(hugo)

    import_report = bring(hugo)

    assert Author.objects.get().fediverse_address == address
    assert any("fediverse address" in text for text in texts_of(import_report, "field")) == is_reported


def test_a_biography_and_a_portrait_of_the_desk_stay(hugo):
    write_post(hugo)
    bring(hugo)
    Author.objects.update(biography_en="", biography_sv="Ann skriver.", portrait=None)

    bring(hugo)

    author = Author.objects.get()
    assert (author.biography_en, author.biography_sv) == ("", "Ann skriver.")


def amend(row, **fields):
    """Change a row as the desk does."""
    for name, value in fields.items():
        setattr(row, name, value)
    actions.save_instance(row, by=None, changed=list(fields))


@pytest.mark.parametrize(
    ("model", "field", "empty"),
    [(Author, "biography_en", ""), (Author, "portrait", None), (Tag, "introduction_en", "")],
)
def test_what_the_desk_emptied_stays_empty_and_is_reported(hugo, model, field, empty):
    write_post(hugo, front="topics: [ai]\n")
    bring(hugo)
    row = model.objects.get()
    assert getattr(row, field) and texts_of(bring(hugo), "kept") == []
    amend(row, **{field: empty})

    import_report = bring(hugo)

    assert getattr(model.objects.get(), field) == empty
    [line] = texts_of(import_report, "kept")
    assert str(row) in line and "stays as it is" in line


@pytest.mark.parametrize(
    ("model", "field"),
    [(Author, "biography_en"), (Author, "biography_sv"), (Tag, "introduction_en"), (Tag, "introduction_sv")],
)
def test_what_the_desk_wrote_stays_and_what_differs_is_reported(hugo, model, field):
    write_post(hugo, front="topics: [ai]\n")
    bring(hugo)
    emptied = field.replace("_sv", "_en")
    amend(model.objects.get(), **{emptied: "", field: "Of the desk."})

    import_report = bring(hugo)

    assert getattr(model.objects.get(), field) == "Of the desk."
    assert (
        "stays as it is" in texts_of(import_report, "kept")[0] and len(texts_of(import_report, "kept")) == 1
    )


def test_what_the_desk_never_set_is_filled(hugo):
    amend(Author(name="Ann Berg", slug="ann"), name="Ann Berg")
    amend(Tag(name="Artificial intelligence"), name="Artificial intelligence")
    write_post(hugo, front="topics: [ai]\n")

    import_report = bring(hugo)

    author = Author.objects.get()
    assert (author.biography_en, bool(author.portrait)) == ("Ann writes on grain.", True)
    assert (
        Tag.objects.get().introduction_en == "What machines decide." and texts_of(import_report, "kept") == []
    )


def test_the_name_of_an_author_or_a_topic_of_the_desk_stays(hugo):
    write_post(hugo, front="topics: [ai]\n")
    bring(hugo)
    amend(Author.objects.get(), name="A. Berg")
    amend(Tag.objects.get(), name="AI", introduction_en="")

    bring(hugo)

    assert (Author.objects.get().name, Tag.objects.get().name) == ("A. Berg", "AI")


def test_no_import_changes_site_pages_links_or_the_words_of_the_site(hugo):
    page = SitePage.objects.get(slug_en="about")
    amend(page, title_sv="", body_sv="")
    before = [list(model.objects.order_by("pk").values()) for model in (SitePage, MenuLink, SiteSettings)]
    (hugo.parent / "about").mkdir()
    (hugo.parent / "about" / "_index.md").write_text("---\ntitle: About\n---\nWho we are.\n")
    write_post(hugo)

    for _run in range(2):
        bring(hugo.parent)

    assert [
        list(model.objects.order_by("pk").values()) for model in (SitePage, MenuLink, SiteSettings)
    ] == before


def test_a_portrait_that_the_desk_deleted_does_not_come_back(hugo):
    write_post(hugo)
    bring(hugo)
    amend(Author.objects.get(), portrait=None)
    actions.delete_instance(Image.objects.get(), by=None)

    bring(hugo)

    assert not Image.objects.exists()


def test_nothing_of_a_profile_comes_back_to_an_author_who_took_a_pen_name(hugo):
    write_post(hugo)
    bring(hugo)
    amend(Author.objects.get(), name="A. B.", is_pseudonymous=True, biography_en="", portrait=None)
    Redirect.objects.all().delete()

    bring(hugo)

    author = Author.objects.get()
    assert (author.name, author.biography_en, author.portrait) == ("A. B.", "", None)
    assert not Redirect.objects.exclude(author=None).exists()


@pytest.mark.parametrize("portrait", ["gone.jpg", "_index.md", "https://x.example/ann.jpg"])
def test_a_portrait_that_cannot_be_used_is_reported(hugo, portrait):
    profile = hugo.parent / "authors/ann/_index.md"
    profile.write_text(profile.read_text().replace("slug: ann", f"slug: ann\nportrait: {portrait}"))
    write_post(hugo)

    import_report = bring(hugo)

    [line] = texts_of(import_report, "image")
    assert line.startswith(f"{portrait}: ") and not Author.objects.get().portrait


def test_an_unusable_portrait_is_not_reported_for_an_author_with_a_portrait(hugo):
    write_post(hugo)
    bring(hugo)
    (hugo.parent / "authors/ann/portrait.jpg").write_bytes(b"no image")

    assert texts_of(bring(hugo), "image") == []


def test_words_of_a_picture_that_the_desk_emptied_stay_empty(hugo):
    write_post(hugo)
    bring(hugo)
    amend(Image.objects.get(), alt_en="", is_decorative=True)

    bring(hugo)

    assert Image.objects.get().alt_en == ""


def test_a_page_of_a_topic_gives_its_name_and_introduction(hugo):
    write_post(hugo, front="topics: [ai]\n")

    bring(hugo)

    tag = Tag.objects.get()
    assert (tag.name, tag.introduction_en) == ("Artificial intelligence", "What machines decide.")
    assert Redirect.objects.get(tag=tag).path == "/topics/ai" and Publication.objects.get().tags.get() == tag


def test_pages_of_lists_are_no_texts(hugo):
    write_post(hugo)

    import_report = bring(hugo.parent)

    assert [entry.source for entry in import_report.files if entry.title] == ["news/a.md"]
    assert len(import_report.files) == 1
    assert any("news/_index.md" in note.items for note in import_report.source_notes)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/topics/ai/", "/en/topics/artificial-intelligence/"),
        ("/topics/ai", "/en/topics/artificial-intelligence/"),
        ("../topics/ai/", "/en/topics/artificial-intelligence/"),
        ("/sv/topics/ai/", "/sv/amnen/artificial-intelligence/"),
        ('{{< ref "/topics/ai" >}}', "/en/topics/artificial-intelligence/"),
        ('{{< relref "authors/ann/_index.md" >}}', "/en/authors/ann/"),
        ("/authors/ann/", "/en/authors/ann/"),
    ],
)
def test_links_to_topics_and_authors_lead_to_theirs(hugo, client, link, address):
    write_post(hugo, front="topics: [ai]\n", body=f"[there]({link})")

    bring(hugo)

    assert f'href="{address}"' in Edition.objects.get().html and client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/topics/other/", "https://old.example/topics/other/"),
        ("../about/", "https://old.example/2024/04/09/about/"),
        ("about.html", "https://old.example/2024/04/09/a/about.html"),
        ("/about/#us", "https://old.example/about/#us"),
        ('{{< ref "gone.md" >}}', "https://old.example/gone/"),
    ],
)
def test_other_relative_links_lead_to_the_old_site(hugo, link, address):
    write_post(hugo, front="permalink: /2024/04/09/a/\n", body=f"[there]({link})")

    bring(hugo, site="https://old.example/")

    assert f'href="{address}"' in Edition.objects.get().html


def test_repeating_an_import_of_lists_changes_nothing(hugo):
    write_post(hugo, front="topics: [ai]\n")
    bring(hugo)
    before = list(Author.objects.values()), list(Tag.objects.values()), Redirect.objects.count()

    import_report = bring(hugo)

    assert (list(Author.objects.values()), list(Tag.objects.values()), Redirect.objects.count()) == before
    assert {outcome.value for outcome in outcomes(import_report).values()} == {"unchanged"}


def test_a_rehearsal_takes_no_portrait(hugo):
    write_post(hugo)

    bring(hugo, dry_run=True)

    assert not Author.objects.exists() and not Image.objects.exists()
