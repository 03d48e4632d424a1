"""Redaction: a name or passage is taken out everywhere, and nothing else is."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from publications import actions, manuscript, markup
from publications.actions.redacted_values import redact_value
from publications.models import (
    AuditEntry,
    Comment,
    Edition,
    EditorialPlan,
    PressLink,
    Publication,
    Redirect,
    RelatedLink,
    Review,
)
from tests.factories import make_author, make_live, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db


def test_redacting_takes_a_passage_out_of_every_edition_and_the_history(editor):
    publication = make_publication(title="On Vera Holm", body="Vera Holm said it.\n\nNobody else did.")
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Vera Holm said it twice.\n\nNobody else did."), by=editor)

    assert actions.redact(publication, "Vera Holm", by=editor, reason="safety").editions == [1, 2]

    kept = [
        edition.title + edition.html + edition.plain_text + edition.body
        for edition in publication.editions.all()
    ]
    kept += [revision.manuscript for revision in publication.revisions.all()]
    assert not any("Vera Holm" in text for text in kept)
    assert "[redacted] said it twice." in publication.editions.live().get().plain_text


def test_redacting_finds_the_passage_across_lines_marks_and_apostrophes(editor):
    publication = make_publication(body="So said *Vera* O'Holm,\nand Vera\nO’Holm again.")
    edition = actions.publish(publication, by=editor)

    actions.redact(publication, "Vera O'Holm", by=editor)

    edition.refresh_from_db()
    assert "Holm" not in edition.html + edition.plain_text + edition.body


def test_redacting_gives_up_addresses_and_forgets_what_earlier_actions_were_called(editor):
    publication = make_publication(title="On Vera Holm and others", body="Vera Holm: a life")
    actions.publish(publication, by=editor)

    actions.redact(publication, "Vera Holm", by=editor)

    kept = [str(line.subject) + str(line.detail) for line in AuditEntry.objects.all()]
    kept += [
        *publication.addresses.values_list("slug", flat=True),
        publication.editions.live().get().slug,
        publication.slug,
    ]
    assert not any("vera-holm" in text or "Vera Holm" in text for text in kept)


def test_a_redacted_revision_can_still_be_read(editor):
    publication = make_publication(title="Vera Holm: title", body="Vera Holm.")
    actions.publish(publication, by=editor)

    actions.redact(publication, "Vera Holm", by=editor)

    texts = [manuscript.loads(revision.manuscript) for revision in publication.revisions.all()]
    assert not any("Vera Holm" in text.title + text.body for text in texts)


def test_after_a_redaction_the_draft_is_as_public_as_before(editor):
    publication = make_publication(body="Vera Holm said it.")
    actions.publish(publication, by=editor)

    actions.redact(publication, "Vera Holm", by=editor)

    assert publication.editions.live().get().digest == publication.digest


def test_redacting_forgets_the_former_paths_that_hold_the_passage(editor):
    publication = make_live(title="A talk with Ivan Ivanov").publication
    paths = ["/2014/ivan-ivanov", "/2014/ivan_ivanov.html", "/ivan ivanov", "/ivanivanov", "/2014/a-talk"]
    for path in paths:
        Redirect.objects.create(path=path, publication=publication)

    actions.redact(publication, "Ivan Ivanov", by=editor)

    assert [former.path for former in publication.redirects.all()] == ["/2014/a-talk"]


def test_a_passage_of_signs_alone_forgets_no_former_path(editor):
    publication = make_live(body="It was ?!? then.").publication
    Redirect.objects.create(path="/2014/a-talk", publication=publication)

    actions.redact(publication, "?!?", by=editor)

    assert publication.redirects.exists()


def test_an_author_who_takes_a_pen_name_leaves_no_way_from_the_old_one(editor):
    author = make_author("Ivan Ivanov")
    author.name, author.slug = "Ivan I", "ivan-i"
    actions.save_instance(author, by=editor)
    author.name, author.slug, author.is_pseudonymous = "A Historian", "a-historian", True

    actions.save_instance(author, by=editor)

    assert not author.redirects.exists()


def test_redacting_takes_a_passage_out_of_what_reviewers_said(editor):
    publication = make_publication(body="Vera Holm said it.")
    review, _token = Review.objects.invite(publication.revisions.first(), reader="Bo Ek", days=7, by=editor)
    Comment.objects.create(publication=publication, review=review, passage=1, text="Is Vera Holm safe?")

    actions.redact(publication, "Vera Holm", by=editor)

    assert Comment.objects.get().text == "Is [redacted] safe?"


@pytest.mark.parametrize(
    ("slug", "passage", "is_kept"),
    [
        ("planned-economy", "Ann", True),
        ("annual-report", "Ann", True),
        ("warsaw-and-minsk", "War", True),
        ("evas-letter", "Eva", False),
        ("ivanova-speaks", "Ivanov", False),
        ("anns-letter", "Ann", False),
        ("letter-of-ann", "Ann", False),
        ("the-ann-berg-affair", "Ann Berg", False),
        ("joann-bergman", "Ann Berg", True),
        ("ake-soderzeb-case1", "Åke Söderzeb", False),
        ("joergen-moellerzeb", "Jørgen Møllerzeb", False),
        ("mueller-weiss-said", "Müller Weiß", False),
    ],
)
def test_an_edition_and_its_address_keep_or_lose_a_slug_together(editor, client, slug, passage, is_kept):
    edition = make_live(slug=slug, body=f"{passage} wrote it.")
    path = edition.get_absolute_url()

    actions.redact(edition.publication, passage, by=editor)
    edition.refresh_from_db()

    assert (edition.slug == slug) is is_kept
    assert client.get(path).status_code == (200 if is_kept else 404)
    assert client.get(edition.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        ["Vera Holm", "Ann Berg"],
        ["kind", "Vera Holm"],
        ("Vera Holm", "Vera Holm"),
        {"names": ["Ann Berg", "Vera Holm"]},
        [["Vera Holm", "text"], ["digest", "Vera Holm"]],
    ],
)
def test_lists_of_any_length_lose_the_passage(value):
    redacted = redact_value(value, markup.Redaction("Vera Holm", "[redacted]"))

    assert "Vera Holm" not in repr(redacted) and "[redacted]" in repr(redacted)


def test_what_was_typed_keeps_the_names_of_its_fields(editor):
    publication = make_publication(body="The kind Vera Holm.")
    publication.autosaves.create(
        owner=editor, key="k", values=[["kind", "Vera Holm"], ["title", "kind Vera Holm"]]
    )

    actions.redact(publication, "kind Vera Holm", by=editor)

    assert [name for name, _value in publication.autosaves.get().values] == ["kind", "title"]
    assert "Vera Holm" not in publication.autosaves.get().values[1][1]


@pytest.mark.parametrize(
    ("passage", "address", "is_named"),
    [
        ("in a", "/files/china-strategy.pdf", False),
        ("in a", "/files/in-a-word.pdf", True),
        ("Ann", "/annual.pdf", False),
        ("Vera Holm", "/veraholm.pdf", True),
        ("Åke Söderzeb", "/ake-soderzeb.pdf", True),
        ("Jørgen Møllerzeb", "/jorgen_mollerzeb.pdf", True),
        ("Łukasz", "/lukasz.pdf", True),
        ("Jörg Mayrzeb", "mailto:joerg.mayrzeb@example.org", True),
        ("Öst", "/oest-said.pdf", True),
        ("Öst", "/oesten.pdf", False),
    ],
)
def test_an_address_names_a_short_passage_by_whole_words_alone(passage, address, is_named):
    assert markup.Redaction(passage, "").is_in_address(address) is is_named


FORMS = [
    "Ivan Petrov",
    "IVAN PETROV",
    "ivan petrov",
    "Ivan PETROV",
    "IVAN\nPETROV",
    "Ivan Petrovs",
    "*IVAN* _Petrov_",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_passage_goes_in_capitals_and_small_letters_in_the_same_way(editor, form):
    body = f'So said {form}, and [{form}](https://example.org/IVAN-PETROV "{form}").\n\n| A |\n|---|\n| x {form} |'.replace(
        "\nPETROV", " PETROV"
    )
    words = form.replace("\n", " ")
    publication = make_publication(
        title="Of IVAN PETROV", summary=form, key_points=f"{words}\nOther", body=f"{form}\n\n## {form}\n\n{body}", internal_note=form,
        authors=[make_author(title_en="Ivan PETROV's aide")],
    )  # fmt: skip
    publication.attachments.create(
        original="x" * 64, filename="IVAN PETROV.pdf", label="Ivan petrov's letter", size=1
    )
    edition = actions.publish(saved(publication, internal_note=form), by=editor)
    edition.attachments.create(original="x" * 64, filename="Ivan-PETROV.pdf", label=form, size=1, position=1)

    actions.redact(publication, "Ivan Petrov", by=editor)

    publication.refresh_from_db()
    edition.refresh_from_db()
    kept = [
        edition.title,
        edition.summary,
        edition.key_points,
        edition.slug,
        edition.body,
        edition.html,
        edition.plain_text,
        str(edition.contents),
    ]
    kept += [
        publication.title,
        publication.summary,
        publication.key_points,
        publication.slug,
        publication.body,
        publication.internal_note,
    ]
    kept += [f"{row.name} {row.title}" for row in edition.bylines.all()]
    kept += [
        f"{row.filename} {row.label}" for row in [*edition.attachments.all(), *publication.attachments.all()]
    ]
    kept += [revision.manuscript for revision in publication.revisions.all()]
    kept += [f"{line.subject} {line.detail}" for line in publication.audit_entries.all()]
    assert not [text for text in kept if re.search(r"petrov", text, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("passage", "text", "left"),
    [
        ("Ann", "Ann planned an annual ANN. ANNS", "[redacted] planned an annual [redacted]. [redacted]S"),
        ("Petrov", "Petrova and PETROVS, not Anpetrov.", "[redacted]a and [redacted]S, not Anpetrov."),
        ("Ким", "Ким, КИМА и Кимоно", "[redacted], [redacted]А и Кимоно"),
        ("ann was.", "Ann was. Joann was.", "[redacted] Joann was."),
        ("_Ann_", "_Ann_", "[redacted]"),
        ("(Ann)", "Of (ANN)s", "Of [redacted]s"),
    ],
)
def test_a_passage_is_found_in_whole_words_and_their_endings(passage, text, left):
    assert markup.Redaction(passage, "[redacted]").redact_text(text) == left


def test_a_report_says_what_went_and_what_stays(editor):
    publication = make_publication(
        title="Ivan Petrov",
        body="IVAN PETROV, Petrov and [it](https://example.org/ivan-petrov). Selivan petrov, Petrova.",
    )
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Ivan petrovs."), by=editor)

    report = actions.redact(publication, "Ivan Petrov", by=editor)

    assert report.editions == [1, 2]
    assert report.spellings == ["IVAN PETROV", "Ivan Petrov", "Ivan petrovs"]
    assert report.links == ["https://example.org/ivan-petrov"]
    assert report.addresses == ["ivan-petrov"]
    assert report.remaining_words == ["Petrov", "Petrova", "Selivan petrov", "petrov"]


def test_a_report_names_words_of_every_case_that_hold_a_part_of_a_name(editor):
    body = "Jörg Mayrzeb, mayrzebs, JorgMayrzeb, joerg, May, maypole, [a](https://example.org/ 'mayrzeb2')."
    publication = make_live(body=body, summary="A söder-mayrzeb.").publication

    report = actions.preview_redaction(publication, "Jörg Mayrzeb", by=editor)

    assert report.remaining_words == ["JorgMayrzeb", "joerg", "mayrzeb", "mayrzeb2", "mayrzebs"]


def test_a_report_names_addresses_that_hold_a_part_of_a_name(editor):
    links = "[a](mailto:j.mayrzeb@example.org), [b](/en/mayr%C5%BEeb/), [c](https://example.org/maypole)"
    publication = make_live(
        slug="mayrzeb-hh3", body=f"Jörg Mayržeb: {links}.\n\n## Later {{#of-mayrzeb}}"
    ).publication
    Redirect.objects.create(path="/2019/joerg-said", publication=publication)
    publication.editions.get().attachments.create(filename="mayrzeb.pdf", original="1", size=1, position=0)

    report = actions.preview_redaction(publication, "Jörg Mayržeb", by=editor)

    assert report.remaining_addresses == [
        "#of-mayrzeb",
        "/2019/joerg-said",
        "/en/mayr%C5%BEeb/",
        "mailto:j.mayrzeb@example.org",
        "mayrzeb-hh3",
        "mayrzeb.pdf",
    ]


def test_a_preview_says_what_the_redaction_does_and_changes_nothing(editor):
    publication = make_publication(
        title="Ivan Petrov", body="IVAN PETROV, [it](https://example.org/ivan-petrov)."
    )
    actions.publish(publication, by=editor)
    before = Edition.objects.values().get(), Publication.objects.values().get(), AuditEntry.objects.count()

    preview = actions.preview_redaction(publication, "Ivan Petrov", by=editor)

    assert (
        Edition.objects.values().get(),
        Publication.objects.values().get(),
        AuditEntry.objects.count(),
    ) == before
    assert actions.redact(publication, "Ivan Petrov", by=editor) == preview


def test_a_redaction_is_refused_where_more_would_go_than_was_seen(editor):
    publication = make_publication(body="Ivan Petrov.")
    actions.publish(publication, by=editor)
    preview = actions.preview_redaction(publication, "Ivan Petrov", by=editor)
    saved(publication, body="Ivan Petrov. IVAN PETROV.")

    with pytest.raises(actions.Outdated):
        actions.redact(publication, "Ivan Petrov", by=editor, seen=preview.fingerprint)

    assert publication.editions.live().get().plain_text == "Ivan Petrov."


def test_the_address_of_a_text_elsewhere_that_names_the_passage_goes(editor):
    url = "https://example.org/2024/vera-holm-speaks"
    publication = make_publication(title="Vera Holm", body="", external_url=url)
    edition = actions.publish(publication, by=editor)

    report = actions.redact(publication, "Vera Holm", by=editor)

    edition.refresh_from_db()
    assert edition.external_url == "" and report.links == [url]
    assert not any(url in revision.manuscript for revision in publication.revisions.all())


def test_the_reason_of_a_related_link_is_redacted(editor):
    publication, other = make_live(body="Vera Holm.").publication, make_live().publication
    RelatedLink.objects.create(source=publication, target=other, reason="VERA HOLM wrote it")

    actions.redact(publication, "Vera Holm", by=editor)

    assert RelatedLink.objects.get().reason == "[redacted] wrote it"


def test_a_report_names_other_publications_that_link_to_what_is_given_up(desk, editor):
    editor.groups.add(Group.objects.get(name="Administrators"))
    edition = make_live(title="Case", slug="ivan-petrov-held", body="Ivan Petrov.")
    publication, path = edition.publication, edition.get_absolute_url()
    Redirect.objects.create(path="/2019/ivan-petrov", publication=publication)
    make_live(title="Fragment", body=f"[The case]({path}#p-1).")
    former = make_live(title="Former", body="[The case](/2019/Ivan-Petrov.html).")
    actions.publish(saved(former.publication, body="No case."), by=editor)
    make_live(title="Longer", body=f"[Other]({path.rstrip('/')}-again/), [2](/2019/ivan-petrovs).")
    make_live(title="Elsewhere", body="[Other](https://example.org/2019/ivan-petrov).")

    page = desk.post(
        reverse("desk:redact", args=[publication.pk]), {"passage": "Ivan Petrov", "mark": "…"}
    ).content.decode()
    report = actions.redact(publication, "Ivan Petrov", by=editor)

    assert [each.title for each in report.linked_from] == ["Former", "Fragment"]
    former.refresh_from_db()
    assert report.linked_from[0].address == former.permanent_url
    assert f'href="{former.permanent_url}">Former</a>' in page
    assert path in Edition.objects.get(title="Fragment").html


def test_a_report_shows_addresses_decoded(editor):
    edition = make_live(slug="ivan-petrov-held", body="Ivan Petrov.")
    make_live(title="Åäö", body=f"[The case]({edition.get_absolute_url()}).")

    report = actions.redact(edition.publication, "Ivan Petrov", by=editor)

    assert [linking.address for linking in report.linked_from] == ["/en/publications/åäö/"]


@pytest.mark.parametrize(
    ("passage", "reason", "left"),
    [
        ("Ivan Taražebsky", "Much the same words: tarazebsky, held, ivan", ""),
        ("Ivan Petrov", "much the same words: petrovs, Ivan", ""),
        ("Ann Berg", "much the same words: annual, berg", "much the same words: annual, berg"),
    ],
)
def test_a_reason_that_holds_each_word_of_the_passage_is_emptied(editor, passage, reason, left):
    publication, other = make_live(body=f"{passage}.").publication, make_live().publication
    RelatedLink.objects.create(source=other, target=publication, reason=reason)

    actions.redact(publication, passage, by=editor)

    assert RelatedLink.objects.get().reason == left


@pytest.mark.parametrize(
    ("slug", "left"), [("vera-holm-hh3", ""), ("Vera  Holm", ""), ("verandas", "verandas")]
)
def test_an_address_that_was_typed_and_not_saved_is_given_up(editor, slug, left):
    publication = make_publication(body="Vera Holm.")
    publication.autosaves.create(owner=editor, key="k", values=[["slug", slug], ["title", "On verandas"]])

    actions.redact(publication, "Vera Holm", by=editor)

    assert publication.autosaves.get().values == [["slug", left], ["title", "On verandas"]]


def test_the_desk_shows_what_would_go_before_it_goes(desk, editor):
    editor.groups.add(Group.objects.get(name="Administrators"))
    publication = make_live(
        title="On him",
        body="IVAN PETROV and ivan petrov, [it](https://example.org/ivan-petrov), Petrova.",
        slug="petrov-speaks",
    ).publication
    path = reverse("desk:redact", args=[publication.pk])
    typed = {"passage": "Ivan Petrov", "mark": "N. N.", "why": "asked for"}

    shown = desk.post(path, typed).content.decode()

    assert "IVAN PETROV" in publication.editions.live().get().plain_text
    for word in ("IVAN PETROV", "ivan petrov", "https://example.org/ivan-petrov", "Petrova", "petrov-speaks"):
        assert f"<li>{word}</li>" in shown
    seen = re.search(r'name="seen" value="(\w+)"', shown)[1]
    answer = desk.post(path, {**typed, "seen": seen}, follow=True).content.decode()
    assert "Taken out of 1 edition, the draft and its history." in answer
    assert "1 link that named it leads nowhere any more; its words stay." in answer
    assert "petrov and" not in publication.editions.live().get().plain_text.lower()


def test_the_desk_asks_again_where_another_passage_was_typed_than_shown(desk, editor):
    editor.groups.add(Group.objects.get(name="Administrators"))
    publication = make_live(body="Ivan Petrov and Vera Holm.").publication
    path = reverse("desk:redact", args=[publication.pk])
    shown = desk.post(path, {"passage": "Vera Holm", "mark": "…"}).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown)[1]

    again = desk.post(path, {"passage": "Ivan Petrov", "mark": "…", "seen": seen})

    assert again.status_code == 200 and "<li>Ivan Petrov</li>" in again.content.decode()
    assert publication.editions.live().get().plain_text == "Ivan Petrov and Vera Holm."


def test_a_passage_that_is_too_long_is_refused_and_nothing_is_stored(desk, editor):
    editor.groups.add(Group.objects.get(name="Administrators"))
    passage = "word " * 101
    publication = make_live(body=passage).publication

    with pytest.raises(actions.ActionRefused, match="at most 500 characters"):
        actions.redact(publication, passage, by=editor)
    page = desk.post(reverse("desk:redact", args=[publication.pk]), {"passage": passage})

    assert "at most 500 characters" in page.context["form"].errors["passage"][0]
    assert "[redacted]" not in publication.editions.get().plain_text


@pytest.mark.parametrize(
    ("language", "mark"), [("sv", "[maskerat]"), ("en", "[redacted]"), ("uk", "[redacted]")]
)
def test_the_desk_offers_fixed_marks_first_one_in_the_language_of_the_text(desk, editor, language, mark):
    editor.groups.add(Group.objects.get(name="Administrators"))
    publication = make_publication(language=language)

    page = desk.get(reverse("desk:redact", args=[publication.pk]))

    field = page.context["form"]["mark"]
    assert [value for value, _label in field.field.choices] == [mark, "N. N.", "…"]
    assert f'<option value="{mark}">' in page.text


@pytest.mark.parametrize(
    "mark", ["", " ", "x", "Grain exports fell", "[maskerat]", "N.N.", "...", "[redacted] ", "NULL"]
)
def test_another_mark_is_refused_by_the_action_its_preview_and_the_desk(desk, editor, mark):
    editor.groups.add(Group.objects.get(name="Administrators"))
    publication = make_live(body="Ivan Petrov spoke.").publication
    preview = actions.preview_redaction(publication, "Ivan Petrov", by=editor)

    for act in (actions.redact, actions.preview_redaction):
        with pytest.raises(actions.ActionRefused, match=r"is no mark .*“\[redacted\]”, “N\. N\.”, “…”"):
            act(publication, "Ivan Petrov", by=editor, mark=mark)
    page = desk.post(
        reverse("desk:redact", args=[publication.pk]),
        {"passage": "Ivan Petrov", "mark": mark, "seen": preview.fingerprint},
    )

    assert page.status_code == 200 and page.context["form"].errors["mark"] and not page.context["preview"]
    assert publication.editions.get().plain_text == "Ivan Petrov spoke."


@pytest.mark.parametrize(("language", "default"), [("sv", "[maskerat]"), ("en", "[redacted]")])
def test_the_fixed_marks_stand_in_its_place(editor, language, default):
    publication = make_live(body="Petrov and Ivanov and Sidorov.", language=language).publication

    for passage, mark in (("Petrov", default), ("Ivanov", "N. N."), ("Sidorov", "…")):
        actions.redact(publication, passage, by=editor, mark=mark)

    assert publication.editions.get().plain_text == f"{default} and N. N. and …."


def test_redacting_takes_a_passage_out_of_comments_and_their_quotations(editor):
    publication = make_publication(body="First.\n\nSo said Vera Holm to us.")
    line = "First.\n"
    for quote in ("Vera Holm to us", "Vera"):
        start = f"{line}So said Vera Holm to us.".index(quote)
        publication.comments.create(
            quote=quote, start=start, end=start + len(quote), text="Is Vera Holm safe?"
        )
    publication.comments.create(quote="Vera Holm left", text="Who?")

    actions.redact(publication, "Vera Holm", by=editor)

    comments = publication.comments.order_by("pk")
    assert [(row.quote, row.start, row.text) for row in comments] == [
        ("to us", len(f"{line}So said [redacted] "), "Is [redacted] safe?"),
        ("[redacted]", len(f"{line}So said "), "Is [redacted] safe?"),
        ("[redacted] left", None, "Who?"),
    ]


@pytest.mark.parametrize("place", ["plan", "press link", "review"])
def test_a_passage_that_stands_only_beside_the_text_is_redacted(editor, place):
    publication = make_publication(body="Nobody is named.")
    newest = publication.revisions.first()
    if place == "plan":
        EditorialPlan.objects.create(publication=publication, note="Ask Vera Holm.")
    elif place == "press link":
        PressLink.objects.make(newest, recipient="Vera Holm, The Daily", embargoed_until=tomorrow())
    else:
        Review.objects.invite(newest, reader="Vera Holm", days=7, by=editor)

    actions.redact(publication, "Vera Holm", by=editor)

    columns = {EditorialPlan: "note", PressLink: "recipient", Review: "reader"}
    kept = str([list(model.objects.values_list(column)) for model, column in columns.items()])
    assert "[redacted]" in kept and "Vera" not in kept
