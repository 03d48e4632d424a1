"""Why a post, or a part of one, was not for all readers of the old site.

WordPress has a status and a password; what is for members only is said by the custom fields, blocks and shortcodes of
plugins. A text of which any part was hidden becomes a draft, and in doubt too: an editor publishes it with a click, but
nobody takes back what readers have seen. Rules that a plugin keeps in tables of its own are in no export.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from ..access_rules import READER_WORDS, RESTRICTING_WORDS, field_hides, is_public_flag
from ..access_values import NO_VALUES, hides_unless_free
from ..access_words import fold_value, join_name, join_names, words_of
from ..embargo import EMBARGO_DATES, EMBARGO_WORDS, PUBLISHING_DATES
from .builder_access import hides_element, hides_in_elementor
from .export_item import ExportItem, read_number
from .posts import PUBLISHED

SCHEDULED = "future"
"""The status of a post that WordPress shows at its date."""
ACCESS_FIELDS = join_names("wpmem block", "groups read", "groups groups read post", "ihc mb who")
"""Custom fields of WP-Members, Groups and Ultimate Membership Pro that hide a post unless their values are open; of
other plugins the rules for fields of any site know the names."""
SECRET_FIELDS = ("ppwp_", "wp_protect_password", "passster")
"""The beginnings of names of fields that protect a post with a password, whatever they hold."""
EMPTY_VALUES = frozenset({"", "none", "null", "a:0:{}", "[]", "{}"})
ELEMENTOR_FIELD = "elementor_data"
_FIELD_KEY = re.compile(r"field_\w+")
"""What Advanced Custom Fields stores beside each value, under its name with `_` before it."""
HIDING_SETTINGS = {
    "um_content_restriction": re.compile(r'_um_accessible";s:1:"2"'),
    "issuem_leaky_paywall_visibility": re.compile(r'visibility_type";s:\d+:"only'),
    "ihc_mb_type": re.compile("block"),
    "fl_builder_data": re.compile(
        r'"visibility_display";s:[1-9]|"visibility_logic";(?:[aO]:[1-9]|s:\d+:"\[[^\]])'
    ),
}
"""Fields that hold several settings as PHP or JSON write them, and those that hide a post or a part of it (Ultimate
Member, Leaky Paywall, Ultimate Membership Pro, Beaver Builder)."""
_PHP_TEXT = re.compile(r's:\d+:"([^"]*)"')
_PHP_SCALAR = r'(?:s:\d+:"[^"]*"|[id]:[-+.\dE]+|b:[01]|N);'
_PHP_SETTINGS = re.compile(rf"a:\d+:\{{(?:{_PHP_SCALAR})*+\}}")
_PHP_FLAG = re.compile(r's:\d+:"([^"]*)";b:([01]);')
"""A flag within an array of PHP that holds no others; within deeper ones it may be that of a part of the page."""

ACCESS_WORDS = frozenset({
    *READER_WORDS, *RESTRICTING_WORDS, "access", "hide", "ismember", "logged", "loggedin", "membersonly", "paid",
    "password", "protect", "protected", "protector", "role", "visitor",
})  # fmt: skip
"""Words of shortcodes and blocks that hide what is in them from some readers, as `words_of` has them."""
ACCESS_PLUGINS = frozenset({"arm", "emaillocker", "groups", "memberful", "mepr", "passster", "pmpro", "ppwp", "rcp",
                            "s2if", "signinlocker", "sociallocker", "swpm", "um", "wcm", "wlm", "wpmem"})  # fmt: skip
"""Plugins for members, as the names of their shortcodes begin."""
_PLUGIN = re.compile(rf"(?:{'|'.join(sorted(ACCESS_PLUGINS))})(?![a-z0-9])", re.IGNORECASE)
MARKER = "paywall"
"""The word of a shortcode or block that hides what comes after it, and needs no end."""
PEOPLE_WORDS = frozenset({"board", "staff", "team"})
PEOPLE_SHAPES = frozenset(
    {"box", "card", "carousel", "grid", "list", "member", "photo", "profile", "row", "slider"}
)
"""Words that, with one of PEOPLE_WORDS and none else, name what shows a person: a team member is no member."""
PLACE_WORDS = frozenset({"area", "content", "only", "restricted"})
"""Words that, with one of PEOPLE_WORDS, name what these people alone could read."""
ACCESS_VALUES = frozenset({"capability", "logged_in", "membership", "role", "roles", "user_role"})
HIDDEN_ELEMENTS = frozenset({("disabled", "on"), ("disabled_on", "on|on|on"), ("disable_element", "yes"),
                             ("status", "draft")})  # fmt: skip
"""Values of shortcodes of page builders (Divi, WPBakery, Avada) that show an element to nobody."""
CONDITION_VALUES = ("display_conditions", "render_logics")
"""Values of shortcodes of page builders (Divi, Avada) that say who sees an element: JSON in Base64."""
OPEN_CONDITIONS = frozenset({"", "W10="})  # nothing, and an empty list
LAYOUT_PREFIXES = ("av_", "et_pb_", "fusion_", "su_", "vc_")
"""Page builders and Shortcodes Ultimate, as the names of their shortcodes begin."""
LAYOUT_WORDS = frozenset({
    "abstract", "accordion", "alert", "align", "aside", "b", "badge", "bibliography", "big", "bio", "block",
    "blockquote", "bold", "box", "br", "button", "callout", "caption", "card", "center", "chart", "checklist",
    "cite", "clear", "clearfix", "col", "collapse", "color", "column", "contact", "container", "cta", "dd", "del",
    "div", "divider", "dl", "drop", "dropcap", "dt", "em", "error", "event", "expand", "fact", "factbox", "faq",
    "field", "fifth", "figcaption", "figure", "first", "five", "flex", "font", "foot", "form", "four", "fourth",
    "full", "fullwidth", "graph", "grid", "h", "half", "header", "heading", "highlight", "hr", "i", "icon", "image",
    "img", "indent", "info", "infobox", "ins", "intro", "italic", "item", "jumbotron", "key", "keypoint", "label",
    "lang", "last", "latex", "lead", "left", "li", "line", "list", "map", "margin", "math", "nobr", "note",
    "notice", "nowrap", "ol", "one", "p", "panel", "people", "person", "poem", "point", "pre", "profile", "pull",
    "pullquote", "q", "quote", "raw", "right", "row", "section", "side", "sidebar", "six", "sixth", "size", "slide",
    "slider", "slideshow", "small", "spacer", "span", "spoiler", "strike", "strong", "style", "sub", "success",
    "summary", "sup", "tab", "table", "td", "testimonial", "text", "th", "third", "three", "timeline", "tip",
    "title", "toggle", "tooltip", "tr", "two", "u", "ul", "underline", "url", "verse", "warning", "well", "width",
    "wrap", "wrapper",
    "bildtext", "citat", "en", "fakta", "faktaruta", "ingress", "rubrik", "ruta", "sammanfattning", "sv",
})  # fmt: skip
"""Words of which names of themes, forums and forms consist that only say how words look; their digits do not count."""
LAYOUT_COMPANIONS = frozenset({"author", "content", "group"})
"""Words that do so beside one of LAYOUT_WORDS; alone they may say for whom a part was."""
NOTE = "note"
NOTE_PLACES = frozenset({"box", "drop", "foot", "margin", "side"})
"""Words beside NOTE that say where a note stands; another note, unlike `notes`, is often for authors alone."""
EXPIRY_FIELD, EXPIRY_STATUS, EXPIRY_TYPE = (
    "_expiration-date",
    "_expiration-date-status",
    "_expiration-date-type",
)
HIDING_EXPIRIES = frozenset({"", "draft", "delete", "trash", "private"})
"""What PublishPress Future does at the end of a post that hides it."""


def find_status(item: ExportItem) -> str:
    """Return the status of an item that WordPress shows to nobody without an account or a password, or ""."""
    if has_password(item):
        return "password"
    status = item.get("wp:status")
    return "" if status == PUBLISHED else status or "–"


def has_password(item: ExportItem) -> bool:
    """Whether a post needs a password, which may be of spaces; line ends are those of the file."""
    password = item.fields.get("wp:post_password", "")
    return bool(password) and (bool(password.strip()) or "\n" not in password)


def find_access_fields(item: ExportItem) -> Iterator[str]:
    """Yield the custom fields by which plugins hide a post; what they hold may be a password, and is not shown."""
    for name, value in item.metadata:
        is_field_key = name.startswith("_") and _FIELD_KEY.fullmatch(value.strip())
        if not is_field_key and _is_hiding(name, value.strip()):
            yield name
    if read_expiry(item) is None and _has_expiry(item):
        yield EXPIRY_FIELD
    for term in item.terms:
        if field_hides("tag", [term.name]):
            yield term.name


def read_expiry(item: ExportItem) -> datetime | None:
    """Return when PublishPress Future hides a post; None if it does not, or if the time is none."""
    seconds = read_number(item.value_of(EXPIRY_FIELD)) if _has_expiry(item) else 0
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def is_hidden_element(values: Mapping[str, str]) -> bool:
    """Whether the values of a shortcode say that its page builder shows it to nobody."""
    pairs = ((name, value.strip().casefold()) for name, value in values.items())
    return not HIDDEN_ELEMENTS.isdisjoint(pairs)


def is_access_shortcode(name: str, values: Mapping[str, str], *, has_end: bool) -> bool:
    """Whether a shortcode hides what is in it, or after it, from some readers.

    Args:
        has_end: whether there is something in it; one that stands alone shows a form or a list.
    """
    if MARKER in words_of(name):
        return True
    conditions = {values.get(name, "").strip() for name in CONDITION_VALUES} - OPEN_CONDITIONS
    return has_end and bool(conditions or _names_access(name) or not ACCESS_VALUES.isdisjoint(values))


def is_harmless_shortcode(name: str) -> bool:
    """Whether an unknown shortcode around words is one for their looks, or shows a person; others may hide them."""
    words = {word.strip("0123456789") for word in words_of(name)} - {""}
    if NOTE in words and not words & NOTE_PLACES and not name.casefold().endswith("notes"):
        return False
    is_layout = bool(words & LAYOUT_WORDS) and words <= LAYOUT_WORDS | LAYOUT_COMPANIONS
    return is_layout or name.casefold().startswith(LAYOUT_PREFIXES) or _shows_person(name)


def is_access_block(name: str, values: Mapping[str, Any], *, has_end: bool) -> bool:
    """Whether a block hides what is in it, or after it, from some readers or from all."""
    if MARKER in words_of(name) or name.startswith("premium-content/") or hides_element(values):
        return True
    return has_end and _names_access(name)


def _has_expiry(item: ExportItem) -> bool:
    status = item.value_of(EXPIRY_STATUS).casefold()
    is_set = item.value_of(EXPIRY_FIELD) and status not in NO_VALUES | EMPTY_VALUES
    return bool(is_set) and item.value_of(EXPIRY_TYPE).casefold() in HIDING_EXPIRIES


def _plain_name(name: str) -> str:
    return re.sub(r"[-\s]", "_", name.strip().casefold()).strip("_")


def _is_hiding(name: str, value: str) -> bool:
    plain_name = _plain_name(name)
    if value and plain_name.startswith(SECRET_FIELDS):
        return True
    if pattern := HIDING_SETTINGS.get(plain_name):
        return bool(pattern.search(value))
    if plain_name == ELEMENTOR_FIELD:
        return hides_in_elementor(value)
    if _is_under_embargo(name, value):
        return True
    texts = [text for text in _PHP_TEXT.findall(value) or [value] if text.casefold() not in EMPTY_VALUES]
    if not texts:
        return value.casefold() == "none" and is_public_flag(name)
    flags = _PHP_FLAG.findall(value) if _PHP_SETTINGS.fullmatch(value) else ()
    if any(field_hides(f"{name}.{flag}", [is_set]) for flag, is_set in flags):
        return True
    is_for_some = join_name(name) in ACCESS_FIELDS and hides_unless_free(texts)
    return is_for_some or field_hides(name, texts)


def _is_under_embargo(name: str, value: str) -> bool:
    """Whether a field hides a text until a day that is still to come, or that nobody can read."""
    field = join_name(name)
    if field not in PUBLISHING_DATES | EMBARGO_DATES or not value:
        return False
    date = _read_day(value)
    if date:
        return date > timezone.now()
    return field in EMBARGO_DATES and fold_value(value) not in EMBARGO_WORDS


def _read_day(value: str) -> datetime | None:
    """Return a date as custom fields have it: ISO with or without marks (20300101), or the seconds since 1970."""
    try:
        if value.isascii() and value.isdecimal() and len(value) > len("20300101"):
            return datetime.fromtimestamp(int(value), UTC)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _names_access(name: str) -> bool:
    if _PLUGIN.match(name):
        return True
    words = set(words_of(name))
    is_for_people = bool(words & PEOPLE_WORDS and words & PLACE_WORDS)
    return not _shows_person(name) and (is_for_people or not ACCESS_WORDS.isdisjoint(words))


def _shows_person(name: str) -> bool:
    words = set(words_of(name.partition("/")[2] or name))
    return bool(words & PEOPLE_WORDS and words & PEOPLE_SHAPES) and words <= PEOPLE_WORDS | PEOPLE_SHAPES
