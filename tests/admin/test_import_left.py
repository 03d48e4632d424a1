"""What an import has left to do: listed from the texts as they are and from its report, until it is mended."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from publications import actions
from publications.admin.import_left_remedies import PAGES, REMEDIES
from publications.admin.import_mapping_form import LEFT_OUT
from publications.importers import archive_import_undo, archive_imports
from publications.importers.left_tasks import TASK_OF_REASON, TASK_OF_TOPIC, LeftTask
from publications.importers.left_texts import load_texts
from publications.importers.left_ticks import tick
from publications.importers.left_to_do import find_left_to_do
from publications.importers.name_proposals import store_decision
from publications.importers.note_topics import NOTE_TOPICS
from publications.importers.options import InvalidOptions
from publications.importers.text_bodies import read_bodies
from publications.models import (
    ArchiveImport,
    ArchiveImportState,
    Author,
    Byline,
    Edition,
    Image,
    NameType,
    Publication,
    Redirect,
)
from tests.factories import make_author, make_image, make_person, picture_bytes, saved
from tests.importers.wordpress import exports as wordpress

from .test_archive_import_undo import undo
from .test_archive_imports import SETTINGS, administrator, archive, page_of, press, started
from .test_import_sources import check

__all__ = ["administrator", "started"]
pytestmark = pytest.mark.django_db

FRONT = "---\ntitle: {title}\n{front}---\n\n{text}\n"
TEXT = "Russia sells more gas than it did a year ago, and Europe buys less of it."
WHOLE = "author: Ann Berg\ndate: 2024-05-01\nsummary: A summary.\n"


def post(title: str, front: str = WHOLE, text: str = "A text.") -> bytes:
    return FRONT.format(title=title, front=front, text=text).encode()


TEXTS = {
    "blog/whole.md": post("Whole"),
    "blog/unsigned.md": post("Unsigned", "date: 2024-05-01\nsummary: A summary.\n"),
    "blog/undated.md": post("Undated", "author: Ann Berg\nsummary: A summary.\ndate: juni 2012\n"),
    "blog/draft.md": post("Draft", WHOLE + "draft: true\n"),
    "blog/gone.md": post("Gone", text="A text.\n\n![A map](gone.png)"),
    "blog/silent.md": post("Silent", text="A text.\n\n![](here.png)"),
    "blog/empty.md": b"---\nformat: 99\n---\n",
    "blog/here.png": picture_bytes(),
}


@pytest.fixture
def imported(administrator) -> ArchiveImport:
    check(administrator, archive(TEXTS))
    return press(administrator, "publish")


def left(job: ArchiveImport | None = None) -> dict[str, set[str]]:
    """Return the titles by task, for those with which something is left."""
    groups = find_left_to_do(job or ArchiveImport.objects.get())
    return {group.task.value: {item.title for item in group.items} for group in groups if group.items}


def press_of(client, job: ArchiveImport, button: str) -> None:
    """Press a button of an import that is not the last one."""
    client.post(page_of(job=job), {button: "1", **SETTINGS})
    call_command("run_imports", verbosity=0)


def reread(job: ArchiveImport) -> ArchiveImport:
    return ArchiveImport.objects.get(pk=job.pk)


def page(client) -> str:
    return html.unescape(client.get(page_of("-left")).text)


def save(publication: Publication, **values) -> None:
    """Save a draft as somebody at the desk does."""
    for name, value in values.items():
        setattr(publication, name, value)
    saved(publication)


def test_what_is_left_is_listed_by_what_is_to_be_done(imported):
    assert left() == {
        "refused": {"empty.md"}, "author": {"Unsigned"}, "date": {"Undated"}, "files": {"Gone"}, "alt": {"Silent"},
        "drafts": {"Unsigned", "Undated", "Draft"},
    }  # fmt: skip


def test_each_is_linked_to_where_it_is_mended_with_the_reason(administrator, imported):
    shown = page(administrator)

    for title, field in (("Unsigned", "#id_bylines"), ("Undated", "#id_published_at"), ("Gone", "")):
        pk = Publication.objects.get(title=title).pk
        assert f'href="{reverse("desk:publications_publication_change", args=[pk])}{field}"' in shown
    silent = Publication.objects.get(title="Silent").pk
    assert reverse("desk:image-descriptions", args=[silent]) in shown
    assert (
        "It was not public on the old site (draft: true): it is a draft." in shown
        and "An author is missing" in shown
        and "gone.png" in shown
    )
    undated = shown.partition('id="date"')[2].partition("</section>")[0]
    assert "This is no date, and was left out: juni 2012" in undated
    assert page_of("-left") in administrator.get(page_of()).text
    assert f'href="{reverse("desk:publications_publication_changelist")}">List of publications' in shown


def test_old_addresses_wait_until_their_text_is_public(administrator):
    held = post("Held", WHOLE + "draft: true\nredirect_from: /about/\n")
    check(administrator, archive({"blog/held.md": held, "blog/whole.md": post("Whole")}))
    press(administrator, "publish")
    message = "Old addresses of texts that readers do not see yet"
    pending = page(administrator).partition(message)[2]
    actions.publish(Publication.objects.get(title="Held"), by=make_person(), although_hidden=True)

    assert "/about" in pending and message not in page(administrator)


def test_names_pages_and_addresses_are_listed_until_they_are_answered(administrator):
    check(
        administrator,
        archive(
            {
                "blog/a.md": post("A"),
                "blog/b.md": post("B", WHOLE.replace("Ann Berg", "A. Berg")),
            }
        ),
    )
    job = press(administrator, "publish")
    job.report["source_notes"] = [
        {"text": "Lost:", "items": ["/old/<b>?id=7", "/gone → /two/"], "topic": "lost-address"},
        {"text": "Pages:", "items": ["/about"], "topic": "unmatched-page"},
        {"text": "Items: 2.", "items": []},
        {"text": "Server:", "items": ['/x → https://b.example/: rewrite "/x";'], "topic": "server-redirect"},
    ]
    job.save()
    make_author("Ann Berg").save()
    Publication.objects.update(summary="A summary.")
    assert left()["addresses"] == {"/old/<b>?id=7", "/gone"} and left()["pages"] == {"/about"}
    shown = page(administrator)
    assert (
        "<b>" not in administrator.get(page_of("-left")).text
        and "Items: 2." in shown
        and "Lost:" not in shown
    )
    assert f"{reverse('desk:old-addresses')}?address=%2Fold%2F%3Cb%3E%3Fid%3D7" in shown

    assert ", 1 page of the old site, 3 old addresses." in shown
    assert left()["server"] == {"/x → https://b.example/"} and 'rewrite "/x";' in shown
    assert "On the old site it led to: /two/" in shown

    Redirect.objects.create(path=Redirect.normalize_path("/gone"), author=make_author())
    list_of_site = {"site_path": "/en/publications/"}
    job.kept_addresses.add(Redirect.objects.create(path=Redirect.normalize_path("/about"), **list_of_site))

    assert left()["addresses"] == {"/old/<b>?id=7"} and left()["pages"] == {"/about"}
    shown = page(administrator)
    assert "1 more leads to a page of this site." in shown and "mended since" not in shown
    assert "It leads to the nearest page: /en/publications/" in shown

    job.kept_addresses.clear()  # as when somebody keeps the address again

    assert "pages" not in left()


def test_an_address_that_leads_to_a_draft_or_a_deleted_one_is_left(administrator, imported, editor):
    imported.report["source_notes"] = [{"text": "Lost:", "items": ["/tip?id=3"], "topic": "lost-address"}]
    imported.save()
    tip = Publication.objects.get(title="Undated")
    Redirect.objects.create(path=Redirect.normalize_path("/tip"), query="id=3", publication=tip)
    assert left()["addresses"] == {"/tip?id=3"}
    assert "It leads to a text that readers do not see: Undated" in page(administrator)

    actions.delete_draft(tip, by=editor)

    assert left()["addresses"] == {"/tip?id=3"} and "a text that readers do not see" not in page(
        administrator
    )


def test_nothing_is_left_with_a_text_that_was_deleted(administrator, editor):
    texts = {name: TEXTS[name] for name in ("blog/gone.md", "blog/empty.md")}
    check(administrator, archive(texts))
    assert left(press(administrator, "drafts"))["files"] == {"Gone"}

    actions.delete_draft(Publication.objects.get(), by=editor)

    assert left() == {"refused": {"empty.md"}}


def test_a_name_that_is_not_decided_is_left(administrator):
    make_author("Anna Berg")
    check(administrator, archive({"blog/a.md": post("A", WHOLE.replace("Ann Berg", "Анна Берг"))}))
    assert left()["names"] == {"Анна Берг"}
    assert page_of("-names") in administrator.get(page_of()).text
    assert page_of("-names") in administrator.get(page_of("-publish")).text

    store_decision(NameType.PERSON, "Анна Берг", "separate", by=make_person())

    assert "names" not in left()


def test_an_author_that_has_come_and_may_be_another_is_left(administrator):
    make_author("Anna Berg")
    check(administrator, archive({"blog/a.md": post("A", WHOLE.replace("Ann Berg", "Анна Берг"))}))

    for button in ("drafts", "check", "publish"):
        if button == "publish":
            shown = html.unescape(administrator.get(page_of("-publish")).text)
            assert "Анна Берг / Anna Berg" in shown and reverse("desk:similar-names") in shown
        press(administrator, button)

        assert left()["similar"] == {"Анна Берг"} and "names" not in left()
    assert reverse("desk:similar-names") in page(administrator)


def test_a_text_of_an_earlier_import_is_linked(administrator, imported):
    again = archive({**TEXTS, "blog/gone.md": post("Gone", text="Another text.\n\n![A map](gone.png)")})
    check(administrator, again)
    press(administrator, "drafts")

    job = ArchiveImport.objects.order_by("-pk").first()
    groups = {group.task.value: group.items for group in find_left_to_do(job)}
    assert [item.publication.title for item in groups["files"]] == ["Gone"]


def test_why_readers_do_not_see_a_text_is_said(administrator):
    items = (
        wordpress.item(1, title="Gas", password="x"),
        wordpress.item(2, title="About", type="page"),
        wordpress.item(3, title="Oil", status="future", date="2044-04-09 12:00:00"),
    )
    check(administrator, SimpleUploadedFile("old.xml", wordpress.export(*items).encode()))

    for button in ("drafts", "check_again", "publish"):
        press(administrator, button)

        shown = page(administrator)
        assert "It needed a password on the old site" in shown and "It was a page" in shown
        assert "It was scheduled on the old site for 2044-04-09 12:00:00" in shown
        assert "the file says that it is a draft" not in shown + html.unescape(
            administrator.get(page_of()).text
        )


def test_every_topic_that_needs_attention_is_a_task():
    attention = {
        key for key, topic in NOTE_TOPICS.items() if topic.needs_attention and not topic.is_word_only
    }

    assert attention <= TASK_OF_TOPIC.keys() | TASK_OF_REASON.keys()


def test_an_edit_alone_mends_nothing(administrator):
    text = "[Old](/old/gone) A text.\n\n![A map](gone.png)\n\n![](lost.png)"
    check(
        administrator,
        archive({"blog/gone.md": post("Gone", text=text), "blog/map.md": post("Map", text=text)}),
    )
    press(administrator, "publish")
    gone, edited = (
        Publication.objects.get(title="Gone"),
        "The text was edited since: look whether it is mended.",
    )
    assert left()["files"] == left()["links"] == {"Gone", "Map"} and edited not in page(administrator)

    save(gone, body=gone.body + "\n\nOne more word.")
    assert left()["files"] == left()["links"] == {"Gone", "Map"}
    shown = page(administrator)
    assert "Something is left to do with: 2 texts." in shown
    assert shown.count(edited) == 2 and "mended since." not in shown

    save(gone, body="One more word.")  # a picture without words leaves no trace
    assert left()["files"] == {"Gone", "Map"} and left()["links"] == {"Map"}
    shown = page(administrator)
    assert shown.count(edited) == 1 and "1 has been mended since." in shown


def test_what_a_person_ticks_leaves_the_list_also_after_a_further_run(administrator, imported):
    shown = administrator.get(page_of("-left")).text
    marks = re.findall(r'name="marks" value="([^"]+)"', shown)
    assert (
        len(marks) == 2
    )  # of the picture and of the file that was refused; what a text lacks is mended there

    changed_at = ArchiveImport.objects.get().changed_at
    response = administrator.post(page_of("-left"), {"marks": [*marks, "unknown"]})

    assert response["Location"] == page_of("-left") and not {"files", "refused"} & left().keys()
    job = ArchiveImport.objects.get()
    assert job.changed_at == changed_at and "unknown" not in job.options["ticked"]
    assert not {"files", "refused"} & left(press(administrator, "check")).keys()


def test_a_newer_version_of_a_text_that_the_desk_has_edited_is_left(administrator):
    check(administrator, archive({"blog/gas.md": post("Gas")}))
    press(administrator, "drafts")
    save(Publication.objects.get(), body="The text of the desk.")
    check(administrator, archive({"blog/gas.md": post("Gas", text="A text of which the end is new.")}))

    press(administrator, "drafts")

    assert left(ArchiveImport.objects.first())["kept"] == {"Gas"}
    assert "the desk's text stays" in html.unescape(administrator.get(page_of()).text)


def test_summaries_that_were_made_are_left_until_they_are_changed(administrator):
    check(
        administrator,
        archive({"blog/gas.md": post("Gas", WHOLE.partition("summary")[0], f"{TEXT}\n\n{TEXT}")}),
    )
    press(administrator, "publish")
    gas = Publication.objects.get()
    assert left() == {"made-summary": {"Gas"}}
    assert f"{gas.pk}/change/#id_summary" in page(administrator)

    save(gas, body="Another text.")
    assert left() == {"made-summary": {"Gas"}} and "edited since" not in page(administrator)
    save(gas, summary="What we make of gas.")

    assert left() == {}


def test_a_text_that_is_public_by_mistake_is_left_until_it_is_withdrawn(administrator):
    check(administrator, archive({"blog/gas.md": post("Gas")}))
    press(administrator, "publish")
    check(administrator, archive({"blog/gas.md": post("Gas", WHOLE + "draft: true\n")}))
    press(administrator, "drafts")
    gas = Publication.objects.get()

    save(gas, body="Another text.")
    assert left(ArchiveImport.objects.first())["public"] == {"Gas"}
    actions.withdraw(gas, by=make_person())

    assert "public" not in left(ArchiveImport.objects.first())


def test_what_is_mended_leaves_the_list(administrator, imported):
    unsigned = Publication.objects.get(title="Unsigned")
    unsigned.bylines.create(author=make_author())
    save(Publication.objects.get(title="Gone"), body="A text without the map.")
    Image.objects.update(alt_en="A map.")

    assert left() == {
        "refused": {"empty.md"}, "date": {"Undated"}, "drafts": {"Unsigned", "Undated", "Draft"},
    }  # fmt: skip
    assert "With these nothing is left" in page(administrator)


def test_the_list_is_the_same_after_another_check_or_a_run_that_was_stopped(administrator, monkeypatch):
    monkeypatch.setattr("publications.importers.run.BATCH_FILES", 1)
    linking = post("Linking", text="[A](nowhere.md) <iframe src='https://www.youtube.com/embed/x'></iframe>")
    check(administrator, archive({"blog/linking.md": linking, **TEXTS}))
    store = ArchiveImport.store

    def stop(job: ArchiveImport, **values) -> None:
        store(job, **values)
        if values.get("done") == 3:
            ArchiveImport.objects.update(is_stop_requested=True)

    with monkeypatch.context() as patched:
        patched.setattr(ArchiveImport, "store", stop)
        assert press(administrator, "publish").state == ArchiveImportState.STOPPED
    job = press(administrator, "resume")
    first, figures = left(job), job.report["figures"]
    assert first["links"] == first["embeds"] == {"Linking"} and first["files"] == {"Gone"}

    assert left(press(administrator, "check")) == first
    again = press(administrator, "publish")
    assert left(again) == first
    assert {key: figures[key] for key in ("link_lost", "html", "image_missing")} == {
        key: again.report["figures"][key] for key in ("link_lost", "html", "image_missing")
    }


def test_an_import_with_nothing_left_says_so(administrator):
    check(administrator, archive({"blog/whole.md": TEXTS["blog/whole.md"]}))
    assert "nothing of it is imported yet" in page(administrator)

    press(administrator, "publish")

    assert "Nothing is left to do." in page(administrator)


def test_texts_imported_as_drafts_are_all_left(administrator):
    check(administrator, archive({"blog/whole.md": TEXTS["blog/whole.md"]}))
    press(administrator, "drafts")

    assert left() == {"drafts": {"Whole"}}
    listed = administrator.get(reverse("desk:publications_publication_changelist")).text
    date = Publication.objects.get().published_at
    assert f'field-dated">{date_format(timezone.localtime(date), "SHORT_DATE_FORMAT")}</td>' in listed


def test_every_task_says_what_to_do():
    assert REMEDIES.keys() == set(LeftTask) and all(reverse(page) for page, _label in PAGES.values())


def test_the_tasks_of_notes_are_of_topics_that_there_are():
    assert TASK_OF_TOPIC.keys() <= NOTE_TOPICS.keys()


def test_reports_of_an_older_release_are_read(imported):
    for file in imported.report["files"]:
        del file["uid"]
    imported.save()

    assert left()["files"] == {"gone.md"}


def test_a_page_of_an_import_that_is_gone_is_none(administrator):
    assert administrator.get(reverse("desk:archive-import-left", args=[999])).status_code == 404


def test_a_title_that_the_import_made_is_listed_until_it_is_changed(administrator):
    untitled = wordpress.item(1, title="", slug="edge-case-no-title", text=f"<p>{TEXT}</p>")
    check(administrator, SimpleUploadedFile("old.xml", wordpress.export(untitled).encode()))
    press(administrator, "drafts")
    made = Publication.objects.get()

    assert left()["made-title"] == {"Edge case no title"} and "#id_title" in page(administrator)

    save(made, title="Gas in the north")
    assert "made-title" not in left()


def test_a_missing_picture_without_words_is_mended_by_one_with_its_file_name(administrator):
    check(
        administrator,
        archive({"blog/gas.md": post("Gas", text=f"{TEXT}\n\n![](img/gone.png)\n\n![](lost.png)")}),
    )
    press(administrator, "drafts")
    gas = Publication.objects.get()
    image = make_image(filename="gone.png")

    save(gas, body=f"{gas.body}\n\n![A map](image:{image.key})")

    [group] = [
        group for group in find_left_to_do(ArchiveImport.objects.get()) if group.task == LeftTask.FILES
    ]
    assert [reason for item in group.items for reason in item.reasons] == [
        "lost.png: The picture is missing."
    ]


def test_texts_that_did_not_come_with_the_import_are_counted_apart(administrator, imported):
    shown = " ".join(page(administrator).split())

    assert "6 texts came with this import." in shown
    assert "6 texts (1 of them was not imported, or came with another import)" in shown


def test_links_of_public_texts_to_hidden_ones_are_listed_until_these_are_published(administrator):
    texts = {
        "blog/a.md": post("A", text="See [this](b.md)."),
        "blog/b.md": post("B", WHOLE + "draft: true\n"),
    }
    check(administrator, archive(texts))
    shown = html.unescape(administrator.get(page_of("-publish")).text)
    assert "1 of them links to a text that readers do not see" in shown and "do not see: B" in shown
    press(administrator, "publish")

    assert left()["links"] == {"A"} and "A link leads to a text that readers do not see: B" in page(
        administrator
    )

    save(Publication.objects.get(title="B"), slug="another")
    assert left()["links"] == {"A"} and "A link leads to no text: /en/publications/b/" in page(administrator)

    save(Publication.objects.get(title="B"), slug="b")
    actions.publish(Publication.objects.get(title="B"), by=make_person("Editors"), although_hidden=True)

    assert "links" not in left()


def test_links_to_pages_of_the_old_site_that_did_not_come_are_listed_until_they_lead_here(administrator):
    text = "[One](/gone/), [two](https://www.old.example/reports/gas/?p=2), [three](https://other.example/)."
    check(administrator, archive({"blog/a.md": post("A", text=text)}), site="https://old.example")
    press(administrator, "publish")

    shown = page(administrator).partition('id="links"')[2].partition("</section>")[0]
    assert left()["links"] == {"A"} and "https://old.example/gone/" in shown
    assert "https://www.old.example/reports/gas/?p=2" in shown and "other.example" not in shown

    Redirect.objects.create(path="/gone", site_path="/en/publications/")
    assert left()["links"] == {"A"} and "old.example/gone/" not in page(administrator)

    save(Publication.objects.get(title="A"), body="Nothing.")
    assert "links" not in left()


def test_a_text_that_reads_as_another_language_is_a_question(administrator):
    words = (
        "Det är en text som vi har skrivit om och för att de inte ska vara på ett språk med den som av till. "
    )
    check(administrator, archive({"blog/a.md": post("A", text=words * 9), "blog/b.md": post("B", text=TEXT)}))
    press(administrator, "publish")

    assert left()["language"] == {"A"} and "It reads as " in page(administrator)
    assert Publication.objects.get(title="A").language == "en"

    save(Publication.objects.get(title="A"), language="sv")

    assert "language" not in left()


def test_types_and_fields_of_the_source_are_left_until_the_settings_name_them(administrator):
    study = wordpress.item(2, title="Study", type="study", meta={"report_no": "3/2019"})
    gas = wordpress.item(1, title="Gas", text=f"<p>{TEXT}</p>", meta={"colour": "red"})
    check(administrator, SimpleUploadedFile("old.xml", wordpress.export(gas, study).encode()))
    press(administrator, "drafts")

    settings = html.unescape(administrator.get(page_of()).text)
    keys = re.findall(r'for="id_([a-z]+-[0-9a-f]+)">\s*(?:Texts of “|The field “)', settings)
    assert {"study: 1", "colour: 1"} <= left()["unread"]
    press(administrator, "check", **dict(zip(keys, ["report", LEFT_OUT, "number"], strict=True)))
    press(administrator, "drafts")

    assert Publication.objects.get(title="Study").kind.slug == "report"
    assert "unread" not in left(), "the settings say of each what it is, or that it is left out"


def test_what_an_undo_keeps_stays_on_the_list_with_its_notes(administrator, imported):
    save(Publication.objects.get(title="Gone"), body="Another text.\n\n*A map*")

    undo(administrator)

    assert left() == {"files": {"Gone"}}
    assert page_of("-left") in administrator.get(page_of()).text


GONE = {f"blog/gone{number}.md": post(f"Gone {number}", text="![A map](gone.png)") for number in range(4)}


@pytest.fixture
def gone(administrator) -> set[str]:
    """Publish texts without their pictures, and return their titles."""
    check(administrator, archive(GONE))
    press(administrator, "publish")
    return {f"Gone {number}" for number in range(4)}


def test_what_a_stopped_undo_has_not_undone_stays_on_the_list(administrator, gone, monkeypatch):
    monkeypatch.setattr(archive_import_undo, "BATCH_PUBLICATIONS", 2)
    store = ArchiveImport.store

    def store_and_stop(job, **values):
        store(job, **values)
        if values.get("done") == 2:
            ArchiveImport.objects.update(is_stop_requested=True)

    monkeypatch.setattr(ArchiveImport, "store", store_and_stop)

    undo(administrator)

    live = set(
        Publication.objects.filter(editions__in=Edition.objects.live()).values_list("title", flat=True)
    )
    assert len(live) == 2 and left()["files"] == live
    assert page_of("-left") in administrator.get(page_of()).text
    monkeypatch.undo()
    undo(administrator)
    assert left() == {} and page_of("-left") not in administrator.get(page_of()).text


def test_what_cannot_be_undone_stays_on_the_list(administrator, gone, monkeypatch):
    def refuse(*_arguments, **_options):
        raise actions.ActionRefused(["Not now."])

    monkeypatch.setattr(archive_import_undo.actions, "undo", refuse)

    undo(administrator)

    assert left() == {"files": gone} and page_of("-left") in administrator.get(page_of()).text


def test_the_list_stays_while_the_archive_cannot_be_checked_again(administrator, gone, monkeypatch):
    def fail(_options):
        raise InvalidOptions("The clock is behind.")

    monkeypatch.setattr(archive_imports, "run_import", fail)

    job = press(administrator, "check")

    assert job.state == ArchiveImportState.FAILED and left() == {"files": gone}


def test_the_last_import_of_a_text_lists_what_is_left_of_it(administrator, imported):
    check(administrator, archive(TEXTS | {"blog/gone.png": picture_bytes(size=(64, 48))}))
    again = press(administrator, "publish")
    first = ArchiveImport.objects.exclude(pk=again.pk).get()

    assert left(first)["drafts"] == left(again)["drafts"] == {"Unsigned", "Undated", "Draft"}
    assert left(again)["author"] == {"Unsigned"} and left(again)["date"] == {"Undated"}
    assert "files" not in left(again) and "files" not in left(first)


def test_old_addresses_that_a_pattern_gives_are_imported_without_new_texts(administrator):
    check(administrator, archive({"blog/a.md": post("A")}))
    press(administrator, "publish")

    job = press(administrator, "check", permalink="/:year/:month/:title/")

    shown = html.unescape(administrator.get(page_of()).text)
    assert "1 old address would be added" in shown and "Import the old addresses" in shown
    assert administrator.get("/2024/05/a/").status_code == 404
    press(administrator, "drafts")
    assert administrator.get("/2024/05/a/").status_code == 301
    assert "1 old address leads to its text now." in administrator.get(page_of(job=job)).text
    assert not press(administrator, "check_again").can_import


def test_texts_without_an_old_address_are_counted_as_they_are_now(administrator):
    texts = {"blog/a.md": post("A"), "blog/b.md": post("B"), "blog/c.md": post("C", WHOLE + "draft: true\n")}
    check(administrator, archive(texts))
    first = press(administrator, "publish")
    assert "does not tell: 2 of 2" in administrator.get(page_of("-left", first)).text

    check(administrator, archive(texts), permalink="/:year/:month/:title/")
    press(administrator, "drafts")

    page = administrator.get(page_of("-left", first)).text
    assert "does not tell" not in page and "Old addresses that do not lead here" in page


def test_a_check_takes_nothing_off_the_list_of_a_later_import(administrator, imported):
    check(administrator, archive(TEXTS | {"blog/gone.png": picture_bytes(size=(64, 48))}))
    after_import = left(press(administrator, "publish"))

    for _time in range(2):
        assert left(press(administrator, "check_again")) == after_import


def test_which_import_is_the_last_of_a_text_goes_by_its_history(administrator):
    without_picture = archive({"blog/gone.md": post("Gone", text="A text.\n\n![A map](gone.png)")})
    check(administrator, without_picture)
    first = press(administrator, "publish")
    check(administrator, archive({"blog/gone.md": post("Gone", text="Another text.")}))
    second = press(administrator, "drafts")
    assert "files" not in left(first)

    for button in ("check", "drafts"):
        press_of(administrator, first, button)
    assert left(reread(first))["files"] == {"Gone"} and "files" not in left(second)

    undo(administrator, reread(first))
    assert "files" not in left(reread(first))


def test_the_undo_of_a_later_import_gives_the_list_back_to_the_earlier_one(administrator, imported):
    check(administrator, archive(TEXTS | {"blog/gone.md": post("Gone", text="Another text.")}))
    second = press(administrator, "drafts")
    assert "files" not in left(imported)

    undo(administrator, second)
    press_of(administrator, second, "check_again")

    assert left(imported)["files"] == {"Gone"}


def test_a_check_alone_has_no_list_and_its_page_says_so(administrator, imported):
    job = check(administrator, archive(TEXTS | {"blog/new.md": post("New", text="![A map](lost.png)")}))

    shown = page(administrator)

    assert "nothing of it is imported yet" in shown and page_of() in shown and "<section" not in shown
    assert page_of("-left", job) not in administrator.get(page_of()).text


def test_an_import_of_old_addresses_alone_has_a_list_and_an_undo(administrator, imported):
    check(administrator, archive(TEXTS), permalink="/:year/:month/:title/")
    job = press(administrator, "drafts")
    assert not job.report["stored"] and Redirect.objects.exclude(publication=None).exists()

    for suffix in ("-left", "-undo"):
        assert page_of(suffix) in administrator.get(page_of()).text
    assert left(job) == left(imported)
    assert "Old addresses that it has added" in html.unescape(administrator.get(page_of("-undo")).text)
    shown = undo(administrator)

    assert "The import is undone." in shown and "old addresses removed." in shown
    assert not Redirect.objects.exclude(publication=None).exists()
    assert Edition.objects.live().exists() and page_of("-undo") not in shown


def test_the_undo_leaves_an_old_address_that_a_later_import_has_too(administrator, imported):
    pattern = {"permalink": "/:year/:month/:title/"}
    check(administrator, archive(TEXTS), **pattern)
    job = press(administrator, "drafts")
    check(administrator, archive(TEXTS | {"blog/whole.md": post("Whole", text="New words.")}), **pattern)
    press(administrator, "drafts")

    undo(administrator, job)

    whole = Publication.objects.get(title="Whole")
    assert [redirect.path for redirect in whole.redirects.all()] == ["/2024/05/whole"]


def test_the_list_reads_many_texts_at_once(administrator):
    counts = []
    for number in (2, 6):
        texts = {f"blog/t{n}.md": post(f"T{n}", text="A text. ![](here.png)") for n in range(number)}
        check(administrator, archive({**texts, "blog/here.png": picture_bytes()}))
        job = press(administrator, "publish")
        with CaptureQueriesContext(connection) as queries:
            assert len(left(job)["alt"]) == number
        counts.append(len(queries))

    assert counts[1] <= counts[0] + 1, "one more for the texts of the earlier import, however many"
    texts = load_texts(job).by_uid.values()
    assert {
        text.title for text in read_bodies(texts) if "here" not in text.body and "image:" in text.body
    } == {text.title for text in texts if "body" in text.get_deferred_fields()}


def test_what_an_edit_has_not_mended_stays_after_another_check_or_import(administrator):
    front = WHOLE.replace("summary: A summary.\n", "")
    text = f"[Old](/old/gone) {TEXT}\n\n{TEXT}\n\n![A map](https://elsewhere.example/map.png)"
    check(administrator, archive({"blog/a.md": post("A", front, text), "blog/b.md": post("B", text=text)}))
    press(administrator, "publish")
    edited = Publication.objects.get(title="A")
    save(edited, body=edited.body.replace("[Old](/old/gone)", "Old"))
    first, mended = left(), "1 has been mended since."
    assert first == {"links": {"B"}, "embeds": {"A", "B"}, "made-summary": {"A"}}
    assert mended in page(administrator)

    for button, kind in (("check", "commentary"), ("check", "report"), ("publish", ""), ("check", "report")):
        job = press(administrator, button, **({"kind": kind} if kind else {}))

        assert left(job).items() >= first.items() and mended in page(administrator), (button, kind)
    assert left(job)["kept"] == {"A"}
    tick(job, re.findall(r'name="marks" value="([^"]+)"', page(administrator)))
    assert not left(press(administrator, "check", kind="report"))


def test_names_made_from_ids_are_listed_until_readers_see_the_right_one(administrator, editor):
    by_id = WHOLE.replace("Ann Berg", "vdavez")
    check(administrator, archive({"blog/a.md": post("A", by_id), "blog/b.md": post("B")}))
    job = press(administrator, "publish")
    assert left(job)["bylines"] == {"A"} and "bylines" in left(press(administrator, "check_again"))

    author = Author.objects.get(slug="vdavez")
    author.name = "V. David Zvenyach"
    author.save()
    reasons = [
        item.reasons
        for group in find_left_to_do(reread(job))
        if group.task == "bylines"
        for item in group.items
    ]
    assert reasons == [["Readers still see it signed “Vdavez”."]]
    actions.publish(saved(Publication.objects.get(title="A")), by=editor, change="silent")

    assert "bylines" not in left(reread(job))


@pytest.mark.parametrize("answer", ["merge", "choose"])
def test_a_text_signed_with_an_id_stays_on_the_list_while_readers_see_it(administrator, editor, answer):
    check(administrator, archive({"blog/a.md": post("A", WHOLE.replace("Ann Berg", "vdavez"))}))
    job = press(administrator, "publish")
    made, right = Author.objects.get(slug="vdavez"), make_author("V. David Zvenyach")
    if answer == "merge":
        actions.merge(made, right, seen=actions.plan_merge(made, right).digest, by=editor)
    else:
        Byline.objects.filter(author=made).update(author=right)

    assert left(reread(job))["bylines"] == {"A"}
    actions.publish(saved(Publication.objects.get(title="A")), by=editor, change="silent")

    assert "bylines" not in left(reread(job))


def test_the_old_address_of_a_deleted_draft_is_to_be_led_elsewhere(administrator, imported, editor):
    """As that of a page that was made anew as a site page."""
    draft = Publication.objects.get(title="Draft")
    Redirect.objects.create(path="/2024/05/draft", publication=draft)
    pending = "Old addresses of texts that readers do not see yet"
    assert pending in administrator.get(page_of("-left")).text

    actions.delete_draft(draft, by=editor)

    page = administrator.get(page_of("-left")).text
    assert pending not in page and "The draft “Draft” is deleted." in page
    assert "/2024/05/draft" in left()["addresses"]
    Redirect.objects.filter(publication=draft).update(publication=None, site_path="/en/")
    assert "/2024/05/draft" not in left().get("addresses", ())
