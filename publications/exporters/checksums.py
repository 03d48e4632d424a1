"""SHA256SUMS of a folder or an archive, in the format of `sha256sum`, and its signature in that of minisign."""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from publications.durable_files import write_file
from publications.signing import sign

SUMS = "SHA256SUMS"
SIGNATURE = f"{SUMS}.minisig"
PUBLIC_MODE = 0o644  # a web server reads them


def render_sums(digests: Mapping[str, str]) -> bytes:
    """Return the text of SHA256SUMS, sorted by name.

    Args:
        digests: SHA-256 in hexadecimal by name. Names with a backslash or a line break are escaped as GNU coreutils do.
    """
    return "".join(_line(name, digests[name]) for name in sorted(digests)).encode()


def _line(name: str, digest: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'\\' if escaped != name else ''}{digest}  {escaped}\n"


def signed_sums(digests: Mapping[str, str]) -> dict[str, bytes]:
    """Return the contents of SHA256SUMS and, if the key is on this machine, of its signature, by name."""
    sums = render_sums(digests)
    signature = sign(sums, name=SUMS)
    return {SUMS: sums, **({SIGNATURE: signature.encode()} if signature else {})}


def write_sums(root: Path, files: Iterable[Path]) -> None:
    """Write SHA256SUMS of these files into the folder, and the signature if the key is on this machine.

    Sums that are still right keep the signature that somebody has made elsewhere.
    """
    contents = signed_sums({file.relative_to(root).as_posix(): _digest(file) for file in files})
    if _read(root / SUMS) != contents[SUMS]:
        remove_sums(root)
    for name in reversed(contents):  # the signature first: sums without one may seem unsigned
        if _read(root / name) != contents[name]:
            write_file(root / name, [contents[name]])
            (root / name).chmod(PUBLIC_MODE)


def remove_sums(root: Path) -> None:
    """Remove sums that are about to be wrong, and their signature."""
    for name in (SUMS, SIGNATURE):
        (root / name).unlink(missing_ok=True)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _read(file: Path) -> bytes:
    with suppress(FileNotFoundError):
        return file.read_bytes()
    return b""
