"""Removals of a name: how far each is and what is left after it, and the addresses that were given up for it.

The name itself is in none of these rows.
"""

import hmac
from collections.abc import Collection, Iterable
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.locales import LOCALES, localized_path
from publications.slugs import normalize_redirect_path, numbered_slug

KEY_PURPOSE = b"publications.redacted_address:"
"""Put before each path, so that the hash is of use for nothing else that the secret key signs."""


def _hash_paths(path: str) -> list[str]:
    """Return the keyed hashes of a path: by the secret key, then by the former ones."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(key.encode(), KEY_PURPOSE + path.encode(), sha256).hexdigest() for key in keys]


class RedactedAddressQuerySet(models.QuerySet):
    def store(self, paths: Iterable[str]) -> None:
        """Give up paths for ever, spelled as `normalize_redirect_path` does."""
        self.bulk_create(
            (RedactedAddress(digest=_hash_paths(path)[0]) for path in sorted(set(paths))),
            ignore_conflicts=True,
        )

    def given_up(self, paths: Collection[str]) -> set[str]:
        """Return those of the paths that were given up."""
        hashes = {path: set(_hash_paths(path)) for path in paths}
        stored = set(self.filter(digest__in=set().union(*hashes.values())).values_list("digest", flat=True))
        return {path for path, digests in hashes.items() if digests & stored}

    def has_slug(self, view_name: str, slug: str, locales: Iterable[str] = LOCALES) -> bool:
        """Return whether the address that a slug gives a page was given up, in any of the locales."""
        paths = (localized_path(locale, view_name, slug=slug) for locale in locales)
        return bool(self.given_up([normalize_redirect_path(path) for path in paths]))


def find_unused_slug(
    slug: str, taken: Iterable[str], view_name: str, *, locales: Iterable[str] = LOCALES
) -> str:
    """Return the slug, or with the lowest number one that is not taken and whose address was not given up.

    Args:
        taken: all slugs that begin as it does.
        view_name: the name of the page at that address, as `reverse` takes it.
    """
    unusable, candidate = set(taken), slug
    while candidate in unusable or RedactedAddress.objects.has_slug(view_name, candidate, locales):
        unusable.add(candidate)
        candidate = numbered_slug(slug, unusable)
    return candidate


class RedactedAddress(models.Model):
    """A keyed hash of an address that was made from a redacted name: it answers 404 and is never used again.

    Without the secret key of the site nobody can try names on it. Another secret key forgets the addresses, unless
    the former key stays in SECRET_KEY_FALLBACKS.
    """

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RedactedAddressQuerySet.as_manager()

    def __str__(self) -> str:
        return self.digest


class RemovalStage(models.TextChoices):
    """How far the removal of a name is."""

    ROWS = "rows", _("authors, tags, pages, logs")
    IMAGES = "images", _("pictures")
    PUBLICATIONS = "publications", _("publications")
    FILES = "files", _("other files")
    COMPACT = "compact", _("rewriting the database")
    SEARCH = "search", _("search for what is left")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


ENDED = (RemovalStage.DONE, RemovalStage.FAILED)
INTERRUPTED_AFTER = timedelta(minutes=5)
"""A process that has not stored how far it is for so long has ended. Each publication, file and page is such a step."""
REWRITTEN_AFTER = timedelta(hours=1)
"""In place of it while the database is rewritten: that is one step, and waits for those who use its tables."""


class NameRemovalQuerySet(models.QuerySet):
    def running(self) -> "NameRemovalQuerySet":
        """Removals whose process is at work, as far as is known."""
        now = timezone.now()
        is_active = models.Q(active_at__gte=now - INTERRUPTED_AFTER)
        is_rewriting = models.Q(stage=RemovalStage.COMPACT, active_at__gte=now - REWRITTEN_AFTER)
        return self.exclude(stage__in=ENDED).filter(is_active | is_rewriting)


class NameRemovalRecord(models.Model):
    """A removal of a name: how far it is, and what the search after it has found.

    Attributes:
        active_at: when the process stored last how far it is.
        done: of `total` images, publications or pages of the stage.
        changed_publications: the primary keys of those that held the name.
        refused_publications: of those that it could not be removed from.
        report: what was found, as `publications.name_removal` stores it; or "error", why the removal failed.
    """

    started_at = models.DateTimeField(_("started"), default=timezone.now)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    active_at = models.DateTimeField(default=timezone.now)
    stage = models.CharField(max_length=12, choices=RemovalStage, default=RemovalStage.ROWS)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    changed_publications = models.JSONField(default=list)
    refused_publications = models.JSONField(default=list)
    report = models.JSONField(default=dict)

    objects = NameRemovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("removal of a name")
        verbose_name_plural = _("removals of names")
        ordering = ["-started_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_unfinished(self) -> bool:
        return self.stage not in ENDED

    @property
    def is_interrupted(self) -> bool:
        """Whether its process has ended before it was done."""
        limit = REWRITTEN_AFTER if self.stage == RemovalStage.COMPACT else INTERRUPTED_AFTER
        return self.is_unfinished and self.active_at < timezone.now() - limit

    def store(self, **columns: object) -> None:
        """Store these columns and the time."""
        columns["active_at"] = timezone.now()
        for name, value in columns.items():
            setattr(self, name, value)
        self.save(update_fields=list(columns))
