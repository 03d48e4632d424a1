"""Judge by the name of a field whether its values say who may read a text, English and Swedish, on a site of any kind.

A field is judged by the end of its name, which says what it is: `board_members_only` and `restricted_access` are about
readers, `membership_fee` and `private_sector` are not. What comes before it may be anything, such as the name of a
plugin, but not another part of the page (`title_visibility`). The opposite of a flag for public texts (`not_public`,
`unlisted`) and `… only` are derived from the table.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from . import access_values
from .access_values import ONLY_WORDS, Rule
from .access_words import inflect, join_names, split_values, words_of

READER_WORDS = ("member", "membership", "subscriber", "medlem", "medlemmar", "prenumerant", "prenumeranter")
"""Those for whom a text was, as names of fields and shortcodes have them."""
RESTRICTING_WORDS = ("hidden", "locked", "private", "restrict", "restricted")
SECRET_WORDS = ("access code", "encrypt", "encrypted", "lösenord", "passcode", "passphrase", "password", "protected",
                *inflect("skyddad"), *inflect("lösenordsskyddad"))  # fmt: skip
"""Fields that hide a text if they have a value, which is never reported."""
RULES: Mapping[Rule, tuple[str, ...]] = {
    access_values.hides_unless_no: (
        *RESTRICTING_WORDS, "confidential", "deleted", "draft", "embargoed", "internal", "secret", "trashed",
        "hidden from all", "hidden from public", "hide from all", "hide from public", "not circulate", "not distribute",
        "not for distribution", "to be published", "date deleted", "deleted at", "deleted on", "trashed at",
        "trashed on",
        *inflect("begränsad", "dold", "hemlig", "konfidentiell", "privat", "raderad", "sekretessbelagd"), "låst",
        "medlemsartikel", "medlemsinnehåll", "sekretess",
        "utkast", *access_values.OTHER_LANGUAGES,
    ),
    access_values.hides_unless_free: (
        "gated", "paid", "paywall", "paywalled", "premium", "access level", "access plan", "access role",
        "access group", "acl", "allowed role", "allowed group", "by role", "to role", "user role", "premium level",
        "required level", "required membership", "required role", "member level", "member role", "content restriction",
        "membership id", "membership level", "membership plan", "subscription level", "user level",
    ),
    access_values.hides_unless_unprotected: SECRET_WORDS,
    access_values.hides_unless_public: (
        "access", "access right", "restrict to", "restricted to", "visibility", "visible for", "visible to",
        "synlig för", "synlighet", "åtkomst",
    ),
    access_values.hides_unless_shown: ("listed", "public", "visible", *inflect("offentlig", "publik", "synlig")),
    access_values.hides_if_denied: (
        "approved", "for publication", "för publicering", "show on site", "publicera", "publiceras",
        "publish", "published", *inflect("publicerad"),
    ),
    access_values.hides_if_said: (
        *READER_WORDS, "embargo", "for staff", "hide", *inflect("intern"), "members area", "by invitation", "offline",
        "protect", "require subscription", "subscription required", "restriction", "wip",
    ),
    access_values.hides_if_required: (
        "auth", "authentication", "logged in", "login", "subscription", "inloggning",
    ),
    access_values.hides_if_ended: (
        "archived", "archived at", "archived on", "date archived", "unpublished at", "unpublished on",
        *inflect("arkiverad"),
    ),
    access_values.hides_unless_open: (
        "accessible for free", "free access", "free to read", "open access", "visible to all",
    ),
    access_values.hides_unless_unclassified: (
        "classification", "classification level", "confidentiality", "confidentiality level", "distribution", "privacy",
        "privacy level", "protective marking", "security classification", "security level", "security marking",
        "sensitivity", "sensitivity level", "tlp",
    ),
    access_values.hides_if_for_some: (
        "access for", "access mode", "accessible to", "audience", "available to", "can read", "circulation", "open to",
        "page template", "permission", "plan", "publicity", "readable by", "reader",
        "security", "show to", "viewer", "målgrupp",
    ),
    access_values.hides_if_restricted: ("moderation", "stage", "state", "status", "tier", "version", "workflow"),
}  # fmt: skip
"""The ends of names of fields, by what their values must be to hide a text: `state: DC` and `members: 27` do not."""
FIELD_RULES: Mapping[str, Rule] = {name: rule for rule, names in RULES.items() for name in join_names(*names)}
BARE_RULES: Mapping[str, Rule] = {
    **dict.fromkeys(
        ("active", "available", "enabled", "live", "online", "released", "show", "shown"),
        access_values.hides_if_denied,
    ),
    **dict.fromkeys(("expired", "removed", "suppressed", "withdrawn"), access_values.hides_if_ended),
    **dict.fromkeys(("for", "intendedfor", "template"), access_values.hides_if_for_some),
    "free": access_values.hides_unless_open,
    **dict.fromkeys(
        join_names(
            "category", "categories", "flag", "keyword", "kind", "label", "layout", "post type", "tag", "type"
        ),
        access_values.hides_if_labelled,
    ),
    **dict.fromkeys(join_names("pin", "pin code"), access_values.hides_if_code),
}
"""Ends that say something only as a whole name: `free`, not `gluten_free`; `type`, not `event_type`."""
PUBLIC_RULES = frozenset({
    access_values.hides_unless_shown, access_values.hides_if_denied, access_values.hides_unless_open,
})  # fmt: skip
"""Rules of flags for public texts, whose opposites hide."""
HIDING_RULES = frozenset({
    access_values.hides_unless_no, access_values.hides_unless_free, access_values.hides_unless_unprotected,
    access_values.hides_if_required,
})  # fmt: skip
"""Rules of flags for hidden texts, whose opposites hide if they are denied: `unlocked`, `not_private`."""
ONLY_RULES = HIDING_RULES | {access_values.hides_if_said, access_values.hides_if_ended}
"""Rules whose names make, with `only`, a text one for some."""
HARMLESS_NAMES = join_names(
    "board members", "email subscription", "ever published", "force public", "general public",
    "newsletter subscription", "staff members", "team members",
)  # fmt: skip
"""Ends of names that hide nothing, although the rules know a shorter end, unless HIDING_BEFORE stands before them."""
MAX_NAME_WORDS = 3
NEGATIONS = frozenset({"dont", "donot", "no", "non", "not", "skip", "t", "ej", "icke", "inte"})
NEGATING_PREFIXES = (*sorted(NEGATIONS - {"t"}), "in", "o", "un")
HIDING_BEFORE = NEGATIONS | ONLY_WORDS | {
    "access", "accessible", "available", "closed", "for", "from", "hidden", "hide", "limit", "limited", "locked",
    "open", "private", "protect", "protected", "readable", "require", "required", "restrict", "restricted", "show",
    "shown", "to", "visibility", "visible",
}  # fmt: skip
"""Words before such an end with which a name says who may read: `visible_to_board_members`."""
BETWEEN_NEGATION = frozenset({"be", "been", "for", "is", "longer", "to", "yet", "är", "ännu", "längre"})
"""Words that may stand between a negation and its flag: `not_yet_public`."""
OTHER_THINGS = frozenset({
    "ad", "author", "banner", "breadcrumb", "builder", "button", "byline",
    "caption", "comment", "cover", "data", "date",
    "excerpt", "feed", "footer", "header", "heading", "hero", "icon", "image", "link", "logo", "menu", "nav",
    "navigation", "search", "share", "sharing", "sidebar", "subtitle", "thumbnail", "title", "toc", "widget",
    "disable", "of", "without",
})  # fmt: skip
"""Words before such an end that make it one of a part of the page, of something else, or the opposite."""
OTHER_CLASSES = frozenset({
    "acm", "age", "ddc", "dewey", "frequency", "geographic", "income", "jel", "msc", "regional", "subject",
    "topic", "udc",
})  # fmt: skip
"""Words before `classification` and the like that make it one by subject, or a thing of which the text tells."""
STATES = frozenset({"eu", "nato", "un"})
"""Words before `member` that make it one of an organisation of states."""
OTHER_STATUSES = frozenset({
    "campaign", "email", "event", "facebook", "import", "job", "linkedin", "mail", "newsletter", "order", "payment",
    "project", "registration", "seo", "social", "sync", "ticket", "translation", "tweet", "twitter", "webinar",
})  # fmt: skip
"""Words before `status` and the like that make it one of something else."""
TEXT_WORDS = frozenset({
    "access", "active", "article", "content", "document", "enabled", "entry", "flag", "mode", "page", "post",
    "publication", "required", "setting", "status", "text", "type", "use",
    "en", "sv",
    "artikel", "bruk", "dokument", "innehåll", "inlägg", "sida", "åtkomst",
})  # fmt: skip
"""Words after such an end that leave its meaning: `private_content`, `restricted_access`."""
OWN_STATUSES = TEXT_WORDS | {
    "approval",
    "editorial",
    "moderation",
    "publish",
    "publishing",
    "review",
    "workflow",
}
"""Words before `status` that leave it that of the text, which may be pending."""
READERS_BEFORE_ONLY = frozenset({
    "account", "admin", "board", "client", "customer", "donor", "editor", "email", "employee", "eye", "fellow",
    "intranet", "invitation", "invite", "newsletter", "partner", "patron", "registered", "staff", "subscription",
    "team", "user", "styrelsen",
})  # fmt: skip
"""Words that make, with `only`, a text one for some, beside those of the table: `logged_in_only`."""


def rules_of(name: str) -> Iterator[Rule]:
    """Yield the rules of a field by its name: none if it says nothing of readers."""
    words = words_of(name)
    if words and words[-1] in NEGATIONS:  # publicera_ej
        words = [words[-1], *words[:-1]]
    if _is_harmless(words):
        return
    if words[-2:] == ["general", "public"]:  # hide_from_general_public
        words = [*words[:-2], "public"]
    while words:
        rule, count = _rule_at_end(words)
        if rule:
            yield rule
        if words[-1] not in TEXT_WORDS and not words[-1].isdigit():
            return
        words = words[:-count]


def is_public_flag(name: str) -> bool:
    """Whether a field says that a text is public, so that `none` hides it."""
    return not PUBLIC_RULES.isdisjoint(rules_of(name))


def is_secret(name: str) -> bool:
    """Whether the value of a field may be a password."""
    is_code = not {access_values.hides_unless_unprotected, access_values.hides_if_code}.isdisjoint(
        rules_of(name)
    )
    return is_code or not set(SECRET_WORDS).isdisjoint(words_of(name))


def field_hides(name: str, texts: Iterable[str]) -> bool:
    """Whether a field says that not all may read a text.

    Args:
        texts: its values, of which each may name several; a field without any that can be read hides in doubt.
    """
    values = [value for text in texts for value in split_values(text)]
    return any(rule(values) for rule in rules_of(name))


def is_understood(texts: Iterable[str]) -> bool:
    """Whether values say yes, no or who may read, and nothing else."""
    return all(access_values.is_known(value) for text in texts for value in split_values(text))


def _rule_at_end(words: Sequence[str]) -> tuple[Rule | None, int]:
    """Return the rule of the longest known end of a name, and how many words the end has (1 if none is known)."""
    if _is_for_some_only(words):
        return access_values.hides_unless_no, len(words)
    for count, end in _ends_of(words):
        before = [word for word in words[:-count] if word not in BETWEEN_NEGATION][-1:]
        if not before and (rule := BARE_RULES.get(end) or BARE_RULES.get(end.removeprefix("is"))):
            return rule, count
        if rule := FIELD_RULES.get(end) or FIELD_RULES.get(end.removeprefix("is")):
            return _rule_after(before[0] if before else "", rule), count
        opposites = [end.removeprefix(prefix) for prefix in NEGATING_PREFIXES if end.startswith(prefix)]
        if any(map(_flag_rule, opposites)):
            return access_values.hides_unless_no, count
        if any(FIELD_RULES.get(opposite) in HIDING_RULES for opposite in opposites):
            return _rule_after(before[0] if before else "", access_values.hides_if_denied), count
    return None, 1


def _is_harmless(words: Sequence[str]) -> bool:
    """Whether a name has an end that hides nothing, and no word before it with which it does."""
    return any(
        end in HARMLESS_NAMES and HIDING_BEFORE.isdisjoint(words[:-count]) for count, end in _ends_of(words)
    )


def _rule_after(before: str, rule: Rule) -> Rule | None:
    """Return the rule of an end by the word before it."""
    if before in NEGATIONS:
        if rule in HIDING_RULES:
            return access_values.hides_if_denied
        return access_values.hides_unless_no if rule in PUBLIC_RULES else None
    if before in OTHER_THINGS or (before in STATES and rule is access_values.hides_if_said):
        return None
    if rule is access_values.hides_unless_unclassified and before in OTHER_CLASSES:
        return access_values.hides_if_for_some
    if rule is access_values.hides_if_restricted:
        if before in OTHER_STATUSES:
            return None
        return access_values.hides_if_pending if not before or before in OWN_STATUSES else rule
    return rule


def _flag_rule(name: str) -> Rule | None:
    """Return the rule of a flag for public texts, or None."""
    rule = FIELD_RULES.get(name) or BARE_RULES.get(name)
    return rule if rule in PUBLIC_RULES else None


def _is_for_some_only(words: Sequence[str]) -> bool:
    """Whether a name says for whom alone a text was: `premium_only`, `endast_medlemmar`, `membersonly`."""
    if words[-1] in ONLY_WORDS:
        return len(words) > 1 and _names_some(words[:-1])
    if len(words) > 1 and words[-2] in ONLY_WORDS:
        return _names_some(words[-1:])
    return any(
        words[-1].endswith(only) and _names_some([words[-1].removesuffix(only)]) for only in ONLY_WORDS
    )


def _names_some(words: Sequence[str]) -> bool:
    while len(words) > 1 and words[-1] in TEXT_WORDS:
        words = words[:-1]
    ends = [end for _count, end in _ends_of(words)]
    ends.append(ends[0].removesuffix("s"))
    rules = {rule for end in ends if (rule := FIELD_RULES.get(end))}
    return bool(rules & ONLY_RULES) or words[-1].removesuffix("s") in READERS_BEFORE_ONLY


def _ends_of(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the ends of a name, the longest first, with the number of their words."""
    for count in range(min(MAX_NAME_WORDS, len(words)), 0, -1):
        yield count, "".join(words[-count:])
