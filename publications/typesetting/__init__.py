"""Text becomes paper: PDFs and social cards, set by typst from plain values. Knows no database.

`parts` says what they are made from; `runs`, `tables` and `blocks` read stored HTML into flat values;
`values` writes all of it as JSON, which the templates `paper.typ` and `card.typ` read as text and never as code;
`press` runs each job in a process of its own (`pressing`), within bounds of time and memory.
"""

from .parts import Card, Line, Name, Paper, Picture, Role, Section, Unsettable, Words
from .press import digest_of, set_card, set_paper

__all__ = [
    "Card",
    "Line",
    "Name",
    "Paper",
    "Picture",
    "Role",
    "Section",
    "Unsettable",
    "Words",
    "digest_of",
    "set_card",
    "set_paper",
]
