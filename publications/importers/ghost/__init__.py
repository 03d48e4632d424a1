"""Read the JSON export of Ghost, with a folder of its pictures beside it or as a media folder.

Nothing here uses the database or imports models. Members, passwords and settings of the site are not read.
"""

from .source import GhostSource, is_ghost, open_ghost_source

__all__ = ["GhostSource", "is_ghost", "open_ghost_source"]
