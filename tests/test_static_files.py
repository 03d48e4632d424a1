"""Styles and scripts as they are served: one sheet for readers, names by content, compressed twins."""

import re

import pytest
from django.core.management import call_command
from django.templatetags.static import static
from django.test import override_settings

from publications import markup
from sceeus.static_files import collected_static_paths
from tests.conftest import ROOT, SERVED_STORAGES
from tests.full_disks import files_of_at_most


def test_readers_ask_for_one_sheet_that_holds_them_all(collected_static):
    [sheet] = (collected_static / "css").glob("public.*.css")
    whole = sheet.read_text(encoding="utf-8")

    assert "@import" not in whole
    assert "../fonts/source-serif-4-latin-wght-normal." in whole
    assert "../fonts/source-serif-4-latin-wght-normal.woff2" not in whole
    assert whole.index("@layer reset, tokens") < whole.index(".wrapper {") < whole.index(".teaser__title {")


def test_the_paths_that_pages_link_to_are_known_to_the_server(collected_static):
    with override_settings(STORAGES=SERVED_STORAGES, STATIC_ROOT=collected_static):
        assert {static("css/public.css"), static("logo.png")} <= collected_static_paths()
        assert "/static/css/public.css" not in collected_static_paths()


def test_what_is_ours_has_compressed_twins(collected_static):
    names = {path.name for path in (collected_static / "css").iterdir()}

    assert any(name.startswith("public.") and name.endswith(".css.br") for name in names)
    assert any(name.startswith("public.") and name.endswith(".css.gz") for name in names)


def test_of_djangos_scripts_only_those_that_pages_load_have_compressed_twins(collected_static):
    compressed = {path.name.partition(".")[0] for path in (collected_static / "admin").rglob("*.br")}

    assert compressed == {"actions", "cancel", "change_form", "filters"}


def test_an_import_in_a_script_names_the_file_by_its_content(collected_static):
    scripts = [
        path.read_text(encoding="utf-8") for path in (collected_static / "js/desk").glob("chooser.*.js")
    ]

    assert any(re.search(r'from ?"./combobox_at_focus\.\w{12}\.js"', text) for text in scripts)


@pytest.mark.parametrize("side", ["right", "center"])
def test_cells_stand_as_their_column_was_written(side):
    rule = {"right": "--:", "center": ":-:"}[side]
    table = markup.render_markdown(f"| a | b |\n| --- | {rule} |\n| 1 | 2 |", language="en").html

    assert f'data-align="{side}"' in table
    assert f'[data-align="{side}"] {{ text-align: {side}; }}' in (ROOT / "static/css/prose.css").read_text()


def test_a_sheet_that_the_disk_refused_is_not_taken_for_whole(tmp_path):
    with override_settings(STORAGES=SERVED_STORAGES, STATIC_ROOT=tmp_path, WHITENOISE_AUTOREFRESH=False):
        with pytest.raises(OSError), files_of_at_most(10_000):
            call_command("collectstatic", verbosity=0, interactive=False)

        call_command("collectstatic", verbosity=0, interactive=False)

    source = ROOT / "static/fonts"
    assert all(
        (tmp_path / "fonts" / font.name).stat().st_size == font.stat().st_size for font in source.iterdir()
    )
