"""Who may come in: one check at the head of each page of the desk that is not Django's own."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from publications.models import Publication, with_standing

ONE = "publications/publication/<number:pk>/"

Page = Callable[..., HttpResponse]


def needs(*permissions: str) -> Callable[[Page], Page]:
    """Show the page only to those who hold every one of these permissions of this app."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.has_perms(f"publications.{name}" for name in permissions):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        return guarded

    return decorate


def piece_or_404(pk: int) -> Publication:
    return get_object_or_404(with_standing(Publication.objects.select_related("kind")), pk=pk)
