"""Find a name in everything that is stored or shown: the database, its file, uploaded files, and the public site.

After a redaction it shows that nothing is left: what it lists is left, and what it could not read is listed as such.
"""

from .database import compact_database, database_files, search_database
from .files import UPLOADED_FILES, Searched, search_file, search_folder, search_path, search_storage
from .matching import ExactNameMatcher, NameMatcher, Occurrence

__all__ = [
    "UPLOADED_FILES",
    "ExactNameMatcher",
    "NameMatcher",
    "Occurrence",
    "Searched",
    "compact_database",
    "database_files",
    "search_database",
    "search_file",
    "search_folder",
    "search_path",
    "search_storage",
]
