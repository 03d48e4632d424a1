"""Delete rows beside publications that hold a name and cannot be redacted."""

from collections import Counter
from collections.abc import Iterable
from urllib.parse import unquote

from django.apps import apps

from accounts.models import DeskSession
from publications.markup import NameRedaction
from publications.models import (
    ArchiveImport,
    Author,
    Autosave,
    ImportDecision,
    OutboxMail,
    RedactedAddress,
    Redirect,
)

from .name_values import holds_name


def delete_rows(redaction: NameRedaction) -> Counter[str]:
    """Delete rows that hold the name and cannot be redacted; return their number by model.

    Whoever has a session that holds it, as a form that was sent after it had ended, has to sign in again.
    """
    deleted: Counter[str] = Counter()
    for queryset, text_of in (
        (OutboxMail.objects.all(), lambda mail: [mail.recipient, mail.key, mail.last_error]),
        (
            Redirect.objects.filter(publication=None),
            lambda redirect: "\n".join(map(_as_one_word, redirect.readings)),
        ),
        (Autosave.objects.filter(publication=None), lambda autosave: [autosave.values, autosave.path]),
        (DeskSession.objects.all(), lambda session: [session.get_decoded(), session.user_agent]),
    ):
        rows = [row for row in queryset if holds_name(text_of(row), redaction)]
        held = [row.pk for row in rows]
        if queryset.model is Redirect:
            _give_up_addresses(rows, redaction)
        queryset.model._base_manager.filter(pk__in=held).delete()
        deleted[queryset.model._meta.label] += len(held)
    deleted[ArchiveImport._meta.label] += ArchiveImport.objects.all().delete_with_archives()
    return +deleted


def delete_decisions(redaction: NameRedaction, author: Author | None) -> Counter[str]:
    """Delete the decisions on names in imports that hold the name, and all that lead to an author who has or had it.

    These connect the two names even if they hold neither: a former address is no spelling of a name. It is called
    before the authors are redacted.

    Args:
        author: the row of the person, if known.
    """
    decisions = list(ImportDecision.objects.select_related("author"))
    held = [each for each in decisions if holds_name([each.name, each.target], redaction)]
    authors = {each.author for each in decisions if each.author}
    named = {author, *(each.author for each in held)}
    named |= {each for each in authors if holds_name([each.name, each.aliases, each.slug], redaction)}
    pks = {each.pk for each in decisions if each in held or (each.author and each.author in named)}
    ImportDecision.objects.filter(pk__in=pks).delete()
    return +Counter({ImportDecision._meta.label: len(pks)})


def delete_conditions(redaction: NameRedaction, author: Author | None) -> Counter[str]:
    """Delete what readers subscribe to that holds the name, in a search or an address, or that follows the author.

    The subscriptions go with it. It is called before the authors are redacted.

    Args:
        author: the row of the person, if known, whose page goes; an address of it is no spelling of a name.
    """
    slugs = (
        {author.slug, *map(_last_part, author.redirects.values_list("path", flat=True))} if author else set()
    )
    conditions = apps.get_model("subscriptions.Condition")._base_manager.all()  # in a layer above
    pks = [
        pk
        for pk, filters, query in conditions.values_list("pk", "filters", "query")
        if filters.get("author") in slugs or holds_name([*filters.values(), query], redaction)
    ]
    conditions.filter(pk__in=pks).delete()
    return +Counter({conditions.model._meta.label: len(pks)})


def _last_part(path: str) -> str:
    return unquote(path.rstrip("/").rpartition("/")[2])


def _as_one_word(text: str) -> str:
    return "-".join(text.split())


def _give_up_addresses(redirects: Iterable[Redirect], redaction: NameRedaction) -> None:
    """Give up those that hold the name; others only led to what does."""
    given_up = (
        redirect.addresses_given_up(lambda text: holds_name(_as_one_word(text), redaction))
        for redirect in redirects
    )
    RedactedAddress.objects.store(address for addresses in given_up for address in addresses)
