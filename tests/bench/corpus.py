"""What search and likeness find among the real posts that stand beside the project."""

from collections.abc import Iterator

from tests.figures import search as search_figures

from .figures import Figure


def corpus() -> Iterator[Figure]:
    """On an empty site: the posts are brought in first."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    editions = search_figures.posts_brought_in()
    first = sum(search_figures.stands_first(edition) for edition in editions)
    yield Figure(
        "posts that come first for their title", 100 * first / len(editions), "%", 100, at_least=True
    )
    hits, linking = search_figures.linked_among_nearest(editions)
    yield Figure("posts with a linked one among five nearest", 100 * hits / linking, "%", 70, at_least=True)
    for half, ratio in zip(("even", "odd"), search_figures.compare_with_tfidf(editions), strict=True):
        yield Figure(f"the same by plain TF-IDF = 1, {half} posts", ratio, "×", 1.1, at_least=True)
