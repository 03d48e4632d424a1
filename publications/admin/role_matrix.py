"""The page "Who may do what": roles, the people who have them, and what each role may do, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import full_name_of
from publications.roles import APP_LABELS, ROLES

from .groups import describe_group
from .site import render_desk_page, require_permissions

TASKS = (
    (gettext_lazy("Texts"), (
        (gettext_lazy("Read drafts, their history, their reviews and the planning"), ("view_publication",)),
        (gettext_lazy("Write new drafts, import Word files and propose authors"), ("add_publication",)),
        (gettext_lazy("Change and plan drafts, also those of others, and ask for reviews"), ("change_publication",)),
        (gettext_lazy("Comment on drafts, and answer and resolve comments"), ("change_publication",)),
        (gettext_lazy("Delete their own drafts, and restore them"), ("delete_publication",)),
        (gettext_lazy("Delete and restore the drafts of others"), ("delete_publication", "publish_publication")),
        (gettext_lazy("Publish, schedule, withdraw, retract and take back"), ("publish_publication",)),
        (gettext_lazy("Approve the text of somebody else, and publish without a second person, with a reason"),
         ("publish_publication",)),
        (gettext_lazy("Give it to the press under embargo"), ("change_publication", "publish_publication")),
        (gettext_lazy("Set the related links of what is public"), ("relate_publication",)),
        (gettext_lazy("Redact a name or passage everywhere"), ("redact_publication",)),
    )),
    (gettext_lazy("Beside the texts"), (
        (gettext_lazy("See authors, tags, kinds and the image library"),
         ("view_author", "view_tag", "view_kind", "view_image")),
        (gettext_lazy("Upload images"), ("add_image",)),
        (gettext_lazy("Change and delete images"), ("change_image", "delete_image")),
        (gettext_lazy("Add, change and delete authors"), ("add_author", "change_author", "delete_author")),
        (gettext_lazy("Add, change and delete tags"), ("add_tag", "change_tag", "delete_tag")),
    )),
    (gettext_lazy("The site"), (
        (gettext_lazy("Choose the lead of the home page, and where readers sign up"), ("publish_publication",)),
        (gettext_lazy("Change site pages"),
         ("view_sitepage", "add_sitepage", "change_sitepage", "delete_sitepage")),
        (gettext_lazy("Change the links of menu and footer"),
         ("view_menulink", "add_menulink", "change_menulink", "delete_menulink")),
        (gettext_lazy("Change equal spellings of a search"),
         ("view_synonym", "add_synonym", "change_synonym", "delete_synonym")),
        (gettext_lazy("Add and change kinds: names, type lines, disclaimers"), ("change_kind",)),
        (gettext_lazy("Change the name of the site and its settings"),
         ("view_sitesettings", "change_sitesettings")),
        (gettext_lazy("See, add and remove old addresses"), ("change_sitesettings",)),
    )),
    (gettext_lazy("The house"), (
        (gettext_lazy("Read who changed what readers see"), ("view_auditentry",)),
        (gettext_lazy("Add, change and delete accounts, and give them roles"),
         ("view_user", "add_user", "change_user", "delete_user")),
        (gettext_lazy("See who signed in, and this page"), ("view_accountevent", "view_group")),
        (gettext_lazy("Import archives of texts"), ("add_archiveimport",)),
        (gettext_lazy("See how many readers subscribe to what, and what goes out to them"), ("view_subscriber",)),
        (gettext_lazy("Stop the mails to subscribers, and import lists of them"), ("change_subscriber",)),
        (gettext_lazy("See which mails were not delivered, and try again"),
         ("view_outboxmail", "change_outboxmail")),
        (gettext_lazy("See how backups, mail, disk and certificate are, and be mailed warnings"),
         ("view_operationrecord",)),
    )),
)  # fmt: skip
"""Headings, and below each the tasks with the codenames that one of them takes. Every codename of a role has a task."""


@dataclass(frozen=True)
class RoleColumn:
    """A group with its people and the codenames of its permissions.

    Attributes:
        other_count: how many permissions it has that no task names, as a superuser may give.
    """

    name: str
    people: list[str]
    codenames: frozenset[str]
    other_count: int

    @classmethod
    def from_group(cls, group: Group) -> "RoleColumn":
        permissions = list(group.permissions.all())
        known = frozenset(each.codename for each in permissions if each.content_type.app_label in APP_LABELS)
        people = [full_name_of(user) for user in group.user_set.all()]
        return cls(describe_group(group), people, known, len(permissions) - len(known & task_codenames()))

    def may(self, codenames: Iterable[str]) -> bool:
        return self.codenames.issuperset(codenames)


@dataclass(frozen=True)
class TaskRow:
    """A task, and for each role its name, or "" if it may not."""

    label: Promise
    cells: list[str]


def task_codenames() -> frozenset[str]:
    return frozenset(
        codename for _heading, tasks in TASKS for _label, codenames in tasks for codename in codenames
    )


@require_permissions("view_group", app="auth")
def role_matrix_page(request: HttpRequest) -> HttpResponse:
    """Show what each group may do now: the roles in their order, then groups that superusers added."""
    columns = [RoleColumn.from_group(group) for group in _groups()]
    return render_desk_page(
        request,
        "role_matrix",
        title=_("Who may do what"),
        columns=columns,
        sections=[
            (heading, [_build_row(label, codenames, columns) for label, codenames in tasks])
            for heading, tasks in TASKS
        ],
        superusers=User.objects.filter(is_superuser=True, is_active=True).order_by("username"),
        may_change=request.user.is_superuser,
    )


def _build_row(label: Promise, codenames: tuple[str, ...], columns: list[RoleColumn]) -> TaskRow:
    return TaskRow(label, [column.name if column.may(codenames) else "" for column in columns])


def _groups() -> list[Group]:
    people = User.objects.filter(is_active=True).order_by("last_name", "first_name", "username")
    permissions = Permission.objects.select_related("content_type")
    groups = Group.objects.prefetch_related(
        Prefetch("user_set", people), Prefetch("permissions", permissions)
    )
    order = {name: position for position, name in enumerate(ROLES)}
    return sorted(groups, key=lambda group: (order.get(group.name, len(order)), group.name))
