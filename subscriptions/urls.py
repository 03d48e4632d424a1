"""URL patterns of alerts in one locale. Whatever follows the first segment may be secret: logs leave it out."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from subscriptions import views

app_name = "subscriptions"

urlpatterns = [
    path("", views.sign_up, name="sign_up"),
    path(_("confirm/<str:token>/"), views.confirm, name="confirm"),
    path(_("manage/<str:token>/"), views.manage, name="manage"),
    path(_("manage/<str:token>/data.json"), views.my_data, name="my_data"),
    path(_("leave/<str:token>/"), views.leave, name="leave"),
    path(_("leave/<str:token>/link/"), views.send_link, name="send_link"),
    path(_("refuse/<str:token>/"), views.refuse, name="refuse"),
]
