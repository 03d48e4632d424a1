"""Querysets that are compiled to SQL once for each process and then run with different parameters.

Compiling takes Django several times as long as the database takes to answer. A `PreparedQuery` compiles a queryset with
a `Parameter` in place of each value; later calls only fill in the values.
"""

import json
from collections.abc import Callable, Iterable
from copy import copy
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql import UpdateQuery


class ListField(models.Field):
    """A list of integers or texts, of any length, as one parameter."""

    def get_db_prep_value(self, value, connection, prepared=False):
        return json.dumps(list(value)) if connection.vendor == "sqlite" else list(value)


INTEGER, TEXT, DATETIME = models.BigIntegerField(), models.TextField(), models.DateTimeField()
INTEGERS, TEXTS = ListField(), ListField()
"""Types of parameters."""
ALL_ROWS = slice(None)


class InList(models.Lookup):
    """Whether a value is in a list: `filter(InList(F("pk"), pks))`. The SQL of `pk__in` depends on its length."""

    def as_sql(self, compiler, connection):
        return self._format("%s = ANY(%s)", compiler, connection)

    def as_sqlite(self, compiler, connection):
        return self._format("%s IN (SELECT value FROM json_each(%s))", compiler, connection)

    def _format(self, template: str, compiler, connection) -> tuple[str, tuple]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return template % (lhs, rhs), (*lhs_params, *rhs_params)


class Parameter(models.Expression):
    """A placeholder: in the compiled SQL it is its own parameter until a call fills in a value."""

    def __init__(self, name: str, field: models.Field) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection) -> tuple[str, list]:
        return "%s", [self]


class PreparedQuery[M: models.Model]:
    """A queryset with named parameters: `PreparedQuery(build_queryset, locale=TEXT)(locale="en")` returns instances.

    A parameter that a call leaves out, or gives as None, is not given to `build_queryset` either: each combination of
    parameters has SQL of its own.

    Args:
        build_queryset: takes the parameters by name and returns a queryset. Its SQL must not depend on their values. It
            may use `select_related`, but not `prefetch_related`.
        fields: the type of each parameter; those without one are texts, such as filters by facets.
    """

    def __init__(self, build_queryset: Callable[..., models.QuerySet[M]], **fields: models.Field) -> None:
        self._build_queryset, self._fields = build_queryset, fields
        self._compiled: dict[tuple[str, frozenset[str]], tuple] = {}

    def __call__(self, **values: Any) -> list[M]:
        queryset, compiler = self._fill_in(values)
        return list(queryset._iterable_class(_CompiledQuerySet(queryset, compiler)))

    def values_list(self, limits: slice = ALL_ROWS, /, **values: Any) -> list[tuple]:
        """Return the selected columns of all rows, or of those within limits, as tuples, without instances."""
        return list(self._fill_in(values, limits)[1].results_iter(tuple_expected=True))

    def flat_list(self, limits: slice = ALL_ROWS, /, **values: Any) -> list:
        """Return the only selected column of these rows."""
        return [value for (value,) in self.values_list(limits, **values)]

    def _fill_in(self, values: dict[str, Any], limits: slice = ALL_ROWS) -> tuple:
        connection = connections[DEFAULT_DB_ALIAS]  # not the proxy, which looks it up at each access
        given = {name: value for name, value in values.items() if value is not None}
        queryset, compiler, sql = self._compile(connection, frozenset(given))
        params = {
            name: self._field(name).get_db_prep_value(value, connection) for name, value in given.items()
        }
        if limits is not ALL_ROWS:
            sql = f"{sql} {connection.ops.limit_offset_sql(limits.start, limits.stop)}"
        compiler = copy(compiler)
        compiler.connection, compiler.as_sql = connection, lambda: (sql, params)
        return queryset, compiler

    def _compile(self, connection: BaseDatabaseWrapper, names: frozenset[str]) -> tuple:
        key = connection.vendor, names
        if key not in self._compiled:
            placeholders = {name: Parameter(name, self._field(name)) for name in sorted(names)}
            queryset = self._build_queryset(**placeholders)
            compiler = queryset.query.get_compiler(connection=connection)
            sql = _name_parameters(*compiler.as_sql())
            _cache_converters(compiler)
            self._compiled[key] = (queryset, compiler, sql)
        return self._compiled[key]

    def _field(self, name: str) -> models.Field:
        return self._fields.get(name, TEXT)


def update_row(model: type[models.Model], pk: int, **values: Any) -> int:
    """Set columns of the row with a primary key, by an UPDATE that is compiled once for each set of fields.

    Returns:
        How many rows there were: 1, or 0 if it was deleted.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    fields = {name: model._meta.get_field(name) for name in values}
    params = {name: field.get_db_prep_save(values[name], connection) for name, field in fields.items()}
    with connection.cursor() as cursor:
        cursor.execute(_compile_update(model, tuple(values), connection.vendor), {**params, "pk": pk})
        return cursor.rowcount


@cache
def _compile_update(model: type[models.Model], names: tuple[str, ...], vendor: str) -> str:
    """Return the UPDATE of the database in use, which is of this vendor."""
    query = model._base_manager.filter(pk=Parameter("pk", INTEGER)).query.chain(UpdateQuery)
    query.add_update_values({name: Parameter(name, model._meta.get_field(name)) for name in names})
    return _name_parameters(*query.get_compiler(connection=connections[DEFAULT_DB_ALIAS]).as_sql())


def _name_parameters(sql: str, params: Iterable[Any]) -> str:
    """Return the SQL with named parameters, and with all other values as literals.

    SQLite plans a statement anew at each run if a parameter decides whether a partial index covers it.
    """
    placeholders = (
        f"%({param.name})s" if isinstance(param, Parameter) else _as_literal(param) for param in params
    )
    return sql.replace("%%", "%%%%") % tuple(placeholders)


def _as_literal(value: str | int | datetime | timedelta) -> str:
    if isinstance(value, datetime):
        return f"'{value.isoformat()}'"
    if isinstance(value, timedelta):
        return f"interval '{value / timedelta(microseconds=1):.0f} microseconds'"
    if isinstance(value, str):
        return "'{}'".format(value.replace("'", "''").replace("%", "%%"))
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"{value!r} in the SQL of a prepared query: make it a parameter.")


def _cache_converters(compiler) -> None:
    """Look up the converters of the selected columns once instead of at each run."""
    converters = compiler.get_converters([column for column, *_rest in compiler.select])
    compiler.get_converters = lambda _columns: converters


class _CompiledQuerySet:
    """The part of a queryset, and of its query, that Django uses to read rows."""

    def __init__(self, queryset: models.QuerySet, compiler) -> None:
        self.model, self.db, self.query, self._compiler = queryset.model, queryset.db, self, compiler
        self._fetch_mode, self._known_related_objects = queryset._fetch_mode, {}

    def get_compiler(self, using: str):
        return self._compiler
