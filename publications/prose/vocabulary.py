"""The elements and attributes of HTML that stay, and those that go, with or without their words."""

import re


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


HEADINGS = _names("h1 h2 h3 h4 h5 h6")
INLINE = _names(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup u var"
)
VOID = _names("br hr img wbr")
VERBATIM = _names("code kbd pre samp")
BLOCKS = HEADINGS | _names("p blockquote ul ol dl pre hr table")
PARTS = _names("li dt dd caption thead tbody tfoot tr th td")
KEPT = INLINE | VOID | BLOCKS | PARTS

# Dropped with all that stands in them.
SWALLOWED = _names("iframe math noembed noframes object script style svg template textarea title xmp")

# Dropped, what stands in them stays. The first kind ends a paragraph, the second does not.
BREAKING = _names(
    "address article aside audio body canvas center details dir div fieldset figcaption figure footer form "
    "frameset head header hgroup html legend main menu nav noscript optgroup option picture section summary "
    "video"
)
TRANSPARENT = _names(
    "acronym applet area base basefont bgsound big blink button col colgroup data datalist embed font frame "
    "input isindex keygen label link listing marquee meta meter nobr output param plaintext progress rb rp "
    "rt rtc ruby select source strike time track tt"
)
HTML = KEPT | SWALLOWED | BREAKING | TRANSPARENT

PAGE_IDS = _names(
    "about about-us cite content content-start contents corrections countries download follow footer-follow "
    "footer-sections footer-site from key-points latest people related responsible series server server-error "
    "server-hint share sought themes topics true words written"
)
"""Ids that the templates of public pages use themselves: an author's id is none of them."""

# What an author may say of an element, and in which words.
_ANY = re.compile(r".*", re.DOTALL)
_COUNT = re.compile(r"[1-9][0-9]?")
_NUMBER = re.compile(r"-?[0-9]{1,6}")
VALUES = {
    "alt": _ANY,
    "align": re.compile("left|right|center"),
    "colspan": _COUNT,
    "dir": re.compile("ltr|rtl|auto"),
    "href": _ANY,
    "id": _ANY,
    "lang": re.compile("[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,4}"),
    "name": _ANY,
    "reversed": _ANY,
    "rowspan": _COUNT,
    "src": _ANY,
    "start": _NUMBER,
    "title": _ANY,
    "type": re.compile("[1aAiI]"),
    "value": _NUMBER,
}
EVERYWHERE = frozenset({"lang", "dir", "id"})
ATTRIBUTES = {
    "a": EVERYWHERE | {"href", "title", "name"},
    "abbr": EVERYWHERE | {"title"},
    "dfn": EVERYWHERE | {"title"},
    "img": EVERYWHERE | {"src", "alt", "title"},
    "li": EVERYWHERE | {"value"},
    "ol": EVERYWHERE | {"start", "reversed", "type"},
    "td": EVERYWHERE | {"colspan", "rowspan", "align"},
    "th": EVERYWHERE | {"colspan", "rowspan", "align"},
}
