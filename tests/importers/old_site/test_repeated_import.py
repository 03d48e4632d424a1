"""An old site imported again: after a kill, and with better rules."""

from dataclasses import replace

import pytest
from django.db import transaction

from publications.importers import run
from publications.importers.mapping import parse_mapping
from publications.importers.run import ImportOptions, run_import
from publications.models import Edition, Publication, Redirect
from tests.factories import saved
from tests.old_site import SMALL_RULES, SMALL_TITLES, small_site, write_warc

pytestmark = pytest.mark.django_db
TEXT = "{} is sold in the east. This winter it costs more than in the last one, and next winter it will cost more again."
BODIES = {title: f"<p>{TEXT.format(title)}</p><p class=share>Share</p>" for title in SMALL_TITLES}


def options(tmp_path, rules: str = SMALL_RULES, **more) -> ImportOptions:
    path = tmp_path / "site.warc.gz"
    if not path.exists():
        write_warc(path, small_site(BODIES))
    return ImportOptions(path, mapping=parse_mapping(rules, name="rules"), **more)


def stored() -> tuple[list, list, int]:
    texts = Publication.objects.order_by("uid").values_list("uid", "title", "slug", "body", "published_at")
    redirects = Redirect.objects.order_by("path").values_list("path", "publication__uid")
    return list(texts), list(redirects), Edition.objects.count()


def test_an_import_that_was_killed_and_repeated_is_equal_to_one_that_was_not(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "BATCH_FILES", 1)
    with transaction.atomic():
        run_import(options(tmp_path, publish=True))
        whole = stored()
        transaction.set_rollback(True)

    def kill(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(options(tmp_path, publish=True, progress=kill))
    assert Publication.objects.count() == 2
    run_import(options(tmp_path, publish=True))

    assert stored() == whole and whole[2] == 4


def test_reports_get_the_numbers_in_their_titles_also_by_better_rules(tmp_path):
    answers = {
        path: replace(answer, body=answer.body.replace(b"<h1>Gas", b"<h1>Rapport 2011:7 Gas"))
        for path, answer in small_site(BODIES).items()
    }
    write_warc(tmp_path / "site.warc.gz", answers)
    rules = f"{SMALL_RULES}    kind: report\n"
    run_import(options(tmp_path, rules))

    report = run_import(options(tmp_path, f"{rules}    number: h1\n"))

    numbers = {text.title: str(text.series_number or "") for text in Publication.objects.all()}
    assert {title: number for title, number in numbers.items() if number} == {"Rapport 2011:7 Gas": "7/2011"}
    assert [note.text for file in report.files for note in file.notes if "umber" in note.text] == []


def test_better_rules_update_drafts_and_leave_those_that_were_edited(tmp_path):
    run_import(options(tmp_path))
    saved(Publication.objects.get(title="Gas"), body="The desk's.")

    report = run_import(options(tmp_path, f"{SMALL_RULES}    remove: .share\n"))

    outcomes = {file.title: file.outcome.value for file in report.files}
    assert outcomes == {"Coal": "updated", "Gas": "kept", "Oil": "updated", "Wind": "updated"}
    assert dict(Publication.objects.values_list("title", "body")) == {
        **{title: TEXT.format(title) for title in SMALL_TITLES}, "Gas": "The desk's.",
    }  # fmt: skip
