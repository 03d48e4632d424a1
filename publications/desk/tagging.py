"""Tags that complete: names that begin with, or hold, what is being typed. And those that nobody had before."""

from difflib import get_close_matches

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from publications.models import Tag

from .access import needs
from .site import desk

LIKE = 0.75  # from which names are told of as nearly the same, of 1


@desk.page("tags/", "tags")
@needs("view_tag")
def complete(request: HttpRequest) -> JsonResponse:
    """At most ten names for the letters typed, those that begin with them first."""
    typed = request.GET.get("q", "").strip()[:60]
    names = (
        list(Tag.objects.offered().filter(name__icontains=typed).values_list("name", flat=True)[:50])
        if typed
        else []
    )
    names.sort(key=lambda name: (not name.casefold().startswith(typed.casefold()), name.casefold()))
    return JsonResponse({"found": [{"value": name, "label": name} for name in names[:10]]})


def told_of_new(names: list[str]) -> list[str]:
    """Of these names those that no tag has yet, each in a sentence with the tags that are spelled nearly so."""
    known = {name.casefold(): name for name in Tag.objects.values_list("name", flat=True)}
    return [_new(name, known) for name in names if name.casefold() not in known]


def _new(name: str, known: dict[str, str]) -> str:
    near = [known[each] for each in get_close_matches(name.casefold(), known, n=3, cutoff=LIKE)]
    if not near:
        return _("“%(name)s” is a new tag.") % {"name": name}
    told = {"name": name, "near": ", ".join(f"“{each}”" for each in near)}
    return (
        _("“%(name)s” is a new tag. Spelled nearly so: %(near)s. Put that in its place if you meant it.")
        % told
    )
