"""Reading lists of authors: tables, YAML and JSON."""

import json

import pytest
from django.utils.translation import override

from publications.importers.imported_file import ImportRefused
from publications.importers.markdown.authors import read_authors
from publications.importers.markdown.source_site import SourceSite, find_source_site
from publications.importers.markdown.taxonomies import find_taxonomies

EMOJI_NAME = "Ann \N{MONKEY} Berg"
BROKEN_LISTS = {
    "csv": b'id,name\nann,"' + b"x" * 200_000,
    "yml": b"ann: [\nb: }",
    "yaml": b"ann: \x01",
    "json": b'{"ann":\n {"name": }}',
}


@pytest.mark.parametrize("is_ascii", [True, False])
def test_json_is_read_with_escapes_of_any_character(tmp_path, is_ascii):
    path = tmp_path / "people.json"
    rows = [{"id": 7, "name": EMOJI_NAME, "bio": None}, {"id": "bo", "name": "Bo\ud800 Ek\0"}]
    path.write_bytes(json.dumps(rows, ensure_ascii=is_ascii).encode(errors="ignore"))

    authors = read_authors(path)

    assert {author.slug: author.name for author in authors.by_id.values()} == {"7": EMOJI_NAME, "bo": "Bo Ek"}


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("suffix", BROKEN_LISTS)
def test_a_list_that_is_not_valid_is_refused_on_one_line_in_the_language(tmp_path, suffix, language):
    path = tmp_path / f"people.{suffix}"
    path.write_bytes(BROKEN_LISTS[suffix])
    reason = {"en": "cannot be read: ", "sv": "går inte att läsa: "}[language]

    with override(language), pytest.raises(ImportRefused) as refused:
        read_authors(path)

    message = str(refused.value)
    assert reason in message and message.endswith(f"{'YAML' if 'y' in suffix else suffix.upper()}.")
    assert "\n" not in message


@pytest.mark.parametrize("suffix", ["yml", "yaml", "json"])
@pytest.mark.parametrize("content", [b'[{"name": "Ann"}]', '[{"id": "åsa"}]'.encode("latin-1")])
def test_hints_for_data_do_not_speak_of_tables(tmp_path, suffix, content):
    path = tmp_path / f"people.{suffix}"
    path.write_bytes(content)

    with pytest.raises(ImportRefused) as refused:
        read_authors(path)

    assert "column" not in str(refused.value) and "CSV" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.csv", "id,age\nann,40\n"),
        ("people.csv", "id,name\nann,\n"),
        ("people.yml", "ann:\n  age: 40\n"),
        ("people.json", '[{"id": "ann", "age": 40}]'),
    ],
)
def test_a_list_without_names_is_left_alone_unless_it_is_typed(tmp_path, name, content):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / name
    path.write_text(content)
    assert find_taxonomies(tmp_path, SourceSite()).authors is None
    assert read_authors(path).find("ann").name == "Ann"

    named = tmp_path / "data" / "writers.csv"
    named.write_text("id,name\nann,Ann Berg\n")

    assert find_taxonomies(tmp_path, SourceSite()).authors == named


def test_a_list_whose_aliases_expand_without_limit_is_refused(tmp_path):
    levels = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]" for level in range(1, 7)]
    path = tmp_path / "authors.yml"
    path.write_text("\n".join(["l0: &l0 [lol]", *levels, "ann:", "  name: Ann", "  body: *l6"]))

    with pytest.raises(ImportRefused, match="not valid YAML"):
        read_authors(path)


def test_only_text_is_a_biography(tmp_path):
    path = tmp_path / "authors.yml"
    path.write_text("ann:\n  name: Ann\n  body: [[a, b], c]\n")

    assert [author.biography for author in read_authors(path).by_id.values()] == [""]


def test_a_list_of_more_than_two_megabytes_is_not_read(tmp_path):
    path = tmp_path / "authors.csv"
    path.write_text("id,name\n" + "ann,Ann\n" * 300_000)

    with pytest.raises(ImportRefused, match="larger than 2 MB"):
        read_authors(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data/authors/eric.yaml", "name: Eric Mill"),
        ("data/authors/eric.json", '{"name": "Eric Mill"}'),
        ("data/authors/eric.toml", 'name = "Eric Mill"'),
        ("_data/people/eric.yml", "display_name: Eric Mill"),
        ("team_members.csv", "id,full_name\neric,Eric Mill\n"),
        ("oldblog/_data/team_members.csv", "id,full_name\neric,Eric Mill\n"),
        ("repository/site/data/authors/eric.yaml", "name: Eric Mill"),
    ],
)
def test_a_folder_of_data_about_authors_is_found(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

    found = find_taxonomies(tmp_path, SourceSite()).authors

    assert (
        found == (path if path.suffix == ".csv" else path.parent)
        and read_authors(found).find("eric").name == "Eric Mill"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("team.csv", b"name,role\nEric Mill,Editor\n"),
        ("people_survey.csv", "id,name\n1,Åsa Ek\n".encode("latin-1")),
        ("members.csv", b"id,name,Email\n1,Reader One,a@x.example\n"),
        ("members.csv", b"id,name,subscribed_at\n1,Reader One,2024-05-01\n"),
        ("team_events.csv", b"id,title\n1,Summer party\n"),
        ("steampunk.csv", b"id,name\n1,Airship One\n"),
    ],
)
def test_a_table_that_is_no_list_of_authors_is_left_alone(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)

    assert find_taxonomies(tmp_path, SourceSite()).authors is None


def test_a_table_of_people_counts_after_the_lists_with_the_usual_names(tmp_path):
    root = tmp_path / "_posts"
    root.mkdir()
    (root / "team.csv").write_text("id,name\neric,Eric Mill\n")
    profile = tmp_path / "_data/people/eric.yml"
    profile.parent.mkdir(parents=True)
    profile.write_text("display_name: Eric Millstone")

    assert find_taxonomies(root, SourceSite(folder=tmp_path)).authors == profile.parent


def test_authors_of_hugo_are_in_the_folder_of_a_language(tmp_path):
    (tmp_path / "hugo.toml").write_text("[languages.en]\ncontentDir = 'texts/en'\n")
    page = tmp_path / "texts/en/authors/ann/_index.md"
    page.parent.mkdir(parents=True)
    page.write_text("---\ntitle: Ann Berg\n---\n")

    authors = find_taxonomies(tmp_path, find_source_site(tmp_path)).authors

    assert authors == tmp_path / "texts/en/authors"
