"""Selections whose SQL is written once: they give what the selection itself gives, whatever the values."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications.models import Edition, Tag
from publications.models.prepared_queries import (
    DATETIME,
    INTEGER,
    INTEGERS,
    TEXT,
    InList,
    PreparedQuery,
    update_row,
)
from tests.conftest import ROOT
from tests.factories import make_live, make_publication, make_tag, tomorrow

pytestmark = pytest.mark.django_db


def test_a_prepared_selection_gives_what_the_selection_gives():
    first, second = make_live(), make_live()
    prepared = PreparedQuery(
        lambda slug, now: Edition.objects.live(now).filter(slug=slug), slug=TEXT, now=DATETIME
    )

    found = [prepared(slug=edition.slug, now=timezone.now()) for edition in (first, second, first)]

    assert found == [[first], [second], [first]]


def test_values_of_an_earlier_call_are_forgotten():
    edition = make_live()
    live = PreparedQuery(lambda now: Edition.objects.live(now), now=DATETIME)

    assert live(now=timezone.now()) == [edition]
    assert live(now=edition.visible_from - timedelta(days=1)) == []
    assert live(now=tomorrow()) == [edition]


def test_a_list_is_one_value_however_long_it_is():
    first, second, _other = make_live(), make_live(), make_live()
    prepared = PreparedQuery(
        lambda keys: Edition.objects.filter(InList(F("pk"), keys)).order_by("pk"), keys=INTEGERS
    )

    assert prepared(keys=[]) == []
    assert prepared(keys=[second.pk]) == [second]
    assert prepared(keys=[second.pk, first.pk]) == [first, second]


def test_columns_come_without_instances():
    edition = make_live()
    prepared = PreparedQuery(
        lambda publication: Edition.objects.filter(publication=publication).values_list("pk", "slug"),
        publication=INTEGER,
    )

    assert prepared.values_list(publication=edition.publication_id) == [(edition.pk, edition.slug)]


def test_a_slice_of_the_rows_is_read():
    keys = [make_live().pk for _number in range(4)]
    prepared = PreparedQuery(
        lambda now: Edition.objects.live(now).order_by("pk").values_list("pk"), now=DATETIME
    )

    def read(rows: slice) -> list[int]:
        return [key for (key,) in prepared.values_list(rows, now=timezone.now())]

    assert read(slice(0, 2)) == keys[:2]
    assert read(slice(1, 3)) == keys[1:3]
    assert read(slice(3, 9)) == keys[3:]


def test_a_parameter_that_is_left_out_or_none_is_no_part_of_the_sql():
    swedish, english = make_live(language="sv"), make_live()
    prepared = PreparedQuery(
        lambda language=None: Edition.objects.order_by("pk").filter(
            **{"language": language} if language else {}
        ),
        language=TEXT,
    )

    assert prepared() == prepared(language=None) == [swedish, english]
    assert prepared(language="sv") == [swedish]


def test_a_parameter_that_the_query_does_not_take_is_refused():
    with pytest.raises(TypeError, match="slag"):
        PreparedQuery(lambda slug=None: Edition.objects.order_by("pk"))(slag="a-slug")


def test_rows_selected_along_ask_nothing_more():
    edition = make_live()
    prepared = PreparedQuery(
        lambda publication: Edition.objects.filter(publication=publication).select_related("kind"),
        publication=INTEGER,
    )
    prepared(publication=make_publication().pk)

    with CaptureQueriesContext(connection) as params:
        found = prepared(publication=edition.publication_id)
        assert found[0].kind.slug == "quick-comment"

    assert len(params) == 1


def test_deferred_texts_stay_in_the_database():
    edition = make_live()
    prepared = PreparedQuery(
        lambda publication: Edition.objects.filter(publication=publication).without_texts(),
        publication=INTEGER,
    )

    assert prepared(publication=edition.publication_id)[0].get_deferred_fields() >= {"html", "body"}


def test_a_value_is_no_part_of_the_statement():
    make_live()
    prepared = PreparedQuery(lambda slug: Edition.objects.filter(slug=slug), slug=TEXT)

    assert prepared(slug="' OR 1=1 --") == []
    assert prepared(slug="%s") == []


def test_constants_are_written_into_the_statement():
    edition = make_live(title="50 % of it's “%s”")
    prepared = PreparedQuery(
        lambda slug: Edition.objects.filter(slug=slug, title="50 % of it's “%s”", number__gt=0), slug=TEXT
    )

    assert prepared(slug=edition.slug) == [edition]
    assert prepared(slug="another") == []


def test_a_constant_that_is_no_text_or_number_has_to_be_a_parameter():
    prepared = PreparedQuery(lambda: Edition.objects.filter(year=Value(1.5)))

    with pytest.raises(TypeError, match="make it a parameter"):
        prepared()


def sources(folder: str = "") -> dict[str, str]:
    """The modules of the app, or of a folder of it, by their paths."""
    root = ROOT / "publications"
    return {str(path.relative_to(root)): path.read_text() for path in (root / folder).rglob("*.py")}


def test_only_models_prepare_queries():
    preparing = [path for path, source in sources().items() if "PreparedQuery" in source]

    assert preparing and all(path.startswith("models/") for path in preparing)


@pytest.mark.parametrize("folder", ["views", "presentation"])
def test_pages_know_no_sql_and_no_cache(folder):
    """Views and presentation call models and write templates, which keep what is kept."""
    optimised = re.compile(
        r"cached_for_version|cached_for_last_key|prepared_queries|django.db import connection|\.raw\("
    )

    assert not [path for path, source in sources(folder).items() if optimised.search(source)]


def test_an_update_sets_the_columns_of_one_row():
    first, second = make_tag("Gas"), make_tag("Oil")

    count = update_row(Tag, first.pk, slug="coal", introduction_en="50 %")

    first.refresh_from_db()
    second.refresh_from_db()
    assert (count, first.slug, first.introduction_en, second.slug) == (1, "coal", "50 %", "oil")
    assert update_row(Tag, 0, slug="peat", introduction_en="") == 0


def test_a_selection_may_add_a_period():
    edition, period = make_live(), timedelta(days=1)
    prepared = PreparedQuery(
        lambda pk, now: Edition.objects.filter(pk=pk, visible_from__gt=now - period), pk=INTEGER, now=DATETIME
    )
    now = timezone.now()

    found = [prepared(pk=edition.pk, now=at) for at in (now, now + period / 2, now + 2 * period)]

    assert found == [[edition], [edition], []]
