"""The form of a publication as a browser posts it, for the tests of the desk."""

from django.urls import reverse

from publications.models import Kind, Publication

ADD = "/desk/publications/publication/add/"
PDF = b"%PDF-1.4\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF"


def change(publication: Publication) -> str:
    """Return the address of the change form."""
    return reverse("desk:publications_publication_change", args=[publication.pk])


def filled(publication: Publication | None = None, **fields) -> dict:
    """Return the form data as a browser posts it; `fields` override it."""
    data = {
        "title": "On Minsk", "summary": "What happened.", "body": "First.\r\n\r\nSecond.", "tags": "", "slug": "", "internal_note": "",
        "key_points": "", "external_url": "", "doi": "", "isbn": "", "kind": str(Kind.objects.get(slug="quick-comment").pk), "language": "en",
        "published_at": "", "_save": "Save draft",
    }  # fmt: skip
    for name in ("bylines", "related", "cover_choice", "translation_choice"):
        data[f"{name}-chooser"] = ""
    if publication:
        data |= {
            "title": publication.title,
            "summary": publication.summary,
            "body": publication.body,
            "version": str(publication.version),
        }
        data |= {
            "bylines": [str(byline.author_id) for byline in publication.bylines.all()],
            "slug": publication.slug,
        }
    return data | fields
