"""The menu of the desk: one table of entries, shown by permission in the masthead and on the first page."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.contrib.auth.models import User
from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    UserSettings,
)

register = template.Library()


@dataclass(frozen=True)
class EntryDefinition:
    """An entry of `MENU`: the permission (`app.codename`) that it requires, its texts and its URL names of the desk."""

    permission: str
    label: Promise
    description: Promise
    url_name: str
    add_permission: str = ""
    add_url_name: str = ""


@dataclass(frozen=True)
class MenuEntry:
    """An entry for one person on one page.

    Attributes:
        current: the value of `aria-current`, or "" on other pages.
        add_url: the URL of the form of a new row, or "" without the permission.
    """

    label: str
    description: str
    url: str
    current: str
    add_url: str


@dataclass(frozen=True)
class MenuSection:
    """Entries of a person under a heading."""

    slug: str
    label: Promise
    entries: list[MenuEntry]


@dataclass(frozen=True)
class Menu:
    """The menu of one person: sections for the first page, entries for the masthead."""

    sections: list[MenuSection]

    @property
    def masthead(self) -> list[MenuEntry]:
        return [
            entry
            for section in self.sections
            if section.slug in MASTHEAD_SECTIONS
            for entry in section.entries
        ]


def model_entry(
    model: type[Model],
    label: Promise,
    description: Promise,
    *,
    action: str = "view",
    add_action: str = "add",
    has_add: bool = True,
) -> EntryDefinition:
    """Return the entry of a model: its list, and the form of a new row unless `has_add` is false."""
    app, name = model._meta.app_label, model._meta.model_name
    add = (f"{app}.{add_action}_{name}", f"{app}_{name}_add") if has_add else ("", "")
    return EntryDefinition(f"{app}.{action}_{name}", label, description, f"{app}_{name}_changelist", *add)


def page_entry(permission: str, label: Promise, description: Promise, url_name: str) -> EntryDefinition:
    return EntryDefinition(f"publications.{permission}", label, description, url_name)


MENU = (
    ("texts", _("Texts"), (
        model_entry(
            Publication, _("Publications"), _("Drafts and what is public, and where each stands")
        ),
        page_entry(
            "view_publication", _("Planning"), _("What is planned, due, scheduled and published, week by week"),
            "planning",
        ),
        page_entry(
            "relate_publication", _("Related links"), _("What is shown below a text as related"), "related-links"
        ),
    )),
    ("beside", _("Beside the texts"), (
        model_entry(Author, _("Authors"), _("The people who write, as readers see them")),
        model_entry(Tag, _("Tags"), _("Themes, countries and series")),
        model_entry(Image, _("Image library"), _("The pictures of the texts, and what they show")),
    )),
    ("site", _("The site"), (
        page_entry(
            "publish_publication", _("Lead of the home page"), _("The piece that stands first"), "home-lead"
        ),
        page_entry(
            "change_publication", _("Issues of the newsletter"), _("Each as the mail that it will be"),
            "newsletter-issues",
        ),
        model_entry(
            SitePage, _("Site pages"), _("About, contact, privacy and others, in both languages")
        ),
        model_entry(
            MenuLink, _("Menu links"), _("The links in menu and footer, social accounts, and their order")
        ),
        model_entry(
            SiteSettings, _("Name of the site"), _("Names, who publishes, newsletter"), has_add=False
        ),
        page_entry(
            "change_sitesettings", _("Old addresses"), _("Addresses of a former site, and what each leads to"),
            "old-addresses",
        ),
        model_entry(
            Synonym, _("Equal spellings"), _("Spellings of a name that a search treats as one, such as Kyiv and Kiev")
        ),
    )),
    ("administration", _("The house"), (
        model_entry(
            AuditEntry, _("Audit trail"), _("Who changed what readers see, and when"), has_add=False
        ),
        model_entry(
            Kind, _("Kinds"), _("Type lines, numbers and disclaimers"), action="change", add_action="change",
        ),
        model_entry(User, _("Users"), _("Who may sign in")),
        EntryDefinition(
            "auth.change_user", _("Who still needs to be here"), _("Every account, once a year: it stays, or it goes"),
            "account-review",
        ),
        model_entry(
            AccountEvent, _("Account events"),
            _("Who signed in, who was refused, who changed an account, a list of subscribers or their mails"),
            has_add=False,
        ),
        EntryDefinition(
            "auth.view_group", _("Who may do what"), _("The roles, their people, and what each may do"),
            "role-matrix",
        ),
        page_entry(
            "redact_publication", _("Remove a name"),
            _("From everything, as for a person in danger, with a report of what is left"), "name-removals",
        ),
        page_entry(
            "add_archiveimport",
            _("Import texts"),
            _("Archives of another site, with a report first"),
            "archive-imports",
        ),
        EntryDefinition(
            "subscriptions.view_subscriber", _("Subscribers"),
            _("How many readers are informed of what, and what goes out to them"), "subscribers",
        ),
        model_entry(
            OutboxMail, _("Outbox"), _("Mails to staff: what waits, what could not be delivered and why"), has_add=False
        ),
        page_entry(
            "view_operationrecord", _("Operations"),
            _("Backups, disk, mail, certificate: what is to be warned of, and what to do"), "operations",
        ),
    )),
)  # fmt: skip
"""Sections: slug, label, entries. A section without an entry for a person is not shown."""

MASTHEAD_SECTIONS = ("texts", "beside")


@register.simple_tag(takes_context=True)
def desk_menu(context: template.Context) -> Menu | None:
    """Return the menu of the person of the request, or None for people who are not staff.

    {% desk_menu as menu %}
    """
    user, request = context.get("user"), context.get("request")
    if not user or not (user.is_active and user.is_staff):
        return None
    sections = [
        MenuSection(slug, label, entries)
        for slug, label, definitions in MENU
        if (entries := list(_entries_for(user, definitions, request.path)))
    ]
    return Menu(sections)


@register.simple_tag(takes_context=True)
def unread_news_count(context: template.Context) -> str:
    """Return how much news the person of the request has not read, or "" for none.

    {% unread_news_count as unread %}
    """
    return UserSettings.of(context["user"]).unread_count_text()


def _entries_for(user, definitions: Iterable[EntryDefinition], path: str) -> Iterable[MenuEntry]:
    for definition in definitions:
        if user.has_perm(definition.permission):
            url = reverse(f"desk:{definition.url_name}")
            may_add = definition.add_url_name and user.has_perm(definition.add_permission)
            add_url = reverse(f"desk:{definition.add_url_name}") if may_add else ""
            yield MenuEntry(definition.label, definition.description, url, _aria_current(url, path), add_url)


def _aria_current(url: str, path: str) -> str:
    if url == path:
        return "page"
    return "true" if path.startswith(url) else ""
