"""Pages that are not in memory: what Django takes for each, in this process."""

import statistics
import time
from collections.abc import Iterator
from io import BytesIO

from .figures import Figure

ROUNDS = 40
PIECE, OTHER = 3, 6  # milliseconds
NOT_MUCH_MORE = 1.5


def addresses(count: int) -> list[str]:
    """Those of so many live pieces, the newest among them."""
    from publications.models import Edition

    return [edition.get_absolute_url() for edition in Edition.objects.live().newest_first()[:count]]


def render(paths: list[str], last: int) -> Iterator[Figure]:
    """CPU of every type of page within one generation of the site, and of the first that is asked for in it.

    The first of its type counts what all of them tell (pieces of each topic, author, year), once for a generation.
    """
    pages = {
        "piece": (paths, PIECE),
        "home": (["/en/"], OTHER),
        "list page 1": (["/en/publications/"], OTHER),
        f"list page {last}": ([f"/en/publications/?page={last}"], OTHER),
        "list of a topic": (["/en/publications/?topic=topic-0"], OTHER),
        "topic": (["/en/topics/topic-0/"], OTHER),
        "search": (["/en/publications/?q=harvest"], None),
        "feed": (["/en/feeds/publications.atom"], None),
    }
    found = {}
    for name, (params, budget) in pages.items():
        first, took, queries = _measured(params)
        found[name] = took
        yield Figure(f"{name}, made", took, "ms CPU", budget)
        yield Figure(f"{name}, made first after a deed", first, "ms CPU")
        yield Figure(f"{name}, made: queries", queries, "")
    ratio = found[f"list page {last}"] / found["list page 1"]
    yield Figure(f"list page {last} ÷ page 1", ratio, "", NOT_MUCH_MORE)


def _measured(paths: list[str]) -> tuple[float, float, int]:
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection

    from publications.models import read_site_state, site_state_scope

    ask = WSGIHandler()
    _answered(ask, paths[0])  # loads what is loaded once in the life of a process
    with site_state_scope(read_site_state()):
        first = _cpu(lambda: _answered(ask, paths[0]))
        params = []
        with connection.execute_wrapper(lambda go, *statement: params.append(1) or go(*statement)):
            _answered(ask, paths[0])
        times = [_cpu(lambda n=n: _answered(ask, paths[n % len(paths)])) for n in range(ROUNDS)]
    return first, statistics.median(times), len(params)


def _cpu(act) -> float:
    start = time.process_time()
    act()
    return (time.process_time() - start) * 1000


def _answered(ask, path: str) -> bytes:
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }  # fmt: skip
    result = []
    answer = ask(environ, lambda status, headers: result.append(status))
    body = b"".join(answer)
    answer.close()
    assert result[0].startswith("200"), f"{path} answers {result[0]}"
    return body
