"""A made-up site of 300 pages in the style of a CMS of the public sector, with what is true of each of its texts.

`contents.py` has the texts and their facts, `templates.py` the pages of each type with the quirks of such sites,
`answers.py` what its server answers, `saved.py` the copies: WARC, a folder as wget saves it, a server on loopback.
`small.py` is a site of four texts.
"""

from .answers import Answer, answer_all
from .contents import SITE, OldText, build_texts
from .saved import serve, write_mirror, write_warc
from .small import SMALL_RULES, SMALL_TITLES, small_site

__all__ = [
    "SITE",
    "SMALL_RULES",
    "SMALL_TITLES",
    "Answer",
    "OldText",
    "answer_all",
    "build_texts",
    "serve",
    "small_site",
    "write_mirror",
    "write_warc",
]
