"""Bits that change on a disk, one of each thousand places, and whether `verify` notices."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .measurements import Measurement
from .servers import ROOT, manage

COUNT = int(os.environ.get("BITS", "1000"))
CHANGE_BITS = """
import json, sys
import django
django.setup()
from publications.integrity import record_rows
from tests.random_bits import find_misses
record_rows()
print(json.dumps(find_misses(int(sys.argv[1]), restored=sys.argv[2] == "restored")))
"""


def bits(folder: Path) -> Iterator[Measurement]:
    """One bit changed in a row or file of a restored site, a thousand times (BITS): verify finds each."""
    variables = {"SITE_DATA": str(folder), "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3"}
    manage("prepare", **variables)
    for how, count, budget in (("restored", COUNT, "0 not found"), ("audit log alone", COUNT // 10, "")):
        misses = _find_misses(variables, count, how)
        places = ", ".join(f"{times} × {place}" for place, times in sorted(misses.items()))
        measured = f"{sum(misses.values())} not found {places}".strip()
        yield Measurement(f"{count} bits, {how}", measured, budget, not (budget and misses))


def _find_misses(variables: dict[str, str], count: int, how: str) -> dict[str, int]:
    environment = {**os.environ, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "sceeus.settings", **variables}
    script = [sys.executable, "-c", CHANGE_BITS, str(count), how]
    process = subprocess.run(script, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(process.stdout.splitlines()[-1])
