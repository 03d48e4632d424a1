"""Each page of the desk in Swedish has no English text.

Names, identifiers and content that are equal in both languages are in `KNOWN`. A page with a new sentence fails here
until it is translated.
"""

import re

import pytest
from django.contrib.auth.models import Group, User
from lxml import html

from tests.test_roles import POSTED, TABLE, address, things  # noqa: F401

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
ATTRIBUTES = ("title", "aria-label", "placeholder", "alt")
UNSEEN = {"script", "style", "template", "code", "pre", "textarea"}
LETTERS = re.compile(r"[^\W\d_]{2,}")
PLACEHOLDER = re.compile(r":[a-z]+")
"""Of a pattern of addresses."""
ENGLISH = {
    "the", "and", "of", "is", "are", "was", "with", "yes", "no", "this", "that", "your", "you", "it", "its", "on", "to",
    "from", "by", "can", "add", "change", "delete", "view", "select", "option", "days", "day", "page", "fields", "have",
    "been", "will", "which", "who", "when", "where", "please", "as", "if", "than", "then", "more", "all", "any", "user",
    "users", "password", "required", "error", "search", "true", "false", "none", "object",
}  # fmt: skip
KNOWN = re.compile(
    # Languages and formats in their own names, labels of one or two words that are Swedish as well.
    r"SCEEUS|(?:English|Svenska)(?:, Svenska| \(\d+\))?|Filter|Organisation:?|Text:?|Status|Person|Plan|Version \d+|DOI:|ISBN:|Harvard|Word|Normal|"
    r"Azərbaycanca|Dansk|Deutsch|Eesti|Español|Français|Latviešu|Lietuvių|Magyar|Norsk|Polski|Română|Slovenčina|Suomi|"
    r"Türkçe|Čeština|[^A-Za-z]+|"
    # Types of schema.org, and keys.
    r"\w*Article|BlogPosting|Ctrl\+\w+|"
    # What the factories and the first rows of a site are called.
    r".*(?:Piece|Author|Tag) \d.*|xx|(?:: )?xx@xx\.xx|: ?(?:Ann|xx)|Ann|.*Nobody.s.*|[a-z]+-\d+.*|.*field\.png.*|A blue field|"
    r"(?:Guest )?(?:Commentary|Report)|Newsletter|Nyhetsbrev|Quick Comment|Gäst\w+|Kommentar|Rapport|Snabbkommentar|What happened, and .*|"
    r"sessionid|csrftoken|desk_\w+|Disk|: [a-z]+-\d+|Abkhazia.*|Sea of Azov.*|http://127.*|.*Quick Comment, 27 .*|"
    # Addresses.
    r"(?:: )?/\S*|"
    # A mark in the language of an English text.
    r"\[redacted\]|"
    # Services that keep copies.
    r"Google(?: Scholar)?|Bing|Internet Archive|Overton|BASE, CORE, OpenAIRE"
)


def texts_of(page: str) -> list[str]:
    """Return the visible and spoken texts of a page in order, without those marked as another language."""
    root = html.fromstring(page)
    for foreign in root.xpath("//body//*[@lang and @lang != $spoken]", spoken=root.get("lang")):
        foreign.getparent().remove(foreign)
    candidates = []
    for element in root.find("body").iter():
        if not isinstance(element.tag, str) or element.tag in UNSEEN:
            continue
        candidates += [element.text, *(element.get(name) for name in ATTRIBUTES)]
        candidates += [
            value for name, value in element.attrib.items() if name.startswith("data-") and " " in value
        ]
        if element.tag == "input" and element.get("type") == "submit":
            candidates.append(element.get("value"))
        candidates += [child.tail for child in element]
    texts = (" ".join(text.split()) for text in candidates if text)
    return [text for text in texts if LETTERS.search(text) and not KNOWN.fullmatch(text)]


def left_in_english(client, method: str, path: str) -> list[str]:
    """Return the texts of a Swedish page with an English word, or equal to one of the English page."""
    send = getattr(client, method)
    swedish, english = (
        send(path, headers={"Accept-Language": language}, follow=True) for language in ("sv", "en")
    )
    if not swedish.headers["Content-Type"].startswith("text/html") or '<html lang="sv">' not in swedish.text:
        return []
    same = set(texts_of(english.text))
    return [
        text
        for text in dict.fromkeys(texts_of(swedish.text))
        if (text in same and " · " not in text)
        or ENGLISH & {word.lower() for word in LETTERS.findall(PLACEHOLDER.sub("", text))}
    ]


@pytest.fixture
def administrator(client):
    person = User.objects.create_superuser("xx", "xx@xx.xx", "xx")
    person.groups.add(Group.objects.get(name="Administrators"))
    client.force_login(person, backend=BACKEND)
    return client


def test_no_page_of_the_desk_has_english_left(administrator, things):  # noqa: F811
    addresses = {name: address(name, things) for name in sorted(set(TABLE) - POSTED)}

    left = {name: left_in_english(administrator, "get", path) for name, path in addresses.items()}

    assert {name: texts for name, texts in left.items() if texts} == {}


def test_no_form_that_is_sent_empty_is_answered_in_english(administrator, things):  # noqa: F811
    names = [
        name for name in sorted(TABLE) if name.endswith(("_add", "_change", "_history", "password_change"))
    ]
    names += [
        "publish",
        "redact",
        "reviews",
        "word-new",
        "home-lead",
        "newsletter",
        "bulk-tags",
        "bulk-withdraw",
        "related-links-edit",
    ]

    left = {name: left_in_english(administrator, "post", address(name, things)) for name in names}

    assert {name: texts for name, texts in left.items() if texts} == {}


@pytest.mark.parametrize(
    "path",
    ["login/", "password_reset/", "password_reset/sent/", "password_reset/done/", "password_reset/x/y/"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_for_strangers_has_english_left(client, method, path):
    assert left_in_english(client, method, f"/desk/{path}") == []
