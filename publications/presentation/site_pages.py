"""A page of the site itself as plain values: the public view and the preview at the desk show the same."""

from publications.addresses import in_tree
from publications.models import Page

from .page import breadcrumb
from .ways import current_tree


def site_page_context(found: Page) -> dict[str, object]:
    """What page.html shows of it in the language of the tree. The HTML was made safe when it was stored."""
    tree = current_tree()
    title = getattr(found, f"title_{tree}")
    summary = getattr(found, f"summary_{tree}")
    return {
        "title": title,
        "description": summary,
        "summary": summary,
        "html": getattr(found, f"html_{tree}"),
        "changed_at": found.changed_at,
        "breadcrumb": breadcrumb(title),
        "alternates": {code: address_of(found, code) for code in found.trees},
    }


def address_of(found: Page, tree: str) -> str:
    """Its path in a tree that it has a text for."""
    return in_tree(tree, "publications:site-page", slug=getattr(found, f"slug_{tree}"))
