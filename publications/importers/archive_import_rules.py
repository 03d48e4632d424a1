"""The rules for the pages of a copy of an old site that is imported at the desk: proposed first, then edited there."""

from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from publications.models import ArchiveImport, ArchiveImportState
from publications.stored_messages import gettext as _

from .mapping import ImportMapping, parse_mapping, render_mapping
from .old_site import UNKNOWN_HOST, host_of, open_copy, parse_rules
from .options import ImportOptions
from .run import propose_mapping

PAGE_RULES = "page_rules"
"""The option of an import with the rules, as YAML; an import of anything else than an old site has none."""
PAGE_RULES_HOST = "page_rules_host"
"""The option with the host of the old site that the rules are for."""
PAGE_RULES_SOURCE = "page_rules_source"
"""The option with the file name of the import that the rules were taken from; "" if they were proposed."""
MAX_RULES_CHARACTERS = 100_000


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
    jobs = ArchiveImport.objects.exclude(pk=job.pk).exclude(state=ArchiveImportState.FAILED).defer("report")
    same_host = jobs.filter(**{f"options__{PAGE_RULES_HOST}": host})
    earlier = same_host.filter(pk__lt=job.pk) if job.pk else same_host
    return next(
        (row for row in earlier.order_by("-changed_at") if row.options.get(PAGE_RULES, "").strip()), None
    )


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
