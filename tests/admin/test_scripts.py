"""The scripts of the form of a publication: which are loaded, and how large they are."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from publications.admin.register import admin_site
from sceeus.static_files import strip_comments
from tests.conftest import ROOT
from tests.desk_forms import ADD

pytestmark = pytest.mark.django_db

STATIC = ROOT / "static"
MODULE = re.compile(
    r'<script src="/static/(js/[^"]+)"[^>]* type="module"|<script type="module" src="/static/(js/[^"]+)"'
)
IMPORT = re.compile(r"""(?:from|import)\s*\(?["'](\.[^"']+\.js)["']""")
MAX_BYTES = 25_000  # bytes, compressed by gzip
MAX_VENDOR_BYTES = 9_000


def loaded_by(script: Path, seen: set[Path]) -> set[Path]:
    """The script and all that it imports, at once or later."""
    if script not in seen:
        seen.add(script)
        for name in IMPORT.findall(script.read_text()):
            loaded_by((script.parent / name).resolve(), seen)
    return seen


def size(scripts: set[Path]) -> int:
    return sum(len(gzip.compress(_served(script), 9)) for script in scripts)


def _served(script: Path) -> bytes:
    text = script.read_text()
    return (text if "vendor" in script.parts else strip_comments(text)).encode()


@pytest.fixture
def scripts(client, editor) -> set[Path]:
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(ADD).text
    named = {STATIC / (first or second) for first, second in MODULE.findall(page)}
    found: set[Path] = set()
    for script in named:
        loaded_by(script, found)
    return found


def test_our_scripts_on_the_form_are_small_and_what_we_did_not_write_is_known(scripts):
    vendor_scripts = {script for script in scripts if "vendor" in script.parts}

    print({"ours": size(scripts - vendor_scripts), "others": size(vendor_scripts), "sum": size(scripts)})
    assert {script.name for script in scripts} >= {
        "markdown_editor.js",
        "paste.js",
        "html_to_markdown.js",
        "chooser.js",
        "tags.js",
    }
    assert {script.name for script in vendor_scripts} == {"turndown.browser.es.js"}
    assert size(scripts - vendor_scripts) < MAX_BYTES
    assert size(vendor_scripts) < MAX_VENDOR_BYTES


def test_no_script_imports_in_a_circle(scripts):
    """The names by content could not be given: each would be in the other."""
    for script in scripts:
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
