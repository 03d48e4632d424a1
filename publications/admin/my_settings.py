"""The settings of each person: the language of the desk and of their mails, and links to what else is theirs."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from publications.locales import current_locale
from publications.models import UserSettings

from .form_data import RedisplayMixin
from .groups import describe_group
from .site import render_desk_page


class MySettingsForm(RedisplayMixin, forms.Form):
    """The language of a person; until they choose one, that of their first sign-in, or else of their browser."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the desk"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Of the desk on every device, and of the mails that it sends you. What readers see stays as it is."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def my_settings_page(request: HttpRequest) -> HttpResponse:
    """Choose the language of the desk; the page after that is in it already."""
    choices = UserSettings.of(request.user)
    initial = {"language": choices.language or current_locale(get_language())}
    form = MySettingsForm(request.POST or None, initial=initial, label_suffix="")
    if request.method == "POST" and form.is_valid():
        choices.store(language=form.cleaned_data["language"])
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Your settings are saved."))
        return HttpResponseRedirect(reverse("desk:my-settings"))
    return render_desk_page(
        request,
        "my_settings",
        title=_("My settings"),
        form=form,
        roles=[describe_group(group) for group in request.user.groups.order_by("pk")],
    )
