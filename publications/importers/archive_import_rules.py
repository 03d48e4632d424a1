"""What an import at the desk takes from an earlier one: choices for types and fields, page rules, or texts.

The rules for the pages of a copy of an old site are proposed if there are none, then edited there.
"""

from dataclasses import replace
from functools import reduce
from ipaddress import ip_address
from operator import or_
from urllib.parse import urlsplit

from django.db.models import Exists, OuterRef, Q, QuerySet

from publications.models import ArchiveImport, ArchiveImportState, Kind
from publications.stored_messages import gettext as _

from .imported_file import EarlierText
from .mapping import ImportMapping, parse_mapping
from .mapping_yaml import render_mapping
from .old_site import UNKNOWN_HOST, host_of, open_copy, parse_rules
from .options import ImportOptions, InvalidOptions
from .run import propose_mapping
from .sources import MARKDOWN

PAGE_RULES = "page_rules"
"""The option of an import with the rules, as YAML; an import of anything else than an old site has none."""
PAGE_RULES_HOST = "page_rules_host"
"""The option with the host of the old site that the rules are for."""
PAGE_RULES_SOURCE = "page_rules_source"
"""The option with the file name of the import that the rules were taken from; "" if they were proposed."""
MAX_RULES_CHARACTERS = 100_000
CHOICES = "mapping"
"""The option of an import with what its types and fields become, by section and name."""
CHOICES_SITE = "mapping_site"
"""The option with what identifies the site that these choices are for."""
CHOICES_SOURCE = "mapping_source"
"""The option with the file name of the import that the choices were taken from; "" if they were made here."""


def add_choices(job: ArchiveImport, site: str) -> None:
    """Store the site of an import, and for a new one the choices of the latest import of that site."""
    if not site or CHOICES_SITE in job.options:
        return
    values = {CHOICES_SITE: site, CHOICES_SOURCE: ""}
    if CHOICES not in job.options and _is_of_one_site(site.partition("/")[0]):
        earlier = next(
            (row for row in _list_earlier(job, CHOICES_SITE, site) if row.options.get(CHOICES)), None
        )
        if earlier:
            values |= {CHOICES: _drop_deleted(earlier.options[CHOICES]), CHOICES_SOURCE: earlier.filename}
    job.store(options={**job.options, **values})


def _drop_deleted(choices: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return choices without those of kinds that are here no more, which are questions again."""
    known = {"", *Kind.objects.values_list("slug", flat=True)}
    kinds = {name: kind for name, kind in choices.get("kinds", {}).items() if kind in known}
    return {**choices, "kinds": kinds}


def add_page_rules(job: ArchiveImport, options: ImportOptions) -> ImportOptions:
    """Return options with the rules of an import. A new one has those of the latest import of its site.

    Where there are none, or they were emptied, they are proposed and stored.

    Raises:
        ImportRefused: they are invalid, or none can be proposed.
    """
    if PAGE_RULES not in job.options:
        host = host_of(open_copy(options.path, options.site).site)
        earlier = find_earlier_import(job, host) if _is_of_one_site(host) else None
        rules, source = (earlier.options[PAGE_RULES], earlier.filename) if earlier else ("", "")
        values = {PAGE_RULES: rules, PAGE_RULES_HOST: host, PAGE_RULES_SOURCE: source}
        job.store(options={**job.options, **values})
    rules = job.options[PAGE_RULES]
    if not rules.strip():
        proposed, _refused = propose_mapping(options)
        comments = {key: text for key, text in proposed.comments.items() if key[0] == "pages"}
        rules = render_mapping(ImportMapping(pages=proposed.pages, comments=comments))
        job.store(options={**job.options, PAGE_RULES: rules, PAGE_RULES_SOURCE: ""})
    return replace(options, mapping=replace(options.mapping, pages=read_page_rules(rules)))


def find_earlier_import(job: ArchiveImport, host: str) -> ArchiveImport | None:
    """Return the latest import of a host before this one that has rules and has not failed, or None."""
    earlier = _list_earlier(job, PAGE_RULES_HOST, host)
    return next((row for row in earlier if row.options.get(PAGE_RULES, "").strip()), None)


def _list_earlier(job: ArchiveImport, option: str, site: str) -> QuerySet[ArchiveImport]:
    """Return the imports of a site before this one that have not failed, the latest first."""
    jobs = (
        ArchiveImport.objects.exclude(pk=job.pk)
        .exclude(state=ArchiveImportState.FAILED)
        .defer("report", "earlier_report")
    )
    same_site = jobs.filter(**{f"options__{option}": site})
    return (same_site.filter(pk__lt=job.pk) if job.pk else same_site).order_by("-changed_at")


def find_unused_import(job: ArchiveImport) -> ArchiveImport | None:
    """Return the earlier import of the same host whose rules are not used here, or None if it has the same."""
    if PAGE_RULES not in job.options or job.options.get(PAGE_RULES_SOURCE):
        return None
    earlier = find_earlier_import(job, job.options.get(PAGE_RULES_HOST, ""))
    return earlier if earlier and earlier.options[PAGE_RULES] != job.options[PAGE_RULES] else None


def _is_of_one_site(host: str) -> bool:
    """Whether a host stands for one site, as a name and a port of somebody's own computer do.

    Copies without a host, or from an address without a port, may be of any site.
    """
    name = urlsplit(f"//{host}").hostname or UNKNOWN_HOST
    if name == UNKNOWN_HOST or host.rpartition("]")[2].partition(":")[2]:
        return name != UNKNOWN_HOST
    try:
        ip_address(name)
    except ValueError:
        return name != "localhost" and not name.endswith(".localhost")
    return False


def read_page_rules(text: str) -> tuple:
    """Return the rules in a text, for `ImportMapping.pages`; () if it has none.

    Raises:
        ImportRefused: one is invalid; the message names the line.
    """
    pages = parse_mapping(text, name=_("Rules for the pages")).pages
    parse_rules(pages)
    return pages


def list_earlier_imports() -> QuerySet[ArchiveImport]:
    """Return the imports of Markdown files, whose texts another archive may have in other folders."""
    created = ArchiveImport.objects.filter(pk=OuterRef("pk"), created_publications__isnull=False)
    reports = (Q(**{f"{column}__system": MARKDOWN.name}) for column in ("report", "earlier_report"))
    return ArchiveImport.objects.filter(reduce(or_, reports), Exists(created))


def load_earlier_texts(pk: int | str | None) -> dict[str, EarlierText]:
    """Return the texts of an import by their paths in its archive; {} where none is named.

    Raises:
        InvalidOptions: it is deleted.
    """
    if not str(pk or "").isdecimal():
        return {}
    job = list_earlier_imports().filter(pk=pk).first()
    if not job:
        raise InvalidOptions(
            _("The earlier import is deleted: choose another, or none."), option="earlier_import"
        )
    files = [file for file in job.import_report.get("files", ()) if file.get("uid")]
    return {file["source"]: EarlierText(file["uid"], file["title"]) for file in files}
