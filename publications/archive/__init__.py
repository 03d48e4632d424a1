"""The whole site as files that people read without it (BagIt, RFC 8493), and an empty site filled from them.

`tables` says of each table whether it is archived; everything else follows it.
"""

from publications.site_lock import FolderInUse

from .bag import NotABag, is_complete
from .bag_writer import NotAnArchive
from .restore import (
    NotEmpty,
    NotMigrated,
    OtherRelease,
    RestoreIncomplete,
    RestoreReport,
    restore_archive,
)
from .rows import MalformedRow
from .write import ArchiveReport, write_archive

__all__ = [
    "ArchiveReport",
    "FolderInUse",
    "MalformedRow",
    "NotABag",
    "NotAnArchive",
    "NotEmpty",
    "NotMigrated",
    "OtherRelease",
    "RestoreIncomplete",
    "RestoreReport",
    "is_complete",
    "restore_archive",
    "write_archive",
]
