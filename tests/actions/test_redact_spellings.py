"""Redaction finds the passage however its letters are stored, in every place that keeps words."""

import re
import unicodedata

import pytest

from publications import actions, manuscript, markup
from publications.models import Comment, Edition, Publication, RelatedLink, Review
from tests.factories import make_author, make_publication, saved
from tests.word_files import make_word_file, p, r

pytestmark = pytest.mark.django_db

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u2060\u2063\u2069\ufe0f\ufeff\u034f\u061c\u115f\u180e\u3164\U000e0020\U000e0101"
FORMS = [
    ("Zelenský", "Zelensky\u0301"),
    ("Zelensky\u0301", "Zelenský"),
    ("Zelenský", "ZELENSKY\u0301"),
    ("Nguyễn", "Nguye\u0302\u0303n"),
    ("Андрей", "Андреи\u0306"),
    ("김철수", "\u1100\u1175\u11b7\u110e\u1165\u11af\u1109\u116e"),
    ("Петров", "Петро\u0301в"),
    ("Straße", "STRASSE"),
    ("Strasse", "Straße"),
    ("STRASSE", "Straẞe"),
    ("Fink", "ﬁnk"),
    ("Fink", "Ｆｉｎｋ"),
    ("Anna-Karin", "Anna‑Karin"),
    ("Mar'jana", "Marʼjana"),
    *(("Petrov", f"Pe{sign}trov") for sign in INVISIBLE),
    *(("Ivan Petrov", f"Ivan {sign}Pe{sign}trov") for sign in INVISIBLE),
    ("Ivan Petrov", "Ivan\u200bPetrov"),
    ("Ivan Petrov", "Ivan\u202c\u2069 \u2068\u202aPetrov"),
    ("Holm", "Ho\u00adlm"),
    ("Holm", "Holm\u00ads"),
    ("Ho\u00adlm", "Holm"),
    ("Zelenský", "Ze\u00adlensky\u0301"),
]


def fold(text: str) -> str:
    """The letters that a reader sees, in one form."""
    seen = re.sub(
        f"[{INVISIBLE}\u1160\u2068\u202a\u202c]", "", unicodedata.normalize("NFKC", text).casefold()
    )
    seen = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", seen))
    return re.sub("[‑‐-]", "-", re.sub("[ʼ’]", "'", unicodedata.normalize("NFKC", seen))).replace(" ", "")


def texts_of(publication: Publication) -> dict[str, str]:
    """All that is kept of a publication, by the place where it stands."""
    texts = {}

    def add(name: str, row, *columns: str) -> None:
        for column in columns:
            value = getattr(row, column)
            texts[f"{name}.{column}"] = value if isinstance(value, str) else str(value)

    publication.refresh_from_db()
    add(
        "draft",
        publication,
        "title",
        "summary",
        "key_points",
        "body",
        "internal_note",
        "slug",
        "external_url",
    )
    for edition in publication.editions.all():
        add(
            f"edition {edition.number}",
            edition,
            "title",
            "summary",
            "key_points",
            "slug",
            "body",
            "change_note",
        )
        add(f"edition {edition.number}", edition, "html", "plain_text", "external_url")
        texts[f"edition {edition.number}.contents"] = "".join(text for _level, text, _id in edition.contents)
        for row in edition.bylines.all():
            add("byline", row, "name", "title", "affiliation")
    for row in publication.attachments.all():
        add("attachment", row, "label", "filename")
    for row in publication.revisions.all():
        text = manuscript.loads(row.manuscript)
        add(f"revision {row.pk}", text, "title", "summary", "key_points", "body", "note", "slug")
    for row in publication.autosaves.all():
        texts["typed"] = "".join(value for _name, value in row.values)
    for row in publication.reviews.all():
        add("review", row, "reader")
    texts["review comment"] = "".join(Comment.objects.values_list("text", flat=True))
    texts["related link"] = "".join(RelatedLink.objects.values_list("reason", flat=True))
    for row in publication.comments.all():
        add("comment", row, "author_name", "quote", "text")
    for row in publication.word_files.all():
        text = manuscript.loads(row.text)
        texts["word file"] = f"{text.title} {text.body}"
        add("word file", row, "filename", "original")
        texts["word report"] = "".join(row.report["notes"])
    for row in publication.audit_entries.all():
        add("audit", row, "subject", "detail")
    return texts


