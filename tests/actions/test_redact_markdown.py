"""Redaction in Markdown: whatever construct holds the passage, the page stays whole and says nothing of it."""

import re
import sys
from pathlib import Path

import pytest

from publications import actions, manuscript, markup
from publications.markup import redaction
from publications.markup.markdown_tokens import GAP, LABEL, NOTE_LABEL, TOKEN
from tests.actions.former_marks import redact_with_former_mark
from tests.factories import make_image, make_live, make_publication, saved

pytestmark = pytest.mark.django_db

SITE = "https://example.org"
CONSTRUCTS = {
    "words of a link": (f"See [Vera Holm]({SITE}/talk) there.", "See [redacted] there."),
    "part of the words of a link": (f"See [what Vera Holm said]({SITE}/talk) there.", "See what [redacted] said there."),
    "target of a link": (f"See [the talk]({SITE}/Vera%20Holm/1) there.", "See the talk there."),
    "target as other sites spell it": (f"See [the talk]({SITE}/2024/vera-holm-speaks.html) there.", "See the talk there."),
    "target with underscores": (f"See [the talk]({SITE}/wiki/Vera_Holm) there.", "See the talk there."),
    "target in angles": ("See [the talk](</papers/Vera Holm.pdf>) there.", "See the talk there."),
    "target with brackets": (f"See [the talk]({SITE}/x_(Vera_Holm)) there.", "See the talk there."),
    "target with a title": (f'See [the talk]({SITE}/vera-holm "A talk") there.', "See the talk there."),
    "target with quotes": ('See [the talk]({{ "/2024/vera-holm/" | url }}) there.', "See the talk there."),
    "target on a line of its own": (f"See [the talk](\n{SITE}/vera-holm) there.", "See the talk there."),
    "query of a target": (f"See [the talk]({SITE}/?q=vera+holm&n=2) there.", "See the talk there."),
    "emphasis in a link": (f"See [*the* **talk**]({SITE}/vera-holm) there.", "See the talk there."),
    "words and target": (f"See [Vera Holm]({SITE}/vera-holm) there.", "See [redacted] there."),
    "title of a link": (f'See [the talk]({SITE}/1 "By Vera Holm") there.', "See the talk there."),
    "a link of mail": ("Ask [the desk](mailto:vera.holm@example.org) there.", "Ask the desk there."),
    "an automatic link": (f"See <{SITE}/vera-holm> there.", "See [redacted] there."),
    "an automatic link of mail": ("Ask <vera.holm@example.org> there.", "Ask [redacted] there."),
    "a bare address": (f"See {SITE}/people/vera-holm.html, there.", "See [redacted], there."),
    "a bare address of mail": ("Ask vera.holm@example.org there.", "Ask [redacted] there."),
    "target of a reference": (f"See [the talk][t] there.\n\n[t]: {SITE}/vera-holm", "See the talk there."),
    "label of a reference": (f"See [the talk][Vera Holm] there.\n\n[vera holm]: {SITE}/1", "See the talk there."),
    "collapsed reference": (f"See [Vera Holm][] there.\n\n[Vera Holm]: {SITE}/1", "See [redacted] there."),
    "short reference": (f"See [Vera Holm] there.\n\n[vera holm]: {SITE}/1", "See [redacted] there."),
    "title of a reference": (f'See [the talk][t] there.\n\n[t]: {SITE}/1 "Vera Holm"', "See the talk there."),
    "label of a note": ("So it was.[^Vera Holm]\n\n[^Vera Holm]: A talk.", "So it was."),
    "text of a note": ("So it was.[^1]\n\n[^1]: Vera Holm, a talk.", "So it was."),
    "meaning of an abbreviation": ("So said VH there.\n\n*[VH]: Vera Holm", "So said VH there."),
    "an abbreviation": ("So said Holm there.\n\n*[Vera Holm]: a person", "So said Holm there."),
    "alternative of a picture": (f"![Vera Holm speaks]({SITE}/a.jpg)", "[redacted] speaks"),
    "target of a picture": (f"![A talk]({SITE}/vera-holm.jpg)", "A talk"),
    "a linked picture": (f"[![A talk]({SITE}/1.jpg)]({SITE}/vera-holm)", "A talk"),
    "a link of HTML": (f'See <a href="{SITE}/vera-holm">the talk</a> there.', "See the talk there."),
    "a title of HTML": ('Said <abbr title="Vera Holm">VH</abbr> there.', "Said VH there."),
    "words in HTML": ("Said <b>Vera Holm</b> there.", "Said [redacted] there."),
    "code": ("Said `Vera Holm` there.", "Said [redacted] there."),
    "code with brackets behind": ("Said `Vera Holm(1)` there.", "Said [redacted](1) there."),
    "a block of code": ("So:\n\n    name = Vera Holm: x", "name = [redacted]: x"),
    "a comment": ("So it was.<!-- Vera Holm --> Indeed.", "So it was. Indeed."),
    "a heading": ("## On Vera Holm\n\nSo it was.", "On [redacted]"),
    "emphasis": ("Said **Vera Holm** there.", "Said [redacted] there."),
    "a table": (f"| A | B |\n|---|---|\n| Vera Holm | [x]({SITE}/vera-holm) |", "[redacted]"),
    "a list": ("- Vera Holm\n- Others", "[redacted]"),
    "a quotation": ("> Vera Holm\n> and others", "[redacted] and others"),
    "what looks like a definition afterwards": ("Vera Holm: a life.", "[redacted]: a life."),
    "what looks like a link afterwards": ("So says Vera Holm(2020) there.", "So says [redacted](2020) there."),
    "before a reference": (f"So says Vera Holm [1] there.\n\n[1]: {SITE}/1", "So says [redacted] 1 there."),
}  # fmt: skip


