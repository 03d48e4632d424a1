"""A BagIt bag (RFC 8493): names, formats and the parsing of its files, and the verification of a whole bag."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

DECLARATION, INFO = "bagit.txt", "bag-info.txt"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
PAYLOAD = "data"
UNFINISHED = ".unfinished"
"""The folder in a bag with the files of a run that has not ended: no part of the bag."""
DECLARATION_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
MAX_FAULTS = 20
CHUNK_BYTES = 1024 * 1024

Progress = Callable[[int, int], object]
"""Called with how many are done, of how many."""
StartProgress = Callable[[str], Progress]
"""Called with what is counted from now on, as a plural; returns the function that is called with the counts."""


def ignore_progress(_done: int, _total: int) -> None:
    """Show nothing."""


def ignore_steps(_unit: str) -> Progress:
    """Show nothing of any step."""
    return ignore_progress


class NotABag(Exception):
    """A folder that is no complete, undamaged archive; the message names what is wrong, and the remedy."""


def incomplete(root: Path) -> NotABag:
    """Return the error for a folder without its manifests."""
    return NotABag(
        f"“{root}” is no complete archive: {MANIFEST} or another of its first files is missing. If “manage.py archive” "
        "was interrupted, run it again; if it was copied, copy it again."
    )


@dataclass(frozen=True, slots=True)
class FileDigest:
    """The SHA-256 and the size of a file."""

    digest: str
    size: int


def render_manifest(files: Mapping[str, FileDigest]) -> bytes:
    """Return a manifest, sorted by name. Names of an archive need no escapes."""
    content = BytesIO()  # large archives have hundreds of thousands of lines: never all as objects
    content.writelines(f"{files[name].digest}  {name}\n".encode() for name in sorted(files))
    return content.getvalue()


def render_info(values: Mapping[str, str]) -> bytes:
    """Return the text of bag-info.txt. Line breaks in values become spaces."""
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in values.items()).encode()


def parse_info(content: bytes) -> dict[str, str]:
    lines = content.decode("utf-8", "replace").splitlines()
    return {name: value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon}


def payload_oxum(files: Mapping[str, FileDigest]) -> str:
    """Return the number of bytes and of files of the payload, as bag-info.txt has them."""
    return f"{sum(file.size for file in files.values())}.{len(files)}"


def digest_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def list_files(folder: Path) -> Iterator[str]:
    """Yield the names of all files below a folder, links and special files too, in any order."""
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in (*files, *links):
            yield (Path(parent) / name).relative_to(folder).as_posix()


def is_complete(root: Path) -> bool:
    """Return whether the folder has its manifests, which are written last and removed before anything changes."""
    return all((root / name).is_file() for name in (DECLARATION, INFO, TAG_MANIFEST, MANIFEST))


def verify(root: Path, progress: Progress = ignore_progress) -> dict[str, str]:
    """Read every file of a bag, and return the digests of its payload by name.

    Raises:
        NotABag: it is incomplete, a file is missing, was added or holds other bytes; the message names up to 20.
    """
    if not is_complete(root):
        raise incomplete(root)
    tags = _read_manifest(root, TAG_MANIFEST)
    _raise_for(
        {name: "is not listed in the manifest" for name in (DECLARATION, INFO, MANIFEST) if name not in tags}
    )
    _raise_for(_find_faults(root, tags, ignore_progress))  # first: the manifest is one of them
    payload = _read_manifest(root, MANIFEST)
    listed = {*tags, *payload, TAG_MANIFEST}
    added = [
        name for name in list_files(root) if name not in listed and not name.startswith(f"{UNFINISHED}/")
    ]
    faults = dict.fromkeys(sorted(added), "was added: it is in no manifest. Move it elsewhere")
    _raise_for(faults | _find_faults(root, payload, progress))
    return payload


def _read_manifest(root: Path, manifest: str) -> dict[str, str]:
    """Return the digests that a manifest lists by name."""
    digests = {}
    *lines, rest = (root / manifest).read_bytes().decode("utf-8", "replace").split("\n")
    for line in (*lines, rest) if rest else lines:
        match = MANIFEST_LINE.fullmatch(line)
        if not match or not _is_name_in_bag(match[2], is_payload=manifest == MANIFEST):
            raise NotABag(f"{manifest} holds a line that is none: {line[:120]!a}. Copy the archive again.")
        digests[match[2]] = match[1]
    return digests


def _is_name_in_bag(name: str, *, is_payload: bool) -> bool:
    """Whether a name stays in the folder: no manifest may lead a restore elsewhere."""
    parts = name.split("/")
    return not {"", ".", ".."} & set(parts) and "\\" not in name and (parts[0] == PAYLOAD) == is_payload


def _find_faults(root: Path, digests: Mapping[str, str], progress: Progress) -> dict[str, str]:
    faults = {}
    for done, (name, digest) in enumerate(digests.items(), start=1):
        path = root / name
        if path.is_symlink() or not path.is_file():
            faults[name] = "is missing"
        elif digest_of_file(path) != digest:
            faults[name] = "was changed or is damaged: it holds other bytes than were archived"
        progress(done, len(digests))
    return faults


def _raise_for(faults: Mapping[str, str]) -> None:
    if not faults:
        return
    lines = [f"{name} {fault}." for name, fault in list(faults.items())[:MAX_FAULTS]]
    rest = [f"… and {len(faults) - MAX_FAULTS} more."] if len(faults) > MAX_FAULTS else []
    raise NotABag("\n".join([*lines, *rest, "Take another copy of the archive, or archive the site again."]))
