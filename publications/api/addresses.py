"""Where things stand: in the API, and on the pages of both trees."""

from django.urls import reverse

from publications.addresses import absolute, in_tree
from publications.languages import TREES


def of_api(name: str, **parts: object) -> str:
    return absolute(reverse(f"api:{name}", kwargs=parts or None))


def of_pages(name: str, **parts: str) -> dict[str, str]:
    """The page in each tree."""
    return {tree: absolute(in_tree(tree, f"publications:{name}", **parts)) for tree in TREES}
