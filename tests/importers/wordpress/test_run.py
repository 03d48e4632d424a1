"""An export is imported: texts, redirects, topics, authors; again, in parts and after an interruption with the same result."""

import pytest
from PIL import Image

from publications.importers.mapping import ImportMapping
from publications.importers.options import ImportOptions
from publications.importers.report import FileOutcome
from publications.importers.run import run_import
from publications.models import ArchiveImport, Author, Edition, Publication, Redirect, Tag
from publications.models import Image as LibraryImage

from .exports import SITE, attachment, category, export, group, item, write_export

pytestmark = pytest.mark.django_db
PARTS = (
    group("author", author_login="ann", author_display_name="Ann Berg"),
    category("gas", "Gas", description="About gas."),
    item(
        1,
        slug="one",
        title="One",
        excerpt="A summary.",
        terms=[("category", "gas", "Gas")],
        text=f'See <a href="{SITE}/?p=2">two</a>.',
    ),
    item(2, slug="two", title="Two", excerpt="A summary.", text="The second text."),
    item(3, slug="three", title="Three", status="draft", link=f"{SITE}/?p=3"),
    item(4, slug="about", title="About", type="page", link=f"{SITE}/about/"),
)


def run(path, **options):
    return run_import(ImportOptions(path, processes=0, **{"publish": True} | options))


def stored() -> list[tuple]:
    rows = Publication.objects.order_by("uid")
    return [(row.uid, row.slug, row.title, row.body, row.language) for row in rows]


def test_texts_are_public_and_their_old_addresses_lead_to_them(tmp_path, client):
    report = run(write_export(tmp_path, *PARTS))

    assert sorted(edition.slug for edition in Edition.objects.live()) == ["one", "two"]
    assert report.system == "WordPress" and report.count(FileOutcome.NEW) == 4
    for old, new in {
        "/2024/04/one/": "/en/publications/one/", "/?p=1": "/en/publications/one/", "/?p=2&utm_source=x": "/en/publications/two/",
        "/category/gas/": "/en/topics/gas/", "/author/ann/": "/en/authors/ann-berg/",
    }.items():  # fmt: skip
        response = client.get(old)
        assert (response.status_code, response["Location"]) == (301, new), old
    assert 'href="/en/publications/two/"' in Edition.objects.get(slug="one").html
    assert Tag.objects.get().introduction_en == "About gas." and Author.objects.get().name == "Ann Berg"


def test_every_list_page_and_feed_of_the_old_site_answers(tmp_path, client):
    """Those of terms that the export does not declare, and of terms that are one here or left out, too."""
    mapping = ImportMapping.from_names(topics={"mp3": "Music", "Trash": ""}, kinds={"brief": "report"})
    terms = [
        ("post_format", "post-format-aside", "Aside"),
        ("category", "gas", "Gas"),
        ("post_tag", "mp3", "mp3"),
        ("post_tag", "music", "Music"),
        ("category", "trash", "Trash"),
    ]
    used = [("category", "oil", "Oil"), ("category", "uncategorized", "Uncategorized")]
    declared = group("category", term_id="7", category_nicename="gas", cat_name="Gas")
    draft = item(8, status="draft", date="2019-01-01 10:00:00", terms=[("post_tag", "secret", "Secret")])
    texts = [
        item(number, excerpt="A summary.", terms=terms if number == 1 else used) for number in range(1, 8)
    ]
    author = group("author", author_id="3", author_login="ann", author_display_name="Ann Berg")
    brief = item(
        10,
        type="brief",
        link=f"{SITE}/briefs/seven/",
        excerpt="A summary.",
        terms=[("region", "baltic", "The Baltic")],
    )
    rule = item(
        11,
        type="redirect_rule",
        meta={"_redirect_rule_from": "/campaign", "_redirect_rule_to": "/briefs/seven/"},
    )
    orphan = attachment(9, "2024/04/map.png", link=f"{SITE}/map/")
    report = run(
        write_export(tmp_path, author, declared, *texts, draft, orphan, brief, rule), mapping=mapping
    )

    texts, feed = "/en/publications/", "/en/feeds/publications.atom"
    for old, new in {
        "/category/gas/": "/en/topics/gas/", "/?cat=7": "/en/topics/gas/", "/category/oil/": "/en/topics/oil/",
        "/tag/mp3/": "/en/topics/music/", "/tag/music/": "/en/topics/music/", "/?tag=mp3": "/en/topics/music/",
        "/category/trash/": texts, "/category/uncategorized/": texts, "/2024/": texts, "/2024/04/": texts,
        "/2024/04/09/": texts, "/?m=202404": texts, "/page/2/": texts, "/feed/": feed, "/?feed=rss2": feed,
        "/?author=3": "/en/authors/ann-berg/", "/type/aside/": texts, "/?post_format=post-format-aside": texts,
        "/region/baltic/": texts, "/?region=baltic": texts, "/briefs/": texts, "/?post_type=brief": texts,
        "/campaign": "/en/publications/text-10/",
    }.items():  # fmt: skip
        response = client.get(old)
        assert (response.status_code, response.get("Location")) == (301, new), old
    assert client.get("/tag/secret/").status_code == client.get("/2019/").status_code == 404
    for part in ("feed", "trackback", "comment-page-1", "2"):
        assert client.get(f"/2024/04/text-1/{part}/")["Location"] == "/en/publications/text-1/"
    assert any(note.items == ("/map/", "/?attachment_id=9") for note in report.source_notes)
    assert report.files[0].notes_on("display") == ["Its post format was left out: aside"]


