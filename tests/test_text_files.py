"""Text files of the project have no conflict markers."""

import re
import subprocess

from tests.conftest import ROOT

CONFLICT = re.compile(rb"^(?:<<<<<<<|>>>>>>>)", re.MULTILINE)


def test_no_tracked_file_has_conflict_markers():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]

    contents = {path: path.read_bytes() for path in paths if path.is_file()}

    assert contents
    assert [
        path for path, content in contents.items() if b"\0" not in content and CONFLICT.search(content)
    ] == []
