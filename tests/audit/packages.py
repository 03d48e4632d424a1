"""Checkers from npm, installed in the cache folder of the user and never in the repository."""

import os
import subprocess
from pathlib import Path

FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "publications-audit"
PINNED = {"vnu-jar": "26.9.27", "lighthouse": "12.8.2"}  # Lighthouse 13 needs Node 22


def package(name: str) -> Path:
    """Return the folder of a package, and install it if it is missing."""
    folder = FOLDER / f"{name}-{PINNED[name]}"
    if not (folder / "node_modules" / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder)]
        subprocess.run([*command, f"{name}@{PINNED[name]}"], check=True)
    return folder / "node_modules"
