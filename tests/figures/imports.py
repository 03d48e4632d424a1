"""The figures of an import of the corpus, in one table: `python -m tests.figures.imports [generated pieces]`.

It works on a site of its own in a temporary folder and looks at the sources by means of its own, so that
the importer does not vouch for itself.
"""

import html
import os
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*\n(.*)\Z", re.DOTALL)
RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
FENCED = re.compile(
    r"^[ \t]*(`{3,}|~{3,}).*?^[ \t]*\1|`[^`\n]+`|<(pre|code|svg|blockquote class=\"instagram)\b.*?</",
    re.DOTALL | re.MULTILINE,
)
LINKED = (
    re.compile(r"""(?<!!)\]\(\s*(?:\{\{\s*)?["']?([^\s()"'<>{}|]+)"""),
    re.compile(r"""<a\s[^>]*href=["'](?:\{\{\s*(?:site\.baseurl\s*\}\}|["']))?([^"'{}\s|<>]+)"""),
    re.compile(r"""<(?:iframe|script)\s[^>]*src=["']([^"'{}\s]+)"""),
)
PICTURED = (
    re.compile(r"""\{%\s*image(?:_with_class)?\s+["']([^"']+)"""),
    re.compile(r"""!\[[^\]]*\]\((?:\{\{\s*)?["']?(?:site\.baseurl\s*\}\})?([^\s()"'<>{}|]+)"""),
    re.compile(r"""<img\s[^>]*src=["'](?:\{\{\s*(?:site\.baseurl\s*\}\}|["']))?([^"'{}\s|<>]+)"""),
)


SHOWN = re.compile(r"!\[[^\]]*\]\([^()]*(?:\([^()]*\)[^()]*)*\)")


def sources(folder: Path) -> dict[str, tuple[str, str]]:
    """Front matter and body of every file, cut by a rule of our own."""
    texts = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.md")}
    return {name: FRONT.match(text).groups() for name, text in texts.items()}


def unkept_links(body: str, page: str, text: str) -> list[str]:
    """Addresses that a body links to and that are neither on the page nor in the report."""
    visible = SHOWN.sub(" ", FENCED.sub(" ", RAW.sub(" ", body)))
    there = html.unescape(page) + text
    found = {address.rstrip("\\") for pattern in LINKED for address in pattern.findall(visible)}
    return [each for each in found if html.unescape(each).split("#")[0].strip("/") not in there]


def unkept_pictures(front: str, body: str, keys: int, text: str, media: Path) -> list[str]:
    """Pictures that are neither in the library nor in the report; those that are there must be shown."""
    visible = FENCED.sub(" ", RAW.sub(" ", body))
    found = {address for pattern in PICTURED for address in pattern.findall(visible)}
    found.discard("image")  # names the field of that name, which is looked at below
    if cover := re.search(r"^image:[ \t]*[\"']?([^\s\"']+)", front, re.MULTILINE):
        found.add(cover[1])
    lost = [each for each in found if each not in text and each.lstrip("/") not in text]
    return [each for each in lost if not ((media / each.lstrip("/")).is_file() and keys)]


def written_order(front: str) -> list[str]:
    """The ids of the authors as the front matter lists them."""
    listed = re.search(r"^authors:[ \t]*\n((?:[ \t]*-[^\n]*\n|[ \t]*\n)+)", front + "\n", re.MULTILINE)
    return [line.strip("- \t\"'") for line in listed[1].split("\n") if line.strip()] if listed else []


def written_day(name: str, front: str) -> str:
    """The day of a post: as the front matter has it, else as the name."""
    found = re.search(r"^date:[ \t]*[\"']?(\d{4}-\d{2}-\d{2})", front, re.MULTILINE)
    return found[1] if found else name[:10]


def figures(account, folder: Path, media: Path) -> dict[str, object]:
    """What done-when 1 asks of the posts, after an import."""
    from django.utils import timezone

    from publications.models import Author, Edition, Redirect, Tag
    from publications.slugs import slugify

    texts = sources(folder)
    entries = {entry.source: entry for entry in account.files}
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
        if (lost := unkept_links(texts[name][1], page.html + page.body, values[name]))
    }
    lost_pictures = {
        name: lost for name, page in pages.items()
        if (lost := unkept_pictures(*texts[name], len(page.images.all()), values[name], media))
    }  # fmt: skip
    authors = {name: [line.author.slug for line in page.bylines.all()] for name, page in pages.items()}
    order = [
        name
        for name in pages
        if authors[name] != list(dict.fromkeys(map(slugify, written_order(texts[name][0]))))
    ]
    moved = [
        name
        for name, page in pages.items()
        if timezone.localtime(page.published_at).date().isoformat() != written_day(name, texts[name][0])
    ]
    totals = account.totals()
    liquid = {
        name: len(re.findall(r"\{\{|\{%", page.html))
        for name, page in pages.items()
        if re.search(r"\{\{|\{%", page.html)
    }
    guarded = {name for name in liquid if RAW.search(texts[name][1])}
    slugs = Counter(re.sub(r"-\d+$", "", slug) for slug in live)
    share, place = min((entry.coverage.ratio, name) for name, entry in entries.items())
    return {
        "publications": len(pages),
        "authors in use": Author.objects.count(),
        "posts whose authors are in another order": order,
        "tags": Tag.objects.count(),
        "dates from file names": totals["date_from_name"],
        "dates that differ from the file name": totals["date_differs"],
        "posts whose day is another": moved,
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
        "least share of words in the text": f"{share:.4%} ({place})",
        "files below 99.5 %": sum(entry.coverage.ratio < 0.995 for entry in account.files),
        "words left out, all named": sum(len(entry.coverage.missing) for entry in account.files),
        "links neither kept nor named": lost_links,
        "pictures neither kept nor named": lost_pictures,
        "pictures in the library": totals["images"],
        "pictures missing, named": totals["image_missing"],
    }


