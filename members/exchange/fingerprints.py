"""A fingerprint of all that the books hold about a unit: the same before and after means that nobody touched it."""

from django.db import connection

from members.models import (
    AlternativeName,
    Contact,
    ContactRole,
    Membership,
    Organization,
    Park,
    ParkYear,
    Post,
    Recognition,
)

# Derived keys, versions and moments of saving say nothing that the other fields do not say; and an import that was
# taken back leaves every value as it found it.
LEFT_OUT = {
    "version",
    "pinyin_full",
    "pinyin_initials",
    "stroke_key",
    "search_text",
    "created_at",
    "updated_at",
}
OWN = (AlternativeName, Park, Membership, Post, ContactRole)
OF_PARKS = (ParkYear, Recognition)


def fingerprints(pks) -> dict[int, str]:
    """For each unit that exists 32 hexadecimal characters over its row and those of its names, parks, years,
    recognitions, memberships, posts, duties and people. One statement; the database does the work."""
    pks = list(set(pks))
    if not pks:
        return {}
    parts = [_part(Organization, "t.id")]
    parts += [_part(model, "t.organization_id") for model in OWN]
    parts += [
        _part(model, "p.organization_id", f"JOIN {Park._meta.db_table} p ON p.id = t.park_id")
        for model in OF_PARKS
    ]
    roles = f"(SELECT DISTINCT organization_id, contact_id FROM {ContactRole._meta.db_table} WHERE organization_id = ANY(%s))"
    parts.append(_part(Contact, "r.organization_id", f"JOIN {roles} r ON r.contact_id = t.id"))
    query = (
        "SELECT unit, md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) "
        f"FROM ({' UNION ALL '.join(parts)}) AS lines GROUP BY unit"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [pks] * query.count("%s"))
        return dict(cursor.fetchall())


def _part(model, unit, join=""):
    quote = connection.ops.quote_name
    columns = ", ".join(f"t.{quote(f.column)}" for f in model._meta.concrete_fields if f.name not in LEFT_OUT)
    table = model._meta.db_table
    return f"SELECT {unit} AS unit, '{table}' || ROW({columns})::text AS line FROM {table} t {join} WHERE {unit} = ANY(%s)"
