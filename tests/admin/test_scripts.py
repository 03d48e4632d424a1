"""The scripts of the form of a publication: which are loaded, and how large they are."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import override_settings
from django.urls import reverse

from publications.admin.register import admin_site
from tests.conftest import ROOT, SERVED_STORAGES
from tests.desk_forms import ADD

pytestmark = pytest.mark.django_db

STATIC = ROOT / "static"
MODULE = re.compile(
    r'<script src="/static/(js/[^"]+)"[^>]* type="module"|<script type="module" src="/static/(js/[^"]+)"'
)
IMPORT = re.compile(r"""(?:from|import)\s*\(?["'](\.[^"']+\.js)["']""")
STATIC_IMPORT = re.compile(r"""(?:from|import)\s*["'](\.[^"']+\.js)["']""")
MAX_BYTES = 25_000  # each file compressed by gzip, loaded when the form opens
MAX_LATER_BYTES = 24_500  # loaded when somebody writes or pastes, with comments, or with the preview
MAX_VENDOR_BYTES = 80_000


def loaded_by(script: Path, seen: set[Path], imports: re.Pattern = IMPORT) -> set[Path]:
    """The script and all that it imports, at once or later."""
    if script not in seen:
        seen.add(script)
        for name in imports.findall(script.read_text()):
            loaded_by((script.parent / name).resolve(), seen, imports)
    return seen


def size(scripts: set[Path]) -> int:
    """The bytes that are sent for these scripts: the compressed file beside each."""
    return sum(script.with_name(f"{script.name}.gz").stat().st_size for script in scripts)


def entry_scripts(client, editor, folder: Path) -> set[Path]:
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    return {folder / (first or second) for first, second in MODULE.findall(client.get(ADD).text)}


def test_our_scripts_on_the_form_are_small_and_what_we_did_not_write_is_known(
    client, editor, collected_static
):
    with override_settings(STORAGES=SERVED_STORAGES, STATIC_ROOT=collected_static):
        entries = entry_scripts(client, editor, collected_static)
    scripts = set().union(*(loaded_by(script, set()) for script in entries))
    at_opening = set().union(*(loaded_by(script, set(), STATIC_IMPORT) for script in entries))
    vendor_scripts = {script for script in scripts if "vendor" in script.parts}
    own_at_opening, own_later = at_opening - vendor_scripts, scripts - at_opening

    print({"ours": size(own_at_opening), "later": size(own_later), "others": size(vendor_scripts)})
    names = {script.name.partition(".")[0] for script in scripts}
    assert names >= {"publication_form", "combobox", "clipboard", "comments"}
    assert {script.name.partition(".")[0] for script in vendor_scripts} == {"prosemirror"}
    assert own_at_opening == entries and len(entries) == 1
    assert size(own_at_opening) <= MAX_BYTES
    assert size(own_later) <= MAX_LATER_BYTES
    assert size(vendor_scripts) <= MAX_VENDOR_BYTES


def test_no_script_imports_in_a_circle():
    """The names by content could not be given: each would be in the other."""
    for script in (STATIC / "js").rglob("*.js"):
        for name in IMPORT.findall(script.read_text()):
            other = (script.parent / name).resolve()
            assert script not in loaded_by(other, set()), f"{script.name} and {other.name}"


def test_files_of_others_are_named_with_their_licence():
    result = (STATIC / "vendor" / "README.md").read_text()

    for file in (STATIC / "vendor").rglob("*.js"):
        name = file.relative_to(STATIC / "vendor").as_posix()
        assert name in result, f"static/vendor/README.md does not name {name}"
        assert (file.parent / "LICENSE.txt").exists()


SCRIPT = re.compile(r'<script[^>]*src="/static/([^"]+)"')
FROM_DJANGO = {"admin/js/actions.js", "admin/js/change_form.js", "admin/js/filters.js"}


@pytest.mark.parametrize("view", ["changelist", "add"])
@pytest.mark.parametrize("model", admin_site._registry, ids=lambda model: model._meta.model_name)
def test_pages_of_the_desk_load_no_scripts_that_they_do_not_use(admin_client, model, view):
    page = admin_client.get(reverse(f"desk:{model._meta.app_label}_{model._meta.model_name}_{view}"))
    if page.status_code != 200:
        assert page.status_code in (302, 403)  # added on a page of its own, or by nobody
        return

    loaded = set(SCRIPT.findall(page.text))

    assert all(finders.find(name) for name in loaded)
    assert {name for name in loaded if not name.startswith(("js/", "vendor/"))} <= FROM_DJANGO
