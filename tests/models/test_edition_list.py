"""The primary keys of live editions as a sequence that a list page shows a part of."""

import pytest

from publications.models import Edition, EditionList
from tests.factories import make_author, make_live, make_publication, make_tag

pytestmark = pytest.mark.django_db


def keys_of(editions) -> list[int]:
    return [edition.pk for edition in editions]


def test_a_list_is_the_newest_live_editions():
    make_publication()
    for _number in range(5):
        make_live()

    editions = EditionList("en", {})

    assert len(editions) == 5
    assert editions[0:5] == keys_of(Edition.objects.live().newest_first())
    assert editions[3:9] == editions[0:5][3:]


def test_a_locale_lists_one_of_each_translation_group():
    english, swedish = make_live(), make_live(language="sv", title="Bara svenska")

    assert EditionList("en", {})[0:9] == keys_of([swedish, english])
    assert EditionList(None, {"language": "sv"})[0:9] == keys_of([swedish])


def test_a_list_has_all_the_chosen_values():
    author, tag, other = make_author("Ann Berg"), make_tag("Belarus", kind="country"), make_tag("Energy")
    both = make_live(author=author, tags=(tag, other))
    make_live(author=author, tags=(other,))
    make_live(tags=(tag,))
    filters = {"kind": "quick-comment", "country": "belarus", "author": "ann-berg"}

    editions = EditionList("en", filters)

    assert (len(editions), editions[0:9]) == (1, [both.pk])
