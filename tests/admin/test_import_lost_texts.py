"""Public texts that the source of an import has no longer: named by the check, the report and what is left to do."""

import html

import pytest

from publications import actions
from publications.importers.left_tasks import LeftTask
from publications.importers.left_to_do import find_left_to_do
from publications.models import ArchiveImport, Edition, Publication
from tests.factories import make_person

from .test_archive_imports import administrator, archive, page_of, press, started
from .test_command_imports import folder, run
from .test_import_left import post
from .test_import_sources import check

__all__ = ["administrator", "folder", "started"]
pytestmark = pytest.mark.django_db

TEXTS = {f"blog/{title.lower()}.md": post(title) for title in ("Coal", "Gas", "Oil", "Wind")}
RENAMED = {**TEXTS, "blog/natural.md": TEXTS["blog/gas.md"]}
del RENAMED["blog/gas.md"], RENAMED["blog/oil.md"]


def lost(job: ArchiveImport) -> dict[str, list[str]]:
    group = next(group for group in find_left_to_do(job) if group.task is LeftTask.GONE)
    return {f"{item.publication.slug}": item.reasons for item in group.items}


def page(client, suffix: str = "") -> str:
    return " ".join(html.unescape(client.get(page_of(suffix)).text).split())


def test_texts_that_were_deleted_or_renamed_in_the_source_are_named_until_they_are_answered(administrator):
    check(administrator, archive(TEXTS))
    press(administrator, "publish")
    assert not lost(ArchiveImport.objects.get())

    check(administrator, archive({**RENAMED, "blog/peat.md": post("Peat")}))
    shown = page(administrator)
    assert "Oil (/en/publications/oil/)" in shown and "the source has “Gas” at another place" in shown
    job = press(administrator, "publish")

    assert set(lost(job)) == {"gas", "oil"} and lost(job)["oil"] == []
    assert "the source has “Gas” at another place: the text may be public twice" in lost(job)["gas"]
    assert "Public texts that the source has no longer: 2" in page(administrator, "-left")
    assert Edition.objects.live().filter(slug="oil").exists()

    actions.withdraw(Publication.objects.get(slug="gas"), by=make_person("Editors"), note="Twice.")
    assert set(lost(job)) == {"oil"}
    mark = next(item.marks for group in find_left_to_do(job) for item in group.items if item.title == "Oil")
    administrator.post(page_of("-left"), {"marks": mark})
    assert not lost(ArchiveImport.objects.get(pk=job.pk))


def test_the_command_names_them_too(administrator, folder):
    run(folder, "--publish")
    (folder / "a.md").unlink()

    printed = [" ".join(run(folder, *words, "--publish").split()) for words in (["--dry-run"], [])]

    for text in printed:
        assert "Public texts that the source has no longer: 1" in text and "Gas (/en/publications/a/)" in text
    assert lost(ArchiveImport.objects.get()) == {"a": []}


def test_a_source_with_less_than_half_of_the_texts_is_another_one(administrator):
    check(administrator, archive(TEXTS))
    press(administrator, "publish")

    job = check(administrator, archive({"blog/oil.md": TEXTS["blog/oil.md"], "blog/peat.md": post("Peat")}))

    assert not job.report["lost_texts"]
