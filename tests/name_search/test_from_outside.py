"""A name in every column, file and picture of a site: after its removal nothing finds it, nor do tools from outside.

`python -m tests.figures.names` does the same with the whole demonstration, and prints figures.
"""

import shutil

import pytest

from tests.name_outside import REMOVE, SPELLINGS, found_from_outside, manage
from tests.named_site import NAMED_PUBLICATIONS
from tests.own_databases import own_database, run_python

MAKE = "import django; django.setup(); from tests.named_site import make_site, fill_site; make_site(); print(fill_site())"


@pytest.mark.django_db
def test_a_name_in_every_place_of_a_site_is_removed(tmp_path, migrated_sqlite):
    site, mirror = tmp_path / "site", tmp_path / "mirror"
    shutil.copytree(migrated_sqlite, site)
    with own_database(site) as environment:
        if environment.get("DATABASE_URL"):
            manage("migrate", "--verbosity=0", environment=environment)
        slug = run_python(MAKE, environment)
        before = found_from_outside(site)

        removed = run_python(REMOVE.format(slug=slug), environment)
        mirrored = manage("mirror", "--with-pdf", str(mirror), environment=environment)
        found = manage("find_name", *SPELLINGS, "--without-site", environment=environment)
        verified = manage("verify", environment=environment)

    assert {"exiftool", "strings", "pdftotext"} <= set(before)
    assert removed == f"done 0 {NAMED_PUBLICATIONS} True"
    assert list(mirror.rglob("*.pdf")) and (mirror / "en").is_dir(), mirrored.stderr
    assert found.returncode == 0, found.stdout + found.stderr
    assert found_from_outside(site) == {} == found_from_outside(mirror)
    assert verified.returncode == 0, verified.stdout
