"""The invariants of leaving."""

from association.integrity import invariant, rows


@invariant("members.open_case_of_member", "有在办退会事项的单位仍是会员。")
def cases_of_outsiders():
    return rows("""
        SELECT '退会事项 ' || c.number FROM members_exitcase c
        WHERE c.state IN ('filed', 'urging', 'hearing', 'published', 'council') AND NOT EXISTS (
            SELECT FROM members_membership m WHERE m.organization_id = c.organization_id
                AND (m.left_on IS NULL OR m.left_on > (now() AT TIME ZONE 'Asia/Shanghai')::date)) ORDER BY c.number""")


@invariant("members.done_case_ended_membership", "已办结的退会事项所定的日期，正是会籍终止的日期。")
def cases_without_end():
    """Periods of units into which others were merged may have become one; those are left out."""
    return rows("""
        SELECT '退会事项 ' || c.number FROM members_exitcase c
        WHERE c.state IN ('done', 'appealed') AND NOT EXISTS (
            SELECT FROM members_membership m WHERE m.organization_id = c.organization_id AND m.left_on = c.left_on)
        AND NOT EXISTS (SELECT FROM members_merge g WHERE g.kept_id = c.organization_id
            AND g.state IN ('done', 'undo_asked')) ORDER BY c.number""")


@invariant("members.case_steps", "每项退会事项都有立案的一步，催告次数与卷内的催告一致。")
def cases_without_steps():
    return rows("""
        SELECT '退会事项 ' || c.number FROM members_exitcase c LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE kind = 'urged') AS urged, count(*) FILTER (WHERE kind = 'filed') AS filed
            FROM members_casestep s WHERE s.case_id = c.id) s ON true
        WHERE s.filed <> 1 OR s.urged <> c.urged ORDER BY c.number""")


@invariant("members.suspended_member", "暂停权利的第一天，单位是会员。")
def suspended_outsiders():
    return rows("""
        SELECT '暂停权利 ' || p.id FROM members_suspension p WHERE NOT EXISTS (
            SELECT FROM members_membership m WHERE m.organization_id = p.organization_id AND m.joined_on <= p.since
                AND (m.left_on IS NULL OR m.left_on > p.since)) ORDER BY p.id""")
