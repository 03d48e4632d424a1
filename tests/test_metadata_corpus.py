"""The references of a real blog of ten years: each is read back by parsers of others as its page has it."""

import pytest
from django.utils import timezone

from publications import importing
from publications.metadata import FACES, name_of
from publications.models import Edition
from tests.import_figures import CORPUS, show
from tests.reference_readers import READERS, Read

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]


def on_the_page(edition: Edition) -> Read:
    """What readers see, each name turned round."""
    return Read(
        " ".join(edition.title.split()),
        [name_of(row.name).inverted for row in edition.bylines.all()],
        timezone.localdate(edition.published_at),
        f"http://127.0.0.1:8000{edition.get_absolute_url()}",
    )


def are_the_names(turned: list[str], edition: Edition) -> bool:
    """The same words for each, in the order of the byline, however they are turned."""
    return [sorted(name.replace(",", " ").split()) for name in turned] == [
        sorted(row.name.replace(",", " ").split()) for row in edition.bylines.all()
    ]


def test_every_post_is_read_back_from_every_format(client, capsys):
    order = importing.Order(CORPUS / "posts", authors=CORPUS / "authors/team_members.csv", publish=True)
    importing.bring_in(order)
    editions = list(Edition.objects.live().prefetch_related("bylines"))

    astray = []
    for edition in editions:
        for face in FACES:
            response = client.get(f"{edition.get_absolute_url().rstrip('/')}.{face}")
            read = READERS[face](response.content.decode())
            if read != on_the_page(edition) or not are_the_names(read.authors, edition):
                astray.append(f"{edition.slug}.{face}")

    with capsys.disabled():
        show(
            "References of the posts",
            {"posts": len(editions), "references read back": len(editions) * len(FACES), "otherwise than the page": astray},
        )  # fmt: skip
    assert len(editions) == 509
    assert not astray
