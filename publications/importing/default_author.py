"""The author of texts that name none: the house, where posts are signed by it."""

from dataclasses import replace

from django.utils.translation import gettext as _

from publications.importers import Arrival, Line, People, Sort
from publications.intake import Register
from publications.languages import slugify
from publications.manuscript import Byline

from .account import Account
from .order import Unfit


def default_byline(name: str, people: People, register: Register) -> Byline | None:
    """Return the byline for a name, an alias or an id; None where no name is given.

    Looks in the list of authors that comes with the import, then among the authors of the site. A name that neither has
    becomes an author of the site, and is taken for an organisation.

    Raises:
        Unfit: no address could be made from the name.
    """
    if not name.strip():
        return None
    person = people.find(name)
    known = None if person.is_known else register.author(name, name)
    slug, full_name = (known.slug, known.name) if known else (person.slug, person.name)
    if not slugify(slug):
        raise Unfit(_("“%(name)s” is no name for an author.") % {"name": name})
    if not known and not person.is_known:
        register.organisations.add(slug)
    return Byline(author=slug, name=full_name)


def report_new_organisation(account: Account, byline: Byline | None, register: Register) -> None:
    """Report, with the first text that was signed, that the default author was made as an organisation."""
    if byline is None or byline.author not in register.organisations:
        return
    for entry in account.entries:
        if any(line.topic == "signed" for line in entry.lines):
            told = _(
                "“%s” is a new author, taken for an organisation. If it is a person, untick “organisation” among the "
                "authors."
            )
            entry.tell(Sort.GUESSED, "organisation", told % byline.name)
            return


def sign(arrival: Arrival, byline: Byline | None) -> Arrival:
    """Sign a text that names no author, and report it."""
    if byline is None or arrival.manuscript is None or arrival.manuscript.bylines:
        return arrival
    signed = Line(Sort.GUESSED, "signed", _("It names no author, and was signed: %s") % byline.name)
    return replace(
        arrival,
        manuscript=replace(arrival.manuscript, bylines=(byline,)),
        staff=arrival.staff | {byline.author},
        lines=[*arrival.lines, signed],
    )
