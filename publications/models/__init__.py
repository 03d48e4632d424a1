"""What the site remembers. The front door: other rooms import from here."""

from .address import Address, Answer, Standing, answer, answer_for_edition
from .authors import Author
from .carded import bylines_of, carded, kinds, results, updated_among
from .edition import FOREVER, TAKEN_BACK, Change, Edition, End
from .edition_rows import EditionAttachment, EditionByline, EditionImage, EditionTag, Listed
from .edition_with_rows import (
    EditionWithRows,
    announced_at,
    first_published_at,
    readable_editions,
    started_editions,
    started_editions_by_publication,
    translations_of,
)
from .epoch import ADDING, Epoch, generation_here, lately, once, read_epoch, within
from .external_urls import check_external_url
from .facets import (
    FACETS,
    MAX_SLUG_LENGTH,
    Facet,
    FacetChoice,
    LiveCount,
    choices,
    count_authors,
    count_by,
    count_editions,
    count_tags,
    facet_of,
    filter_by,
    top_counts,
)
from .house import site_names, the_site
from .identifiers import check_doi, check_isbn, doi_url, settled_doi, settled_isbn
from .images import Image, OriginalFault, find_original_fault, is_original_there, keep_original, originals
from .kinds import Kind, Number
from .likeness import EditionTerm, Likeness, Unrelated, nearest
from .pages import Page, Place, Section, SiteLink
from .paths import FormerPath
from .prepared import MOMENT, NUMBER, NUMBERS, TEXT, Among, Prepared
from .publication import Attachment, Byline, Publication, RelatedLink, Role, whole_minute
from .ready import Ready
from .remarks import Remark
from .reviews import LONGEST_REMARK, MOST_A_MINUTE, MOST_REMARKS, Review, ReviewRemark
from .revision import ROWS, Revision, Why, as_manuscript, pictured
from .site import AuditLine, DeedKind, Generation, Site
from .spellings import Naming, SearchIndex, Synonym, Word
from .standing import State, in_state, moment_in_words, own_end, with_standing, words
from .tags import Tag, TaggedPublication, TagKind, as_known, for_draft, split_at_commas
from .typing import REDACTED_SINCE, Presence, Typed, is_redacted_since
from .word_files import Tracked, WordFile

__all__ = [
    "ADDING",
    "FACETS",
    "FOREVER",
    "LONGEST_REMARK",
    "MAX_SLUG_LENGTH",
    "MOMENT",
    "MOST_A_MINUTE",
    "MOST_REMARKS",
    "NUMBER",
    "NUMBERS",
    "REDACTED_SINCE",
    "ROWS",
    "TAKEN_BACK",
    "TEXT",
    "Address",
    "Among",
    "Answer",
    "Attachment",
    "AuditLine",
    "Author",
    "Byline",
    "Change",
    "DeedKind",
    "Edition",
    "EditionAttachment",
    "EditionByline",
    "EditionImage",
    "EditionTag",
    "EditionTerm",
    "EditionWithRows",
    "End",
    "Epoch",
    "Facet",
    "FacetChoice",
    "FormerPath",
    "Generation",
    "Image",
    "Kind",
    "Likeness",
    "Listed",
    "LiveCount",
    "Naming",
    "Number",
    "OriginalFault",
    "Page",
    "Place",
    "Prepared",
    "Presence",
    "Publication",
    "Ready",
    "RelatedLink",
    "Remark",
    "Review",
    "ReviewRemark",
    "Revision",
    "Role",
    "SearchIndex",
    "Section",
    "Site",
    "SiteLink",
    "Standing",
    "State",
    "Synonym",
    "Tag",
    "TagKind",
    "TaggedPublication",
    "Tracked",
    "Typed",
    "Unrelated",
    "Why",
    "Word",
    "WordFile",
    "announced_at",
    "answer",
    "answer_for_edition",
    "as_known",
    "as_manuscript",
    "bylines_of",
    "carded",
    "check_doi",
    "check_external_url",
    "check_isbn",
    "choices",
    "count_authors",
    "count_by",
    "count_editions",
    "count_tags",
    "doi_url",
    "facet_of",
    "filter_by",
    "find_original_fault",
    "first_published_at",
    "for_draft",
    "generation_here",
    "in_state",
    "is_original_there",
    "is_redacted_since",
    "keep_original",
    "kinds",
    "lately",
    "moment_in_words",
    "nearest",
    "once",
    "originals",
    "own_end",
    "pictured",
    "read_epoch",
    "readable_editions",
    "results",
    "settled_doi",
    "settled_isbn",
    "site_names",
    "split_at_commas",
    "started_editions",
    "started_editions_by_publication",
    "the_site",
    "top_counts",
    "translations_of",
    "updated_among",
    "whole_minute",
    "with_standing",
    "within",
    "words",
]
