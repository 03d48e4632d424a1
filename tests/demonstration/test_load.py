"""Loading the demonstration into an empty site: all of it, or nothing."""

import re

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from publications import actions, demonstration, manuscript, preflight, search
from publications.demonstration.load import CONTENT, EditionStep
from publications.management import site_setup
from publications.models import (
    ArchiveImport,
    ArchiveImportState,
    Author,
    Change,
    Edition,
    EditorialPlan,
    EndReason,
    Image,
    NewsEvent,
    NewsType,
    Publication,
    Tag,
)
from tests.factories import make_person

TEXTS = {path.parent.name: manuscript.read(path.parent)[0] for path in CONTENT.glob("*/index.md")}

# fmt: off
TYPOS = {
    "en": {
        "ukrania": "Ukraine", "ukriane": "Ukraine", "ukranian": "Ukrainian", "moldva": "Moldova",
        "moldovia": "Moldova", "belaruss": "Belarus", "azerbajan": "Azerbaijan", "gorgia": "Georgia",
        "armania": "Armenia", "russsia": "Russia", "sanctons": "sanctions",
        "reconstuction": "reconstruction", "enlargemnt": "enlargement", "lavarov": "Lavrov",
        "syunk": "Syunik", "hromda": "hromada", "tribunl": "tribunal", "agression": "aggression",
        "elecction": "election", "securty": "security", "enrgy": "energy", "kalinohirska": "Kalynohirska",
        "chnia": "China", "corrider": "corridor", "goverment": "government", "parliment": "parliament",
        "minsiter": "minister", "comission": "commission", "negotations": "negotiations", "äåö": "",
        "qwerty": "", "berlusconi": "",
    },
    "sv": {
        "ukriana": "Ukraina", "ukrania": "Ukraina", "rysland": "Ryssland", "moldavein": "Moldavien",
        "belaruss": "Belarus", "sanktonerna": "sanktionerna", "utrikesminster": "utrikesminister",
        "klassrumet": "klassrummet", "födelseregistert": "födelseregistret", "elnetet": "elnätet",
        "lavrof": "Lavrov", "förråen": "förråden", "kriegt": "kriget",
    },
}
"""Typos of readers by locale, with what the demonstration has; "" where nothing is near."""
# fmt: on


@pytest.fixture(scope="class")
def load(shared_site) -> list[str]:
    lines: list[str] = []
    demonstration.load(by=make_person("Administrators"), write=lines.append)
    return lines


@pytest.fixture
def loaded(load, in_shared_site, shared_renditions) -> list[str]:
    """The lines of progress of a load."""
    return load


