"""bring_in: the way of a folder, from the first look to the last link."""

import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction

from publications import deeds, search
from publications.importers import Arrival, Gallery, Ground, People, Survey, read_all, read_people, survey
from publications.intake import Register
from publications.languages import tree_of
from publications.models import Address, Edition, FormerPath, Image, Kind, Publication

from .account import Account
from .batches import Batches
from .default_author import default_byline, report_new_organisation, sign
from .linking import lead_authors, relate_all, report_lost_fragments
from .old_lists import complete_authors, complete_topics, list_addresses
from .order import Order, Unfit

BATCH = 50
ABOVE = 2


def bring_in(order: Order) -> Account:
    """Import a folder or a file. Raises Unfit, or importers.Refusal where the list of authors cannot be read.

    A rehearsal does all of it in one transaction that is taken back, and stores no file.
    """
    order.check()
    began = time.perf_counter()
    try:
        account = _rehearsed(order) if order.rehearse else _bring_in(order)
    except deeds.ClockBehind as reason:
        raise Unfit(" ".join(reason.reasons)) from reason
    account.seconds = time.perf_counter() - began
    return account


def _rehearsed(order: Order) -> Account:
    with transaction.atomic():
        account = _bring_in(order)
        transaction.set_rollback(True)
    return account


def _bring_in(order: Order) -> Account:
    found = _settled(survey(order.path, language=order.language, permalink=order.permalink))
    people = read_people(order.authors or found.taxonomies.authors)
    account = Account(is_rehearsal=order.rehearse, is_publishing=order.publish)
    register = Register(person.slug for person in people.by_id.values())
    batches, byline = Batches(order, account, register), default_byline(order.author, people, register)
    for source, reason in found.refused.items():
        batches.refuse(source, reason)
    ground = _ground(order, found, people)
    total, began = len(found.cards), time.perf_counter()
    for batch in _batches(read_all(found.cards, ground, processes=order.processes)):
        batches.take([sign(arrival, byline) for arrival in batch])
        account.marks.append((len(batches.done), time.perf_counter() - began))
        order.progress(len(batches.done), total)
    report_new_organisation(account, byline, register)
    _finish(batches, people, found, ground.gallery)
    return account


def _finish(batches: Batches, people: People, found: Survey, gallery: Gallery) -> None:
    """The last step of an import, cached_for_version all its texts are here.

    Whatever needs the whole set belongs here. Repeating it changes nothing: a run that was broken off leaves it to the
    next.
    """
    relate_all(batches.done, batches.account, by=batches.order.by)
    report_lost_fragments(batches.done)
    lead_authors(people, batches.account, by=batches.order.by)
    complete_authors(people, gallery, batches.order, batches.account)
    batches.account.redirects += complete_topics(found.taxonomies.topics, batches.order, batches.account)
    _compare_anew(batches.order)


def _compare_anew(order: Order) -> None:
    """Rebuild similarity once texts were published: what is rare among the first to come is not rare among all.

    A rehearsal leaves it out: what it would find is taken back.
    """
    if order.rehearse or not search.likeness.is_due():
        return
    for done, total in search.likeness.rebuild():
        order.compare_progress(done, total)
    deeds.renew("likeness", by=order.by)


def _batches(arrivals: Iterator[Arrival]) -> Iterator[list[Arrival]]:
    while batch := list(islice(arrivals, BATCH)):
        yield batch


def _settled(found: Survey) -> Survey:
    """Addresses as the site has them: publications here keep theirs, drafts too, and none that ever led anywhere is
    given anew."""
    taken, own, uids = set(Address.objects.values_list("tree", "slug").iterator()), {}, found.uids
    rows = Publication.objects.exclude(slug="").values_list("uid", "language", "slug")
    for uid, language, slug in rows.iterator():
        if str(uid) in uids:
            own[str(uid)] = slug
        else:
            taken.add((tree_of(language), slug))
    return found.settle(own, taken)


def _ground(order: Order, found: Survey, people: People) -> Ground:
    topics = found.taxonomies.names
    addresses = list_addresses(found.cards, people, topics) | _former_addresses() | found.addresses(_address)
    gallery = Gallery(_roots(order, found.root), _library(), settings.SECRET_KEY.encode())
    kinds = frozenset(Kind.objects.values_list("slug", flat=True))
    return Ground(
        people,
        gallery,
        addresses,
        found.names(),
        kinds,
        order.kind,
        order.site,
        found.old_site,
        found.wanted,
        topics,
    )


def _address(tree: str, slug: str) -> str:
    return Edition(tree=tree, slug=slug).get_absolute_url()


def _former_addresses() -> dict[str, str]:
    """Where old paths that are known already lead: to pieces of earlier imports, and of other folders."""
    rows = FormerPath.objects.exclude(publication=None).exclude(publication__slug="")
    found = rows.values_list("path", "publication__language", "publication__slug")
    return {path: _address(tree_of(language), slug) for path, language, slug in found.iterator()}


def _library() -> Mapping[str, str]:
    """Keys of the pictures that the library has, by their digest; of two with the same bytes the first."""
    return {image.digest: image.key for image in Image.objects.order_by("-pk").only("key", "original")}


def _roots(order: Order, root: Path) -> tuple[Path, ...]:
    """Where pictures may be: as told, else in the folder itself and in those above it."""
    if order.media:
        return (*order.media, root)
    resolved = root.resolve()
    return (resolved, *list(resolved.parents)[:ABOVE])
