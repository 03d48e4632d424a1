"""Pages of planning: by weeks, the plan of a publication, a new idea, and moving a plan to another day."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.names import full_name_of
from publications.locales import format_day
from publications.models import EditorialPlan, Publication

from ..site import get_publication_or_404, render_desk_page, render_publication_page, require_permissions
from .entries import MAX_ENTRIES, PlanEntry, list_entries, list_ideas
from .forms import FilterForm, IdeaForm, MoveForm, PlanForm, find_plan, lock_plan, move_plan
from .weeks import WEEKS_PER_PAGE, build_weeks, parse_week, week_value


@require_permissions("view_publication")
@require_http_methods(["GET", "HEAD"])
def planning_page(request: HttpRequest) -> HttpResponse:
    """List what is late, the weeks from the one of the address, and plans without a day."""
    form = FilterForm(request.GET)
    filters = form.read_filters()
    monday = parse_week(request.GET.get("week", ""))
    last = monday + timedelta(weeks=WEEKS_PER_PAGE, days=-1)
    has_today = monday <= timezone.localdate() <= last
    entries = list_entries(monday, last, filters, include_late=has_today)
    late = [entry for entry in entries if has_today and entry.is_late]
    return render_desk_page(
        request,
        "planning",
        title=_("Planning"),
        form=form,
        late=late,
        is_cut=_is_cut(entries),
        weeks=build_weeks(monday, [entry for entry in entries if not (has_today and entry.is_late)]),
        ideas=list_ideas(filters) if has_today else [],
        is_filtered=any(value for name, value in request.GET.items() if name in form.fields),
        earlier_query=_query(request, monday - timedelta(weeks=WEEKS_PER_PAGE)),
        later_query=_query(request, monday + timedelta(weeks=WEEKS_PER_PAGE)),
        this_week_query=_query(request, None),
        is_this_week=monday == parse_week(""),
        own_query=urlencode({"person": request.user.pk}),
        query=request.GET.urlencode(),
        week=request.GET.get("week", ""),
        may_change=request.user.has_perm("publications.change_publication"),
        may_add=request.user.has_perms(("publications.add_publication", "publications.change_publication")),
    )


def _is_cut(entries: Iterable[PlanEntry]) -> bool:
    """Return whether there may be more entries than are listed, as after an import of thousands."""
    counts = Counter(bool(entry.edition) for entry in entries)
    return max(counts.values(), default=0) >= MAX_ENTRIES


def _query(request: HttpRequest, monday: date | None) -> str:
    """Return the query of the page from another week, or from this week for None, with the same filters."""
    params = request.GET.copy()
    params.pop("week", None)
    if monday:
        params["week"] = week_value(monday)
    return params.urlencode()


@require_permissions("change_publication")
@require_http_methods(["GET", "HEAD", "POST"])
def plan_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change the plan of a publication."""
    publication = get_publication_or_404(pk)
    is_removal = request.POST.get("_remove") == "ask"
    if request.POST and not is_removal:  # also what was typed before a sign-in
        form = _store_plan(request, publication)
        if not form.errors and not form.is_redisplay:
            return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))
    else:
        form = PlanForm(
            plan=find_plan(publication),
            user=request.user,
            initial=_proposed_writer(publication, request.user),
        )
    plan = form.instance
    return render_publication_page(
        request,
        "plan",
        publication,
        title=_("Plan"),
        form=form,
        is_stored=bool(plan.pk),
        is_removal=is_removal and bool(plan.pk),
        is_fulfilled=bool(plan.pk) and not EditorialPlan.objects.open().filter(pk=plan.pk).exists(),
        changed_by=full_name_of(plan.changed_by),
        changed_at=plan.changed_at if plan.pk else None,
    )


def _proposed_writer(publication: Publication, user) -> dict[str, int]:
    """Return the initial value of a new plan: who started the draft writes it."""
    is_new = not EditorialPlan.objects.filter(publication=publication).exists()
    return {"writer": user.pk} if is_new and publication.created_by_id == user.pk else {}


