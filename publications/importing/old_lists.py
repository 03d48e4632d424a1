"""Topics and authors of the old site: where links to their pages lead now, and what those pages said."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from publications import deeds, images
from publications.addresses import former, in_tree
from publications.importers import Card, Found, Gallery, People, Person, Sort, Topic
from publications.importers.taxonomies import AUTHOR_FOLDERS, TOPIC_FOLDERS
from publications.languages import TREES, slugify, tree_of
from publications.models import AuditLine, Author, DeedKind, Image, Tag

from .account import Account, Entry
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


FIELDS = {
    "biography": ("biography_en", "biography_sv"),
    "portrait": ("portrait", "portrait_choice", "portrait_file"),
    "introduction": ("introduction_en", "introduction_sv"),
}
"""The fields, of the row and of its form at the desk, that hold what an old page says."""
KEPT_MESSAGES = {
    "biography": _("The biography of %s stays as it is on the site: that of the profile was not taken."),
    "portrait": _("The portrait of %s stays as it is on the site: that of the profile was not taken."),
    "introduction": _(
        "The introduction of %s stays as it is on the site: that of the old page was not taken."
    ),
}


def complete_authors(people: People, gallery: Gallery, order: Order, account: Account) -> None:
    """Give the authors of these texts the biography and portrait of their old profile, where the site never had one.

    What was written or emptied at the desk stays; what the profile says otherwise is reported.
    """
    entries = _first_entries(account, lambda entry: entry.authors)
    profiles = {
        person.slug: person for person in people.by_id.values() if person.biography or person.portrait
    }
    for author in Author.objects.filter(slug__in=profiles.keys() & entries.keys(), pseudonymous=False):
        person, entry = profiles[author.slug], entries[author.slug]
        field = f"biography_{tree_of(order.language)}"
        filled = _fill_text(author, field, person.biography, entry) + _fill_portrait(
            author, person, gallery, entry, is_stored=not order.rehearse
        )
        if filled:
            deeds.amend(author, by=order.by, changed=filled)


def _first_entries(account: Account, names: Callable[[Entry], Iterable[str]]) -> dict[str, Entry]:
    """The first file of each author or topic that files name."""
    return {name.casefold(): entry for entry in reversed(account.entries) for name in names(entry)}


def _fill_text(row: Author | Tag, field: str, text: str, entry: Entry) -> list[str]:
    """Set a text that the site never had. Returns the fields that were set."""
    what = field.partition("_")[0]
    if not text or text in (getattr(row, name) for name in FIELDS[what]):
        return []
    if _is_kept(row, what, entry):
        return []
    setattr(row, field, text)
    return [field]


def _fill_portrait(
    author: Author, person: Person, gallery: Gallery, entry: Entry, *, is_stored: bool
) -> list[str]:
    """Set the portrait of an author who never had one. Returns the fields that were set."""
    found = gallery.find(person.portrait, person.home) if person.portrait else ""
    if isinstance(found, str) or (author.portrait and author.portrait.key == found.key):
        return []
    if _is_kept(author, "portrait", entry):
        return []
    author.portrait = _portrait(found, person.name, is_stored=is_stored)
    return ["portrait"] if author.portrait else []


def _is_kept(row: Author | Tag, what: str, entry: Entry) -> bool:
    """Whether the site keeps what it has, or what was emptied there; if so it is reported."""
    if is_kept := _has_been_set(row, FIELDS[what]):
        entry.tell(Sort.DROPPED, "kept", KEPT_MESSAGES[what] % row)
    return is_kept


def _has_been_set(row: Author | Tag, fields: Iterable[str]) -> bool:
    """Whether one of the fields holds something, or did once. A change that names no fields may have been of these."""
    if any(getattr(row, field, None) for field in fields):
        return True
    lines = AuditLine.objects.filter(
        deed=DeedKind.AMEND, detail__kind=row._meta.model_name, detail__pk=row.pk
    )
    changes = (detail.get("changed") for detail in lines.values_list("detail", flat=True))
    return any(not changed or {*changed} & {*fields} for changed in changes)


def _portrait(found: Found, name: str, *, is_stored: bool) -> Image | None:
    """The image of a profile, taken into the library where it is not there yet."""
    if image := Image.objects.filter(key=found.key).first():
        return image
    image = Image(key=found.key, alt_en=name, alt_sv=name)
    try:
        image.hold(found.path.read_bytes(), found.path.name, facts=found.facts, store=is_stored)
    except (images.UnsuitableImage, OSError):
        return None
    image.save()
    return image


def complete_topics(topics: Mapping[str, Topic], order: Order, account: Account) -> int:
    """Give the topics of these texts the introduction of their old page, where the site never had one, and let that
    page redirect to the new one.

    Returns:
        How many old pages redirect now.
    """
    by_name = {topic.name.casefold(): topic for topic in topics.values()}
    entries = _first_entries(account, lambda entry: entry.tags)
    field, redirects = f"introduction_{tree_of(order.language)}", 0
    for tag in Tag.objects.all() if by_name else ():
        if not (topic := by_name.get(tag.name.casefold())):
            continue
        entry = entries.get(tag.name.casefold())
        if entry and (filled := _fill_text(tag, field, topic.introduction, entry)):
            deeds.amend(tag, by=order.by, changed=filled)
        redirects += not deeds.lead_here(tag, [topic.former_path], by=order.by)
    return redirects
