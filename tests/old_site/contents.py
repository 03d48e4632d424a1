"""The texts of the made-up site, and what is true of them. The same in every run."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

SITE = "https://www.ostinstitutet.example"
PEOPLE = (
    "Anna Berg", "Carl-Johan Dahl", "Åsa Öberg", "Maria von Essen", "Olena Kovalenko", "Per Lindström",
    "Ingrid Åkesson", "Jonas Ek", "Fredrik Löjdquist Holm", "Sofia Ali", "Tomas O’Brien", "Eva Sjö",
)  # fmt: skip
TOPICS = {
    "sv": ("Ryssland", "Ukraina", "Säkerhet", "Energi"),
    "en": ("Russia", "Ukraine", "Security", "Energy"),
}
WORDS = {
    "sv": "över gräns säkerhet fråga region stat åtgärd ökar minskar politik handel energi krig fred avtal europeiska "
    "grannar stöd samhälle röst makt utveckling möte råd ansvar försvar ekonomi sanktion beslut läge",
    "en": "border security question region state measure rises falls policy trade energy war peace agreement european "
    "neighbours support society voice power development meeting council duty defence economy sanction decision view",
}
ALT = "Bild"
"""The alternative text of each picture in a text."""
NEWS, PUBLICATION, REPORT = "news", "publication", "report"
COUNTS = {NEWS: 110, PUBLICATION: 70, REPORT: 30}
"""Of texts in Swedish and English by type."""


@dataclass(frozen=True, kw_only=True)
class OldText:
    """A text as its authors wrote it.

    Args:
        address: path and query of the canonical address.
        others: further addresses that show the same page.
        blocks: the text as pairs of a tag and its words; `img` has the path of a picture, `link` pairs of words and path.
        files: paths of attached files, with their labels.
    """

    kind: str
    number: int
    language: str
    address: str
    title: str
    published_on: date | None
    authors: tuple[str, ...]
    summary: str
    blocks: tuple[tuple[str, str], ...]
    tags: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    related: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    translation: str = ""
    picture: str = ""
    quirks: frozenset[str] = field(default_factory=frozenset)

    @property
    def words(self) -> str:
        """The words of the text, with the alternative texts of its pictures."""
        return " ".join(ALT if tag == "img" else words.partition("|")[0] for tag, words in self.blocks)


def build_texts() -> list[OldText]:
    """Return the texts in the order of their numbers."""
    random = Random(1848)
    texts: list[OldText] = []
    number = 100
    for kind, count in COUNTS.items():
        while sum(text.kind == kind for text in texts) < count:
            number += 1
            swedish = _build_text(kind, number, "sv", random)
            texts.append(swedish)
            if number % 3 == 0 and sum(text.kind == kind for text in texts) < count:
                number += 1
                english = _build_text(kind, number, "en", random)
                texts[-1] = _replace(swedish, translation=english.address)
                texts.append(
                    _replace(english, translation=swedish.address, published_on=swedish.published_on)
                )
    return _with_relations(texts, random)


def _replace(text: OldText, **changes) -> OldText:
    return OldText(**{**vars(text), **changes})


def _with_relations(texts: list[OldText], random: Random) -> list[OldText]:
    """Give publications related texts of their language, and every text a link to another one."""
    linked = []
    for text in texts:
        others = [other for other in texts if other.language == text.language and other is not text]
        target = random.choice(others)
        blocks = (*text.blocks[:1], ("link", f"{target.title}|{target.address}"), *text.blocks[1:])
        related = (
            tuple(other.address for other in random.sample(others, 2)) if text.kind == PUBLICATION else ()
        )
        linked.append(_replace(text, blocks=blocks, related=related))
    return linked


def _build_text(kind: str, number: int, language: str, random: Random) -> OldText:
    is_swedish = language == "sv"
    title = f"{_sentence(language, random, 4, 7).rstrip('.')} {number}"
    published_on = date(2012, 1, 9) + timedelta(days=17 * (number - 100))
    authors = tuple(random.sample(PEOPLE, 1 + number % 3))
    address = _address(kind, number, title, published_on, is_swedish=is_swedish)
    folder = f"/globalassets/{'dokument' if is_swedish else 'documents'}/{published_on.year}"
    files = ((f"{folder}/rapport-{number}.pdf", f"{title} (PDF)"),) if kind != NEWS else ()
    if kind == PUBLICATION and number % 4 == 0:
        files += ((f"{folder}/data {number}.xlsx", "Data"),)
    quirks = {name for name, every in QUIRKS.items() if number % every == 1}
    return OldText(
        kind=kind,
        number=number,
        language=language,
        address=address,
        others=_other_addresses(kind, number, address, language),
        title=title,
        published_on=None if kind == NEWS and number == 117 else published_on,
        authors=() if kind == NEWS and number % 20 == 0 else authors,
        summary="" if kind == REPORT else _sentence(language, random, 12, 20),
        blocks=_blocks(number, language, random),
        tags=tuple(random.sample(TOPICS[language], 2)) if kind == PUBLICATION else (),
        files=files,
        picture=f"/globalassets/bilder/omslag-{number}.jpg" if kind == PUBLICATION and number % 2 else "",
        quirks=frozenset(quirks),
    )


QUIRKS = {"word": 3, "unclosed": 4, "duplicate ids": 5, "divs for paragraphs": 7, "share in text": 2}
"""What is odd about a text, and in how many one has it."""


def _address(kind: str, number: int, title: str, published_on: date, *, is_swedish: bool) -> str:
    slug = title.lower().replace(" ", "-").translate(str.maketrans("åäö", "aao"))
    if kind == REPORT:
        return f"/templates/reportpage.aspx?id={number}" + ("" if is_swedish else "&epslanguage=en")
    if kind == PUBLICATION:
        return f"/publikationer/{slug}/" if is_swedish else f"/en/publications/{slug}/"
    section = "/nyheter" if is_swedish else "/en/news"
    return (
        f"{section}/{published_on.year}/{slug}.aspx"
        if number % 2
        else f"{section}/{published_on.year}/{slug}/"
    )


def _other_addresses(kind: str, number: int, address: str, language: str) -> tuple[str, ...]:
    if kind == REPORT:
        return (f"{address}&print=true",) if number % 5 == 0 else ()
    return (f"{address}?epslanguage={language}",) if number % 6 == 0 else ()


def _sentence(language: str, random: Random, fewest: int, most: int) -> str:
    words = [random.choice(WORDS[language].split()) for _word in range(random.randint(fewest, most))]
    return f"{' '.join(words).capitalize()}."


def _paragraph(language: str, random: Random) -> str:
    return " ".join(_sentence(language, random, 8, 16) for _sentence_number in range(random.randint(3, 6)))


def _blocks(number: int, language: str, random: Random) -> tuple[tuple[str, str], ...]:
    blocks = [("p", _paragraph(language, random)) for _block in range(random.randint(2, 4))]
    blocks.append(("h2", _sentence(language, random, 2, 5).rstrip(".")))
    blocks += [("p", _paragraph(language, random)), ("li", _sentence(language, random, 3, 6))]
    blocks.append(("li", _sentence(language, random, 3, 6)))
    if number % 3 == 0:
        blocks.append(("img", f"/globalassets/bilder/bild-{number}.jpg"))
    if number % 4 == 0:
        blocks.append(("blockquote", _sentence(language, random, 8, 14)))
    blocks.append(("p", _paragraph(language, random)))
    return tuple(blocks)
