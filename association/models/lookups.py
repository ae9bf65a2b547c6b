"""Lookups that Django lacks."""

from collections.abc import Iterable

from django.db.models import Field, Lookup
from django.db.models.fields.related import ForeignObject


class Keys:
    """Many primary keys as one value for `among`, written out once; Django looks at every item of a bare list."""

    def __init__(self, pks: Iterable[int]):
        self.array = "{" + ",".join(map(str, pks)) + "}"


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`field__among=Keys(pks)`: the key is one of many, which travel as a single array.

    `in` turns every key into a parameter of its own; with thousands of them that costs more than the query.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::bigint[])", [*left_params, self.rhs.array]
