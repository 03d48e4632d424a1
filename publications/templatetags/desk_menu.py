"""The menu of the desk: one table of entries, shown in the masthead and on the first page by permission."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.contrib.auth.models import Group, User
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
    Publication,
    SitePage,
    SiteSettings,
    Synonym,
    Tag,
)

register = template.Library()


@dataclass(frozen=True)
class MenuItem:
    """A row of the table: permissions are names with their app, pages are URL names of the desk."""

    permission: str
    label: Promise
    description: Promise
    page: str
    add_permission: str = ""
    add_view: str = ""


@dataclass(frozen=True)
class MenuEntry:
    """An entry as one person sees it on one page.

    Attributes:
        current: the value of `aria-current`, or "" where the page is elsewhere.
        add_url: where a new row is made, or "" for who may not.
    """

    label: str
    description: str
    url: str
    current: str
    add_url: str


@dataclass(frozen=True)
class MenuSection:
    slug: str
    label: Promise
    entries: list[MenuEntry]


@dataclass(frozen=True)
class Menu:
    """What a person may open: everything in sections, and the entries of the masthead."""

    sections: list[MenuSection]

    @property
    def masthead(self) -> list[MenuEntry]:
        return [
            entry
            for section in self.sections
            if section.slug in MASTHEAD_SECTIONS
            for entry in section.entries
        ]


def model_item(
    model: type[Model], label: Promise, description: Promise, *, view: str = "view", add: bool = True
) -> MenuItem:
    """Return the item of a model: its list, and its form for a new row where the menu offers that."""
    app, name = model._meta.app_label, model._meta.model_name
    added = (f"{app}.add_{name}", f"{app}_{name}_add") if add else ("", "")
    return MenuItem(f"{app}.{view}_{name}", label, description, f"{app}_{name}_changelist", *added)


def page_item(permission: str, label: Promise, description: Promise, page: str) -> MenuItem:
    return MenuItem(f"publications.{permission}", label, description, page)


MENU = (
    ("texts", _("Texts"), (
        model_item(
            Publication, _("Publications"), _("Drafts and what is public, and where each stands")
        ),
        page_item(
            "relate_publication", _("Related links"), _("What is shown below a text as related"), "related-links"
        ),
    )),
    ("beside", _("Beside the texts"), (
        model_item(Author, _("Authors"), _("The people who write, as readers see them")),
        model_item(Tag, _("Tags"), _("Themes, countries and series")),
        model_item(Image, _("Library"), _("Pictures, and what they show")),
    )),
    ("site", _("The site"), (
        page_item(
            "publish_publication", _("Lead of the home page"), _("The piece that stands first"), "home-lead"
        ),
        page_item("publish_publication", _("Newsletter"), _("Where readers sign up"), "newsletter"),
        model_item(
            SitePage, _("Site pages"), _("About, contact, privacy and others, in both languages")
        ),
        model_item(
            MenuLink, _("Menu, footer and social accounts"),
            _("The links on every page, and their order"),
        ),
        model_item(
            SiteSettings, _("Name of the site"), _("Names, who publishes, newsletter"), add=False
        ),
        model_item(
            Synonym, _("Equal spellings"), _("Names that a search takes for one another")
        ),
    )),
    ("house", _("The house"), (
        model_item(
            AuditEntry, _("Audit trail"), _("Who changed what readers see, and when"), add=False
        ),
        model_item(
            Kind, _("Kinds"), _("Type lines, numbers and disclaimers"), view="change", add=False
        ),
        model_item(User, _("Users"), _("Who may sign in")),
        model_item(
            AccountEvent, _("Account events"),
            _("Who signed in, who was refused, who changed an account"), add=False,
        ),
        model_item(Group, _("Groups"), _("What they may do"), add=False),
    )),
)  # fmt: skip
"""Sections with their items: slug, label, items. A section without an entry for a person is not shown."""

MASTHEAD_SECTIONS = ("texts", "beside")


@register.simple_tag(takes_context=True)
def desk_menu(context: template.Context) -> Menu | None:
    """Return what the person of the request may open, or None for who is not staff (or not known).

    {% desk_menu as menu %}
    """
    user, request = context.get("user"), context.get("request")
    if not user or not (user.is_active and user.is_staff):
        return None
    sections = [
        MenuSection(slug, label, entries)
        for slug, label, items in MENU
        if (entries := list(_entries(items, user, request.path)))
    ]
    return Menu(sections)


def _entries(items: Iterable[MenuItem], user, path: str) -> Iterable[MenuEntry]:
    for item in items:
        if user.has_perm(item.permission):
            url = reverse(f"desk:{item.page}")
            may_add = item.add_view and user.has_perm(item.add_permission)
            add_url = reverse(f"desk:{item.add_view}") if may_add else ""
            yield MenuEntry(item.label, item.description, url, _current(url, path), add_url)


def _current(url: str, path: str) -> str:
    if url == path:
        return "page"
    return "true" if path.startswith(url) else ""
