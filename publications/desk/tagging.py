"""Tags that complete: names that begin with, or hold, what is being typed."""

from django.http import HttpRequest, JsonResponse

from publications.models import Tag

from .access import needs
from .site import desk


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
