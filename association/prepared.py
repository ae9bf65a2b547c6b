"""Queries that are built once and then only executed.

A page of the roster asks a dozen small queries; building them with the ORM costs more than running them. A prepared
query is built by the ORM the first time, with stand-ins for the keys and the day, and kept as SQL.
"""

import functools
from datetime import date

from django.db import connection
from django.db.models import Field, Lookup
from django.db.models.fields.related import ForeignObject

KEYS = [-7_777_777]
DAY = date(7777, 7, 7)


@ForeignObject.register_lookup
@Field.register_lookup
class Keyed(Lookup):
    """`field__keyed=pks`: the key is one of many, which travel as a single array (`in` makes a parameter of each)."""

    lookup_name = "keyed"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::bigint[])", [*left_params, self.rhs]


def prepared(build):
    """Decorate `build(pks, as_of, *names) -> values_list queryset`; calling it gives the rows as plain tuples.

    `names` (field names) belong to the shape of the query: each combination is built once a process. `build` may
    use `as_of` and `as_of.year` as values and `pks` with `keyed`, and must not look at them otherwise.
    """

    @functools.cache
    def statement(names):
        return build(KEYS, DAY, *names).query.sql_with_params()

    @functools.wraps(build)
    def rows(pks, as_of, *names):
        sql, params = statement(names)
        keys = "{" + ",".join(map(str, pks)) + "}"
        with connection.cursor() as cursor:
            cursor.execute(sql, [_filled(p, keys, as_of) for p in params])
            return cursor.fetchall()

    return rows


def _filled(param, keys, as_of):
    if param == KEYS:
        return keys
    if param == DAY:
        return as_of
    return as_of.year if param == DAY.year and isinstance(param, int) else param
