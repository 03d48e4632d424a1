"""Querysets that are compiled to SQL once for each process and then run with different parameters.

Compiling takes Django several times as long as the database takes to answer. A `PreparedQuery` compiles a queryset with
a `Parameter` in place of each value; later calls only fill in the values.
"""

import json
from collections.abc import Callable
from copy import copy
from typing import Any

from django.db import connection, models


class Numbers(models.Field):
    """A list of numbers of any length as one parameter."""

    def get_db_prep_value(self, value, connection, prepared=False):
        return json.dumps(list(value)) if connection.vendor == "sqlite" else list(value)


NUMBER, TEXT, MOMENT = models.BigIntegerField(), models.TextField(), models.DateTimeField()
NUMBERS = Numbers()
"""Types of parameters."""


class Among(models.Lookup):
    """Whether a number is in a list: `filter(Among(F("pk"), numbers))`. The SQL of `pk__in` depends on its length."""

    def as_sql(self, compiler, connection):
        return self._format("%s = ANY(%s)", compiler, connection)

    def as_sqlite(self, compiler, connection):
        return self._format("%s IN (SELECT value FROM json_each(%s))", compiler, connection)

    def _format(self, template: str, compiler, connection) -> tuple[str, tuple]:
        number, number_params = self.process_lhs(compiler, connection)
        numbers, list_params = self.process_rhs(compiler, connection)
        return template % (number, numbers), (*number_params, *list_params)


class Parameter(models.Expression):
    """A placeholder: in the compiled SQL it is its own parameter until a call fills in a value."""

    def __init__(self, name: str, field: models.Field) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection) -> tuple[str, list]:
        return "%s", [self]


class PreparedQuery[M: models.Model]:
    """A queryset with named parameters: `PreparedQuery(make, locale=TEXT)(locale="en")` returns a list of rows.

    Args:
        make: takes the parameters by name and returns a queryset. Its SQL must not depend on their values. It may use
            `select_related`, but not `prefetch_related`.
        fields: the type of each parameter.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M]], **fields: models.Field) -> None:
        self._make, self._fields = make, fields
        self._compiled: dict[str, tuple] = {}

    def __call__(self, **values: Any) -> list[M]:
        queryset, compiler = self._fill_in(values)
        return list(queryset._iterable_class(_CompiledQuerySet(queryset, compiler)))

    def columns(self, **values: Any) -> list[tuple]:
        """Return the selected columns of each row as tuples, without instances."""
        return list(self._fill_in(values)[1].results_iter(tuple_expected=True))

    def _fill_in(self, values: dict[str, Any]) -> tuple:
        queryset, compiler, sql, params = self._compile(connection.vendor)
        filled = [self._value_of(param, values) for param in params]
        compiler = copy(compiler)
        compiler.connection, compiler.as_sql = connection, lambda: (sql, filled)
        return queryset, compiler

    def _compile(self, vendor: str) -> tuple:
        if vendor not in self._compiled:
            queryset = self._make(**{name: Parameter(name, field) for name, field in self._fields.items()})
            compiler = queryset.query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
            _cache_converters(compiler)
            self._compiled[vendor] = (queryset, compiler, sql, params)
        return self._compiled[vendor]

    def _value_of(self, param: Any, values: dict[str, Any]) -> Any:
        if not isinstance(param, Parameter):
            return param
        return self._fields[param.name].get_db_prep_value(values[param.name], connection)


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
