"""Links between imported texts: related publications and links in texts, in one run or several."""

from pathlib import Path

import pytest

from publications import actions
from publications.models import AuditEntry, Edition, Publication, RelatedLink
from tests.blogs import import_blog, outcomes, texts_of, write_post
from tests.factories import make_publication

pytestmark = pytest.mark.django_db


def links() -> dict[str, list[str]]:
    """Return the titles of related publications in order, by title."""
    result: dict[str, list[str]] = {}
    for link in RelatedLink.objects.select_related("source", "target").order_by("position"):
        result.setdefault(link.source.title, []).append(link.target.title)
    return result


def three(folder: Path, *, related: str = "[b, c]", without: str = "") -> Path:
    write_post(folder, "a.md", title="A", front=f"related: {related}\n" if related else "")
    for name in {"b", "c"} - {without}:
        write_post(folder, f"{name}.md", title=name.upper())
    return folder


# Related publications


def test_related_publications_are_linked_in_the_order_of_the_file(tmp_path):
    import_report = import_blog(three(tmp_path / "blog", related="[c, b]"))

    assert links() == {"A": ["C", "B"]} and import_report.totals()["related_links"] == 1


def test_a_link_to_a_publication_that_a_later_run_brings_is_completed_in_its_place(tmp_path):
    first = import_blog(three(tmp_path / "blog", without="b"))
    assert links() == {"A": ["C"]} and any(
        "did not come along: b" in line for line in texts_of(first, "related")
    )

    second = import_blog(three(tmp_path / "blog"))

    assert links() == {"A": ["B", "C"]} and texts_of(second, "related") == []


def test_a_run_without_changes_takes_no_action_for_links(tmp_path):
    import_blog(three(tmp_path / "blog"))
    lines = AuditEntry.objects.count()

    import_report = import_blog(tmp_path / "blog")

    assert AuditEntry.objects.count() == lines and import_report.totals()["related_links"] == 1


@pytest.mark.parametrize(
    ("related", "expected"), [("[c]", {"A": ["C"]}), ("[c, b]", {"A": ["C", "B"]}), ("", {})]
)
def test_links_that_an_import_has_set_follow_their_file(tmp_path, related, expected):
    import_blog(three(tmp_path / "blog"))

    import_blog(three(tmp_path / "blog", related=related))

    assert links() == expected


def test_links_that_somebody_has_set_stay_whatever_the_file_says(tmp_path):
    import_blog(three(tmp_path / "blog"))
    publication, other = Publication.objects.get(title="A"), make_publication(title="Other")
    actions.set_related_links(publication, [other], by=None)

    import_blog(three(tmp_path / "blog", related="[c]"))

    assert links() == {"A": ["Other"]}


def test_links_that_somebody_has_set_where_a_file_names_none_stay(tmp_path):
    import_blog(three(tmp_path / "blog", related=""))
    actions.set_related_links(
        Publication.objects.get(title="A"), [Publication.objects.get(title="B")], by=None
    )

    import_blog(tmp_path / "blog")

    assert links() == {"A": ["B"]}


def test_an_import_broken_off_before_its_links_is_completed_by_the_next(tmp_path, monkeypatch):
    def broken_off(*_words, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("publications.importers.run.apply_related_links", broken_off)
        import_blog(three(tmp_path / "blog"))
    assert links() == {} and Publication.objects.count() == 3

    import_blog(tmp_path / "blog")

    assert links() == {"A": ["B", "C"]}


def test_uids_of_a_manuscript_that_name_nothing_itself_or_the_same_twice_are_no_links(tmp_path):
    own, there = "6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71", "6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a72"
    gone = "6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a79"
    (tmp_path / "blog").mkdir()
    (tmp_path / "blog/b.md").write_text(f"---\nformat: 1\nuid: {there}\ntitle: B\nkind: report\n---\nText.\n")
    (tmp_path / "blog/a.md").write_text(
        f"---\nformat: 1\nuid: {own}\ntitle: A\nkind: report\n"
        f"related: [{there}, {there.upper()}, {own}, {gone}, x]\n---\nText.\n"
    )

    import_report = import_blog(tmp_path / "blog")

    assert links() == {"A": ["B"]}
    assert [line.rpartition(" ")[2] for line in texts_of(import_report, "related")] == [gone, "x"]


def test_of_very_many_related_publications_the_first_are_linked_and_that_is_reported(tmp_path):
    names = [f"p{number:02}" for number in range(22)]
    write_post(tmp_path / "blog", front=f"related: [{', '.join(names)}]\n")
    for name in names:
        write_post(tmp_path / "blog", f"{name}.md", title=name)

    import_report = import_blog(tmp_path / "blog")

    assert links() == {"A": names[:20]} and "first 20" in texts_of(import_report, "related")[0]


# Links in texts


def body(title: str) -> str:
    return Publication.objects.get(title=title).body


def test_a_link_to_a_publication_that_a_later_run_brings_leads_to_its_address(tmp_path):
    import_blog(write_post(tmp_path / "blog", body="See [B](b.md)."))
    assert body("A") == "See [B](b.md)."

    import_blog(write_post(tmp_path / "blog", "b.md", title="B"))

    assert body("A") == "See [B](/en/publications/b/)." == Edition.objects.live().get(title="A").body


def test_one_file_of_a_folder_that_is_here_keeps_its_links(tmp_path):
    three(tmp_path / "blog")
    write_post(tmp_path / "blog", front="related: [b, c]\n", body="See [B](b.md) and [gone](gone.md).")
    import_blog(tmp_path / "blog")

    import_report = import_blog(tmp_path / "blog" / "a.md")

    assert outcomes(import_report) == {"a.md": "unchanged"} and links() == {"A": ["B", "C"]}
    assert body("A").startswith("See [B](/en/publications/b/)")


def test_files_beside_a_single_one_that_are_not_here_are_not_linked(tmp_path):
    write_post(tmp_path / "blog", "b.md", title="B")
    (tmp_path / "blog" / "broken.md").write_text("No front matter.")

    import_report = import_blog(
        write_post(tmp_path / "blog", front="related: [b]\n", body="See [B](b.md).") / "a.md"
    )

    assert outcomes(import_report) == {"a.md": "new"} and body("A") == "See [B](b.md)." and links() == {}


def test_old_addresses_that_an_earlier_import_led_on_are_followed_by_links(tmp_path):
    import_blog(write_post(tmp_path / "news", "b.md", title="B", front="redirect_from: /old/b/\n"))

    import_blog(write_post(tmp_path / "blog", body="See [B](/old/b.html)."), site="https://old.example")

    assert body("A") == "See [B](/en/publications/b/)."
