"""Let tests sign in to a site that was set up with the passwords of `first-login.txt`, without choosing others."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = """
import django
django.setup()
from accounts.models import AccountRecord
AccountRecord.objects.update(has_temporary_password=False)
"""


def keep_first_passwords(environment: dict[str, str]) -> None:
    """Count the passwords of a site as chosen by their owners. Raises CalledProcessError."""
    variables = {**environment, "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
    subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=variables, check=True)
