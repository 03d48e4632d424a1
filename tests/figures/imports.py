"""Figures of an import of the corpus: `python -m tests.figures.imports [number of generated publications]`.

It uses a site of its own in a temporary folder and parses the sources with patterns of its own, so that the importer is
not checked by itself.
"""

import html
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import batched, islice
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*\n(.*)\Z", re.DOTALL)
RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
CODE = re.compile(
    r"^[ \t]*(`{3,}|~{3,}).*?^[ \t]*\1|`[^`\n]+`|<(pre|code|svg|blockquote class=\"instagram)\b.*?</",
    re.DOTALL | re.MULTILINE,
)
LINK_PATTERNS = (
    re.compile(r"""(?<!!)\]\(\s*(?:\{\{\s*)?["']?([^\s()"'<>{}|]+)"""),
    re.compile(r"""<a\s[^>]*href=["'](?:\{\{\s*(?:site\.baseurl\s*\}\}|["']))?([^"'{}\s|<>]+)"""),
    re.compile(r"""<(?:iframe|script)\s[^>]*src=["']([^"'{}\s]+)"""),
)
IMAGE_PATTERNS = (
    re.compile(r"""\{%\s*image(?:_with_class)?\s+["']([^"']+)"""),
    re.compile(r"""!\[[^\]]*\]\((?:\{\{\s*)?["']?(?:site\.baseurl\s*\}\})?([^\s()"'<>{}|]+)"""),
    re.compile(r"""<img\s[^>]*src=["'](?:\{\{\s*(?:site\.baseurl\s*\}\}|["']))?([^"'{}\s|<>]+)"""),
)


IMAGE = re.compile(r"!\[[^\]]*\]\([^()]*(?:\([^()]*\)[^()]*)*\)")


def read_sources(folder: Path) -> dict[str, tuple[str, str]]:
    """Return front matter and body of every file, split without the importer."""
    texts = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.md")}
    return {name: FRONT.match(text).groups() for name, text in texts.items()}


def lost_links_of(body: str, page: str, text: str) -> list[str]:
    """Return the addresses that a body links to and that are neither on the page nor in the report."""
    visible = IMAGE.sub(" ", CODE.sub(" ", RAW.sub(" ", body)))
    imported = html.unescape(page) + text
    links = {address.rstrip("\\") for pattern in LINK_PATTERNS for address in pattern.findall(visible)}
    return [link for link in links if html.unescape(link).split("#")[0].strip("/") not in imported]


def lost_images_of(front: str, body: str, keys: int, text: str, media: Path) -> list[str]:
    """Return the images that are neither in the library and on the page nor in the report."""
    visible = CODE.sub(" ", RAW.sub(" ", body))
    images = {address for pattern in IMAGE_PATTERNS for address in pattern.findall(visible)}
    images.discard("image")  # the name of the field that is read below
    if cover := re.search(r"^image:[ \t]*[\"']?([^\s\"']+)", front, re.MULTILINE):
        images.add(cover[1])
    unnamed = [image for image in images if image not in text and image.lstrip("/") not in text]
    return [image for image in unnamed if not ((media / image.lstrip("/")).is_file() and keys)]


def listed_authors(front: str) -> list[str]:
    """Return the ids of the authors in the order of the front matter."""
    match = re.search(r"^authors:[ \t]*\n((?:[ \t]*-[^\n]*\n|[ \t]*\n)+)", front + "\n", re.MULTILINE)
    return [line.strip("- \t\"'") for line in match[1].split("\n") if line.strip()] if match else []


def date_of_post(name: str, front: str) -> str:
    """Return the date of a post in its front matter, or else in its file name."""
    match = re.search(r"^date:[ \t]*[\"']?(\d{4}-\d{2}-\d{2})", front, re.MULTILINE)
    return match[1] if match else name[:10]


