"""Print the rows of docs/capacity.md that `make bench` measures, from the stored results: `python -m tests.bench.capacity`.

A cell is "–" if its figure is not in build/bench/last.json. The runs that measure all of them are in docs/capacity.md.
"""

from . import figures
from .site import FOLDER

COUNTS, DATABASES = (1_000, 20_000, 100_000), ("SQLite", "PostgreSQL")
CASES = ("never requested", "again after a change")
PAGES = (
    "publication", "list, pages 1–50", "topic", "search, twenty queries", "feed of 30 full texts", "list, last 50 pages",
    "sitemap, each file", "OAI-PMH, a page of records",
)  # fmt: skip
OTHER = {
    "search alone, with snippets, median": "search, {}: median",
    "save and publish, median": "save and publish, {}: median",
    "published until another process shows it, worst, ms": "published, until other processes show it, {}: worst",
    "import, published, texts a second": "import, published, {}",
    "import, texts for each second of CPU": "import, by one core, {}",
    "mirror, addresses for each second of CPU": "mirror, by one core, {}",
    "mirror after one publication, s of CPU": "mirror after one publication, {}: CPU",
}


def rows() -> dict[str, str]:
    """Return what each row measures, and the name of its figure with a place for the site."""
    pages = {f"{page}: {case}": f"{page}, {case}, {{}}" for page in PAGES for case in CASES}
    return {**pages, **OTHER}


def main() -> None:
    values = figures.read_last(FOLDER / "last.json")
    sites = [f"{count:,} in {database}" for database in DATABASES for count in COUNTS]
    print(f"| | {' | '.join(sites)} |\n|{' --- |' * (len(sites) + 1)}")
    for label, name in rows().items():
        cells = [values.get(name.format(site)) for site in sites]
        print(f"| {label} | {' | '.join(map(_format, cells))} |")


def _format(value: float | None) -> str:
    return "–" if value is None else figures.format_number(value)


if __name__ == "__main__":
    main()
