"""Why a post, or a part of one, was not for all readers of the old site.

WordPress has a status and a password; what is for members only is said by the custom fields, blocks and shortcodes of
plugins. A text of which any part was hidden becomes a draft, and in doubt too: an editor publishes it with a click, but
nobody takes back what readers have seen. Rules that a plugin keeps in tables of its own are in no export.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ..public_values import PUBLIC_VALUES
from .export_item import ExportItem, read_number

SCHEDULED = "future"
"""The status of a post that WordPress shows at its date."""
ACCESS_FIELDS = frozenset({
    "jetpack_newsletter_access", "rcuserlevel", "is_paid", "rcp_subscription_level", "rcp_access_level",
    "rcp_user_level", "wpmem_block", "groups_read", "groups_groups_read_post", "arm_access_plan", "ihc_mb_who",
    "subscribers_only", "hidden", "unlisted",
})  # fmt: skip
"""Custom fields, as `_plain_name` has them, that hide a post unless their values are open: of Jetpack, Restrict Content
(Pro), WP-Members, Groups, ARMember and Ultimate Membership Pro, and what sites call fields of their own."""
_ACCESS_STEM = re.compile(
    r"(?<!re)(?<!dis)member(?!_?state)|medlem(?!sstat)|privat|visibility|restrict|premium|paywall|(?<!un)(?<!b)locked"
)
"""What names of fields have that do so too, whoever made them; December and member states are none."""
HARMLESS_FIELDS = frozenset({"members", "members_access_error", "wc_memberships_force_public"})
"""Fields with such a name that hide nothing: a number of people, a message, and the opposite."""
SECRET_FIELDS = ("ppwp_", "wp_protect_password", "passster")
"""The beginnings of names of fields that protect a post with a password, whatever they hold."""
OPEN_VALUES = PUBLIC_VALUES | {"", "0", "no", "nej", "false", "off", "none", "null", "a:0:{}", "[]", "{}"}
SHOWN_VALUES = frozenset({"default", "inherit", "show", "visible"})
"""Values of fields for the visibility of a text, or of a part of its page, that hide nothing."""
_FIELD_KEY = re.compile(r"field_\w+")
"""What Advanced Custom Fields stores beside each value, under its name with `_` before it."""
HIDING_SETTINGS = {
    "um_content_restriction": re.compile(r'_um_accessible";s:1:"2"'),
    "issuem_leaky_paywall_visibility": re.compile(r'visibility_type";s:\d+:"only'),
    "ihc_mb_type": re.compile("block"),
}
"""Fields that hold several settings as PHP writes them, and those that hide a post (Ultimate Member, Leaky Paywall,
Ultimate Membership Pro)."""
_PHP_TEXT = re.compile(r's:\d+:"([^"]*)"')

ACCESS_WORDS = frozenset({
    "access", "hidden", "hide", "ismember", "locked", "logged", "loggedin", "member", "members", "membership",
    "membersonly", "paid", "password", "private", "protect", "protected", "protector", "restrict", "restricted", "role",
    "subscriber", "subscribers", "visitor",
})  # fmt: skip
ACCESS_PLUGINS = frozenset({"arm", "emaillocker", "groups", "memberful", "mepr", "passster", "pmpro", "ppwp", "rcp",
                            "s2if", "signinlocker", "sociallocker", "swpm", "um", "wcm", "wlm", "wpmem"})  # fmt: skip
"""Plugins for members, as the names of their shortcodes begin."""
MARKER = "paywall"
"""The word of a shortcode or block that hides what comes after it, and needs no end."""
PEOPLE_WORDS = frozenset({"team", "staff", "board"})
"""Words of what shows a person: a team member is no member."""
ACCESS_VALUES = frozenset({"capability", "logged_in", "membership", "role", "roles", "user_role"})
HIDDEN_ELEMENTS = frozenset({("disabled", "on"), ("disabled_on", "on|on|on"), ("disable_element", "yes"),
                             ("status", "draft")})  # fmt: skip
"""Values of shortcodes of page builders (Divi, WPBakery, Avada) that show an element to nobody."""
LAYOUT_PREFIXES = ("av_", "et_pb_", "fusion_", "su_", "vc_")
"""Page builders and Shortcodes Ultimate, as the names of their shortcodes begin."""
LAYOUT_SHORTCODES = frozenset({
    "accordion", "accordion_item", "accordions", "alert", "b", "box", "br", "center", "checklist", "col", "collapse",
    "color", "column", "columns", "contact-form", "contact-field", "container", "divider", "dropcap", "em", "expand",
    "h1", "h2", "h3", "h4", "h5", "h6", "heading", "i", "icon", "img", "info", "intro", "latex", "lead", "left",
    "li", "list", "math", "ol", "one_fourth", "one_fourth_last", "one_half", "one_half_last", "one_third",
    "one_third_last", "p", "person", "raw", "right", "row", "section", "slide", "slider", "slideshow", "small",
    "spoiler", "strong", "sub", "sup", "tab", "table", "tabs", "td", "testimonial", "th", "three_fourth",
    "three_fourth_last", "title", "toggle", "toggles", "tooltip", "tr", "two_third", "two_third_last", "u", "ul", "url",
    "warning",
})  # fmt: skip
"""Names of themes, forums and forms that only say how words look. Not `note`: it is often for authors alone."""
ACCESS_ATTRIBUTES = ("blockVisibility", "contentControls", "um_is_restrict", "visibilityBlockEnabled")
"""Values that plugins add to any block: Block Visibility, Content Control, Ultimate Member, Paid Memberships Pro."""
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
    return "" if status == "publish" else status or "–"


def has_password(item: ExportItem) -> bool:
    """Whether a post needs a password, which may be of spaces; line ends are those of the file."""
    password = item.fields.get("wp:post_password", "")
    return bool(password) and (bool(password.strip()) or "\n" not in password)


def find_access_fields(item: ExportItem) -> Iterator[str]:
    """Yield the custom fields by which plugins hide a post; what they hold may be a password, and is not shown."""
    for name, value in item.metadata:
        is_field_key = name.startswith("_") and _FIELD_KEY.fullmatch(value.strip())
        if not is_field_key and _is_hiding(_plain_name(name), value.strip()):
            yield name
    if read_expiry(item) is None and _has_expiry(item):
        yield EXPIRY_FIELD


def read_expiry(item: ExportItem) -> datetime | None:
    """Return when PublishPress Future hides a post; None if it does not, or if the time is none."""
    seconds = read_number(item.value_of(EXPIRY_FIELD)) if _has_expiry(item) else 0
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def is_access_shortcode(name: str, values: Mapping[str, str], *, has_end: bool) -> bool:
    """Whether a shortcode hides what is in it, or after it, from some readers or from all.

    Args:
        has_end: whether there is something in it; one that stands alone shows a form or a list.
    """
    if MARKER in _words_of(name) or not HIDDEN_ELEMENTS.isdisjoint(values.items()):
        return True
    return has_end and (_names_access(name) or not ACCESS_VALUES.isdisjoint(values))


def is_harmless_shortcode(name: str) -> bool:
    """Whether an unknown shortcode around words is one for their looks, or shows a person; others may hide them."""
    is_layout = name in LAYOUT_SHORTCODES or name.startswith(LAYOUT_PREFIXES)
    return is_layout or not PEOPLE_WORDS.isdisjoint(_words_of(name))


def is_access_block(name: str, values: Mapping[str, Any], *, has_end: bool) -> bool:
    """Whether a block hides what is in it, or after it, from some readers or from all."""
    if (
        MARKER in _words_of(name)
        or name.startswith("premium-content/")
        or any(map(_is_on, _settings_of(values)))
    ):
        return True
    metadata = values.get("metadata")
    is_hidden = isinstance(metadata, dict) and metadata.get("blockVisibility") is False  # WordPress 6.9
    return is_hidden or (has_end and _names_access(name))


def _has_expiry(item: ExportItem) -> bool:
    is_set = item.value_of(EXPIRY_FIELD) and item.value_of(EXPIRY_STATUS).casefold() not in OPEN_VALUES
    return bool(is_set) and item.value_of(EXPIRY_TYPE).casefold() in HIDING_EXPIRIES


def _plain_name(name: str) -> str:
    return re.sub(r"[-\s]", "_", name.strip().casefold()).strip("_")


def _is_hiding(name: str, value: str) -> bool:
    if not value:
        return False
    if name.startswith(SECRET_FIELDS):
        return True
    if pattern := HIDING_SETTINGS.get(name):
        return bool(pattern.search(value))
    if name not in ACCESS_FIELDS and not _has_access_stem(name):
        return False
    open_values = OPEN_VALUES | SHOWN_VALUES if "visibility" in name else OPEN_VALUES
    texts = _PHP_TEXT.findall(value) or [value]
    return not open_values.issuperset(text.strip().casefold() for text in texts)


def _has_access_stem(name: str) -> bool:
    is_harmless = name in HARMLESS_FIELDS or not PEOPLE_WORDS.isdisjoint(_words_of(name))
    return not is_harmless and bool(_ACCESS_STEM.search(name))


def _words_of(name: str) -> list[str]:
    return re.split(r"[^a-z0-9]+", name.casefold())


def _names_access(name: str) -> bool:
    words = _words_of(name)
    is_person = not PEOPLE_WORDS.isdisjoint(words)
    return words[0] in ACCESS_PLUGINS or (not is_person and not ACCESS_WORDS.isdisjoint(words))


def _settings_of(values: Mapping[str, Any]) -> Iterator[Any]:
    return (values[name] for name in ACCESS_ATTRIBUTES if name in values)


def _is_on(setting: Any) -> bool:
    return bool(setting.get("enabled", setting) if isinstance(setting, dict) else setting)
