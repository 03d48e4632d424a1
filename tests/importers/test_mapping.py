"""The mapping of an import: read with the line of an error, written so that it reads the same, applied to texts."""

from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publications.importers.imported_file import ImportedFile, ImportRefused
from publications.importers.mapping import (
    MAPPED_SECTIONS,
    ImportMapping,
    apply_mapping,
    parse_mapping,
    read_mapping,
)
from publications.importers.mapping_yaml import render_mapping
from publications.manuscript import Manuscript, ManuscriptByline
from publications.models import Author, Publication, Tag

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30).filter(
    lambda name: name.strip() and "\ufeff" not in name and "\ufffe" not in name and "\uffff" not in name
)
SECTION = st.dictionaries(NAMES, NAMES | st.just(""), max_size=5)
RULE = st.dictionaries(
    NAMES.filter(lambda name: name != "line"), NAMES | st.lists(NAMES, max_size=3), min_size=1, max_size=4
)


def parse(text: str) -> ImportMapping:
    return parse_mapping(text, name="mapping.yaml")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(topics=SECTION, people=SECTION, kinds=SECTION, fields=SECTION, comment=st.text(max_size=20))
def test_what_is_written_reads_the_same(topics, people, kinds, fields, comment):
    mapping = ImportMapping.from_names(topics=topics, people=people, kinds=kinds, fields=fields)
    comments = {("topics", name): comment for name in mapping.topics}

    written = render_mapping(ImportMapping(**{**vars(mapping), "comments": comments}))

    answered = {
        section: {name: target for name, target in getattr(mapping, section).items() if target}
        for section in MAPPED_SECTIONS
    }
    assert parse(written) == replace(mapping, **answered)  # a question that nobody has answered stays one


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RULE, max_size=3))
def test_rules_of_pages_are_read_with_their_lines(rules):
    read = parse(render_mapping(ImportMapping(pages=tuple(rules)))).pages

    lines = [rule.pop("line") for rule in read]
    assert list(read) == rules
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("topics:\n  a: [b]\n", "line 2 has to be “name in the source: name here”"),
        ("topics:\n  a: b\n  a: c\n", "line 3 has a name that is there already: “a”"),
        (
            "topic:\n  a: b\n",
            "line 1 has “topic”. There are: topics, people, kinds, fields, shortcodes, pages.",
        ),
        ("shortcodes:\n  box: yes\n", "line 2: write “box: open”, or take the line out."),
        ("- a\n- b\n", "line 1 has to be “name: …”"),
        ("topics:\n  a: b: c\n", "line 2 is not valid YAML"),
        ("pages:\n  a: b\n", "line 2 has to be a list of rules"),
        ("pages:\n  - {a: {b: {c: {d: {e: {f: {g: h}}}}}}}\n", "line 2 has too many levels"),
        ("pages:\n  - &a [*a]\n", "line 2"),
    ],
)
def test_an_error_is_refused_with_its_line(text, message):
    with pytest.raises(ImportRefused) as refused:
        parse(text)

    assert message in str(refused.value)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "topics:\npeople:\n"])
def test_a_mapping_without_rows_changes_nothing(text):
    assert parse(text) == ImportMapping()


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("topics:\n  försvar: x\n".encode("latin-1"))

    with pytest.raises(ImportRefused, match="not UTF-8"):
        read_mapping(latin)
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_mapping(tmp_path / "missing.yaml")


def test_topics_and_authors_get_the_names_here_once():
    mapping = ImportMapping.from_names(
        topics={"Ukraina": "Ukraine", "uncategorized": ""},
        people={"a. berg": "Anna Berg", "anna-berg": "Anna Berg"},
    )
    text = Manuscript(
        tags=("Ukraina", "Trade", "Ukraine", "Uncategorized"),
        bylines=(
            ManuscriptByline(author="a-berg", name="A.  Berg"),
            ManuscriptByline(author="anna-berg", name="Berg, Anna"),
            ManuscriptByline(author="bo-ek", name="Bo Ek", role="editor"),
        ),
    )

    mapped = apply_mapping(ImportedFile("a.md", text), mapping).manuscript

    assert mapped.tags == ("Ukraine", "Trade")
    assert [(byline.author, byline.name, byline.role) for byline in mapped.bylines] == [
        ("anna-berg", "Anna Berg", "author"),
        ("bo-ek", "Bo Ek", "editor"),
    ]


@pytest.mark.django_db
def test_a_proposal_is_written_edited_and_followed(tmp_path, capsys):
    blog, mapping = tmp_path / "blog", tmp_path / "mapping.yaml"
    blog.mkdir()
    for name, author in (("a", "A. Berg"), ("b", "Anna Berg")):
        text = f"---\ntitle: {name}\nauthor: {author}\ntags: [Ukraina, News]\n---\nText.\n"
        (blog / f"{name}.md").write_text(text)

    call_command("import_publications", blog, propose_mapping=mapping)
    assert mapping.read_text() == (
        "# A topic, category or tag of the source: the topic here. Empty leaves it out.\n"
        "topics:\n  news: News  # 2 texts\n  ukraina: Ukraina  # 2 texts\n\n"
        "# An author in the source: the name of the author here. Give several spellings of one person one name.\n"
        "people:\n  a. berg: A. Berg  # 1 text\n  anna berg: Anna Berg  # 1 text\n"
    )
    assert not Publication.objects.exists()
    edited = mapping.read_text().replace("A. Berg ", "Anna Berg ").replace(": News", ":")
    mapping.write_text(edited.replace(": Ukraina", ": Ukraine"))
    call_command("import_publications", blog, mapping=mapping, processes=0)

    assert list(Author.objects.values_list("name", flat=True)) == ["Anna Berg"]
    assert set(Tag.objects.filter(tagged__isnull=False).values_list("name", flat=True)) == {"Ukraine"}
    with pytest.raises(CommandError, match="not there yet"):
        call_command("import_publications", blog, propose_mapping=mapping)
