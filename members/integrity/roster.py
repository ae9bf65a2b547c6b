"""The invariants of the roster."""

from django.db import connection

from association.integrity import invariant, rows
from members.domain.moving import pointers
from members.models import Organization


@invariant("members.latest", "单位上的最近入会、退会日期和会籍段数与会籍记录一致。")
def wrong_latest():
    return rows("""
        SELECT '单位 ' || u.id || ' ' || u.name FROM members_organization u LEFT JOIN (
            SELECT organization_id, max(joined_on) AS joined_on, (array_agg(left_on ORDER BY joined_on DESC))[1] AS left_on,
                   count(*) AS number FROM members_membership GROUP BY organization_id
        ) p ON p.organization_id = u.id
        WHERE (u.latest_joined_on, u.latest_left_on, u.membership_count)
            IS DISTINCT FROM (p.joined_on, p.left_on, COALESCE(p.number, 0)) ORDER BY u.id""")


@invariant("members.one_membership", "同一单位在任何一天最多有一段会籍。")
def overlapping_memberships():
    return rows("""
        SELECT '单位 ' || organization_id FROM (
            SELECT organization_id, joined_on, lag(left_on) OVER w AS before, lag(joined_on) OVER w IS NOT NULL AS has_before
            FROM members_membership WINDOW w AS (PARTITION BY organization_id ORDER BY joined_on, id)
        ) p WHERE has_before AND (before IS NULL OR before > joined_on) ORDER BY organization_id""")


@invariant("members.main_park", "有园区的单位恰有一个主园区。")
def wrong_main_parks():
    return rows("""
        SELECT '单位 ' || organization_id || '：' || count(*) FILTER (WHERE is_main) || ' 个主园区' FROM members_park p
            JOIN members_organization u ON u.id = p.organization_id AND u.merged_into_id IS NULL
        GROUP BY organization_id HAVING count(*) FILTER (WHERE is_main) <> 1 ORDER BY organization_id""")


@invariant("members.merged_units", "并入别的单位的档案没有留下会籍、任职和职责，并且与合并记录一致。")
def half_merged_units():
    left = " OR ".join(
        f"EXISTS (SELECT FROM {table} t WHERE t.organization_id = u.id)"
        for table in ("members_membership", "members_post", "members_contactrole")
    )
    return rows(f"""
        SELECT '单位 ' || u.id || ' ' || u.name FROM members_organization u WHERE (u.merged_into_id IS NOT NULL AND ({left}))
            OR (u.merged_into_id IS NOT NULL) IS DISTINCT FROM
                EXISTS (SELECT FROM members_merge m WHERE m.merged_id = u.id AND m.state IN ('done', 'undo_asked'))
        ORDER BY u.id""")


@invariant("members.search_keys", "每个单位、园区和联系人都有检索和排序用的字段。")
def missing_keys():
    # A name without a single Chinese character or Latin letter has no pinyin.
    named = "name ~ '[A-Za-z一-鿿]'"
    no_keys = "(pinyin_full = '' OR pinyin_initials = '' OR stroke_key = '')"
    return rows(f"""
        SELECT '单位 ' || id || ' ' || name FROM members_organization
            WHERE {named} AND ({no_keys} OR position(lower(name) IN search_text) = 0 AND search_text = '')
        UNION ALL SELECT '园区 ' || id || ' ' || name FROM members_park WHERE {named} AND {no_keys}
        UNION ALL SELECT '联系人 ' || id FROM members_contact WHERE {named} AND ({no_keys} OR search_text = '')""")


@invariant("members.own_records", "没有记录串到别的单位：曾用名的园区、任职人、账号都属于同一单位。")
def crossed_records():
    """A former name of a park of another unit, a post held by a person without any duty at that unit."""
    return rows("""
        SELECT '曾用名 ' || n.id || ' 的园区属于单位 ' || p.organization_id FROM members_alternativename n
            JOIN members_park p ON p.id = n.park_id WHERE p.organization_id <> n.organization_id
        UNION ALL SELECT '任职 ' || t.id || ' 的任职人在单位 ' || t.organization_id || ' 没有职责' FROM members_post t
            WHERE t.contact_id IS NOT NULL AND NOT EXISTS (SELECT FROM members_contactrole r
                WHERE r.contact_id = t.contact_id AND r.organization_id = t.organization_id)""")


@invariant("members.merged_are_empty", "并入其他单位的档案名下不再有记录，合并时记明留下的除外。")
def records_of_merged_units():
    """Every relation that points at a unit is asked, those of apps to come as well."""
    quote = connection.ops.quote_name
    parts = [
        f"SELECT '{model._meta.verbose_name} ' || h.{quote(model._meta.pk.column)} || ' 属于已并入的单位 ' || u.id"
        f" FROM {quote(model._meta.db_table)} h JOIN members_organization u ON u.id = h.{quote(field.column)}"
        " WHERE u.merged_into_id IS NOT NULL AND NOT EXISTS (SELECT FROM members_merge m,"
        " jsonb_array_elements(m.effects->'left') l WHERE m.merged_id = u.id AND m.state IN ('done', 'undo_asked')"
        f" AND l->>0 = '{model._meta.label}' AND (l->>1)::bigint = h.{quote(model._meta.pk.column)})"
        for model, field in pointers(Organization)
    ]
    return rows(" UNION ALL ".join(parts))