@pytest.fixture
def make_held_everywhere(editor):
    """A publication in which a form of a name stands in every place."""

    def make(form: str) -> Publication:
        publication = make_publication(
            title=f"On {form}", summary=f"Of {form}.", key_points=f"{form}\nOther", internal_note=f"By {form}.",
            body=f"So said {form}, and *{form}* too.[^1]\n\n## {form}\n\n[^1]: {form}.\n\n| A |\n|---|\n| x {form} |",
            external_url=f"https://example.org/{form.replace(' ', '-')}",
            authors=[make_author("Ann Berg", title_en=f"Aide of {form}")],
        )  # fmt: skip
        publication.attachments.create(
            original="x" * 64, filename=f"{form}.txt", label=f"Letter of {form}", size=1
        )
        publication.autosaves.create(owner=editor, key="k", values=[["title", f"On {form}"], ["body", form]])
        publication.comments.create(author_name=form, quote=f"of {form}", text=f"{form}?")
        review, _token = Review.objects.invite(publication.revisions.first(), reader=form, days=3, by=editor)
        Comment.objects.create(publication=publication, review=review, text=f"Is it {form}?")
        RelatedLink.objects.create(source=make_publication(), target=publication, reason=f"Also {form}")
        file = make_word_file(publication, p(r(f"Text by {form} here.")))
        file.filename, file.report = f"{form}.docx", {"notes": [f"{form} is said twice"]}
        file.save()
        actions.publish(saved(publication), by=editor)
        return Publication.objects.get(pk=publication.pk)

    return make


@pytest.mark.parametrize(("passage", "form"), FORMS)
def test_no_place_keeps_the_passage_in_any_form(make_held_everywhere, editor, passage, form):
    publication = make_held_everywhere(form)
    before = {place for place, text in texts_of(publication).items() if fold(passage) in fold(text)}
    assert len(before) > 25

    actions.redact(publication, passage, by=editor)

    left = {place for place, text in texts_of(publication).items() if fold(passage) in fold(text)}
    assert left == set()


@pytest.mark.parametrize("form", ["Pe&shy;trov", "P&#101;trov", "Pe&#xAD;trov"])
def test_entities_in_a_text_do_not_hide_the_passage(editor, form):
    edition = actions.publish(make_publication(body=f"So said {form} & others."), by=editor)

    actions.redact(edition.publication, "Petrov", by=editor)

    assert Edition.objects.get(pk=edition.pk).plain_text == "So said [redacted] & others."


@pytest.mark.parametrize(
    ("passage", "text", "left"),
    [
        (
            "Petrov",
            "Zelensky\u0301 ﬁled… Pe\u00adtrov ½ Stra\u00adße",
            "Zelensky\u0301 ﬁled… [x] ½ Stra\u00adße",
        ),
        ("Petrov", "Zelensky\u0301 and Andropov", "Zelensky\u0301 and Andropov"),
        ("Han", "Han\u00adna and An\u00adHan and Han", "Han\u00adna and An\u00adHan and [x]"),
        ("Han", "x\u200bHan\u200bx", "x\u200b[x]\u200bx"),
        ("Zelensky", "Zelenský", "Zelenský"),
        ("Petrov", "Petrov™ and Petrov²", "[x]™ and [x]²"),
        ("Holm", "Holm™ Holm…", "[x]™ [x]…"),
        ("tas", "Taß", "[x]"),
    ],
)
def test_other_words_stay_as_they_are_stored(passage, text, left):
    assert markup.Redaction(passage, "[x]").redact_text(text) == left
    assert markup.Redaction(passage, "[x]").redact_markdown(text) == left


@pytest.mark.parametrize("passage", ["\u200b\u200b\u200b", "\u00adA\u200bn", " \u2060 "])
def test_invisible_characters_make_no_passage_long_enough(editor, passage):
    publication = make_publication(body="An end.")
    actions.publish(publication, by=editor)

    with pytest.raises(actions.ActionRefused, match="too short"):
        actions.redact(publication, passage, by=editor)


def test_the_report_names_forms_as_they_are_read(editor):
    publication = make_publication(title="A talk", body="Zelensky\u0301, Ze\u00adlenský. Zelensky.")
    actions.publish(publication, by=editor)

    report = actions.redact(publication, "Zelenský", by=editor)

    assert report.spellings == ["Zelenský"] and report.remaining_words == ["Zelensky"]
