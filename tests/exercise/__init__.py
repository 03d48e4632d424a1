"""The site under load and in trouble, on servers of its own: `python -m tests.exercise --help`."""

import os

os.environ.setdefault(
    "DJANGO_SETTINGS_MODULE", "sceeus.settings"
)  # modules of tests read the settings on import
