"""URLs of the whole site: the desk, and the public pages of both locales."""

from importlib import import_module

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth import views as auth
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from accounts.password_reset import ResetConfirmView, ResetRequestView
from publications import api, feeds, oai, sitemaps, views
from publications.admin.register import desk_urls
from publications.models import UserSettings, site_settings

forgotten_password = [
    path(
        "",
        ResetRequestView.as_view(
            extra_email_context={"site": site_settings, "mail_language": UserSettings.mail_language_of}
        ),
        name="admin_password_reset",
    ),
    path(
        "sent/",
        auth.PasswordResetDoneView.as_view(title=_("Look in your mailbox")),
        name="password_reset_done",
    ),
    path(
        "done/",
        auth.PasswordResetCompleteView.as_view(title=_("Your new password is set")),
        name="password_reset_complete",
    ),
    path("<uidb64>/<token>/", ResetConfirmView.as_view(), name="password_reset_confirm"),
]

api_v1 = [
    path("publications", api.publication_list, name="publications"),
    path("publications/<uuid:uid>", api.publication_detail, name="publication"),
    path("authors", api.author_list, name="authors"),
    path("authors/<unicode_slug:slug>", api.author_detail, name="author"),
    path("topics", api.topic_list, name="topics"),
    path("topics/<unicode_slug:slug>", api.topic_detail, name="topic"),
    path("openapi.json", api.description, name="description"),
    path("<rest:rest>", api.unknown_address),
]

mail_events = []
if settings.MAIL_EVENTS_PROVIDER:
    webhook = import_module("subscriptions.mail_events").build_webhook(settings.MAIL_EVENTS_PROVIDER)
    mail_events.append(path("desk/mail-events/", webhook))

urlpatterns = [
    path("", views.root_redirect, name="root"),
    path("robots.txt", views.robots_txt, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("apple-touch-icon.png", views.apple_touch_icon, name="apple_touch_icon"),
    path("apple-touch-icon-precomposed.png", views.apple_touch_icon),
    path("llms.txt", views.llms_txt, name="llms_txt"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path(".well-known/mirrors.txt", views.mirrors_txt, name="mirrors_txt"),
    path(".well-known/mirrors.txt.minisig", views.mirrors_signature, name="mirrors_signature"),
    *(path(f".well-known/{name}", views.audit_file, {"name": name}) for name in views.AUDIT_FILES),
    path("oai", oai.oai, name="oai"),
    path("api/v1/", include((api_v1, "api"))),
    path("eplikt.rss", feeds.deposit_feed, name="legal_deposit"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<slug:source>-<number:number>.xml", sitemaps.sitemap_part, name="sitemap_part"),
    path("media/<slug:key>/<slug:size>.<slug:extension>", views.image_file, name="image_file"),
    path("desk/password_reset/", include(forgotten_password)),
    *mail_events,
    path("desk/", desk_urls),
    path("admin/", RedirectView.as_view(pattern_name="desk:index")),
    *i18n_patterns(path(_("alerts/"), include("subscriptions.urls")), path("", include("publications.urls"))),
]

handler400 = "publications.views.bad_request"
handler403 = "publications.views.forbidden"
handler404 = "publications.views.not_found"
handler500 = "publications.views.server_error"
