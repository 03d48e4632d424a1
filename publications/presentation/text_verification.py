"""Compare a text that a reader has found elsewhere with the public editions, word by word.

Only editions that readers may read are compared, so that nothing withdrawn or redacted shows. White space, the form of
quotation marks and dashes, ligatures, hyphens within words and the numbers of notes do not count as differences.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from publications import search
from publications.diff import (
    Budget,
    DiffBlock,
    Difference,
    Token,
    blocks_of_html,
    compare,
    match,
    tokens_of,
)
from publications.locales import LOCALES
from publications.models import Edition

MAX_TEXT_CHARACTERS = 400_000
SAMPLES, SAMPLE_WORDS = 10, 6  # phrases of the text that are searched
MAX_PUBLICATIONS = 3  # that most of the phrases are found in
MAX_EDITIONS = 12  # of a publication, the newest
SHINGLE = 4  # consecutive words by which texts are similar
MIN_SIMILARITY = 0.25
MAX_STEPS = 400_000
FOLDED = str.maketrans({**dict.fromkeys("“”„«»‟", '"'), **dict.fromkeys("‘’‚‹›´`", "'")})
INVISIBLE = re.compile("[\xad\u200b-\u200d\ufeff]")  # soft hyphens, and spaces and joiners without width
HYPHENS = re.compile("[-\u2010-\u2015\u2212]")
LINE_END_HYPHEN = re.compile(r"(?<=\w)([-\u2010\xad])[^\S\n]*\n\s*(?=\w)")
NOTE_MARK = re.compile(r"\[\d{1,3}\]")  # as pages show it; a passage of an edition has none
WORD = re.compile(r"[^\W_]+")


def find_edition(text: str) -> Edition | None:
    """Return the public edition that a text is most similar to, the newest of several, or None.

    Raises:
        SearchBusy: too many searches run at once.
    """
    shingles = _shingles(text)
    best, best_similarity = None, MIN_SIMILARITY
    for edition in _candidates(text):
        similarity = len(shingles & _shingles("\n".join(passages_of_edition(edition)))) / max(
            1, len(shingles)
        )
        if similarity > best_similarity:
            best, best_similarity = edition, similarity
    return best


def compare_with_edition(text: str, passages: Sequence[str]) -> Difference:
    """Return the difference from passages of an edition to a text, which may be a part of it."""
    ours = [_fold_tokens(passage) for passage in passages]
    given = _fold_tokens(text)
    keys, given_keys = [token.key for passage in ours for token in passage], [token.key for token in given]
    start, end = _find_excerpt(keys, given_keys)
    pairs = match(keys[start:end], given_keys, Budget(MAX_STEPS))
    return compare(*_cut(ours, given, [(start + index, other) for index, other in pairs], start, end))


def is_excerpt(text: str, passages: Sequence[str]) -> bool:
    """Return whether a text that has the words of passages lacks some of them."""
    return len(_fold_tokens(text)) < sum(len(_fold_tokens(passage)) for passage in passages)


def passages_of_edition(edition: Edition, text: str | None = None) -> list[str]:
    """Return the text of an edition as its page shows it: title, summary, key points and body.

    Args:
        text: the text to compare with; what stands above the body is left out if it has no part of it.
    """
    blocks = blocks_of_html(edition.html)
    body = ["".join(token.text for token in block.tokens if not token.role) for block in blocks]
    head = [edition.title, edition.summary, *edition.key_points.splitlines()]
    if text is not None:
        shingles = _shingles(text)
        head = [passage for passage in head if _shingles(passage) & shingles or _fold(passage) in _fold(text)]
    return [passage for passage in (*head, *body) if passage.strip()]


def passages_of_text(text: str) -> list[str]:
    """Return the text of a PDF in passages: lines up to one that ends a sentence."""
    return [passage for passage in re.split(r"(?<=[.!?:])[^\S\n]*\n", text) if passage.strip()]


def _candidates(text: str) -> Iterator[Edition]:
    """Yield the readable editions of the publications that most phrases of the text are found in."""
    hits: Counter[int] = Counter()
    for phrase in _phrases(text):
        query = search.parse_query(f'"{phrase}"')
        found = {
            pk
            for locale in LOCALES
            for pk in search.search(
                query, locale=locale, with_facet_counts=False, limit=MAX_EDITIONS
            ).edition_ids
        }
        hits.update(found)
    publications = Edition.objects.live().filter(pk__in=hits).values_list("pk", "publication_id")
    ranked = sorted(publications, key=lambda pair: (-hits[pair[0]], pair[0]))
    for _pk, publication_id in ranked[:MAX_PUBLICATIONS]:
        yield from (
            Edition.objects.readable().filter(publication=publication_id).order_by("-number")[:MAX_EDITIONS]
        )


def _phrases(text: str) -> list[str]:
    """Return phrases from all parts of a text."""
    words = WORD.findall(LINE_END_HYPHEN.sub("", text))
    step = max(SAMPLE_WORDS, len(words) // SAMPLES)
    return [" ".join(words[start : start + SAMPLE_WORDS]) for start in range(0, len(words), step)][:SAMPLES]


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = [word.casefold() for word in WORD.findall(_fold(LINE_END_HYPHEN.sub("", text)))]
    return {tuple(words[index : index + SHINGLE]) for index in range(max(1, len(words) - SHINGLE + 1))}


def _fold(text: str) -> str:
    return HYPHENS.sub("-", unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).translate(FOLDED))


def _fold_tokens(text: str) -> list[Token]:
    """Return tokens whose keys are the same for texts that only differ in form."""
    joined = INVISIBLE.sub("", NOTE_MARK.sub("", LINE_END_HYPHEN.sub(r"\1", text)))
    tokens = tokens_of(" ".join(joined.split()))
    folded = [
        token._replace(
            text=f" {token.text.lstrip()}" if token.text[:1].isspace() else token.text,
            key=_fold_key(token.key),
        )
        for token in tokens
    ]
    return [token for token in folded if token.key]


def _fold_key(key: str) -> str:
    folded = _fold(key.strip())
    return folded.replace("-", "") or folded  # a dash alone stays


def _find_excerpt(keys: Sequence[str], given: Sequence[str]) -> tuple[int, int]:
    """Return the part of the edition that a text corresponds to, by words in a row that both have once."""
    places = _unique_places(keys)
    hits = [(places[row], index) for row, index in _unique_places(given).items() if row in places]
    if not hits:
        return 0, len(keys)
    first, last = min(place for place, _index in hits), max(place for place, _index in hits)
    given_first, given_last = min(index for _place, index in hits), max(index for _place, index in hits)
    return max(0, first - given_first), min(len(keys), last + len(given) - given_last)


def _unique_places(keys: Sequence[str]) -> dict[tuple[str, ...], int]:
    rows = [tuple(keys[index : index + SHINGLE]) for index in range(len(keys) - SHINGLE + 1)]
    counts = Counter(rows)
    return {row: index for index, row in enumerate(rows) if counts[row] == 1}


def _cut(
    ours: Sequence[Sequence[Token]],
    given: Sequence[Token],
    pairs: Sequence[tuple[int, int]],
    start: int,
    end: int,
) -> tuple[list[DiffBlock], list[DiffBlock]]:
    """Return both texts as blocks, cut at the passages of the edition within its part from `start` to `end`."""
    before, after = [], []
    position = cut = 0
    places = iter([*pairs, (end, len(given))])
    place = next(places)
    for passage in ours:
        next_position = position + len(passage)
        tokens = passage[max(0, start - position) : max(0, end - position)]
        while place[0] < next_position and place[0] < end:
            place = next(places)
        next_cut = place[1] if tokens else cut
        for blocks, block in ((before, tokens), (after, given[cut:next_cut])):
            if block:
                blocks.append(DiffBlock("paragraph", tuple(block)))
        position, cut = next_position, next_cut
    if cut < len(given):
        after.append(DiffBlock("paragraph", tuple(given[cut:])))
    return before, after