def show(title: str, rows: dict[str, object]) -> None:
    print(f"\n{title}")
    for name, value in rows.items():
        print(f"  {name:<58} {value if value not in ([], {}) else 'none'}")


def generate(folder: Path, count: int) -> Path:
    """Small pieces by a hundred authors on forty topics."""
    text = "\n\n".join(
        ["Steel and grain are moved by rail, and *nobody* says [how](https://example.org/)."] * 6
    )
    for number in range(count):
        place = folder / f"{number // 1000:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"2020-01-{number % 28 + 1:02}-piece-{number}.md").write_text(
            f"---\ntitle: Piece {number}\nauthor: author-{number % 100}\ntags: [topic {number % 40}]\n"
            f"excerpt: What happened on day {number}.\n---\n{text} {number}\n", encoding="utf-8",
        )  # fmt: skip
    return folder


def rates(account) -> dict[str, object]:
    """Pieces a second over all, and of the first and last thousand."""
    marks = account.progress
    first = next((mark for mark in marks if mark[0] >= 1000), marks[-1])
    before = next((mark for mark in marks if mark[0] >= marks[-1][0] - 1000), marks[0])
    last = (marks[-1][0] - before[0]) / ((marks[-1][1] - before[1]) or 1)
    return {
        "pieces a second": account.totals()["pieces_a_second"],
        "first thousand, a second": round(first[0] / first[1], 1),
        "last thousand, a second": round(last, 1),
    }


def timed(order) -> tuple:

    from publications.importers.run import run_import

    began = time.process_time()
    account = run_import(order)
    return account, {
        **rates(account),
        "CPU of the writing process, ms a piece": round(
            (time.process_time() - began) * 1000 / max(len(account.files), 1), 1
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
        _account, speed = timed(
            ImportOptions(posts, authors=table, media=(Path(none),), dry_run=True, **common)
        )
    show("Posts without pictures, rehearsed", speed)
    account, speed = timed(ImportOptions(posts, authors=table, **common))
    show("Posts", {**figures(account, posts, media), **speed})
    again, speed = timed(ImportOptions(posts, authors=table, **common))
    show(
        "Posts once more",
        {**{name: again.totals()[name] for name in ("new", "updated", "unchanged")}, **speed},
    )
    guides, speed = timed(ImportOptions(CORPUS / "guides", **common))
    drafts = Publication.objects.filter(uid__in=[entry.uid for entry in guides.files])
    languages = Counter(drafts.values_list("language", flat=True))
    show("Guides", {
        "drafts": drafts.filter(editions=None).count(), "undated": drafts.filter(published_at=None).count(),
        "languages": dict(languages), "related links": RelatedLink.objects.filter(source__in=drafts).count(),
        "translations": drafts.exclude(translation_of=None).count(),
        "least share of words": guides.totals()["least_share_of_words"],
        "Arabic reads": Edition(language="ar").direction, **speed,
    })  # fmt: skip
    if generated:
        with tempfile.TemporaryDirectory() as folder:
            account, speed = timed(ImportOptions(generate(Path(folder) / "many", generated), **common))
        show(f"{generated} generated pieces", {"published": account.totals()["published"], **speed})


def profiles() -> None:
    """The same posts with the other list of authors, on a site of its own."""
    from django.core.management import call_command

    from publications.importers.run import ImportOptions

    call_command("migrate", verbosity=0)
    account, _speed = timed(
        ImportOptions(CORPUS / "posts", authors=CORPUS / "authors/profiles", processes=2, dry_run=True)
    )
    result = {line.text for entry in account.files for line in entry.notes if line.topic == "guest"}
    show(
        "With profiles/",
        {"authors told as unknown": sorted(result), "authors in use": account.totals()["authors"]},
    )


if __name__ == "__main__":
    import django

    if not CORPUS.is_dir():
        sys.exit(f"There is no {CORPUS}: the figures need the real texts that stand beside the project.")
    with tempfile.TemporaryDirectory() as site:
        os.environ |= {"SITE_DATA": site, "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
        django.setup()
        profiles()
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
