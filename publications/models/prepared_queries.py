"""Selections whose SQL is written once in the life of a process: what a page asks again and again, with other values.

Writing the SQL of a selection takes Django several times as long as the database takes to answer it. Here the
selection is made once with a `Given` where each value will stand; later calls only put the values in.
"""

import json
from collections.abc import Callable
from copy import copy
from typing import Any

from django.db import connection, models


class Numbers(models.Field):
    """A list of numbers as one value, however many they are."""

    def get_db_prep_value(self, value, connection, prepared=False):
        return json.dumps(list(value)) if connection.vendor == "sqlite" else list(value)


NUMBER, TEXT, MOMENT = models.BigIntegerField(), models.TextField(), models.DateTimeField()
NUMBERS = Numbers()
"""What a value may be."""


class Among(models.Lookup):
    """Whether a number is one of those given: `filter(Among(F("pk"), numbers))`; `pk__in` counts them in its SQL."""

    def as_sql(self, compiler, connection):
        return self._asked("%s = ANY(%s)", compiler, connection)

    def as_sqlite(self, compiler, connection):
        return self._asked("%s IN (SELECT value FROM json_each(%s))", compiler, connection)

    def _asked(self, template: str, compiler, connection) -> tuple[str, tuple]:
        number, values = self.process_lhs(compiler, connection)
        numbers, given = self.process_rhs(compiler, connection)
        return template % (number, numbers), (*values, *given)


class Given(models.Expression):
    """The place of a value that each call gives; in the values of the SQL it stands for itself."""

    def __init__(self, name: str, field: models.Field) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection) -> tuple[str, list]:
        return "%s", [self]


class PreparedQuery[M: models.Model]:
    """A selection of rows, by values of the given names and fields: `PreparedQuery(make, tree=TEXT)(tree="en")`.

    `make` takes each as an argument and gives a queryset, without prefetching; the SQL must not
    depend on the values. Related rows that it selects come along.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M]], **fields: models.Field) -> None:
        self._make, self._fields = make, fields
        self._written: dict[str, tuple] = {}

    def __call__(self, **values: Any) -> list[M]:
        rows, compiler = self._asking(values)
        return list(rows._iterable_class(_Written(rows, compiler)))

    def columns(self, **values: Any) -> list[tuple]:
        """The same without instances: what is selected, in its order."""
        return list(self._asking(values)[1].results_iter(tuple_expected=True))

    def _asking(self, values: dict[str, Any]) -> tuple:
        rows, compiler, sql, places = self._for(connection.vendor)
        found = [self._filled(place, values) for place in places]
        compiler = copy(compiler)
        compiler.connection, compiler.as_sql = connection, lambda: (sql, found)
        return rows, compiler

    def _for(self, vendor: str) -> tuple:
        if vendor not in self._written:
            rows = self._make(**{name: Given(name, field) for name, field in self._fields.items()})
            compiler = rows.query.get_compiler(connection=connection)
            sql, places = compiler.as_sql()
            _keep_converters(compiler)
            self._written[vendor] = (rows, compiler, sql, places)
        return self._written[vendor]

    def _filled(self, place: Any, values: dict[str, Any]) -> Any:
        if not isinstance(place, Given):
            return place
        return self._fields[place.name].get_db_prep_value(values[place.name], connection)


def _keep_converters(compiler) -> None:
    """Let it find but once how the values of each column become Python's."""
    found = compiler.get_converters([column for column, *_rest in compiler.select])
    compiler.get_converters = lambda _columns: found


class _Written:
    """A queryset, and the query in it, as far as Django asks them while it reads rows."""

    def __init__(self, rows: models.QuerySet, compiler) -> None:
        self.model, self.db, self.query, self._compiler = rows.model, rows.db, self, compiler
        self._fetch_mode, self._known_related_objects = rows._fetch_mode, {}

    def get_compiler(self, using: str):
        return self._compiler