def import_figures(report, folder: Path, media: Path) -> dict[str, object]:
    """Return the figures of imported posts by name."""
    from django.utils import timezone

    from publications.models import Author, Edition, Redirect, Tag
    from publications.slugs import slugify

    texts = read_sources(folder)
    entries = {entry.source: entry for entry in report.files}
    live = {
        edition.slug: edition
        for edition in Edition.objects.live().prefetch_related("bylines__author", "images")
    }
    pages = {
        name: live[entry.address.rstrip("/").rpartition("/")[2]]
        for name, entry in entries.items()
        if entry.is_published
    }
    values = {name: "\n".join(line.text for line in entry.notes) for name, entry in entries.items()}
    lost_links = {
        name: lost
        for name, page in pages.items()
        if (lost := lost_links_of(texts[name][1], page.html + page.body, values[name]))
    }
    lost_images = {
        name: lost for name, page in pages.items()
        if (lost := lost_images_of(*texts[name], len(page.images.all()), values[name], media))
    }  # fmt: skip
    authors = {name: [line.author.slug for line in page.bylines.all()] for name, page in pages.items()}
    order = [
        name
        for name in pages
        if authors[name] != list(dict.fromkeys(map(slugify, listed_authors(texts[name][0]))))
    ]
    other_dates = [
        name
        for name, page in pages.items()
        if timezone.localtime(page.published_at).date().isoformat() != date_of_post(name, texts[name][0])
    ]
    totals = report.totals()
    liquid = {
        name: len(re.findall(r"\{\{|\{%", page.html))
        for name, page in pages.items()
        if re.search(r"\{\{|\{%", page.html)
    }
    guarded = {name for name in liquid if RAW.search(texts[name][1])}
    slugs = Counter(re.sub(r"-\d+$", "", slug) for slug in live)
    least_share, name_of_least = min((entry.coverage.ratio, name) for name, entry in entries.items())
    return {
        "publications": len(pages),
        "authors in use": Author.objects.count(),
        "posts whose authors are in another order": order,
        "tags": Tag.objects.count(),
        "dates from file names": totals["date_from_name"],
        "dates that differ from the file name": totals["date_differs"],
        "posts whose day is another": other_dates,
        "addresses of the same-slug posts": sorted(
            slug for slug in live if slug.startswith("andrew-hyder-award")
        ),
        "titles with most addresses": slugs.most_common(1),
        "redirects (front matter and authors)": Redirect.objects.count(),
        "pages with Liquid that its author did not put between raw": sorted(set(liquid) - guarded),
        "pages that show raw braces, as written": sorted(guarded),
        "pages with script or iframe": sum(
            bool(re.search(r"<(script|iframe)\b", page.html)) for page in pages.values()
        ),
        "least share of words in the text": f"{least_share:.4%} ({name_of_least})",
        "files below 99.5 %": sum(entry.coverage.ratio < 0.995 for entry in report.files),
        "words left out, all named": sum(len(entry.coverage.missing) for entry in report.files),
        "links neither kept nor named": lost_links,
        "pictures neither kept nor named": lost_images,
        "pictures in the library": totals["images"],
        "pictures missing, named": totals["image_missing"],
    }


def show(title: str, rows: dict[str, object]) -> None:
    print(f"\n{title}")
    for name, value in rows.items():
        print(f"  {name:<58} {value if value not in ([], {}) else 'none'}")


def generate(folder: Path, count: int) -> Path:
    """Write publications of 700 words, by two authors on three topics each, in words that have a usual distribution."""
    from tests.many_texts import AUTHORS, TOPICS, Vocabulary

    rng = random.Random(20_000)
    vocabulary = Vocabulary(rng)  # of the texts of a generated site
    rng.seed(700)
    for number in range(count):
        topics, authors = rng.sample(range(TOPICS), 3), rng.sample(range(AUTHORS), 2)
        place = folder / f"{number // 1000:03}"
        place.mkdir(parents=True, exist_ok=True)
        title = f"{' '.join(rng.sample(vocabulary.of(topics[0]), 5)).capitalize()} {number}"
        (place / f"2020-01-{number % 28 + 1:02}-piece-{number}.md").write_text(
            f"---\ntitle: {title}\nauthors: {[f'author-{author}' for author in authors]}\n"
            f"tags: {[f'Topic {topic}' for topic in topics]}\nexcerpt: What happened on day {number}.\n---\n"
            f"{write_body(vocabulary.text(topics))}\n", encoding="utf-8",
        )  # fmt: skip
    return folder


def write_body(words: list[str]) -> str:
    """Return words as Markdown: four sections with a heading, two paragraphs with a link and a note, and a list."""
    return "\n\n".join(
        write_section(number, iter(part)) for number, part in enumerate(batched(words, 175), start=1)
    )


