"""The role of an account, as a choice in words. Superusers may give several, and change what a role may do."""

from django import forms
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.names import full_name_of
from accounts.role_changes import set_roles

from .form_data import RedisplayMixin
from .groups import RoleField, describe_group
from .site import render_desk_page
from .user_managers import LastUserManager, check_user_managers_remain, for_account, lock_user_managers


class RoleForm(RedisplayMixin, forms.Form):
    role = RoleField()


@for_account
@require_http_methods(["GET", "HEAD", "POST"])
def account_role_page(request: HttpRequest, account: User) -> HttpResponse:
    """Give an account one role in place of those that it has."""
    groups = list(account.groups.order_by("pk"))
    initial = {"role": groups[0] if len(groups) == 1 else None}
    form = RoleForm(request.POST or None, initial=initial, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            _set_role(request, account, form.cleaned_data["role"])
        except LastUserManager as refusal:
            form.add_error("role", refusal.message)
        else:
            return HttpResponseRedirect(reverse("desk:auth_user_change", args=[account.pk]))
    return render_desk_page(
        request,
        "account_role",
        title=_("Role of %(name)s") % {"name": full_name_of(account)},
        account=account,
        form=form,
        roles=[describe_group(group) for group in groups],
        has_several=len(groups) > 1,
    )


@transaction.atomic
def _set_role(request: HttpRequest, account: User, group: Group) -> None:
    lock_user_managers()
    is_changed = set_roles(account, [group], by=request.user, request=request)
    check_user_managers_remain()
    if not is_changed:
        return
    text = _("%(name)s has the role “%(role)s” now.")
    name = full_name_of(account)
    messages.success(request, text % {"name": name, "role": describe_group(group)})
