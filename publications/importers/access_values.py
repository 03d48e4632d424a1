"""Judge what the values of a field say of readers, for each kind of field; in doubt a text was hidden.

Each rule takes the values of one field, as they stand in the source, and returns whether they hide the text.
"""

import itertools
import re
from collections.abc import Callable, Sequence

from django.utils import timezone

from publications.editorial_status import NOTICES

from .access_words import FILLER_WORDS, fold_value, inflect, words_of

Rule = Callable[[Sequence[str]], bool]
"""Whether the values of a field hide a text."""
_REMARK = re.compile(r"\([^()]*\)")
_REMARK_EDGE = re.compile(r"[()\[\]]|\s[-–—]\s|:\s")
"""What stands between a value and a remark on it, which may have lost its end: `final (internal`."""
_LICENCE = re.compile(
    r"cc by(?: (?:nc|nd|sa))*(?: (?:igo|international|unported|[a-z]{2}))?(?: (?:licence|license))?"
)
"""A licence as `fold_value` has it; what stands beside it says something else: `CC BY for members`."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CODE = re.compile(r"\d{4,}")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:[T ][\d:.Z +-]*)?)?)?")
YES_VALUES = frozenset({"true", "yes", "on", "1", "ja", "sant"})
NO_VALUES = frozenset({"false", "no", "off", "0", "nej", "falskt"})
YES_MARKS = YES_VALUES | {"y", "t", "x", "j", "kyllä", "oui", "wahr"}
NO_MARKS = NO_VALUES | {
    "n", "f", "none", "null", "empty", "never", "ingen", "inget", "inga", "aldrig", "ei", "falsch", "nei", "nein",
    "non",
}  # fmt: skip
"""Values that are a clear no to a flag; of a password, `n` or `none` would be one."""
PUBLIC_WORDS = frozenset({"public", *inflect("offentlig", "publik")})
FREE_VALUES = PUBLIC_WORDS.union(map(fold_value, (
    "all", "anyone", "everybody", "everyone", "free", "free of charge", "general public", "open", "open access",
    "alla", "allmänhet", "allmänheten", "fri", "fritt", "gratis", "kostnadsfri", "kostnadsfritt", "öppen",
    "öppet", "öppen tillgång",
)))  # fmt: skip
"""Words for all readers."""
PUBLIC_VALUES = FREE_VALUES.union(map(fold_value, (
    "active", "complete", "completed", "current", "default", "done", "final", "listed", "live", "online",
    "peer reviewed", "publish", "published", "published online", "released", "revised", "show", "updated",
    "version of record", "visible", "full text", "html", "pdf", "full open access", "gold open access",
    "green open access", "diamond open access", "free access", "free download", "unrestricted", "finished", "cc0",
    *inflect("publicerad"), "slutlig", "synlig",
)))  # fmt: skip
"""Those, and values of a status, of visibility or of access that hide nothing; of a paywall, `active` would not say so.
"""
UNCLASSIFIED_VALUES = frozenset(map(fold_value, (
    "approved for public release", "clear", "global", "low", "not classified", "not confidential", "not restricted",
    "not sensitive", "normal", "public release", "TLP:CLEAR", "TLP:WHITE", "unclassified", "unlimited", "white",
    "worldwide", "ej hemlig", "låg", "oklassificerad", "obegränsad",
)))  # fmt: skip
"""Values of a classification that hide nothing, beside those for all readers."""
KIND_WORDS = frozenset({
    "analysis", "article", "book", "brief", "briefing", "chapter", "commentary", "essay", "opinion", "paper", "policy",
    "report", "research", "study", "working", "analys", "artikel", "bok", "kommentar", "rapport",
})  # fmt: skip
"""Words by which a classification is one by kind: a policy brief."""
REQUIRED_WORDS = frozenset({"mandatory", "needed", "required", "krävs", "obligatorisk"})
NEGATING_WORDS = frozenset({"no", "not", "ej", "inte"})
PENDING_VALUES = frozenset({"future", "inherit", "pending", "scheduled", "sent"})
"""Values that hide a text as its own status; as that of a mail or a payment they say nothing of readers."""
OTHER_LANGUAGES = (
    "brouillon", "confidentiel", "interne", "privé", "entwurf", "geheim", "nicht öffentlich", "vertraulich",
    "fortrolig", "kladd", "kladde", "udkast", "luonnos", "luottamuksellinen", "salainen",
)  # fmt: skip
"""Words for hidden texts in French, German, Danish, Norwegian and Finnish, as values and as names of fields."""
HIDDEN_VALUES = frozenset(map(fold_value, (
    *OTHER_LANGUAGES,
    "archived", "deleted", "draft", "preview", "private", "trash", "arkiverad", "avpublicerad", "begränsad",
    "unpublished", "unlisted", "hidden", "withdrawn", "removed", "closed", "closed access", "embargoed access",
    "restricted access",
    "embargoed", "review", "peer review", "wip", "work in progress", "password", "protected", "auto-draft",
    "members", "paid", "paid members", "paid subscribers", "premium", "tiers", "subscribers", "founding", "internal",
    "confidential", "rejected", "restricted", "secret", "unreviewed", "staff", "board", "board members", "logged in",
    "later", "soon", "maybe", "tbd", "tba", "not yet", "not public", "utkast", "privat", "opublicerad", "dold",
    "spam", "need review", "awaiting review", "awaiting approval", "awaiting moderation", "pending review",
    "pending approval", "not approved", "unapproved", "on hold", "limited",
    "granskning", "intern", "internt", "medlemmar", "prenumeranter", "hemlig", "konfidentiell", "styrelsen", "senare",
    *(definition.work_status for definition in NOTICES.values()),  # a mark is set by an action
)))  # fmt: skip
"""Values that say that not all may read a text, or not yet."""
LABEL_VALUES = frozenset(map(fold_value, (
    "draft", "private", "hidden", "unlisted", "unpublished", "internal", "confidential", "embargoed", "wip",
    *OTHER_LANGUAGES, "work in progress", "do not publish", "not public", "not for publication",
    "utkast", *inflect("dold", "hemlig", "konfidentiell", "opublicerad", "privat"), "intern", "internt",
)))  # fmt: skip
"""Those of them that are no topic of a text, as a label or a layout: `review` and `security` may be one."""
ONLY_WORDS = frozenset({"only", "endast", "bara", "enbart"})
READER_VALUES = frozenset({
    "member", "membership", "personal", "staff", "subscriber", "medlem", "medlemmar", "prenumerant", "prenumeranter",
})  # fmt: skip
SUBSCRIBER_VALUES = frozenset({"membership", "subscriber", "prenumerant", "prenumeranter"})
"""Those of them that no body makes people outside: `embassy subscribers`."""
PAYING_VALUES = frozenset({
    "authenticated", "logged", "paid", "paying", "premium", "registered", "betalande", "inloggade", "registrerade",
})  # fmt: skip
"""First words of values that name readers with an account, such as `paying guests` and `registered press`."""
BODY_WORDS = frozenset({
    "academic", "assembly", "cabinet", "city", "commission", "committee", "congress", "congressional", "countrie",
    "country", "diplomatic", "embassy", "eu", "family", "government", "media", "military", "ministrie", "ministry",
    "nation", "nato", "officer", "parliament", "parliamentary", "political", "press", "public", "riksdag",
    "riksdagen", "senate", "state", "teaching", "un",
})  # fmt: skip
"""Nouns that make of members or staff people outside: Members of Parliament, embassy staff; not `the press office`."""
MEMBER_BODIES = frozenset({"countrie", "country", "government", "nation", "officer", "parliament", "state"})
"""Those of them that stand behind: member states, staff officers."""
OF_WORDS = frozenset({"of", "av"})


def hides_unless_no(values: Sequence[str]) -> bool:
    """Whether any value is neither a no nor the word public: `hidden: all` hides from all."""
    return not (NO_MARKS | PUBLIC_WORDS).issuperset(map(fold_value, values)) or not values


def hides_unless_free(values: Sequence[str]) -> bool:
    """Whether any value is neither a no nor a word for all readers, such as `paywall: everyone`."""
    return not (NO_MARKS | FREE_VALUES).issuperset(map(fold_value, values)) or not values


def hides_unless_unprotected(values: Sequence[str]) -> bool:
    """Whether any value of a field for passwords is not a plain no."""
    return not NO_VALUES.issuperset(map(fold_value, values)) or not values


def hides_unless_public(values: Sequence[str]) -> bool:
    """Whether any value does not say that all may read the text."""
    return not (values and all(map(_is_public, values)))


def hides_unless_shown(values: Sequence[str]) -> bool:
    """Whether a flag such as `public` is not set: its value is no yes, no word for public texts, no past date."""
    is_set = values and all(fold_value(value) in YES_MARKS or _is_public(value) for value in values)
    return not is_set and not _has_date(values, is_ahead=False)


def hides_if_said(values: Sequence[str]) -> bool:
    """Whether any value is a yes or a word for hidden texts: `members: 27` hides nothing."""
    return any(_answer_of(value) in YES_MARKS or is_restricted(value) for value in values)


def hides_if_required(values: Sequence[str]) -> bool:
    """Whether any value is a yes, says that an account is required, or names readers with one."""
    return hides_if_said(values) or hides_if_for_some(values) or any(map(_is_required, values))


def hides_if_ended(values: Sequence[str]) -> bool:
    """Whether any value is a yes or a word for hidden texts, or they are a time before now; no address is."""
    if values and values[0].startswith(("http:", "https:")):
        return False
    text = " ".join(values)
    years = [int(year) for year in _YEAR.findall(text)]
    is_time = bool(years) or bool(re.fullmatch(r"\d{8,}", text))
    is_ahead = _has_date(values, is_ahead=True) or max(years, default=0) > timezone.localdate().year
    return hides_if_said(values) or (is_time and not is_ahead)


def hides_if_code(values: Sequence[str]) -> bool:
    """Whether any value is a code of digits: `pin: true` is about the place of a text in a list."""
    return any(map(_CODE.fullmatch, values))


def hides_unless_unclassified(values: Sequence[str]) -> bool:
    """Whether any value of a classification neither says that all may read the text nor names its kind."""
    return not (values and all(map(_is_unclassified, values)))


def hides_unless_open(values: Sequence[str]) -> bool:
    """Whether a flag for free access is denied, or its value names readers with an account."""
    return hides_if_denied(values) or hides_if_for_some(values)


def hides_if_denied(values: Sequence[str]) -> bool:
    """Whether any value is a no, a word for hidden texts, or a date ahead."""
    is_denied = any(_answer_of(value) in NO_MARKS or is_restricted(value) for value in values)
    return is_denied or _has_date(values, is_ahead=True)


def hides_if_restricted(values: Sequence[str]) -> bool:
    """Whether any value is a word for hidden texts, whatever has this status."""
    return any(is_restricted(value) and fold_value(value) not in PENDING_VALUES for value in values)


def hides_if_pending(values: Sequence[str]) -> bool:
    """Whether any value of the status of the text itself is a word for hidden texts."""
    return any(map(is_restricted, values))


def hides_if_for_some(values: Sequence[str]) -> bool:
    """Whether any value names readers with an account, such as `internal staff` or `members of our network`."""
    return any(is_restricted(value) or _names_readers(words_of(value)) for value in values)


def hides_if_labelled(values: Sequence[str]) -> bool:
    """Whether any value, as a tag or a type, is a label of hidden texts: `draft`, `members-only`."""
    return any(fold_value(value) in LABEL_VALUES or _names_only_readers(value) for value in values)


def is_restricted(value: str) -> bool:
    """Whether a value, or a remark on it, is a word for hidden texts, or says who alone may read."""
    head, *remarks = _REMARK_EDGE.split(value)
    return (
        any(map(_is_hidden_word, (head, *remarks, _REMARK.sub("", value))))
        or any(_names_readers(words_of(remark)) for remark in remarks)
    )  # fmt: skip


def is_known(value: str) -> bool:
    """Whether a value says yes, no or who may read, and nothing else."""
    return fold_value(value) in YES_MARKS | NO_MARKS or _is_public(value) or is_restricted(value)


def _answer_of(value: str) -> str:
    """Return a value without a remark on it, to compare: `no (see mail)` is no."""
    return fold_value(_REMARK_EDGE.split(value)[0])


def _is_public(value: str) -> bool:
    meaning = fold_value(_REMARK.sub(lambda remark: "" if _is_licence(remark[0]) else remark[0], value))
    return meaning in YES_VALUES | PUBLIC_VALUES or _is_licence(value)


def _is_licence(value: str) -> bool:
    return bool(_LICENCE.fullmatch(fold_value(value)))


def _is_unclassified(value: str) -> bool:
    meaning = fold_value(value)
    if meaning in YES_MARKS or is_restricted(value):
        return False
    is_kind = KIND_WORDS.issuperset(words_of(value))
    return is_kind or meaning in NO_MARKS | UNCLASSIFIED_VALUES or _is_public(value)


def _is_required(value: str) -> bool:
    words = set(words_of(value))
    return bool(words & REQUIRED_WORDS) and not words & NEGATING_WORDS


def _is_hidden_word(text: str) -> bool:
    meaning = fold_value(text)
    return meaning in HIDDEN_VALUES | PENDING_VALUES or not ONLY_WORDS.isdisjoint(meaning.split())


def _names_readers(words: Sequence[str]) -> bool:
    """Whether the words of a value name members, staff, subscribers or others with an account, not those of a body."""
    named = [word for word in words if word not in FILLER_WORDS]
    if not named:
        return False
    if named[0] in PAYING_VALUES or not SUBSCRIBER_VALUES.isdisjoint((named[0], named[-1])):
        return True
    first = next((place for place, word in enumerate(words) if word == named[0]), 0)
    if named[0] in READER_VALUES:
        return not _is_of_body(list(itertools.dropwhile(READER_VALUES.__contains__, words[first:])))
    if named[-1] in READER_VALUES:
        before = list(itertools.dropwhile(READER_VALUES.__contains__, reversed(named)))
        return before[0] not in BODY_WORDS
    return False


def _names_only_readers(value: str) -> bool:
    """Whether a value says for which readers alone a text is: `members-only`, not `audio only`."""
    words = words_of(value)
    named = [word for word in words if word not in ONLY_WORDS]
    return len(named) < len(words) and (_names_readers(named) or fold_value(" ".join(named)) in HIDDEN_VALUES)


def _is_of_body(words: Sequence[str]) -> bool:
    """Whether what follows `members` or `staff` is a body as a noun: `of the European Parliament`, `states`."""
    if words and words[0] in OF_WORDS:
        return words[-1] in BODY_WORDS
    return bool(words) and words[0] in MEMBER_BODIES


def _has_date(values: Sequence[str], *, is_ahead: bool) -> bool:
    """Whether the values are a date from today on, or before."""
    text = " ".join(values)
    return bool(_DATE.fullmatch(text)) and (text >= timezone.localdate().isoformat()) == is_ahead
