"""The configuration of the app: converters, and what runs around migrations and connections."""

from django.apps import AppConfig, apps
from django.core import checks
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, post_save, pre_migrate
from django.utils.translation import gettext_lazy as _


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = _("Publications")

    def ready(self) -> None:
        from accounts.models import AccountEvent
        from publications import converters, roles, seeds, signing
        from publications.migration_state import refuse_data_loss
        from publications.models import guards
        from publications.models.calendar_address import revoke_calendar_address
        from publications.news import queue_notice
        from publications.site_lock import hold_site_lock

        converters.register()
        checks.register(signing.check_signing_keys, checks.Tags.security, deploy=True)

        pre_migrate.connect(refuse_data_loss, sender=self)
        # In this order: a refused migration keeps the guards.
        pre_migrate.connect(guards.remove_guards, sender=self)
        post_migrate.connect(roles.apply_roles, sender=apps.get_app_config("accounts"))
        post_migrate.connect(seeds.create_seeds, sender=self)
        post_migrate.connect(guards.install_guards, sender=self)
        post_save.connect(queue_notice, sender=AccountEvent)
        post_save.connect(revoke_calendar_address, sender=AccountEvent)
        connection_created.connect(hold_site_lock)
