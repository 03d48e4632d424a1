"""How sources write the numbers of reports in their series: read without the database."""

import re

from publications.manuscript import HOME_ZONE, Manuscript

YEAR = r"(?P<{}>(?:19|20)[0-9]{{2}})"
NUMBER = re.compile(
    rf"(?:no|nr|number|nummer)?[. ]*(?:{YEAR.format('first')} ?[:/.-] ?(?P<second>[0-9]{{1,3}})"
    rf"|(?P<number>[0-9]{{1,3}})(?:(?:, ?| ?[/:-] ?){YEAR.format('year')})?)",
    re.IGNORECASE,
)

NUMBER_IN_SENTENCE = re.compile(
    rf"(?<![\w/.:-])(?:{YEAR.format('y1')}:[0-9]{{1,3}}|[0-9]{{1,3}}/{YEAR.format('y2')}"
    rf"|(?:no|nr|number|nummer)[. ]+[0-9]{{1,3}}(?:(?:, ?| ?[/:-] ?){YEAR.format('y3')})?)(?![\w/-]|:[0-9])",
    re.IGNORECASE,
)
"""More than `NUMBER` demands, as a title also has years, days and chapters."""


def find_series_number(text: str) -> str:
    """Return the number in a title or another text, or ""."""
    match = NUMBER_IN_SENTENCE.search(text)
    return match[0] if match else ""


def parse_series_number(manuscript: Manuscript) -> tuple[int, int] | None:
    """Return the year and the number of a manuscript, or None; a number alone is of the year of its date."""
    match = NUMBER.fullmatch(manuscript.number.strip())
    if not match:
        return None
    number = int(match["second"] or match["number"])
    published_at = manuscript.published_at
    year = match["first"] or match["year"] or (published_at and published_at.astimezone(HOME_ZONE).year)
    return (int(year), number) if year and number else None
