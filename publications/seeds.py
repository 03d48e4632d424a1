"""Create the first rows of a new site from `seed_content`.

`create_seeds` receives `post_migrate`. It writes only while the tables are complete and `SiteSettings` has no row, so
that nothing that an editor deleted is created again.
"""

import re
from textwrap import dedent

from django.db import DEFAULT_DB_ALIAS, connections, models, router, transaction

from publications import markup
from publications.locales import LOCALES
from publications.models import (
    Kind,
    MenuLink,
    NamedTerm,
    SearchIndex,
    SitePage,
    SiteSettings,
    SiteVersion,
    Synonym,
)
from publications.search import name_terms_of, row_key
from publications.seed_content import FOOTER_PAGES, KINDS, MENU_PAGE, MENU_SECTIONS, PAGES
from publications.seed_spellings import SPELLINGS

SEEDED_MODELS = (Kind, SiteSettings, SiteVersion, SearchIndex, SitePage, MenuLink, Synonym, NamedTerm)


def create_seeds(using: str = DEFAULT_DB_ALIAS, **_signal: object) -> None:
    """Create the first rows in one transaction, unless there are some.

    Receiver of `post_migrate`, which `flush` sends too. Does nothing while migrations of these tables are missing.
    """
    if not router.allow_migrate(using, "publications") or not _has_tables(using):
        return
    with transaction.atomic(using):
        if SiteSettings.objects.using(using).exists():
            return
        for model in (SiteSettings, SiteVersion, SearchIndex):
            model.objects.using(using).create()
        for position, fields in enumerate(KINDS, start=1):
            Kind.objects.using(using).create(position=position, **fields)
        _create_pages(using)
        _create_synonyms(using)


def _has_tables(using: str) -> bool:
    """Return whether all tables exist with all their columns, as after the last migration."""
    introspection = connections[using].introspection
    with connections[using].cursor() as cursor:
        tables = introspection.table_names(cursor)
        return all(
            model._meta.db_table in tables
            and _column_names(model) <= _table_columns(introspection, cursor, model)
            for model in SEEDED_MODELS
        )


def _column_names(model: type[models.Model]) -> set[str]:
    return {field.column for field in model._meta.local_concrete_fields}


def _table_columns(introspection, cursor, model: type[models.Model]) -> set[str]:
    return {column.name for column in introspection.get_table_description(cursor, model._meta.db_table)}


def _create_pages(using: str) -> None:
    pages = {
        key: SitePage.objects.using(using).create(**_page_fields(fields)) for key, fields in PAGES.items()
    }
    links = MenuLink.objects.using(using)
    for number, section in enumerate(MENU_SECTIONS, start=1):
        links.create(place="menu", position=10 * number, section=section)
    links.create(place="menu", position=10 * (len(MENU_SECTIONS) + 1), page=pages[MENU_PAGE])
    for number, key in enumerate(FOOTER_PAGES, start=1):
        links.create(place="footer", position=10 * number, page=pages[key])


def _page_fields(fields: dict[str, str]) -> dict[str, str]:
    """Return the columns of a page, with its texts rendered."""
    texts = {f"body_{locale}": _unwrap(fields[f"body_{locale}"]) for locale in LOCALES}
    html = {
        f"html_{locale}": markup.render_markdown(texts[f"body_{locale}"], language=locale).html
        for locale in LOCALES
    }
    return {**fields, **texts, **html}


def _unwrap(text: str) -> str:
    """Return Markdown with each paragraph and each list item on one line."""
    return re.sub(r"(?<!\n)\n {0,2}(?![\n#-])", " ", dedent(text).strip())


def _create_synonyms(using: str) -> None:
    for line in SPELLINGS.strip().splitlines():
        synonym = Synonym.objects.using(using).create(spellings=line.replace(", ", "\n"))
        NamedTerm.objects.using(using).bulk_create(
            NamedTerm(term=term, row_key=row_key(synonym)) for term in name_terms_of(synonym)
        )
