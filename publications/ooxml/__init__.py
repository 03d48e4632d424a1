"""Read Word files (.docx, ECMA-376): `package` opens the file, `elements` parses its parts."""

from .elements import (
    InvalidWordFile,
    attribute_at,
    child_elements,
    find_path,
    join_text,
    parse_number,
    parse_part,
    read_toggle,
)
from .package import (
    MAX_FILE_BYTES,
    MAX_IMAGE_BYTES,
    NETWORK_ADDRESS,
    Relation,
    WordPackage,
    all_text,
    too_large_message,
)

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_IMAGE_BYTES",
    "NETWORK_ADDRESS",
    "InvalidWordFile",
    "Relation",
    "WordPackage",
    "all_text",
    "attribute_at",
    "child_elements",
    "find_path",
    "join_text",
    "parse_number",
    "parse_part",
    "read_toggle",
    "too_large_message",
]