def redacted_page(body: str, mark: str | None = None):
    """The live edition of a publication with this text after "Vera Holm" was taken out."""
    publication = make_publication(title="Vera Holm", body=f"Before.\n\n{body}\n\nAfter.")
    actions.publish(publication, by=None)
    if mark is None:
        actions.redact(publication, "Vera Holm", by=None)
    else:
        redact_with_former_mark(publication, "Vera Holm", mark)
    return publication.editions.live().get()


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_the_page_stays_whole_and_names_nobody(name):
    body, words = CONSTRUCTS[name]

    edition = redacted_page(body)

    spelled = re.sub(r"[\W_]|%20", "", edition.html + edition.body).casefold()
    assert "veraholm" not in spelled
    assert words in re.sub(r"\s+", " ", edition.plain_text)
    assert edition.plain_text.startswith("Before.") and "After." in edition.plain_text
    addresses = re.findall(r'(?:href|src)="([^"]*)"', edition.html)
    assert not [address for address in addresses if "redacted" in address or not address]
    assert not re.search(r"\]\(h|\]\[|\[\^|\\", edition.plain_text)


@pytest.mark.parametrize("mark", ["", "*", "N. N.", "[x](y)", "a|b", '"<b>"', "-", "# x", "`"])
@pytest.mark.parametrize(
    "body", ["Said Vera Holm there.", "| A | B |\n|---|---|\n| Vera Holm | x |", f"[Vera Holm]({SITE}/1) x"]
)
def test_whatever_stands_in_its_place_is_read_as_it_was_typed(body, mark):
    edition = redacted_page(body, mark)

    assert mark.strip('"') in edition.plain_text
    assert edition.html.count("<a ") == (body.count("](") if mark else 0)  # a link without words is none
    assert edition.html.count("<td") == 2 * body.count("| x |")


@pytest.mark.parametrize(
    "body",
    [
        "Said **Vera Holm** there.",
        "Said *Vera* **Holm** there.",
        "Said _Vera Holm_ there.",
        "Said *Vera* Holm there.",
    ],
)
def test_nothing_in_its_place_leaves_no_signs_of_emphasis(body):
    assert "Said there." in re.sub(r"\s+", " ", redacted_page(body, "").plain_text)


@pytest.mark.parametrize("address", ["/annual", "/hannover", "/2024/ann-arbor-annex"])
def test_a_short_name_within_a_longer_word_of_an_address_is_left_alone(address):
    publication = make_publication(body=f"ann said [it]({SITE}{address.replace('ann-', 'x')}).")
    actions.publish(publication, by=None)

    actions.redact(publication, "ann", by=None)

    assert f'href="{SITE}{address.replace("ann-", "x")}"' in publication.editions.live().get().html


def test_pictures_of_the_library_stay_though_their_key_holds_the_letters(make_picture_text):
    publication, image = make_picture_text

    actions.redact(publication, image.key[:4], by=None)

    assert f'data-image="{image.key}"' in publication.editions.live().get().html


@pytest.fixture
def make_picture_text():
    image = make_image()
    publication = make_publication(body=f"The {image.key[:4]} word.\n\n![](image:{image.key})")
    actions.publish(publication, by=None)
    return publication, image


def test_earlier_saves_can_be_restored_whatever_their_fields_say():
    publication = make_publication(
        title="A comment", body="A comment, a quick one, in sv.", kind="quick-comment"
    )
    actions.publish(publication, by=None)

    actions.redact(publication, "comment", by=None)

    texts = [manuscript.loads(revision.manuscript) for revision in publication.revisions.all()]
    assert {text.kind for text in texts} == {"quick-comment"}
    assert not any("comment" in text.title + text.body for text in texts)


def test_words_of_our_own_markup_can_be_redacted():
    publication = make_live(body="A note.[^1]\n\n[^1]: The strong ref of it.").publication

    actions.redact(publication, "ref", by=None)

    assert "strong [redacted] of it" in publication.editions.live().get().plain_text


