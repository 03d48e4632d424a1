"""Files made from what is stored: found on the shelf or made, and safe to throw away at any time."""

from .papers import Made, Told, Unmade, card, cover_digest, forget, pdf
from .picture import SIZES, make_all, media_type_of, picture
from .shelf import remove_unfinished
from .workshop import ROOM, Busy

__all__ = [
    "ROOM",
    "SIZES",
    "Busy",
    "Made",
    "Told",
    "Unmade",
    "card",
    "cover_digest",
    "forget",
    "make_all",
    "media_type_of",
    "pdf",
    "picture",
    "remove_unfinished",
]
