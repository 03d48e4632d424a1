"""Demonstration content: a folder of manuscripts, imported and published like any others.

The people and opinions in it are invented, and the content says so. `content/people.yaml` has site settings, site
pages, authors and tags; `archive` has texts of another site, whose import is checked; each other folder is one
manuscript, whose front matter may say how it is published (`demo:`).
"""

from .load import load

__all__ = ["load"]
