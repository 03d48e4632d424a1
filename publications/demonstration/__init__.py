"""Demonstration content: a folder of manuscripts, taken in and published like anybody's.

The people and views in it are invented and say so. `content/people.yaml` holds the pages of the centre, authors
and tags; each other folder is one manuscript, whose front matter may add how it is published (`demo:`).
"""

from .load import load

__all__ = ["load"]
