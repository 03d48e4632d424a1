"""The bibliographic record of an edition and everything rendered from it: formats, citations, JSON-LD and head tags.

Records are built from editions alone, so a draft has none.
"""

from . import json_ld
from .citations import Citation, chicago, citations
from .dublin_core import OAI_DC, OAI_DC_SCHEMA, dublin_core, write_dublin_core
from .formats import (
    COMPRESSIBLE_TYPES,
    FEED_FORMATS,
    FORMATS,
    RECORD_FORMATS,
    REFERENCE_FORMATS,
    SLOW_FORMATS,
    OutputFormat,
    format_url,
)
from .head_tags import citation_context, head_context
from .json_ld import HeadImage
from .names import Name, parse_name
from .record import Record, build_record
from .signposting import LINKSET_RENDERERS, linkset_path, publication_links, render_links

__all__ = [
    "COMPRESSIBLE_TYPES",
    "FEED_FORMATS",
    "FORMATS",
    "LINKSET_RENDERERS",
    "OAI_DC",
    "OAI_DC_SCHEMA",
    "RECORD_FORMATS",
    "REFERENCE_FORMATS",
    "SLOW_FORMATS",
    "Citation",
    "HeadImage",
    "Name",
    "OutputFormat",
    "Record",
    "build_record",
    "chicago",
    "citation_context",
    "citations",
    "dublin_core",
    "format_url",
    "head_context",
    "json_ld",
    "linkset_path",
    "parse_name",
    "publication_links",
    "render_links",
    "write_dublin_core",
]
