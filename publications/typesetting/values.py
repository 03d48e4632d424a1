"""A paper or a card as the JSON that its template reads."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from urllib.parse import urlsplit

from .blocks import text_of
from .parts import Card, Paper, Picture
from .runs import clean

RUNNING = 90  # letters of a title at the head of a page
FULL_WIDTH = 640  # pixels of a picture that is as wide as the text, on screen and on paper
TALLEST = 1.35  # times as high as the text is wide


def values_of(made_from: Paper | Card) -> dict[str, object]:
    """Everything that the template is told, with every text clean."""
    return _paper(made_from) if isinstance(made_from, Paper) else _card(made_from)


def written(values: Mapping[str, object]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "replace")


def files_of(made_from: Paper | Card) -> dict[str, Picture]:
    """The pictures of it, each by the name of the file that the template asks for."""
    return {_file(picture): picture for picture in _pictures(made_from).values()}


def _paper(paper: Paper) -> dict[str, object]:
    told = _cleaned(asdict(paper) | {"html": ""})
    return told | {
        "text": text_of(paper),
        "authors": [clean(name.name) for role in paper.roles for name in role.names],
        "day": {"year": paper.day.year, "month": paper.day.month, "day": paper.day.day},
        "host": urlsplit(paper.address).hostname or "",
        "running": shortened(clean(paper.title), RUNNING),
        "pictures": {key: _picture(picture) for key, picture in _pictures(paper).items()},
    }


def _card(card: Card) -> dict[str, object]:
    return _cleaned(asdict(card)) | {"cover": _picture(card.cover) if card.cover else None}


def _pictures(made_from: Paper | Card) -> dict[str, Picture]:
    cover = {"cover": made_from.cover} if made_from.cover else {}
    return {**made_from.pictures, **cover} if isinstance(made_from, Paper) else cover


def _picture(picture: Picture) -> dict[str, object]:
    share = min(1, picture.width / FULL_WIDTH, TALLEST * picture.width / max(1, picture.height))
    return _cleaned(asdict(picture)) | {"file": _file(picture), "share": share}


def _file(picture: Picture) -> str:
    return f"{picture.digest[:40]}.{picture.extension}"


def _cleaned(value):
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(each) for each in value]
    return value


def shortened(text: str, most: int) -> str:
    """The text, or as many of its whole words as there is room for."""
    if len(text) <= most:
        return text
    return f"{text[:most].rpartition(' ')[0] or text[: most - 1]} …"
