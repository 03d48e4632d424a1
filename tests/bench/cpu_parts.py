"""CPU by part: where a server or an import spends it.

The functions of a table are wrapped. While one runs, the CPU of its thread belongs to its part, except while a function
of another part runs within it. What belongs to no part is the rest, so that the parts add up to the CPU of the process.
The wrappers read a clock at each change of part, which the figures include.
"""

import functools
import importlib
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

type Table = dict[str, tuple[str, ...]]

PATH = "/cpu-by-part"  # where `measured_wsgi` answers

SHARED: Table = {
    "queries": (
        "django.db.models.sql.compiler:SQLCompiler.execute_sql",
        "django.db.models.sql.compiler:SQLInsertCompiler.execute_sql",
        "django.db.models.sql.compiler:SQLUpdateCompiler.execute_sql",
        "django.db.backends.utils:CursorWrapper.execute",
        "django.db.backends.utils:CursorWrapper.executemany",
        "django.db.backends.base.base:BaseDatabaseWrapper.commit",
    ),
    "rows and objects": (
        "django.db.models.query:QuerySet._fetch_all",
        "django.db.models.query:QuerySet.bulk_create",
        "django.db.models.query:QuerySet.bulk_update",
        "publications.models.prepared_queries:PreparedQuery.__call__",
        "publications.models.prepared_queries:PreparedQuery.values_list",
    ),
}
PAGES: Table = {
    "middleware and routing": (
        "django.core.handlers.wsgi:WSGIHandler.__call__",
        "django.urls.resolvers:URLResolver.resolve",
    ),
    "view and presentation": ("django.core.handlers.base:BaseHandler._get_response",),
    "search": ("publications.search.results:search", "publications.search.snippets:SnippetBuilder.snippet"),
    **SHARED,
    "template": ("django.template.base:Template.render",),
    "XML": ("publications.xml_writer:build_xml",),
    "compression": ("publications.page_cache.store:CachedResponse._compress",),
    "storing": ("publications.page_cache.application:PageCache._store",),
}
PAGES_REST = "server and page cache"
IMPORT: Table = {
    "files read": ("publications.importers.markdown.reader:read_file",),
    "Markdown rendered": ("publications.markup.render:render_markdown",),
    "drafts": ("publications.importers.manuscripts:import_manuscripts",),
    "publishing": ("publications.actions.publish:publish_many",),
    "search index": ("publications.search.index:store_rows",),
    "similarity": (
        "publications.search.similarity.rows:add_rows",
        "publications.importers.run:_complete_similarity",
    ),
    **SHARED,
}
IMPORT_REST = "the rest of the import"


class UnknownName(Exception):
    """A table names a function that does not exist."""


class CpuMeter:
    """Seconds of CPU by part, in all threads of this process."""

    def __init__(self, table: Table) -> None:
        """Wrap the functions of the table. Raises UnknownName."""
        self._threads, self._all = threading.local(), []
        for part, names in table.items():
            for name in names:
                replace_function(name, functools.partial(self._charge, part))

    def read(self) -> dict[str, float]:
        """Return the seconds of each part so far, and of the whole process under ""."""
        total = Counter()
        for account in list(self._all):
            total.update({part: seconds for part, seconds in account.seconds.items() if part})
        return {**total, "": time.process_time()}

    def _charge(self, part: str, function: Callable) -> Callable:
        @functools.wraps(function)
        def charged(*args, **kwargs):
            account = self._account()
            outer = account.enter(part)
            try:
                return function(*args, **kwargs)
            finally:
                account.enter(outer)

        return charged

    def _account(self) -> "_Account":
        try:
            return self._threads.account
        except AttributeError:
            self._threads.account = account = _Account()
            self._all.append(account)
            return account


class _Account:
    """The CPU of one thread."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._part, self._since = "", 0.0

    def enter(self, part: str) -> str:
        """Let the CPU from now on belong to this part, or to none (""); return the part before."""
        outer = self._part
        if part != outer:
            now = time.thread_time()
            self.seconds[outer] = self.seconds.get(outer, 0.0) + now - self._since
            self._part, self._since = part, now
        return outer


def difference(before: dict[str, float], after: dict[str, float], rest: str) -> dict[str, float]:
    """Return the seconds of each part between two readings; what no part took is named `rest`."""
    parts = {part: seconds - before.get(part, 0.0) for part, seconds in after.items()}
    whole = parts.pop("")
    return {rest: whole - sum(parts.values()), **parts}


def replace_function(name: str, wrap: Callable[[Callable], Callable]) -> None:
    """Replace a function, named "module:Class.function" or "module:function", wherever it has been imported.

    Raises:
        UnknownName: there is no such function.
    """
    owner, attribute, function = find_function(name)
    if isinstance(owner, type):
        setattr(owner, attribute, wrap(function))
        return
    wrapped = wrap(function)
    for module in list(sys.modules.values()):
        for key, value in list(getattr(module, "__dict__", {}).items()):
            if value is function:
                setattr(module, key, wrapped)


def find_function(name: str) -> tuple[object, str, Callable]:
    """Return the class or module that holds a function, its name there, and the function. Raises UnknownName."""
    module_name, _, path = name.partition(":")
    *owners, attribute = path.split(".")
    try:
        owner = functools.reduce(getattr, owners, importlib.import_module(module_name))
        return owner, attribute, vars(owner)[attribute]
    except (ImportError, AttributeError, KeyError) as error:
        raise UnknownName(f"tests/bench/cpu_parts.py names {name}, which does not exist") from error
