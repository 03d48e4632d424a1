"""Checkers that come from npm, kept in a cache folder of the person and never in the repository."""

import os
import subprocess
from pathlib import Path

FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "publications-audit"
PINNED = {"vnu-jar": "26.9.27", "lighthouse": "12.8.2"}  # Lighthouse 13 asks for Node 22


def package(name: str) -> Path:
    """The folder of a package, installed when it is first asked for."""
    folder = FOLDER / f"{name}-{PINNED[name]}"
    if not (folder / "node_modules" / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        order = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder)]
        subprocess.run([*order, f"{name}@{PINNED[name]}"], check=True)
    return folder / "node_modules"
