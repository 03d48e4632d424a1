"""Links between resources (RFC 8288), written as a `Link` header and as a set of links (RFC 9264, RFC 6690).

All addresses are absolute, since many programs resolve no other ones.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

MAX_LINK_HEADER_BYTES = 3_000
"""A proxy such as nginx reads all headers of a response into one page of memory, of 4,096 bytes."""
SAFE_CHARACTERS = "/#%[]=:;$&()+,!?*@'~"  # RFC 3986, as Django's `iri_to_uri`
LINKSET_TYPE, LINKSET_JSON_TYPE = "application/linkset", "application/linkset+json"
LINK_FORMAT_TYPE = "application/link-format"


@dataclass(frozen=True)
class WebLink:
    """A link from `context` to `target`; `relation` may be several relation types with spaces between them.

    Attributes:
        type: the media type of the target.
        attributes: other target attributes, in ASCII, such as ("datetime", "Sun, 03 May 2026 10:00:00 GMT").
    """

    context: str
    relation: str
    target: str
    type: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    def render(self, *, with_context: bool = False) -> str:
        """Return the link as RFC 8288 writes it: `<https://…>; rel="author"`."""
        params = [("rel", self.relation), ("type", self.type), *self.attributes]
        if with_context:
            params.append(("anchor", _encode(self.context)))
        return "; ".join(
            [f"<{_encode(self.target)}>", *(f'{name}="{value}"' for name, value in params if value)]
        )

    def to_json(self) -> dict[str, str]:
        """Return the link target as RFC 9264, section 4.2, has it."""
        members = {"href": _encode(self.target), "type": self.type, **dict(self.attributes)}
        return {name: value for name, value in members.items() if value}


def _encode(url: str) -> str:
    """Return the URL with every character that may not stand between angle brackets or quotes encoded."""
    return quote(url, safe=SAFE_CHARACTERS)


def render_link_header(links: Iterable[WebLink]) -> str:
    """Return the value of a `Link` header: each link that fits behind those before it."""
    value = ""
    for link in links:
        longer = f"{value}, {link.render()}" if value else link.render()
        value = longer if len(longer) <= MAX_LINK_HEADER_BYTES else value
    return value


def render_linkset(links: Iterable[WebLink]) -> str:
    """Return links one per line, each with its context (RFC 9264, section 4.1)."""
    return ",\n".join(link.render(with_context=True) for link in links) + "\n"


def render_link_format(links: Iterable[WebLink]) -> str:
    """Return links of one context one per line (RFC 6690, as TimeMaps of RFC 7089 are)."""
    return ",\n".join(link.render() for link in links) + "\n"


def render_linkset_json(links: Iterable[WebLink]) -> str:
    """Return links as JSON, grouped by their contexts in the given order (RFC 9264, section 4.2)."""
    contexts = []
    for context, of_context in groupby(links, key=lambda link: link.context):
        relations: dict[str, list[dict[str, str]]] = {}
        for link in of_context:
            relations.setdefault(link.relation, []).append(link.to_json())
        contexts.append({"anchor": _encode(context), **relations})
    return json.dumps({"linkset": contexts}, ensure_ascii=False, indent=2) + "\n"
