"""History: every save and edition is listed, any two versions can be compared, and any revision can be restored."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from publications import actions
from publications.admin.history.audit_text import describe_entry
from publications.models import (
    AuditEntry,
    Byline,
    Edition,
    Kind,
    MenuLink,
    Publication,
    Revision,
    SitePage,
    SiteSettings,
    Synonym,
    Tag,
)
from tests.desk_forms import PDF, change, filled
from tests.factories import (
    make_author,
    make_image,
    make_live,
    make_person,
    make_publication,
    make_tag,
    saved,
    tomorrow,
)

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
AUDIT_TRAIL = "/desk/publications/auditentry/"


def history(client, publication: Publication, **query):
    return client.get(reverse("desk:history", args=[publication.pk]), query)


def rows(page) -> list[list[int] | str]:
    """Each row: the numbers of its revisions, or what its edition was."""
    return [
        entry.description if hasattr(entry, "edition") else [each.number for each in entry.revisions]
        for entry in page.context["entries"]
    ]


def proposed_versions(page) -> set[str]:
    """The keys of the rows that the form proposes to compare."""
    return {entry.key for entry in page.context["entries"] if entry.is_from or entry.is_to}


def save_at(publication: Publication, minutes_ago: float, by, **fields) -> None:
    publication.refresh_from_db()
    for name, value in fields.items():
        setattr(publication, name, value)
    publication.save()
    kept = Revision.objects.create_from(publication, by=by)
    Revision.objects.filter(pk=kept.pk).update(saved_at=timezone.now() - timedelta(minutes=minutes_ago))


def restore(client, publication: Publication, number: int, **fields):
    seen = Publication.objects.get(pk=publication.pk).version
    return client.post(
        reverse("desk:restore", args=[publication.pk, number]), {"seen": seen, **fields}, follow=True
    )


# One list


def test_saves_of_one_person_within_ten_minutes_stand_together_and_each_is_there(desk, editor):
    publication, other = make_publication(), make_person()
    for minutes, by in ((60, editor), (55, editor), (49, editor), (45, other), (44, editor)):
        save_at(publication, minutes, by)
    Revision.objects.filter(number=1).update(saved_at=timezone.now() - timedelta(days=1))

    page = history(desk, publication)

    assert rows(page) == [[6], [5], [4, 3], [2], [1]]
    for number in range(1, 7):
        assert f'href="{reverse("desk:revision", args=[publication.pk, number])}"' in page.text


def test_editions_stand_among_the_saves_with_what_they_were(desk, editor):
    publication = make_live().publication
    actions.publish(
        saved(Publication.objects.get(pk=publication.pk), body="It was Brest."),
        by=editor,
        change="correction",
        note="Brest.",
    )

    page = history(desk, publication)

    assert rows(page) == ["Correction, with a note to readers", [4], [3], "First edition", [2], [1]]
    assert "Brest." in page.text


def test_a_cancelled_schedule_is_nowhere_called_public(desk, editor):
    publication = make_publication()
    actions.publish(publication, by=editor, at=tomorrow())
    actions.undo(publication, by=editor)

    text = history(desk, publication).text

    assert "Public from" not in text and "· Published" not in " ".join(text.split())
    assert "Never public: it was scheduled for" in text and "Cancelled before it was public" in text


def test_an_undo_is_called_one(desk, editor):
    publication = make_live().publication
    actions.publish(saved(Publication.objects.get(pk=publication.pk), body="Wrong."), by=editor)
    actions.undo(publication, by=editor)

    page = history(desk, publication)

    assert rows(page)[0] == "The text of edition 1 again"
    assert "readers see the text of edition 1 again" in page.text


def test_old_revisions_are_a_link_away(desk, editor, monkeypatch):
    monkeypatch.setattr("publications.admin.history.timeline.REVISIONS_PER_PAGE", 3)
    publication = make_publication()
    for minutes in (400, 300, 200, 100):
        save_at(publication, minutes, editor)
    Revision.objects.filter(number=1).update(saved_at=timezone.now() - timedelta(days=1))

    first, second = history(desk, publication), history(desk, publication, before=3)

    assert (rows(first), first.context["next_page_before"]) == ([[5], [4], [3]], 3)
    assert rows(second) == [[2], [1]]


@pytest.mark.parametrize("minutes_ago", [50, 150, 199, 201, 250, 350])
def test_an_edition_is_on_one_page_of_a_long_history(desk, editor, monkeypatch, minutes_ago):
    monkeypatch.setattr("publications.admin.history.timeline.REVISIONS_PER_PAGE", 2)
    publication = make_publication()
    for minutes in (400, 300, 200, 100):
        save_at(publication, minutes, editor)
    Revision.objects.filter(number=1).update(saved_at=timezone.now() - timedelta(days=1))
    edition = actions.publish(Publication.objects.get(pk=publication.pk), by=editor)
    Revision.objects.filter(number__gt=5).delete()
    Edition.objects.filter(pk=edition.pk).update(created_at=timezone.now() - timedelta(minutes=minutes_ago))

    pages = [history(desk, publication, **query) for query in ({}, {"before": 4}, {"before": 2})]

    shown = [entry.key for page in pages for entry in page.context["entries"]]
    assert shown.count("e1") == 1 and {"r5", "r4", "r3", "r2", "r1"} <= set(shown)


def test_a_contributor_reads_the_history_without_links_to_what_is_closed(client):
    publication = make_live().publication
    client.force_login(make_person("Contributors"), backend=BACKEND)

    page = history(client, publication).text

    assert "Edition 1" in page and "/published/" not in page


# The difference of any two


def test_addresses_are_compared_decoded(desk, editor):
    publication = make_live(title="Åäö").publication
    publication.slug = "ny-ämne"
    actions.publish(saved(publication), by=editor)

    page = get_difference(desk, publication, "e1", "e2").text

    assert "/en/publications/åäö/" in page and "/en/publications/ny-ämne/" in page and "%C3" not in page


def get_difference(client, publication: Publication, one: str, other: str):
    return client.get(reverse("desk:difference", args=[publication.pk]), {"from": one, "to": other})


def test_any_two_are_compared_word_by_word_the_older_first(desk):
    edition = make_live(body="It was Minsk.")
    publication = saved(Publication.objects.get(pk=edition.publication_id), body="It was Brest.")

    for one, other in (("e1", "now"), ("now", "e1"), ("r3", "r1"), ("r1", "r3"), ("r2", "now")):
        page = get_difference(desk, publication, one, other)

        assert ("<del>" in page.text, "<ins>" in page.text) == (True, True), (one, other)
        removed, added = (page.text.partition(f"</span>{word}")[0] for word in ("Minsk", "Brest"))
        assert removed.endswith("[removed:] ") and added.endswith("[added:] "), (one, other)


def changed_fields(page) -> list[tuple[str, str]]:
    return [(change.name, change.before) for change in page.context["compared"]["field_changes"]]


def test_a_draft_without_a_date_is_compared_by_no_date(desk, editor):
    """The time of looking is none of its values, so that two moments show the same."""
    entered = timezone.now() - timedelta(days=9)
    publication = saved(make_publication(), summary="Another.")
    dated = saved(Publication.objects.get(pk=publication.pk), published_at=entered)
    assert changed_fields(get_difference(desk, publication, "r1", "now")) == [("published_at", "")]
    Publication.objects.filter(pk=publication.pk).update(published_at=None)
    dated.refresh_from_db()

    actions.publish(dated, by=editor, at=tomorrow())

    for one, other in (("r1", "r2"), ("r1", "e1"), ("e1", "now")):
        names = [name for name, _before in changed_fields(get_difference(desk, publication, one, other))]
        assert "published_at" not in names, (one, other)


@pytest.mark.parametrize("name", ["r9", "e9", "x1", "now1", ""])
def test_what_is_not_there_cannot_be_compared(desk, name):
    assert get_difference(desk, make_publication(), name, "now").status_code in (400, 404)


def test_a_revision_tells_what_it_changed(desk):
    publication = saved(make_publication(body="It was Minsk."), body="It was Brest.")

    page = desk.get(reverse("desk:revision", args=[publication.pk, 2])).text

    assert "What changed since revision 1" in page and "1 passage changed" in page


# Restoring


def test_a_revision_comes_back_whole_as_a_new_one_and_nothing_is_lost(desk, editor):
    ann, bo, eu = make_author("Ann"), make_author("Bo"), make_tag("EU")
    cover = make_image()
    publication = make_publication(
        authors=[ann, bo], tags=(eu,), cover=cover, title="Before", doi="10.1234/a", body="Old."
    )
    desk.post(
        change(publication), filled(publication, title="After", body="New.", slug="after", bylines=[bo.pk])
    )

    restore(desk, publication, 1)

    now = Publication.objects.get(pk=publication.pk)
    assert (now.title, now.body, now.slug, now.doi, now.cover) == ("Before", "Old.", "", "10.1234/a", cover)
    assert [line.author for line in now.bylines.all()] == [ann, bo]
    assert list(now.tags.all()) == [eu]
    numbers = list(now.revisions.values_list("number", "reason", "saved_by"))
    assert numbers[0] == (3, "restored", editor.pk)
    assert "New." in now.revisions.get(number=2).manuscript
    assert now.revisions.get(number=3).digest == now.revisions.get(number=1).digest == now.digest


def test_a_file_that_was_taken_out_comes_back(desk):
    publication = make_publication()
    desk.post(
        change(publication),
        filled(publication, attach=SimpleUploadedFile("r.pdf", PDF), attach_label="Report"),
    )
    publication.refresh_from_db()
    desk.post(change(publication), filled(publication, detach=[publication.attachments.get().pk]))

    restore(desk, publication, 2)

    assert [(file.filename, file.label) for file in publication.attachments.all()] == [("r.pdf", "Report")]


def test_readers_see_no_change_and_related_publications_stay(desk):
    edition, target = make_live(body="Public."), make_live().publication
    publication = edition.publication
    actions.set_related_links(publication, [target], by=None)
    saved(Publication.objects.get(pk=publication.pk), body="Draft.")

    restore(desk, publication, 1)

    assert Publication.objects.get(pk=publication.pk).body == "Public."
    assert Edition.objects.live().get(publication=publication).pk == edition.pk
    assert [link.target for link in publication.related_links.all()] == [target]


def test_a_draft_that_was_saved_since_one_looked_is_not_overwritten(desk):
    publication = saved(make_publication(body="One."), body="Two.")
    seen = publication.version
    saved(publication, body="Three.")

    page = restore(desk, publication, 1, seen=seen)

    assert "saved since you looked" in page.text
    assert Publication.objects.get(pk=publication.pk).body == "Three."


def test_what_cannot_come_back_is_reported(desk):
    ann, eu = make_author("Ann"), make_tag("EU")
    publication = make_publication(authors=[ann], tags=(eu,), doi="10.1234/a")
    publication.tags.clear()
    Byline.objects.filter(publication=publication).delete()
    saved(publication, doi="")
    Tag.objects.filter(pk=eu.pk).delete()
    ann.delete()
    make_publication(doi="10.1234/a")

    page = restore(desk, publication, 1).text

    for said in (
        "Tag no longer there: EU",
        "Author no longer there: ann",
        "belongs to another publication now",
    ):
        assert said in page


def test_a_translation_does_not_come_back_where_its_language_is_taken(desk):
    original = make_publication(language="en")
    publication = make_publication(language="sv", translation_of=original)
    saved(publication, translation_of=None)
    make_publication(language="sv", translation_of=original)

    page = restore(desk, publication, 1).text

    assert "could not become a translation" in page
    assert Publication.objects.get(pk=publication.pk).translation_of is None


def test_the_page_says_what_will_change_before_it_does(desk):
    publication = saved(make_publication(body="It was Minsk."), body="It was Brest.")

    page = desk.get(reverse("desk:restore", args=[publication.pk, 1])).text

    assert "1 passage changed" in page and Publication.objects.get(pk=publication.pk).body == "It was Brest."


# The audit trail


def test_the_trail_is_filtered_by_action_by_person_and_by_publication(desk, editor):
    other = make_person()
    mine, theirs = make_publication(title="Mine"), make_publication(title="Theirs")
    actions.publish(mine, by=editor)
    actions.publish(theirs, by=other)
    actions.withdraw(theirs, by=other)

    def subjects(**query) -> list[str]:
        return [line.subject for line in desk.get(AUDIT_TRAIL, query).context["cl"].result_list]

    assert subjects(by__id__exact=editor.pk) == ["Mine (1)"]
    assert subjects(action__exact="withdraw") == ["Theirs (1)"]
    assert subjects(publication__id__exact=theirs.pk) == ["Theirs (1)", "Theirs (1)"]


def test_a_line_of_the_trail_leads_to_the_publication_and_the_edition(desk, editor):
    publication = actions.publish(make_publication(), by=editor).publication

    page = desk.get(AUDIT_TRAIL).text

    assert f'href="{reverse("desk:history", args=[publication.pk])}"' in page
    assert f'href="{reverse("desk:publish-result", args=[publication.pk, 1])}"' in page


def test_right_after_publishing_the_history_proposes_the_edition_before(desk, editor):
    publication = make_live().publication
    actions.publish(saved(publication, body="Mended."), by=editor, change="update", note="More.")

    page = desk.get(reverse("desk:history", args=[publication.pk]))

    assert proposed_versions(page) == {"e1", "e2"}


def test_after_a_save_the_history_proposes_what_the_save_changed(desk, editor):
    publication = make_live().publication
    saved(publication, body="Not yet public.")

    page = desk.get(reverse("desk:history", args=[publication.pk]))

    assert f"r{publication.revisions.first().number}" in proposed_versions(page)
    assert proposed_versions(page) & {"e1", "r1"}


def test_the_page_after_publishing_leads_to_what_changed_since_the_edition_before(desk, editor):
    publication = make_live(body="One word.").publication
    actions.publish(saved(publication, body="Another word."), by=editor, change="update", note="More.")

    page = desk.get(reverse("desk:publish-result", args=[publication.pk, 2])).text
    difference = desk.get(reverse("desk:difference", args=[publication.pk]) + "?from=e1&to=e2").text

    assert "?from=e1&amp;to=e2" in page and "What changed since edition 1" in page
    assert "<del" in difference and "Another" in difference


def test_a_first_edition_has_none_before_it(desk):
    publication = make_live().publication

    assert "What changed since" not in desk.get(reverse("desk:publish-result", args=[publication.pk, 1])).text


def test_a_cancelled_edition_is_none_to_compare_with(desk, editor):
    publication = make_live().publication
    actions.publish(saved(publication, body="Later."), by=editor, change="update", note="x", at=tomorrow())
    actions.publish(saved(publication, body="Now."), by=editor, change="update", note="y")

    assert "?from=e1&amp;to=" in desk.get(reverse("desk:publish-result", args=[publication.pk, 3])).text


@pytest.mark.parametrize(
    ("body", "sides"), [(None, ("Edition 1", "Edition 2")), ("Not yet public.", ("Edition 2", "The draft"))]
)
def test_a_difference_without_sides_is_what_readers_see_last(desk, editor, body, sides):
    publication = make_live().publication
    actions.publish(saved(publication, body="Mended."), by=editor, change="update", note="More.")
    if body:
        saved(publication, body=body)

    page = desk.get(reverse("desk:difference", args=[publication.pk]))

    assert page.status_code == 200
    assert all(side in page.text for side in sides)


@pytest.mark.parametrize(
    "what",
    [
        "publication",
        "author",
        "tag",
        "image",
        "kind",
        "sitesettings",
        "sitepage",
        "menulink",
        "synonym",
        "auditentry",
    ],
)
def test_the_history_address_of_django_leads_to_ours(desk, editor, what):
    edition = make_live(tags=(make_tag(),))
    rows = {
        "publication": edition.publication, "author": edition.publication.bylines.get().author, "tag": make_tag(),
        "image": make_image(), "kind": Kind.objects.first(), "sitesettings": SiteSettings.objects.get(), "sitepage": SitePage.objects.first(),
        "menulink": MenuLink.objects.first(), "synonym": Synonym.objects.first(), "auditentry": AuditEntry.objects.first(),
    }  # fmt: skip
    address = reverse(f"desk:publications_{what}_history", args=[rows[what].pk])
    if what == "sitesettings":
        desk.force_login(make_person("Administrators"), backend=BACKEND)

    answer = desk.get(address, follow=True)

    expected = (
        f"/{edition.publication_id}/revisions/" if what == "publication" else "/publications/auditentry/"
    )
    assert expected in answer.redirect_chain[0][0]
    assert answer.status_code == 200


def test_a_history_that_one_may_not_read_leads_to_the_row(client):
    author = make_live().publication.bylines.get().author
    client.force_login(make_person("Contributors"), backend=BACKEND)

    answer = client.get(reverse("desk:publications_author_history", args=[author.pk]), follow=True)

    assert answer.redirect_chain[0][0] == reverse("desk:publications_author_change", args=[author.pk])
    assert answer.status_code == 200


def test_the_history_of_an_account_is_its_events(client):
    client.force_login(make_person("Administrators"), backend=BACKEND)
    person = make_person("Editors")

    answer = client.get(reverse("desk:auth_user_history", args=[person.pk]))

    assert answer["Location"] == f"/desk/accounts/accountevent/?account__id__exact={person.pk}"


def test_the_history_of_what_is_not_there_is_404(desk):
    assert desk.get(reverse("desk:publications_author_history", args=[999_999])).status_code == 404


def test_a_post_to_the_history_of_a_row_is_refused(desk):
    publication = make_publication()

    assert (
        desk.post(reverse("desk:publications_publication_history", args=[publication.pk])).status_code == 405
    )


def describe(action: str, language: str = "en", **detail) -> str:
    with override(language):
        entry = describe_entry(AuditEntry(action=action, subject="x", detail=detail))
        return " – ".join(part for part in (entry.action, entry.description) if part)


@pytest.mark.parametrize(
    ("action", "detail", "english", "swedish"),
    [
        (
            "amend",
            {"kind": "author", "pk": 1, "changed": ["name", "biography_sv"]},
            "Amended – author: name; biography, Swedish",
            "Ändrad – författare: namn; biografi, svenska",
        ),
        ("amend", {"kind": "tag", "pk": 1, "removed": True}, "Amended – tag, deleted", "Ändrad – ämnesord, borttaget"),
        ("amend", {"kind": "kind", "pk": 1}, "Amended – kind", "Ändrad – publikationstyp"),
        (
            "amend",
            {"kind": "redirect", "pk": 1, "count": 3},
            "Amended – 3 old addresses lead here",
            "Ändrad – 3 gamla adresser leder hit",
        ),
        ("amend", {}, "Amended", "Ändrad"),
        ("amend", {"kind": "no-such-model", "changed": ["strange"]}, "Amended – strange", "Ändrad – strange"),
        ("relate", {"before": [1], "after": [2, 3]}, "Related links changed – 2 added, 1 removed", None),
        (
            "schedule",
            {"edition": 2, "change": "update", "at": "2026-05-09T05:00:00+00:00", "until": "2026-06-09T05:00:00+00:00"},
            "Scheduled – Update, the date moves, from 9 May 2026 07:00 CEST, until 9 June 2026 07:00 CEST",
            None,
        ),
        (
            "publish",
            {"edition": 3, "change": "correction", "note": "A date.", "at": "2026-05-09T05:00:00+00:00", "replaced": 2},
            "Published – Correction, with a note to readers, in place of edition 2, which waited: A date.",
            None,
        ),
        ("undo", {"edition": 2, "restored": 1}, "Taken back – readers see the text of edition 1 again", None),
        ("withdraw", {"edition": 2, "cancelled": 3, "note": "Wrong."}, "Withdrawn – edition 3, which waited, is cancelled: Wrong.", None),
        ("redact", {"editions": [1], "why": "A name."}, "Redacted – A name.", "Maskerad – A name."),
    ],
)  # fmt: skip
def test_an_audit_line_says_in_words_what_was_done(action, detail, english, swedish):
    assert describe(action, **detail) == english
    if swedish:
        assert describe(action, "sv", **detail) == swedish


def test_an_audit_line_shows_no_raw_detail(desk, editor):
    actions.save_instance(make_author("Ann"), by=editor, changed=["biography_sv"])

    page = desk.get(reverse("desk:publications_auditentry_change", args=[AuditEntry.objects.first().pk])).text

    assert "biography, Swedish" in page
    assert "biography_sv" not in page and "&quot;kind&quot;" not in page


@pytest.mark.parametrize("subject", ["search, similarity", "search, likeness"])
def test_a_rebuild_is_named_in_the_language_of_the_desk(desk, subject):
    with actions.new_version_after_rebuild(subject):
        pass

    page = desk.get(AUDIT_TRAIL, headers={"Accept-Language": "sv"}).text

    assert "sökregister, likhet" in page and subject not in page


def test_a_publication_keeps_its_address_where_the_revision_had_none(desk, editor):
    publication = make_publication(title="On grain")
    actions.publish(publication, by=editor)
    saved(Publication.objects.get(pk=publication.pk), title="On wheat", slug="on-wheat", body="New.")
    actions.publish(Publication.objects.get(pk=publication.pk), by=editor)

    shown = desk.get(reverse("desk:restore", args=[publication.pk, 1])).context["compared"]
    restore(desk, publication, 1)

    now = Publication.objects.get(pk=publication.pk)
    assert (now.title, now.slug) == ("On grain", "on-wheat")
    assert "slug" not in [change.name for change in shown["field_changes"]]