def test_links_of_earlier_saves_and_of_the_draft_are_redacted_in_the_same_way():
    publication = make_publication(body=f"See [the talk]({SITE}/vera-holm).")
    actions.publish(saved(publication), by=None)

    actions.redact(publication, "Vera Holm", by=None)

    kept = [publication.body, *(revision.manuscript for revision in publication.revisions.all())]
    assert not any("vera-holm" in text for text in kept)
    assert "See the talk" in markup.render_markdown(publication.body).text


# Cost


class CountedText(str):
    """Counts the characters that are copied out of it."""

    copied = 0

    def __getitem__(self, place):
        part = super().__getitem__(place)
        type(self).copied += len(part)
        return part


MODULES = ("redaction.py", "emphasis.py", "markdown_tokens.py", "passages.py")
UNITS = {
    "links": f"[the talk]({SITE}/vera-holm) ",
    "pictures": f"![a talk]({SITE}/vera-holm.jpg) ",
    "links without words": f"[]({SITE}/vera-holm)",
    "ends without a beginning": f"]({SITE}/vera-holm) ",
    "bare addresses": f"{SITE}/vera-holm\n",
    "words": "Vera Holm ",
    "emphasis": "**Vera Holm** ",
    "labels": "[^Vera Holm] ",
    "open brackets": "[[ ",
    "comments without an end": "<!-- ",
    "references": f"[a{{0}}][b{{0}}]\n\n[b{{0}}]: {SITE}/vera-holm\n\n",
}


def cost_of_redacting(unit: str, number: int) -> int:
    """Lines of Python that ran in the modules, and characters that were copied."""
    source = "".join(unit.format(n) for n in range(number))
    redaction = markup.Redaction("Vera Holm", "[redacted]")
    steps = 0

    def count(frame, _event, _argument):
        nonlocal steps
        if Path(frame.f_code.co_filename).name not in MODULES:
            return None
        steps += 1
        return count

    CountedText.copied = 0
    sys.settrace(count)
    try:
        redaction.redact_markdown(source)
        redaction._redact_words(CountedText(redaction._redact_addresses(CountedText(source))))
    finally:
        sys.settrace(None)
    return steps + CountedText.copied


@pytest.mark.parametrize("name", UNITS)
def test_redacting_a_text_of_twice_the_length_costs_twice_as_much(name):
    short, long = (cost_of_redacting(UNITS[name], number) for number in (200, 400))

    assert long < 2.2 * short


BLANKS = " " * 3000


@pytest.mark.parametrize(
    ("source", "left"),
    [
        (f"a{BLANKS}b{{#vera-holm}} c", f"a{BLANKS}b c"),
        (f"## On grain{BLANKS}{{#vera-holm}}", "## On grain"),
        (f"a{BLANKS}{{ #vera-holm", f"a{BLANKS}{{ #vera-holm"),
        (f"[a]({BLANKS}/vera-holm{BLANKS})", "a"),
        (f'[a]({BLANKS}/vera-holm{BLANKS}"b"{BLANKS})', "a"),
        (f"[a](/x{BLANKS}y/vera-holm)", "a"),
        (f"[a](/x{BLANKS}\n\nVera Holm)", f"[a](/x{BLANKS}\n\n[redacted])"),
        (f"[a]({BLANKS}Vera Holm", f"[a]({BLANKS}[redacted]"),
        (f'<a{BLANKS}href="/vera-holm"{BLANKS}title="x">', f'<a{BLANKS}title="x">'),
    ],
)
def test_runs_of_spaces_change_nothing_of_what_is_redacted(source, left):
    assert markup.Redaction("Vera Holm", "[redacted]").redact_markdown(source) == left


def test_patterns_read_a_run_of_spaces_once():
    """A pattern that begins with spaces begins where their run does; one within an address gives none of them back."""
    assert redaction.MARKED_ID.pattern.startswith(r"(?<![ \t])[ \t]*+")
    assert redaction.ATTRIBUTE.pattern.startswith(r"(?<!\s)\s++")
    assert GAP.startswith("(?>") and GAP in TOKEN.pattern


@pytest.mark.parametrize("label", ["Vera Holm", "a[b Vera Holm", "a[^Vera Holm", f"{'x' * 2000} Vera Holm"])
def test_labels_of_any_form_name_nobody(label):
    edition = make_live(body=f"So it was.[^{label}] Vera Holm.\n\n[^{label}]: A talk.")

    actions.redact(edition.publication, "Vera Holm", by=None)

    edition.refresh_from_db()
    assert "Vera" not in edition.body + edition.html and "A talk." in edition.html
    assert edition.plain_text.startswith("So it was. [redacted].")


def test_labels_without_an_end_are_read_once():
    assert LABEL in TOKEN.pattern and LABEL in NOTE_LABEL.pattern
    assert re.match(LABEL, "a[^a[^a")[0] == "a"
