"""Register every model with its `ModelAdmin`, and make the URLs of the desk, with those of our own pages (`pages`).

`sceeus.urls` imports this module.
"""

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.urls import path, re_path
from django.views.generic import RedirectView

from accounts.models import AccountEvent
from publications.models import (
    AuditEntry,
    Author,
    Image,
    Kind,
    MenuLink,
    OutboxMail,
    Publication,
    SitePage,
    SiteSettings,
    Synonym,
    Tag,
)

from .account_events import AccountEventAdmin
from .accounts import StaffUserAdmin
from .authors import AuthorAdmin
from .drafts.publication_admin import PublicationAdmin
from .groups import StaffGroupAdmin
from .history.audit_log import AuditEntryAdmin
from .images import ImageAdmin
from .mails import OutboxMailAdmin
from .pages import OPEN_PAGES, PAGES
from .site import admin_site
from .site_settings import MenuLinkAdmin, SitePageAdmin, SiteSettingsAdmin
from .taxonomy import KindAdmin, SynonymAdmin, TagAdmin

MODEL_ADMINS = {
    Publication: PublicationAdmin,
    Author: AuthorAdmin,
    Tag: TagAdmin,
    Image: ImageAdmin,
    Kind: KindAdmin,
    SiteSettings: SiteSettingsAdmin,
    SitePage: SitePageAdmin,
    MenuLink: MenuLinkAdmin,
    Synonym: SynonymAdmin,
    AuditEntry: AuditEntryAdmin,
    User: StaffUserAdmin,
    Group: StaffGroupAdmin,
    AccountEvent: AccountEventAdmin,
    OutboxMail: OutboxMailAdmin,
}

FORMER_MODEL_PATHS = {
    "auditline": "auditentry",
    "page": "sitepage",
    "site": "sitesettings",
    "sitelink": "menulink",
}
"""Former model names in addresses of the desk, with the current ones: bookmarks are redirected."""

for model, model_admin in MODEL_ADMINS.items():
    admin_site.register(model, model_admin)

desk_urls = (
    [
        *(path(route, view, name=name) for route, name, view in OPEN_PAGES),
        *(path(route, admin_site.admin_view(view), name=name) for route, name, view in PAGES),
        *(
            re_path(
                rf"^publications/{former}/(?P<rest>.*)$",
                RedirectView.as_view(
                    url=f"{settings.DESK}publications/{current}/%(rest)s",
                    query_string=True,
                    permanent=True,
                    preserve_request=True,
                ),
            )
            for former, current in FORMER_MODEL_PATHS.items()
        ),
        *admin_site.get_urls(),
    ],
    "admin",
    admin_site.name,
)
"""For `path()` in `sceeus.urls`."""
