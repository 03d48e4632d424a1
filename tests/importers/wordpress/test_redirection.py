"""Redirects of the plugin Redirection beside an export: old addresses of the texts that they lead to."""

import json

import pytest

from publications.path_patterns import PathTree

from .exports import SITE, item, open_export, write_export


def write_json(folder, *rows: dict) -> None:
    defaults = {
        "match_type": "url",
        "action_type": "url",
        "action_code": 301,
        "regex": False,
        "enabled": True,
    }
    content = {"plugin": {"version": "5.4"}, "groups": [], "redirects": [defaults | row for row in rows]}
    (folder / "redirection.json").write_text(json.dumps(content))


def row(source: str, target: str, **values) -> dict:
    return {"url": source, "action_data": {"url": target}} | values


def addresses(source, number: int = 1) -> tuple[str, ...]:
    return next(entry.former_paths for entry in source.entries if entry.post_id == number)


def listed(source) -> tuple[str, ...]:
    return next(
        (note.items for note in source.summarize(PathTree([])) if "Redirects of the old site" in note.text),
        (),
    )


def test_a_pattern_of_one_group_is_expanded_over_the_texts(tmp_path):
    write_json(tmp_path, row("^/old/(.*)-news$", "/2024/04/$1", regex=True))
    source = open_export(write_export(tmp_path, item(1)))

    assert addresses(source)[-1] == "/old/text-1-news" and listed(source) == ()


@pytest.mark.parametrize(
    "target",
    ["/2024/04/text-1/", f"{SITE}/2024/04/text-1", "/?p=1", "http://www.old.example/2024/04/TEXT-1/"],
)
def test_a_redirect_to_a_text_is_an_old_address_of_it(tmp_path, target):
    write_json(tmp_path, row("/short", target))
    source = open_export(write_export(tmp_path, item(1), item(2)))

    assert addresses(source)[-1] == "/short" and listed(source) == () and "/short" not in addresses(source, 2)


def test_redirects_are_followed_to_their_end(tmp_path):
    write_json(tmp_path, row("/a", "/b/"), row("/b", "/2024/04/text-1/"), row("/c", "/d"), row("/d", "/c"))
    source = open_export(write_export(tmp_path, item(1)))

    assert addresses(source)[-2:] == ("/a", "/b") and listed(source) == ("/c → /d", "/d → /c")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("redirect", "shown"),
    [
        (
            row("/x", "https://elsewhere.example/"),
            '/x → https://elsewhere.example/: rewrite "^/x/?$" "https://elsewhere.example/" permanent;',
        ),
        (row("/x", "/gone/"), "/x → /gone/"),
        (
            row("^/old/(.*)", "/2024/04/text-1/", regex=True),
            '^/old/(.*) → /2024/04/text-1/: rewrite "^/old/(.*)" "/2024/04/text-1/" permanent;',
        ),
        (row("/x", "", action_type="error", action_code=410), "/x → –"),
    ],
)
def test_what_leads_to_no_text_is_listed(tmp_path, redirect, shown):
    write_json(tmp_path, redirect)

    assert listed(open_export(write_export(tmp_path, item(1)))) == (shown,)


def test_the_table_of_the_plugin_is_read_too(tmp_path):
    lines = ["source,target,regex,code,type,hits,title,status", '"/short","/2024/04/text-1/",0,301,"url",5,"","active"',
             '"/off","/2024/04/text-1/",0,301,"url",5,"","disabled"']  # fmt: skip
    (tmp_path / "redirection.csv").write_text("\n".join(lines))
    source = open_export(write_export(tmp_path, item(1)))

    assert addresses(source)[-1] == "/short" and listed(source) == ()


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"redirects": 5}', '{"redirects": [5, {"url": 5}]}', "no json", '{"a":' * 5000]
)
def test_other_files_are_left_alone(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    (tmp_path / "b.csv").write_text("name,age\na,b\n")
    (tmp_path / "c.csv").write_bytes(b"\xff\xfe\0")
    source = open_export(write_export(tmp_path, item(1)))

    assert addresses(source) == ("/2024/04/text-1/", "/?p=1") and listed(source) == ()