@transaction.atomic
def _store_plan(request: HttpRequest, publication: Publication) -> PlanForm:
    """Store or remove a plan; return its form, which has errors if nothing was stored."""
    plan = lock_plan(publication)
    form = PlanForm(request.POST, plan=plan, user=request.user)
    if request.POST.get("_remove") == "yes" and not form.is_overtaken:
        EditorialPlan.objects.filter(publication=publication).delete()
        messages.success(request, _("The plan is removed. The draft is as it was."))
        return PlanForm(plan=plan, user=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("The plan is saved. Nothing is published by it."))
    return form


@require_permissions("add_publication", "change_publication")
@require_http_methods(["GET", "HEAD", "POST"])
def idea_page(request: HttpRequest) -> HttpResponse:
    """Add an idea: a draft without a text, with its plan."""
    form = IdeaForm(request.POST or None, label_suffix="")
    plan_form = PlanForm(
        request.POST or None,
        plan=EditorialPlan(publication=Publication()),
        user=request.user,
        initial={"writer": request.user.pk},
    )
    forms = [form, plan_form]
    is_valid = form.is_bound and all(each.is_valid() for each in forms)
    if is_valid and (earlier := form.find_earlier()) and _has_other_words(form, request, earlier):
        form.offer_as_another(earlier)
    elif is_valid:
        publication = _store_idea(form, plan_form)
        messages.success(request, _("“%(title)s” is a draft now, and has a plan.") % {"title": publication})
        return HttpResponseRedirect(reverse("desk:planning"))
    return render_desk_page(
        request,
        "idea",
        title=_("Add an idea"),
        forms=forms,
        has_errors=any(each.errors for each in forms),
    )


def _has_other_words(form: IdeaForm, request: HttpRequest, earlier: Publication) -> bool:
    """Return whether a form that has created a draft was sent again with other words or another plan."""
    plan_form = PlanForm(request.POST, plan=find_plan(earlier), user=request.user)
    return form.differs_from(earlier, by=request.user) or plan_form.has_other_values


@transaction.atomic
def _store_idea(form: IdeaForm, plan_form: PlanForm) -> Publication:
    """Store the draft and the plan of an idea, once if it is sent twice."""
    publication = form.save(by=plan_form.user)
    if not EditorialPlan.objects.filter(publication=publication).exists():
        plan_form.instance.publication = publication
        plan_form.save()
    return publication


@require_permissions("change_publication")
@require_POST
def move_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a day of a plan, and return to the page by weeks as it was."""
    publication = get_publication_or_404(pk)
    form = MoveForm(_with_week_later(request))
    back = f"{reverse('desk:planning')}?{request.GET.urlencode()}".rstrip("?")
    if not form.is_valid():
        messages.error(request, _("That is no day: nothing was moved."))
        return HttpResponseRedirect(back)
    moved = move_plan(publication, form, by=request.user)
    if moved is None:
        text = _("Somebody has changed the plan of “%(title)s” meanwhile: nothing was moved.")
        messages.warning(request, text % {"title": publication})
    elif moved.errors:
        messages.error(request, " ".join(error for errors in moved.errors.values() for error in errors))
        back = reverse("desk:plan", args=[pk])
    else:
        messages.success(request, _moved_text(publication, form.cleaned_data))
    return HttpResponseRedirect(back)


def _with_week_later(request: HttpRequest) -> dict[str, str]:
    """Return the form data; the button "A week later" replaces the day that was typed."""
    data = request.POST.dict()
    if "_week_later" in data:
        try:
            data["day"] = (date.fromisoformat(data.get("seen", "")) + timedelta(weeks=1)).isoformat()
        except (ValueError, OverflowError):
            data["day"] = ""
    return data


def _moved_text(publication: Publication, cleaned: dict) -> str:
    texts = {
        "planned_on": _("“%(title)s” is planned for %(day)s, no longer for %(before)s."),
        "due_on": _("“%(title)s” is due on %(day)s, no longer on %(before)s."),
    }
    days = {"day": format_day(cleaned["day"]), "before": format_day(cleaned["seen"])}
    return texts[cleaned["field"]] % {"title": publication, **days}
