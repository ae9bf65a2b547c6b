"""Thousands of rows in a few statements: insert by COPY, update from arrays.

The ORM's own `bulk_create` spends most of its time on preparing values one by one, and `bulk_update` writes a CASE for
every row; for an import of 5,000 units these were two thirds of the work. History triggers see both ways of writing.
"""

import json
from operator import attrgetter

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import JSONField
from django.utils import timezone

KEYS_AT_ONCE = 1_000


def keys(model, count: int) -> list[int]:
    """Fresh primary keys for rows still to be inserted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def insert(model, instances) -> None:
    """Insert instances, which may have their keys already; `auto_now` fields are set, nothing else is checked.

    Values must be of the type that the field stores. Raises what the database's constraints raise.
    """
    instances = list(instances)
    if not instances:
        return
    for instance, key in zip(
        (i for i in instances if i.pk is None), _missing_keys(model, instances), strict=True
    ):
        instance.pk = key
    fields = model._meta.concrete_fields
    _stamp(
        instances, [f for f in fields if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False)]
    )
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    values = _reader(fields)
    with connection.cursor() as cursor:
        # COPY goes past the wrapper that tells the history triggers which verb is at work; this statement does
        # not, and what it tells holds until the end of the transaction.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for instance in instances:
                copy.write_row(values(instance))
    for instance in instances:
        instance._state.adding = False


def _missing_keys(model, instances):
    missing = sum(instance.pk is None for instance in instances)
    return keys(model, missing) if missing else []


def _stamp(instances, fields):
    now = timezone.now()
    for field in fields:
        for instance in instances:
            setattr(instance, field.attname, now)


def _reader(fields):
    """A function from an instance to the values of `fields`, as COPY takes them."""
    read = attrgetter(*(field.attname for field in fields))
    documents = {place: field.encoder for place, field in enumerate(fields) if isinstance(field, JSONField)}
    if not documents:
        return read

    def with_documents(instance):
        values = list(read(instance))
        for place, encoder in documents.items():
            values[place] = as_json(values[place], encoder)
        return values

    return with_documents


def as_json(value, encoder=None) -> str:
    return json.dumps(value, ensure_ascii=False, cls=encoder or DjangoJSONEncoder)


def update(model, instances, names) -> None:
    """Write the named fields of existing rows, and nothing else of them."""
    instances = list(instances)
    if not instances or not names:
        return
    fields = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    _stamp(instances, [f for f in fields if getattr(f, "auto_now", False)])
    quote = connection.ops.quote_name
    settings = ", ".join(f"{quote(f.column)} = {_taken(f)}" for f in fields[1:])
    arrays = ", ".join(f"%s::{_type(f)}[]" for f in fields)
    columns = ", ".join(quote(f.column) for f in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} AS t SET {settings} "
            f"FROM unnest({arrays}) AS v({columns}) WHERE t.{quote(fields[0].column)} = v.{quote(fields[0].column)}",
            [
                [_prepared(field, getattr(instance, field.attname)) for instance in instances]
                for field in fields
            ],
        )


def _is_document(field):
    return isinstance(field, (ArrayField, JSONField))


def _type(field):
    # Without a length: a value that is too long must fail and not be cut. Arrays travel as JSON, for unnest would
    # take them apart.
    return "text" if _is_document(field) else field.rel_db_type(connection).split("(")[0]


def _taken(field):
    column = f"v.{connection.ops.quote_name(field.column)}"
    if isinstance(field, ArrayField):
        return f"ARRAY(SELECT jsonb_array_elements_text({column}::jsonb))::{field.db_type(connection)}"
    return f"{column}::jsonb" if isinstance(field, JSONField) else column


def _prepared(field, value):
    return as_json(value) if _is_document(field) else field.get_db_prep_save(value, connection)
