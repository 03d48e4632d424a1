"""Topics and authors of the old site: where links to their pages lead now, and what those pages said."""

from collections.abc import Iterable, Mapping

from publications import deeds, pictures
from publications.addresses import former, in_tree
from publications.importers import Card, Gallery, People, Person, Topic
from publications.importers.taxonomies import AUTHOR_FOLDERS, TOPIC_FOLDERS
from publications.languages import TREES, slugify, tree_of
from publications.models import Author, Image, Tag

from .order import Order


def list_addresses(cards: Iterable[Card], people: People, topics: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of topics and authors that the texts name, by the old paths of their pages."""
    cards = list(cards)
    slugs = {name.casefold(): slug for name, slug in Tag.objects.values_list("name", "slug")}
    tags = {tag: topics.get(tag.casefold(), tag) for card in cards for tag in card.tags}
    found = {}
    for identity, name in tags.items():
        slug = slugs.get(name.casefold()) or slugify(name)
        found |= _old_paths(TOPIC_FOLDERS, {identity, slugify(identity), slug}, "publications:topic", slug)
    for written in {author for card in cards for author in card.authors}:
        slug = people.find(written).slug
        found |= _old_paths(AUTHOR_FOLDERS, {written, slugify(written), slug}, "publications:author", slug)
    return found


def _old_paths(folders: Iterable[str], names: Iterable[str], page: str, slug: str) -> dict[str, str]:
    """The paths at which generators have such a page, in the folder of a language too."""
    if not slug:
        return {}
    found = {}
    for folder in folders:
        for name in filter(None, names):
            first = in_tree(TREES[0], page, slug=slug)
            found |= {former(f"/{folder}/{name}"): first, f"end:{folder}/{name}": first}
            found |= {former(f"/{tree}/{folder}/{name}"): in_tree(tree, page, slug=slug) for tree in TREES}
    return found


def complete_authors(people: People, gallery: Gallery, order: Order) -> None:
    """Give authors who have no biography or portrait those of their old profile; what the desk wrote stays."""
    profiles = {
        person.slug: person for person in people.by_id.values() if person.biography or person.portrait
    }
    for author in Author.objects.filter(slug__in=profiles):
        if _complete_author(author, profiles[author.slug], gallery, order):
            deeds.amend(author, by=order.by)


def _complete_author(author: Author, person: Person, gallery: Gallery, order: Order) -> bool:
    """Say whether anything was missing and is there now."""
    field = f"biography_{tree_of(order.language)}"
    is_told = bool(author.biography_en or author.biography_sv or not person.biography)
    if not is_told:
        setattr(author, field, person.biography)
    image = None if author.portrait_id or not person.portrait else _portrait(person, gallery, order)
    author.portrait = image or author.portrait
    return not is_told or image is not None


def _portrait(person: Person, gallery: Gallery, order: Order) -> Image | None:
    """The image of a profile, taken into the library where it is not there yet."""
    found = gallery.find(person.portrait, person.home)
    if isinstance(found, str):
        return None
    if image := Image.objects.filter(key=found.key).first():
        return image
    image = Image(key=found.key, alt_en=person.name, alt_sv=person.name)
    try:
        image.hold(found.path.read_bytes(), found.path.name, facts=found.facts, store=not order.rehearse)
    except (pictures.Unsuitable, OSError):
        return None
    image.save()
    return image


def complete_topics(topics: Mapping[str, Topic], order: Order) -> int:
    """Give topics the introduction of their old page where they have none, and let that page redirect to the new one.

    Returns:
        How many old pages redirect now.
    """
    by_name = {topic.name.casefold(): topic for topic in topics.values()}
    field, redirects = f"introduction_{tree_of(order.language)}", 0
    for tag in Tag.objects.all() if by_name else ():
        if not (topic := by_name.get(tag.name.casefold())):
            continue
        if topic.introduction and not (tag.introduction_en or tag.introduction_sv):
            setattr(tag, field, topic.introduction)
            deeds.amend(tag, by=order.by)
        redirects += not deeds.lead_here(tag, [topic.former_path], by=order.by)
    return redirects