def test_importing_again_changes_nothing(tmp_path):
    path = write_export(tmp_path, *PARTS)
    run(path)
    before, redirects = stored(), Redirect.objects.count()

    report = run(path)

    assert report.count(FileOutcome.UNCHANGED) == 4 and (stored(), Redirect.objects.count()) == (
        before,
        redirects,
    )


def test_an_export_that_was_cut_off_is_completed_by_the_whole_one(tmp_path):
    path = write_export(tmp_path, *PARTS)
    whole = path.read_text()
    path.write_text(whole[: whole.index("Three")])
    report = run(path)
    assert (report.count(FileOutcome.NEW), report.count(FileOutcome.REFUSED)) == (2, 1)

    path.write_text(whole)
    report = run(path)

    assert (report.count(FileOutcome.NEW), report.count(FileOutcome.REFUSED)) == (2, 0)
    assert report.count(FileOutcome.UNCHANGED) + report.count(FileOutcome.UPDATED) == 2


def test_a_later_export_updates_what_nobody_has_edited(tmp_path):
    path = write_export(tmp_path, *PARTS)
    run(path)

    path.write_text(export(*PARTS).replace("The second text.", "The second text, longer."))
    report = run(path)

    assert (report.count(FileOutcome.UPDATED), report.count(FileOutcome.UNCHANGED)) == (1, 3)


def test_a_dry_run_stores_nothing(tmp_path):
    report = run(write_export(tmp_path, *PARTS), dry_run=True)

    assert (
        report.count(FileOutcome.NEW) == 4
        and not Publication.objects.exists()
        and not Redirect.objects.exists()
    )
    assert any("“post” in the export: 3; read as texts: 3." in note.text for note in report.source_notes)


def test_pictures_and_files_answer_at_their_old_addresses(tmp_path, client):
    (tmp_path / "uploads").mkdir()
    Image.new("RGB", (60, 40), "teal").save(tmp_path / "uploads/chart.png")
    (tmp_path / "uploads/gas.csv").write_text("year,gas\n2024,1\n")
    text = '<img src="/wp-content/uploads/chart-30x20.png" alt="A chart"> See <a href="/wp-content/uploads/gas.csv">the figures</a>.'
    job = ArchiveImport.objects.create(archive="a", filename="export.xml", size=1)
    export = write_export(tmp_path, PARTS[0], item(1, text=text, excerpt="A summary."))
    report = run(export, archive_import=job.pk)

    picture = client.get("/wp-content/uploads/chart-30x20.png")
    file = client.get("/wp-content/uploads/gas.csv")

    assert report.count(FileOutcome.NEW) == 1 and (picture.status_code, file.status_code) == (301, 301)
    assert picture["Location"].startswith("/media/") and file["Location"].endswith("/gas.csv")
    assert client.get(file["Location"]).status_code == 200
    assert [row.path for row in job.kept_addresses.exclude(image=None)] == [
        "/wp-content/uploads/chart-30x20.png"
    ]


def test_no_file_from_outside_of_the_export_comes_in(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "secret.png")
    folder = tmp_path / "export"
    sources = [
        "/wp-content/uploads/../secret.png",
        "/wp-content/uploads/../../../secret.png",
        "/secret.png",
        "../secret.png",
    ]
    text = "Words. " + "".join(f'<img src="{source}" alt="" />' for source in sources)
    thumbnail = attachment(2, "../../secret.png")

    run(write_export(folder, item(1, text=text, meta=[("_thumbnail_id", "2")]), thumbnail))

    assert not LibraryImage.objects.exists() and Publication.objects.count() == 1


def test_an_address_with_a_query_of_another_text_is_reported(tmp_path):
    run(write_export(tmp_path, *PARTS))
    other = write_export(tmp_path / "b", *PARTS, site="https://other.example")

    report = run(other)

    notes = [note.text for file in report.files for note in file.notes if note.topic == "redirect"]
    assert any(
        note.startswith("The old address /?p=1 was not kept: It leads to something else") for note in notes
    )


def test_introductions_are_in_the_language_of_the_site(tmp_path):
    run(write_export(tmp_path, *PARTS, language="sv-SE"))

    tag = Tag.objects.get()
    assert (tag.introduction_sv, tag.introduction_en) == ("About gas.", "")
