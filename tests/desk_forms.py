"""The form of a publication as a browser posts it, for the tests of the desk."""

from django.urls import reverse

from publications.models import Kind, Publication

ADD = "/desk/publications/publication/add/"
PDF = b"%PDF-1.4\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF"


def change(publication: Publication) -> str:
    return reverse("desk:publications_publication_change", args=[publication.pk])


def filled(publication: Publication | None = None, **fields) -> dict:
    """The form as a browser posts it."""
    typed = {
        "title": "On Minsk", "summary": "What happened.", "body": "First.\r\n\r\nSecond.", "tags": "", "slug": "", "internal_note": "",
        "key_points": "", "kind": str(Kind.objects.get(slug="quick-comment").pk), "language": "en",
        "published_at": "", "_save": "Save draft",
    }  # fmt: skip
    for name in ("bylines", "related", "cover_choice", "translation_choice"):
        typed[f"{name}-chooser"] = ""
    if publication:
        typed |= {
            "title": publication.title,
            "summary": publication.summary,
            "body": publication.body,
            "version": str(publication.version),
        }
        typed |= {
            "bylines": [str(line.author_id) for line in publication.bylines.all()],
            "slug": publication.slug,
        }
    return typed | fields
