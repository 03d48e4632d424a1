"""Intake: a manuscript becomes, or updates, a working copy. Nothing public changes here.

Authors, tags, pictures and files are found or made; whatever was made, guessed or dropped is told. For many
manuscripts in a row a `Register` remembers who and what is there, and `Standing` says what the desk has done
with a piece since it was last taken in.
"""

from .register import Register
from .since import Standing, since_import
from .taking import Bundle, Report, Unknown, take_in, take_in_many

__all__ = ["Bundle", "Register", "Report", "Standing", "Unknown", "since_import", "take_in", "take_in_many"]
