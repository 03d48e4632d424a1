"""The bibliographic record of an edition and everything rendered from it: formats, citations, JSON-LD and head tags.

Records are built from editions alone, so a draft has none.
"""

from . import json_ld
from .citations import Citation, chicago, citations
from .formats import (
    COMPRESSIBLE_TYPES,
    FEED_FORMATS,
    FORMATS,
    RECORD_FORMATS,
    REFERENCE_FORMATS,
    SLOW_FORMATS,
    OutputFormat,
    dublin_core,
    format_url,
)
from .head_tags import citation_context, head_context
from .json_ld import HeadImage
from .names import Name, parse_name
from .record import Record, build_record

__all__ = [
    "COMPRESSIBLE_TYPES",
    "FEED_FORMATS",
    "FORMATS",
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
    "parse_name",
]
