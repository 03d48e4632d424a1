"""Styles and scripts as they are served: one sheet for readers, names by content, compressed twins."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.templatetags.static import static
from django.test import override_settings

from publications import markup
from sceeus.static_files import collected_static_paths, strip_comments
from tests.conftest import ROOT
from tests.full_disks import files_of_at_most

SERVED = {**settings.STORAGES, "staticfiles": {"BACKEND": "sceeus.static_files.PreparedStaticFilesStorage"}}


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STORAGES=SERVED, STATIC_ROOT=folder, WHITENOISE_AUTOREFRESH=False):
        for _time in range(2):
            call_command("collectstatic", verbosity=0, interactive=False)
    return folder


def test_readers_ask_for_one_sheet_that_holds_them_all(gathered):
    [sheet] = (gathered / "css").glob("public.*.css")
    whole = sheet.read_text(encoding="utf-8")

    assert "@import" not in whole
    assert "../fonts/source-serif-4-latin-wght-normal." in whole
    assert "../fonts/source-serif-4-latin-wght-normal.woff2" not in whole
    assert whole.index("@layer reset, tokens") < whole.index(".wrapper {") < whole.index(".teaser__title {")


def test_the_paths_that_pages_link_to_are_known_to_the_server(gathered):
    with override_settings(STORAGES=SERVED, STATIC_ROOT=gathered):
        assert {static("css/public.css"), static("logo.png")} <= collected_static_paths()
        assert "/static/css/public.css" not in collected_static_paths()


def test_what_is_ours_has_compressed_twins(gathered):
    names = {path.name for path in (gathered / "css").iterdir()}

    assert any(name.startswith("public.") and name.endswith(".css.br") for name in names)
    assert any(name.startswith("public.") and name.endswith(".css.gz") for name in names)


def test_of_djangos_scripts_only_those_that_pages_load_have_compressed_twins(gathered):
    compressed = {path.name.partition(".")[0] for path in (gathered / "admin").rglob("*.br")}

    assert compressed == {"actions", "cancel", "change_form", "filters"}


def test_an_import_in_a_script_names_the_file_by_its_content(gathered):
    scripts = [path.read_text(encoding="utf-8") for path in (gathered / "js/desk").glob("chooser.*.js")]

    assert any('from "./combobox.' in text and 'from "./combobox.js"' not in text for text in scripts)


def test_scripts_are_sent_without_the_comments_between_their_lines(gathered):
    [script] = (gathered / "js/desk").glob("chooser.*.js")
    sent, written = (
        script.read_text(encoding="utf-8"),
        (ROOT / "static/js/desk/chooser.js").read_text(encoding="utf-8"),
    )

    assert "\n//" in f"\n{written}" and "\n//" not in f"\n{sent}"
    code = [
        line for line in written.splitlines() if not line.lstrip().startswith(("//", "import", "/*", "*"))
    ]
    assert all(line in sent for line in code)


def test_code_beside_a_comment_stays():
    strings = 'const a = "// b"; // c\n'
    after = "/* the sign */ const a = 1;\nf();\n"

    assert strip_comments(f"{strings}/* d\n */\n  // e\nf();\n") == f"{strings}f();\n"
    assert strip_comments(f"{after}/* other */\ng();\n") == f"{after}g();\n"


def test_no_text_in_a_script_of_ours_reads_like_a_comment():
    texts = [
        text
        for script in (ROOT / "static/js").rglob("*.js")
        for text in re.findall(r"`[^`]*`", strip_comments(script.read_text(encoding="utf-8")))
    ]

    assert texts and not any("\n" in text and strip_comments(text) != text for text in texts)


@pytest.mark.parametrize("side", ["right", "center"])
def test_cells_stand_as_their_column_was_written(side):
    rule = {"right": "--:", "center": ":-:"}[side]
    table = markup.render_markdown(f"| a | b |\n| --- | {rule} |\n| 1 | 2 |", language="en").html

    assert f'data-align="{side}"' in table
    assert f'[data-align="{side}"] {{ text-align: {side}; }}' in (ROOT / "static/css/article.css").read_text()


def test_a_sheet_that_the_disk_refused_is_not_taken_for_whole(tmp_path):
    with override_settings(STORAGES=SERVED, STATIC_ROOT=tmp_path, WHITENOISE_AUTOREFRESH=False):
        with pytest.raises(OSError), files_of_at_most(10_000):
            call_command("collectstatic", verbosity=0, interactive=False)

        call_command("collectstatic", verbosity=0, interactive=False)

    source = ROOT / "static/fonts"
    assert all(
        (tmp_path / "fonts" / font.name).stat().st_size == font.stat().st_size for font in source.iterdir()
    )
