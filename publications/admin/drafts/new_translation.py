"""A new translation: the form of a new publication, filled in with what a text has in common with its original."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from publications.locales import LANGUAGE_NAMES, LOCALES, language_in_sentence
from publications.models import Publication, parse_pk

SOURCE_PARAM, LANGUAGE_PARAM = "translation_of", "language"


@dataclass(frozen=True)
class NewTranslation:
    """A link to the form of a translation that there is not yet."""

    label: str
    url: str


def list_new_translations(publication: Publication) -> list[NewTranslation]:
    """Return links to the forms of translations into the languages of the site that a publication is not in."""
    existing = set(publication.self_and_translations().values_list("language", flat=True))
    add_url = reverse("desk:publications_publication_add")
    source = publication.source_publication.pk
    return [
        NewTranslation(
            _("Write it in %(language)s") % {"language": language_in_sentence(code)},
            f"{add_url}?{urlencode({SOURCE_PARAM: source, LANGUAGE_PARAM: code})}",
        )
        for code in LOCALES
        if code not in existing
    ]


def translation_initial(request: HttpRequest) -> dict[str, object]:
    """Return the initial values of the form of a new translation; nothing for a form of any other text.

    Title, summary and text are left to the translator. Related publications are those of the original: readers get the
    translations of these where there are any.
    """
    language = request.GET.get(LANGUAGE_PARAM, "")
    pk = parse_pk(request.GET.get(SOURCE_PARAM, ""))
    source = Publication.objects.filter(pk=pk).first() if pk else None
    if not source or language not in LANGUAGE_NAMES:
        return {}
    return {
        "language": language,
        "kind": source.kind_id,
        "translation_choice": [(source.pk, "")],
        "bylines": [(line.author_id, line.role) for line in source.bylines.all()],
        "tags": list(source.tags.all()),
        "cover_choice": [(source.cover_id, "")] if source.cover_id else [],
        "related": [(link.target_id, "") for link in source.related_links.all()],
    }
