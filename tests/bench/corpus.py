"""What search and similarity find among the real posts beside the project."""

from collections.abc import Iterator

from tests.figures import search as search_figures

from .figures import Figure


def corpus() -> Iterator[Figure]:
    """Import the posts into the empty site of this process and yield the figures."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    editions = search_figures.import_posts()
    first = sum(search_figures.is_first_for_title(edition) for edition in editions)
    yield Figure(
        "posts that come first for their title", 100 * first / len(editions), "%", 100, is_minimum=True
    )
    hits, linking = search_figures.count_linked_nearest(editions)
    yield Figure("posts with a linked one among five nearest", 100 * hits / linking, "%", 70, is_minimum=True)
    for half, ratio in zip(("even", "odd"), search_figures.compare_with_tfidf(editions), strict=True):
        yield Figure(f"the same by plain TF-IDF = 1, {half} posts", ratio, "×", 1.1, is_minimum=True)
