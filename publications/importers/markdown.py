"""One Markdown file becomes a manuscript with its files, rendered, and with every line there is to tell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape

from django.utils.translation import gettext as _

from publications import prose
from publications.manuscript import Manuscript

from . import frontmatter, liquid, markup, values
from .arrival import Arrival, Refusal, Telling
from .aside import Aside, plain_marks
from .fields import Fields
from .images import Gallery, Pictures
from .links import Links, addresses_in
from .own import read_own
from .page import rendered_as_published, share_of
from .people import People
from .survey import Card, content_of

LONGEST_EXCERPT = 300
PLAIN = re.compile(
    r"[^\W\d_](?:[^\W_]++|[ ,;?]|\.(?!\.))*+"
)  # without a sign that Markdown or typography might read


@dataclass(frozen=True)
class Ground:
    """What all files of an import share: who writes, where pieces and pictures are, what a piece is by default."""

    people: People
    gallery: Gallery
    addresses: Mapping[str, str]
    names: Mapping[tuple[str, str], str]
    kinds: frozenset[str]
    kind: str
    site: str = ""


def read(card: Card, ground: Ground) -> Arrival:
    """Read one file. It never raises: whatever is wrong with a file is told as its refusal."""
    telling = Telling()
    try:
        content = content_of(card.path)
        front = frontmatter.read(content, telling)
        if "format" in front.fields and (own := read_own(card, telling)):
            return own
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
    fields = Fields(front.fields, telling)
    stem = card.path.parent.name if card.path.stem in ("index", "_index") else card.path.stem
    title, source = fields.title(plain_marks(front.body), stem)
    pictures = Pictures(ground.gallery, card.path.parent, card.language, telling)
    body = _body(source, card, ground, front.fields, pictures, telling)
    signed = fields.bylines(ground.people)
    cover, cover_alt = fields.cover()
    text = Manuscript(
        uid=card.uid,
        title=title,
        kind=fields.kind(ground.kinds, ground.kind),
        language=card.language,
        bylines=tuple(line for line, _person in signed),
        tags=fields.tags(),
        published_at=fields.published_at(stem),
        slug=card.slug,
        cover=pictures.cover(cover, cover_alt) if cover else "",
        related=_related(card, front.fields, ground, telling),
        translation_of=card.translation_of,
        body=body,
    )
    rendered = rendered_as_published(text, telling)
    summary = fields.summary(lambda: _excerpt(rendered), lambda written: _unmarked(written, telling))
    text = replace(text, summary=summary, images=tuple(pictures.shown.values()))
    _tell_field_names(card, front.fields, signed, fields, telling)
    _tell_lost_links(body, rendered, telling)
    _tell_lost_pictures(text, rendered, telling)
    return Arrival(
        card.source, text, lines=telling.lines, former_paths=card.former_paths, is_draft=fields.is_draft(),
        files={name: found.path for name, found in pictures.found.items()},
        facts={name: found.facts for name, found in pictures.found.items()},
        staff=frozenset(person.slug for _line, person in signed if person.is_known),
        prose=rendered, share=share_of(source, text, rendered, telling),
    )  # fmt: skip


def _body(source: str, card: Card, ground: Ground, fields: dict, pictures: Pictures, telling: Telling) -> str:
    aside = Aside()
    text = liquid.resolve(source, keep=aside.keep, people=ground.people, fields=fields, telling=telling)
    text = aside.keep_code(text)
    text = pictures.place_all(text)
    text = Links(card.source, ground.addresses, ground.site, telling).lead_all(text)
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


def _unmarked(text: str, telling: Telling) -> str:
    """A summary as plain text. Links in it are told, for a summary has none."""
    if PLAIN.fullmatch(text):
        return text
    try:
        rendered = prose.render(text)
    except prose.Unrenderable:
        return values.plain(text)
    for address in addresses_in(rendered.html):
        telling.dropped("link-summary", _("A link in the summary was left out: %s") % address)
    plain = " ".join(rendered.text.split())
    return plain if plain else values.plain(text)


def _excerpt(rendered: prose.Prose | None) -> str:
    """The first paragraph that is more than a few words, or its beginning."""
    paragraphs = [" ".join(each.text.split()) for each in rendered.paragraphs] if rendered else []
    first = next((each for each in paragraphs if len(each.split()) > 3), "")
    if len(first) <= LONGEST_EXCERPT:
        return first
    return first[:LONGEST_EXCERPT].rpartition(" ")[0].rstrip(",;:– ") + " …"


def _tell_lost_links(body: str, rendered: prose.Prose | None, telling: Telling) -> None:
    if rendered is None:
        return
    there = {unescape(each).replace("%20", " ") for each in addresses_in(rendered.html)}
    for address in addresses_in(body):
        if not address.startswith("image:") and unescape(address).replace("%20", " ").rstrip() not in there:
            telling.dropped("link-gone", _("A link could not be kept: %s") % address)


def _tell_lost_pictures(text: Manuscript, rendered: prose.Prose | None, telling: Telling) -> None:
    shown = {*rendered.images, text.cover} if rendered else set()
    for picture in text.images:
        if rendered and picture.key not in shown:
            telling.dropped(
                "image-missing", _("A picture could not be placed in the text: %s") % picture.file
            )


def _tell_field_names(card: Card, given: dict, signed: list, fields: Fields, telling: Telling) -> None:
    for _line, person in signed:
        if not person.is_known:
            telling.guessed("guest", _("Author not in the list, taken as a guest: %s") % person.name)
    if card.slug != card.wanted:
        telling.changed(
            "address",
            _("The address “%(wanted)s” is taken: it became “%(slug)s”.")
            % {"wanted": card.wanted, "slug": card.slug},
        )
    if not values.first(given, "title") and "title" in given:
        telling.guessed("title", _("The title was empty."))
    fields.tell_unread()
