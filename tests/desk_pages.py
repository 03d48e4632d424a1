"""Pages of the desk as text, for tests."""

import re

from django.test import Client
from django.urls import reverse


def read_page(desk: Client, name: str, *args: int) -> str:
    """Return the words of a page of the desk, by its URL name, below the navigation."""
    page = desk.get(reverse(f"desk:{name}", args=args)).text
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())
