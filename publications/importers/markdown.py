"""One Markdown file becomes a manuscript with its files, rendered, and with every line there is to tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from publications.manuscript import Manuscript

from . import frontmatter, liquid, markup, values
from .arrival import Arrival, Refusal, Telling
from .aside import Aside, plain_marks
from .card import Card, content_of, tell_address
from .fields import Fields
from .images import Gallery, Pictures
from .includes import resolve_includes
from .links import Links
from .old_ids import heading_rules, keep_ids
from .old_site import OldSite
from .own import read_own
from .page import anchors_in, fragment_links_in, rendered_as_published, share_of, tell_losses
from .people import People
from .references import resolve_references
from .summaries import excerpt, unmarked


@dataclass(frozen=True)
class Ground:
    """What all files of an import share: who writes, where pieces and pictures are, what a piece is by default.

    `wanted` are the fragments that links of the import lead to, `topics` the names of topics by their ids.
    """

    people: People
    gallery: Gallery
    addresses: Mapping[str, str]
    names: Mapping[tuple[str, str], str]
    kinds: frozenset[str]
    kind: str
    site: str = ""
    old_site: OldSite = field(default_factory=OldSite)
    wanted: frozenset[str] = frozenset()
    topics: Mapping[str, str] = field(default_factory=dict)


def read(card: Card, ground: Ground) -> Arrival:
    """Read one file. It never raises: whatever is wrong with a file is told as its refusal."""
    telling = Telling()
    try:
        if card.is_own:
            return read_own(card, telling)
        front = frontmatter.read(content_of(card.path), telling)
        return _foreign(card, front, ground, telling)
    except Refusal as reason:
        return Arrival(card.source, refusal=str(reason), lines=telling.lines)
    except OSError as reason:
        return Arrival(card.source, refusal=_("The file cannot be read (%s).") % (reason.strerror or reason))
    except (
        RecursionError,
        MemoryError,
        ValueError,
        TypeError,
        LookupError,
    ) as reason:  # the other files go on
        refusal = _("The file cannot be understood: %s") % f"{type(reason).__name__}: {reason}"[:200]
        return Arrival(card.source, refusal=refusal, lines=telling.lines)


def _foreign(card: Card, front: frontmatter.Front, ground: Ground, telling: Telling) -> Arrival:
    fields = Fields(front.fields, telling, ground.topics)
    title, source = fields.title(plain_marks(front.body), card.stem)
    pictures = Pictures(ground.gallery, card.path.parent, card.language, telling)
    signed = fields.bylines(ground.people)
    body = _body(source, card, ground, front.fields, pictures, telling)
    text = replace(_manuscript(card, fields, pictures, ground, has_text=bool(body)), title=title, body=body)
    rendered = rendered_as_published(text, telling)
    text = replace(
        text,
        bylines=tuple(line for line, _person in signed),
        summary=fields.summary(lambda: excerpt(rendered), lambda written: unmarked(written, telling)),
        images=tuple(pictures.shown.values()),
    )
    is_draft, ends_at = fields.is_draft(), fields.expires_at()
    _tell_names(card, fields)
    tell_losses(text, rendered, telling)
    return Arrival(
        card.source, text, lines=telling.lines, former_paths=card.former_paths, is_draft=is_draft,
        files={name: found.path for name, found in pictures.found.items()},
        facts={name: found.facts for name, found in pictures.found.items()},
        staff=frozenset(person.slug for _line, person in signed if person.is_known),
        prose=rendered, share=share_of(source, text, rendered, telling),
        ends_at=ends_at, anchors=anchors_in(rendered), fragment_links=fragment_links_in(rendered),
    )  # fmt: skip


def _manuscript(
    card: Card, fields: Fields, pictures: Pictures, ground: Ground, *, has_text: bool
) -> Manuscript:
    """What is known of a piece without its text."""
    cover, cover_alt = fields.cover()
    return Manuscript(
        uid=card.uid,
        kind=fields.kind(ground.kinds, ground.kind),
        language=card.language,
        tags=fields.tags(),
        published_at=fields.published_at(card.stem),
        slug=card.slug,
        cover=pictures.cover(cover, cover_alt) if cover else "",
        related=_related(card, fields.given, ground, fields.telling),
        translation_of=card.translation_of,
        external_url=fields.external_url(has_text=has_text),
    )


def _body(source: str, card: Card, ground: Ground, fields: dict, pictures: Pictures, telling: Telling) -> str:
    aside = Aside()
    included = resolve_includes(
        source, site=ground.old_site, page=fields, beside=card.path.parent, telling=telling
    )
    text = liquid.resolve(
        included.text, keep=aside.keep, people=ground.people, fields=fields, telling=telling
    )
    text = aside.keep_code(text)
    text = keep_ids(text, rules=heading_rules(ground.old_site), wanted=ground.wanted, aside=aside)
    text = resolve_references(text, included.definitions, telling)
    text = pictures.place_all(text)
    text = Links(
        card.source,
        ground.addresses,
        ground.site,
        telling,
        page=next(iter((*card.former_paths, *card.old_paths)), "/"),
    ).lead_all(text)
    text = markup.simplify(text, aside, telling)
    return aside.put_back(text).strip("\n")


def _related(card: Card, fields: dict, ground: Ground, telling: Telling) -> tuple[str, ...]:
    """Uids of the pieces that a list names by file or by what they go by, in the same language."""
    found: dict[str, None] = {}
    for name in values.texts(values.first(fields, "related", "related_posts")):
        plain = name.rstrip("/").rpartition("/")[2].removesuffix(".md").lower()
        uid = ground.names.get((card.language, plain))
        if uid and uid != card.uid:
            found[uid] = None
        elif not uid:
            telling.dropped("related", _("A related piece did not come along: %s") % name)
    return tuple(found)


def _tell_names(card: Card, fields: Fields) -> None:
    """Tell which names are not those of the file, and what of it has no name here."""
    tell_address(card, fields.telling)
    if not values.first(fields.given, "title") and "title" in fields.given:
        fields.telling.guessed("title", _("The title was empty."))
    if uid := values.text(fields.given.get("uid")):
        told = _("The uid was left out: it counts in manuscripts of this site alone, with “format: 1”: %s")
        fields.telling.dropped("manuscript", told % uid)
    fields.tell_unread()
