"""The news of the desk for each person, and their choices of what is mailed and when."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.mail import can_send_mail
from publications.locales import current_locale
from publications.models import MailTiming, NewsEvent, NewsSettings, OutboxMail
from publications.news import DIGEST_TIME, describe_news, stop_mails

from .form_data import RedisplayMixin
from .site import render_desk_page

NEWS_PER_PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
def news_page(request: HttpRequest) -> HttpResponse:
    """List the news that the user may see; a POST marks them as read up to the newest that the page showed."""
    choices = NewsSettings.of(request.user)
    if request.method == "POST":
        return _mark_read(request, choices)
    unread = choices.unread().filter(pk=OuterRef("pk"))
    events = NewsEvent.objects.visible_to(request.user).with_rows().annotate(is_unread=Exists(unread))
    page = Paginator(events, NEWS_PER_PAGE).get_page(request.GET.get("page"))
    newest = events.first()
    return render_desk_page(
        request,
        "news",
        title=_("News"),
        news=[(describe_news(event, request.user), event.is_unread) for event in page],
        page=page,
        read_until=newest.happens_at.isoformat() if newest else "",
        has_unread=choices.unread().exists(),
        undelivered_count=_undelivered_count(request.user),
    )


def _undelivered_count(user) -> int:
    """Return how many mails could not be delivered so far, for those who may see the outbox."""
    return OutboxMail.objects.failing().count() if user.has_perm("publications.view_outboxmail") else 0


def _mark_read(request: HttpRequest, choices: NewsSettings) -> HttpResponse:
    try:
        read_until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        read_until = None
    if read_until and read_until.tzinfo and (not choices.read_until or read_until > choices.read_until):
        choices.store(read_until=read_until)
    return HttpResponseRedirect(reverse("desk:news"))


class NewsChoicesForm(RedisplayMixin, forms.Form):
    """A choice for each type of news that the user may see, and the language of mails."""

    def __init__(self, choices: NewsSettings, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.choices = choices
        for news_type in choices.visible_types():
            self.fields[news_type.value] = forms.ChoiceField(
                label=news_type.label,
                choices=MailTiming.choices,
                initial=choices.timing(news_type),
                widget=forms.RadioSelect,
            )
        self.fields["language"] = forms.ChoiceField(
            label=gettext_lazy("Language of mails"),
            choices=[("en", "English"), ("sv", "Svenska")],
            initial=choices.language or current_locale(get_language()),
        )

    def save(self) -> None:
        cleaned = dict(self.cleaned_data)
        language = cleaned.pop("language")
        self.choices.store(language=language, timings={**self.choices.timings, **cleaned})


@require_http_methods(["GET", "HEAD", "POST"])
def choices_page(request: HttpRequest) -> HttpResponse:
    """Choose for each type of news whether it is mailed at once, daily or never."""
    form = NewsChoicesForm(NewsSettings.of(request.user), request.POST or None)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Your choices are saved."))
        return HttpResponseRedirect(reverse("desk:news-choices"))
    return render_desk_page(
        request,
        "news_choices",
        title=_("Mail about news"),
        form=form,
        is_mail_on=can_send_mail(),
        digest_time=DIGEST_TIME,
    )


@csrf_exempt  # RFC 8058: programs that show mail send the POST, without a cookie
@require_http_methods(["GET", "HEAD", "POST"])
def stop_page(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails that the signed address is about; a GET asks first, as programs that check mail open addresses."""
    is_confirmed = request.method == "POST"
    stopped = stop_mails(token, is_confirmed=is_confirmed)
    if stopped is None:
        raise Http404
    page = render_desk_page(
        request,
        "news_stop",
        title=_("No more such mails") if is_confirmed else _("End these mails?"),
        types=stopped,
        is_stopped=is_confirmed or not stopped,
    )
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
