"""Everything behind login: Django's admin in the site's name, with pages of our own."""

from . import (
    arriving,
    bulk,
    bulk_authors,
    checking,
    choosing,
    deed_pages,
    handing,
    history,
    home,
    leading,
    linking,
    previewing,
    published,
    recovering,
    restoring,
    review,
    reviewing,
    sign_in,
    suggesting,
    tagging,
    word,
    word_joining,
    word_report,
)
from .account_events import AccountEventAdmin
from .beside import Amended, AuthorDesk, KindDesk
from .leading import SiteDesk, TagDesk
from .library import Library
from .pages import LinkDesk, PageDesk
from .people import GroupDesk, PersonDesk
from .site import desk
from .spelling import SynonymDesk
from .trail import Trail
from .writing import Writing

__all__ = [
    "AccountEventAdmin",
    "Amended",
    "AuthorDesk",
    "GroupDesk",
    "KindDesk",
    "Library",
    "LinkDesk",
    "PageDesk",
    "PersonDesk",
    "SiteDesk",
    "SynonymDesk",
    "TagDesk",
    "Trail",
    "Writing",
    "arriving",
    "bulk",
    "bulk_authors",
    "checking",
    "choosing",
    "deed_pages",
    "desk",
    "handing",
    "history",
    "home",
    "leading",
    "linking",
    "previewing",
    "published",
    "recovering",
    "restoring",
    "review",
    "reviewing",
    "sign_in",
    "suggesting",
    "tagging",
    "word",
    "word_joining",
    "word_report",
]
