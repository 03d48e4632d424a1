"""What the importers import: forked processes read files, and must not query the database."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

PROBE = (
    "import sys, {module}; print([name for name in sys.modules if name.startswith('publications.models')])"
)


@pytest.mark.parametrize(
    "module",
    [
        "publications.importers.ghost",
        "publications.importers.html",
        "publications.importers.markdown",
        "publications.importers.old_site",
        "publications.importers.substack",
        "publications.importers.word",
        "publications.importers.wordpress",
    ],
)
def test_reading_files_imports_no_model(module):
    result = subprocess.run(
        [sys.executable, "-c", PROBE.format(module=module)], capture_output=True, text=True, cwd=ROOT
    )

    assert (result.stdout.strip(), result.returncode) == ("[]", 0), result.stderr
