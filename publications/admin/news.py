"""The news of the desk for each person, and their choices of what is mailed and when."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.mail import can_send_mail
from publications.models import MAX_TRANSACTION, MailTiming, NewsEvent, OutboxMail, UserSettings, parse_pk
from publications.news import DIGEST_TIME, describe_news, stop_mails

from .form_data import RedisplayMixin
from .form_fields import VALID_YEARS
from .site import render_desk_page

NEWS_PER_PAGE = 30
MAX_READ_EVENTS = 500  # of the last minutes, by one form


@require_http_methods(["GET", "HEAD", "POST"])
def news_page(request: HttpRequest) -> HttpResponse:
    """List the news that the user may see; a POST marks as read what was there when the page was shown."""
    choices = UserSettings.of(request.user)
    if request.method == "POST":
        return _mark_read(request, choices)
    events = NewsEvent.objects.visible_to(request.user).with_rows()
    page = Paginator(events, NEWS_PER_PAGE).get_page(request.GET.get("page"))
    read_until = timezone.now() - MAX_TRANSACTION
    unread = choices.unread()
    unread_here = set(unread.filter(pk__in=[event.pk for event in page]).values_list("pk", flat=True))
    return render_desk_page(
        request,
        "news",
        title=_("News"),
        news=[
            (
                describe_news(event, request.user),
                reverse("desk:news-open", args=[event.pk]) if event.pk in unread_here else "",
            )
            for event in page
        ],
        page=page,
        read_until=read_until.isoformat(),
        read_events=list(
            unread.filter(happens_at__gt=read_until).values_list("pk", flat=True)[:MAX_READ_EVENTS]
        ),
        has_unread=unread.exists(),
        undelivered_count=_undelivered_count(request.user),
    )


@require_http_methods(["GET", "HEAD"])
def open_news(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one event as read, and redirect to the page that it is about."""
    event = get_object_or_404(NewsEvent.objects.visible_to(request.user).with_rows(), pk=pk)
    choices = UserSettings.of(request.user)
    if request.method == "GET" and choices.unread().filter(pk=event.pk).exists():
        choices.mark_read(choices.read_until or request.user.date_joined, [event.pk])
    return HttpResponseRedirect(describe_news(event, request.user).url)


def _undelivered_count(user) -> int:
    """Return how many mails could not be delivered so far, for those who may see the outbox."""
    return OutboxMail.objects.failing().count() if user.has_perm("publications.view_outboxmail") else 0


def _mark_read(request: HttpRequest, choices: UserSettings) -> HttpResponse:
    try:
        read_until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        read_until = None
    events = [pk for text in request.POST.get("read", "").split(",") if (pk := parse_pk(text))]
    if read_until and read_until.tzinfo and read_until.year in VALID_YEARS:
        choices.mark_read(read_until, events[:MAX_READ_EVENTS])
    return HttpResponseRedirect(reverse("desk:news"))


class NewsChoicesForm(RedisplayMixin, forms.Form):
    """A choice for each type of news that the user may see."""

    def __init__(self, choices: UserSettings, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.choices = choices
        for news_type in choices.visible_types():
            self.fields[news_type.value] = forms.ChoiceField(
                label=news_type.label,
                choices=MailTiming.choices,
                initial=choices.timing(news_type),
                widget=forms.RadioSelect,
            )

    def save(self) -> None:
        self.choices.store(timings={**self.choices.timings, **self.cleaned_data})


@require_http_methods(["GET", "HEAD", "POST"])
def choices_page(request: HttpRequest) -> HttpResponse:
    """Choose for each type of news whether it is mailed at once, daily or never."""
    form = NewsChoicesForm(UserSettings.of(request.user), request.POST or None)
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
