"""The one Django app of the site."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = _("Publications")

    def ready(self) -> None:
        from publications import converters
        from publications.migration_state import refuse_data_loss
        from publications.models.guards import install

        converters.register()

        # Django rebuilds SQLite tables in many migrations and drops their triggers without a word.
        post_migrate.connect(install, sender=self)
        pre_migrate.connect(refuse_data_loss, sender=self)
