"""Issues of the newsletter, for tests."""

from publications import actions
from publications.models import Publication

from .factories import make_live, make_publication


def make_issue(*titles: str, **fields) -> Publication:
    """Return the draft of an issue that has live publications with these titles."""
    draft = make_publication(kind="newsletter", title="What is new", body="", **fields)
    actions.set_related_links(draft, [make_live(title=title).publication for title in titles], by=None)
    return draft
