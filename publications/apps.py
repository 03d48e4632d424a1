"""The one Django app of the site."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = _("Publications")

    def ready(self) -> None:
        from publications import converters
        from publications.migration_state import refuse_data_loss
        from publications.models.guards import install
        from publications.site_lock import hold_site_lock

        converters.register()

        # Django rebuilds SQLite tables in many migrations and drops their triggers without a word.
        post_migrate.connect(install, sender=self)
        pre_migrate.connect(refuse_data_loss, sender=self)
        connection_created.connect(hold_site_lock)
