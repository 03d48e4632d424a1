"""The encoding of a text file that is imported."""

import re

from django.utils.translation import gettext as _

from ..report import ImportLog

CONTROL_CHARACTERS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def decode_text(content: bytes, log: ImportLog) -> str:
    """Return the text of a file in UTF-8, UTF-16 or, else, Windows-1252, without control characters."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        log.guessed("encoding", _("Not UTF-8: read as Windows-1252."))
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    clean = CONTROL_CHARACTERS.sub("", text)
    if clean != text:
        count = len(text) - len(clean)
        log.dropped("characters", _("Characters that are no text left out: %d.") % count)
    return clean
