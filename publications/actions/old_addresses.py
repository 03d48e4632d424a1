"""Old addresses of another site: many are kept in one action, and each that cannot be is named with the reason.

An address that the site itself uses is never replaced, and one that a redaction gave up is never used again.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import batched
from urllib.parse import urlsplit

from django.db import models, transaction
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.models import ActionType, ArchiveImport, RedactedAddress, Redirect
from publications.path_patterns import PathTree
from publications.server_redirects import is_pattern, write_server_line

from .site_addresses import (
    FIELDS_OF_TARGETS,
    Columns,
    Target,
    find_wrong_parameters,
    is_elsewhere,
    is_reserved,
    is_used,
    read_site_paths,
    read_target,
    target_columns,
)
from .transaction import begin_action, lock_site_version

ADDRESSES_PER_QUERY = 500


class AddressRefusal(models.TextChoices):
    """Why an old address cannot be kept."""

    INVALID = (
        "invalid",
        gettext_lazy("This is no address of a page: a path is needed, of at most 500 characters."),
    )
    RESERVED = "reserved", gettext_lazy("Addresses of this kind belong to the site itself.")
    PARAMETERS = (
        "parameters",
        gettext_lazy(
            "The list has no such filter or value, or the number of a page, whose texts change, is in the address. "
            "Leave this out:"
        ),
    )
    PATTERN = (
        "pattern",
        gettext_lazy(
            "This is a pattern for several addresses; here each is added by itself. The web server can have it, with "
            "this line in its configuration (nginx):"
        ),
    )
    OTHER_SITE = (
        "other-site",
        gettext_lazy(
            "This leads to another site, which old addresses cannot do here. The web server can have it, with this "
            "line in its configuration (nginx):"
        ),
    )
    NO_TARGET = "target", gettext_lazy("It would lead to nothing that has an address on this site.")
    USED = "used", gettext_lazy("The site itself has something at this address.")
    OTHER = "other", gettext_lazy("It leads to something else already. Remove it first.")
    REDACTED = "redacted", gettext_lazy("A redaction gave this address up. It is never used again.")


@dataclass(frozen=True)
class OldAddress:
    """An address of another site, and what it is to lead to here.

    Attributes:
        address: a URL or a path; a request matches that has all parameters of it.
        target: a row, which need not be public, or an address of this site, such as "/en/publications/?kind=report".
        file_digest: the SHA-256 of an attachment of the publication, to lead to that.
    """

    address: str
    target: Target | str
    file_digest: str = ""

    @cached_property
    def key(self) -> tuple[str, str] | None:
        """Path and query as `Redirect` stores them, or None for an invalid address."""
        try:
            query = urlsplit(self.address).query
        except ValueError:
            return None
        path, normalized = Redirect.normalize_path(self.address), Redirect.normalize_query(query)
        is_valid = bool(path) and bool(normalized) == bool(query) and (path, normalized) != ("/", "")
        return (path, normalized) if is_valid else None

    @cached_property
    def columns(self) -> Columns | None:
        """The columns of the redirect, or None if the target has no address."""
        if isinstance(self.target, str):
            return read_target(self.target)
        return target_columns(self.target, self.file_digest)

    @cached_property
    def wrong_parameters(self) -> list[str]:
        """The parameters of the target, a list, that it cannot have."""
        return find_wrong_parameters(self.target) if isinstance(self.target, str) else []


@dataclass(frozen=True)
class RefusedAddress:
    """An old address that was not kept.

    Attributes:
        detail: what of its target is wrong, if `reason` needs it.
    """

    address: str
    reason: AddressRefusal
    detail: str = ""

    @property
    def text(self) -> str:
        """The reason as a sentence for an editor."""
        return f"{self.reason.label} {self.detail}".rstrip()


@transaction.atomic
def keep_old_addresses(
    rows: Iterable[OldAddress], *, by, archive_import: int | None = None
) -> list[RefusedAddress]:
    """Keep old addresses; safe to repeat: what leads there already is left.

    The audit entry holds their number, as an address may contain a name that is redacted one day.

    Args:
        archive_import: the primary key of the `ArchiveImport` that keeps them, and whose undo removes those of images
            and lists again. Whoever else keeps the same address later has it.

    Returns:
        Those that could not be kept.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
    """
    lock_site_version()  # before the existing redirects are read
    refused: list[RefusedAddress] = []
    batches = batched(rows, ADDRESSES_PER_QUERY)
    count = sum(_store(batch, refused, archive_import) for batch in batches)
    if count:
        action = begin_action(by=by)
        action.write_audit_entry(ActionType.AMEND, _("Old addresses"), kind="redirect", count=count)
    return refused


@transaction.atomic
def remove_old_addresses(redirects: Collection[Redirect], *, by) -> None:
    """Remove old addresses: each then answers 404, or as the page of its path does.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
    """
    action = begin_action(by=by)
    Redirect.objects.filter(pk__in=[redirect.pk for redirect in redirects]).delete()
    action.write_audit_entry(
        ActionType.AMEND, _("Old addresses"), kind="redirect", count=len(redirects), removed=True
    )


def _store(rows: Collection[OldAddress], refused: list[RefusedAddress], archive_import: int | None) -> int:
    """Store those that can be kept, and return how many are new; append the others to `refused`."""
    keys = {row.key for row in rows} - {None}
    stored = Redirect.objects.filter(path__in={path for path, _query in keys})
    stored.filter(publication__deleted_at__isnull=False).delete()  # a deleted draft holds none
    existing = {(redirect.path, redirect.query): redirect for redirect in stored.all()}
    addresses = {address for path, query in keys for address in (path, f"{path}?{query}")}
    given_up = RedactedAddress.objects.given_up(addresses)
    new: list[Redirect] = []
    kept_again: list[Redirect] = []
    paths = SimpleLazyObject(read_site_paths)
    for row in rows:
        if reason := _find_refusal(row, existing, given_up):
            refused.append(RefusedAddress(row.address, reason, _describe_detail(row, reason, paths)))
        elif row.key in existing:
            kept_again.append(existing[row.key])
        elif not _is_own_address(row):
            path, query = row.key
            existing[row.key] = Redirect(path=path, query=query, **row.columns)
            new.append(existing[row.key])
    Redirect.objects.bulk_create(new)
    ArchiveImport.objects.record_addresses(archive_import, new, kept_again)
    return len(new)


def _find_refusal(
    row: OldAddress, existing: Mapping[tuple[str, str], Redirect], given_up: Container[str]
) -> AddressRefusal | None:
    if is_pattern(row.address, row.target if isinstance(row.target, str) else ""):
        return AddressRefusal.PATTERN
    if not row.key:
        return AddressRefusal.INVALID
    path, query = row.key
    if is_reserved(path):
        return AddressRefusal.RESERVED
    if not row.columns:
        if isinstance(row.target, str) and is_elsewhere(row.target):
            return AddressRefusal.OTHER_SITE
        return AddressRefusal.PARAMETERS if row.wrong_parameters else AddressRefusal.NO_TARGET
    if path in given_up or f"{path}?{query}" in given_up:
        return AddressRefusal.REDACTED
    if redirect := existing.get(row.key):
        is_same = all(getattr(redirect, name) == value for name, value in _ids(row.columns).items())
        return None if is_same else AddressRefusal.OTHER
    is_free = _is_own_address(row) or not is_used(path, query, target=row.target)
    return None if is_free else AddressRefusal.USED


def _describe_detail(row: OldAddress, reason: AddressRefusal, paths: PathTree) -> str:
    if reason is AddressRefusal.PARAMETERS:
        return ", ".join(row.wrong_parameters)
    if reason in (AddressRefusal.PATTERN, AddressRefusal.OTHER_SITE):
        is_own_path = reason is AddressRefusal.OTHER_SITE and row.key and not row.key[1]
        source = row.key[0] if is_own_path else row.address
        target = row.target if isinstance(row.target, str) else ""
        return write_server_line(source, target, paths) or "–"
    return ""


def _ids(columns: Columns) -> dict[str, object]:
    """Return the columns with the primary keys of rows, as the database has them."""
    foreign_keys = FIELDS_OF_TARGETS.values()
    return {
        f"{name}_id" if name in foreign_keys else name: getattr(value, "pk", value)
        for name, value in columns.items()
    }


def _is_own_address(row: OldAddress) -> bool:
    """Return whether the address is one of the target on this site."""
    own = read_target(row.key[0])
    return own is not None and _ids(own) == _ids(row.columns)
