"""The one Django app of the site."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = _("Publications")

    def ready(self) -> None:
        from publications import converters
        from publications.models.guards import install

        converters.register()

        # Django rebuilds SQLite tables in many migrations and drops their triggers without a word.
        post_migrate.connect(install, sender=self)
        connection_created.connect(_without_compiling)


def _without_compiling(connection, **_rest) -> None:
    """PostgreSQL compiles the plans that it takes for dear, as those of searches; that takes longer than they do."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