def write_section(number: int, words: Iterator[str]) -> str:
    def take(count: int) -> str:
        return " ".join(islice(words, count))

    address = f"https://example.org/{number}"
    return (
        f"## {take(5).capitalize()}\n\n"
        f"{take(40).capitalize()}, *{take(2)}*, and [{take(3)}]({address}) {take(30)}.[^{number}]\n\n"
        f"- {take(10)}\n- {take(10)} **{take(2)}**\n- {take(10)}\n\n"
        f"{take(50).capitalize()}.\n\n[^{number}]: {take(13).capitalize()}, <{address}/note>."
    )


def rates_of(report) -> dict[str, object]:
    """Return the publications per second of the whole import, its first and its last thousand."""
    progress = report.progress
    first = next((step for step in progress if step[0] >= 1000), progress[-1])
    before = next((step for step in progress if step[0] >= progress[-1][0] - 1000), progress[0])
    last = (progress[-1][0] - before[0]) / ((progress[-1][1] - before[1]) or 1)
    return {
        "pieces a second": report.totals()["pieces_a_second"],
        "first thousand, a second": round(first[0] / first[1], 1),
        "last thousand, a second": round(last, 1),
    }


def run_timed(order) -> tuple:

    from publications.importers.run import run_import

    started = time.process_time()
    report = run_import(order)
    return report, {
        **rates_of(report),
        "CPU of the writing process, ms a piece": round(
            (time.process_time() - started) * 1000 / max(len(report.files), 1), 1
        ),
    }


def main(generated: int) -> None:
    from django.core.management import call_command

    from publications.importers.report_text import Progress
    from publications.importers.run import ImportOptions
    from publications.models import Edition, Publication, RelatedLink

    call_command("migrate", verbosity=0)
    posts, table, media = CORPUS / "posts", CORPUS / "authors/team_members.csv", CORPUS / "media"
    common = {"processes": os.cpu_count() or 1, "publish": True, "progress": Progress()}
    with tempfile.TemporaryDirectory() as none:
        _account, speed = run_timed(
            ImportOptions(posts, authors=table, media=(Path(none),), dry_run=True, **common)
        )
    show("Posts without pictures, rehearsed", speed)
    report, speed = run_timed(ImportOptions(posts, authors=table, **common))
    show("Posts", {**import_figures(report, posts, media), **speed})
    again, speed = run_timed(ImportOptions(posts, authors=table, **common))
    show(
        "Posts once more",
        {**{name: again.totals()[name] for name in ("new", "updated", "unchanged")}, **speed},
    )
    guides, speed = run_timed(ImportOptions(CORPUS / "guides", **common))
    drafts = Publication.objects.filter(uid__in=[entry.uid for entry in guides.files])
    languages = Counter(drafts.values_list("language", flat=True))
    show("Guides", {
        "drafts": drafts.filter(editions=None).count(), "undated": drafts.filter(published_at=None).count(),
        "languages": dict(languages), "related links": RelatedLink.objects.filter(source__in=drafts).count(),
        "translations": drafts.exclude(translation_of=None).count(),
        "least share of words": guides.totals()["min_word_coverage"],
        "Arabic reads": Edition(language="ar").direction, **speed,
    })  # fmt: skip
    if generated:
        with tempfile.TemporaryDirectory() as folder:
            report, speed = run_timed(ImportOptions(generate(Path(folder) / "many", generated), **common))
        show(f"{generated} generated pieces", {"published": report.totals()["published"], **speed})


def import_with_profiles() -> None:
    """Import the same posts with the other list of authors."""
    from django.core.management import call_command

    from publications.importers.run import ImportOptions

    call_command("migrate", verbosity=0)
    report, _speed = run_timed(
        ImportOptions(CORPUS / "posts", authors=CORPUS / "authors/profiles", processes=2, dry_run=True)
    )
    result = {line.text for entry in report.files for line in entry.notes if line.topic == "guest"}
    show(
        "With profiles/",
        {"authors told as unknown": sorted(result), "authors in use": report.totals()["authors"]},
    )


if __name__ == "__main__":
    import django

    if not CORPUS.is_dir():
        sys.exit(f"There is no {CORPUS}: the figures need the corpus beside the project.")
    with tempfile.TemporaryDirectory() as site:
        os.environ |= {"SITE_DATA": site, "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
        django.setup()
        import_with_profiles()
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
