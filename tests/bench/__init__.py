"""Measure speed on sites of its own: `make bench`, or `python -m tests.bench --help`.

Nothing here passes or fails. Figures are CPU of the server, which a busy machine disturbs least; each stands beside
its budget, as a ratio to nginx where nginx serves the same, and beside the value of the last run.
"""

import os

os.environ.setdefault(
    "DJANGO_SETTINGS_MODULE", "sceeus.settings"
)  # modules of tests read the settings on import