class TestLoaded:
    """One load, checked by several tests."""

    def test_what_was_loaded_is_no_news_and_what_is_scheduled_will_be(self, loaded):
        assert not NewsEvent.objects.due().exists()
        assert NewsEvent.objects.filter(type=NewsType.PUBLISHED).count() == 1

    def test_plans_are_late_coming_and_without_a_day(self, loaded):
        today, plans = timezone.localdate(), EditorialPlan.objects.open()

        assert plans.filter(due_on__lt=today).exists()
        assert plans.filter(due_on__gt=today, planned_on__gt=today).exists()
        assert plans.filter(due_on=None, planned_on=None).exclude(note="").exists()

    def test_an_archive_is_checked_and_an_image_is_not_described(self, loaded):
        job = ArchiveImport.objects.get()

        assert job.state == ArchiveImportState.DONE and job.can_import
        assert (job.report["texts"], job.report["held"], job.report["published"]) == (4, 3, 1)
        assert Image.objects.get(alt_en="", alt_sv="").filename == "bridge.png"

    def test_typos_of_readers_are_corrected(self, loaded):
        corrected = {
            locale: {
                typo: search.suggest_spelling(search.parse_query(typo), locale=locale).corrected
                for typo in typos
            }
            for locale, typos in TYPOS.items()
        }

        assert corrected == TYPOS

    def test_all_publications_authors_tags_and_images_are_loaded(self, loaded):
        live = Edition.objects.live()
        assert live.count() == 30 and len(loaded) == 34
        assert (Author.objects.count(), Tag.objects.count()) == (13, 20)
        draft = Publication.objects.get(uid=TEXTS["draft-transnistria"].uid)
        assert draft.editions.count() == 0
        assert Author.objects.proposed().get().bylines.get().publication == draft
        scheduled = Edition.objects.get(publication__uid=TEXTS["scheduled-secondary-sanctions"].uid)
        assert scheduled.is_scheduled and scheduled not in live
        portraits = Image.objects.exclude(portrays=None)
        assert portraits.count() == 11
        assert all(image.alt_en.startswith("Drawing in place of a portrait of ") for image in portraits)
        labels = [edition.kind_label for edition in live.filter(kind__slug="report").order_by("published_at")]
        assert [re.search(r"\d+, \d+", label)[0] for label in labels] == [
            "1, 2024",
            "1, 2025",
            "2, 2025",
            "1, 2026",
        ]

    def test_site_pages_and_social_accounts_are_loaded(self, client, loaded):
        about, contact = (client.get(path).text for path in ("/en/about/", "/sv/kontakt/"))

        assert "Who pays" in about and "info@sceeus.example" in contact
        assert 'href="/en/alerts/?kind=newsletter"' in about
        assert re.findall(r'href="https://(\w+)\.example/[^"]+"\s+rel="me"', about) == [
            "linkedin",
            "bluesky",
            "mastodon",
        ]

    def test_publications_have_earlier_editions(self, loaded):
        assert changes_of("2024-10-24-moldova-vote") == [Change.FIRST, Change.CORRECTION, Change.CORRECTION]
        assert changes_of("2026-11-18-georgia") == [Change.FIRST, Change.CORRECTION]
        assert changes_of("2025-05-15-black-sea") == [Change.FIRST, Change.UPDATE]
        first, second = editions_of("2025-05-15-black-sea")
        assert (first.published_at.year, second.published_at.year) == (2025, 2026)
        assert "fourth pillar" not in first.html and "fourth pillar" in second.html

    def test_one_publication_is_withdrawn_and_one_draft_has_changed(self, loaded):
        (withdrawn,), (changed,) = (
            editions_of("2025-11-20-chisinau-visit"),
            editions_of("2026-09-24-russian-budget"),
        )
        assert (
            withdrawn.end_reason == EndReason.WITHDRAWN
            and "did not take place" in withdrawn.withdrawal_reason
        )
        assert changed.is_live and "within an hour" in changed.body
        assert "within half an hour" in changed.publication.body

    def test_one_publication_is_retracted_and_a_concern_about_one_is_expressed(self, loaded):
        marked = Edition.objects.live().exclude(editorial_status="").order_by("editorial_status")

        assert [(edition.editorial_status, edition.language) for edition in marked] == [
            ("concern", "sv"),
            ("retracted", "en"),
        ]

    def test_a_draft_has_comments_of_every_kind(self, loaded):
        comments = Publication.objects.get(uid=TEXTS["draft-transnistria"].uid).comments
        threads = list(comments.threads())

        assert {thread.origin for thread in threads} == {"", "in Word", "reader"}
        assert [bool(thread.quote) and thread.range is None for thread in threads].count(True) == 1
        assert comments.unresolved().count() == 4 and comments.exclude(thread=None).count() == 1

    def test_the_draft_has_two_placeholders(self, loaded):
        placeholders = {
            publication.title: len(confirm)
            for publication in Publication.objects.all()
            if (confirm := preflight.run_preflight(preflight.build_preflight_draft(publication)).confirm)
        }

        assert placeholders == {"Transnistria after Russian gas": 2}


def editions_of(folder: str) -> list[Edition]:
    return list(Edition.objects.filter(publication__uid=TEXTS[folder].uid).order_by("number"))


def changes_of(folder: str) -> list[str]:
    return [edition.change for edition in editions_of(folder)]


@pytest.mark.django_db
@pytest.mark.usefixtures("shared_renditions")
def test_an_interrupted_load_stores_nothing_and_the_next_one_is_complete(monkeypatch):
    calls = []

    def interrupted_publish(*args, **kwargs):
        calls.append(args)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return publish(*args, **kwargs)

    publish = actions.publish
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(actions, "publish", interrupted_publish)
        site_setup.set_up_empty_site(write=lambda _line: None)
    counts = [model.objects.count() for model in (User, Author, Tag, Image, Publication, Edition)]

    site_setup.set_up_empty_site(write=lambda _line: None)

    assert counts == [0, 0, 0, 0, 0, 0]
    assert Publication.objects.count() == len(TEXTS)


def test_a_step_whose_passage_is_missing_is_refused():
    step = EditionStep(change="correction", note="It was four.", was={"five": "four"})

    assert step.undo("There are five.") == "There are four."
    with pytest.raises(ValueError, match="five"):
        step.undo("There are six.")


def test_undoing_a_step_removes_the_section_it_added():
    step = EditionStep(change="update", note="A section was added.", added="Second")

    assert step.undo("## First\n\nOne.\n\n## Second\n\nTwo.\n\n## Third\n\nThree.") == (
        "## First\n\nOne.\n\n## Third\n\nThree."
    )
