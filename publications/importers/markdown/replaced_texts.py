"""Texts of Jekyll in whose place the old site led to another address."""

from collections.abc import Iterable
from dataclasses import replace

from ..links import link_key
from ..source_redirects import SourceRedirect, resolve_redirects
from .source_file import SourceFile
from .source_site import SourceSite


def follow_redirects(
    files: Iterable[SourceFile], site: SourceSite
) -> tuple[list[SourceFile], list[SourceRedirect]]:
    """Return the texts with the addresses that led to them in place of others, and redirects to what is no text."""
    redirects = [
        SourceRedirect(address, file.redirect, address)
        for file in files
        for address in (file.former_paths if file.redirect else ())
    ]
    keys = {
        key: file.uid
        for file in files
        for key in (*file.default_paths, *map(link_key, file.former_paths))
        if not file.redirect
    }
    found, others = resolve_redirects(redirects, keys, site.url)
    followed = [
        replace(file, former_paths=() if file.redirect else (*file.former_paths, *found.get(file.uid, ())))
        for file in files
    ]
    return followed, others
