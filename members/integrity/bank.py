"""The invariants of the bank lists."""

from association.integrity import invariant, rows


@invariant("members.bank_lines", "银行流水每一笔的已入账金额等于它的到账之和，状态与之一致。")
def wrong_lines():
    return rows("""
        SELECT '银行流水明细 ' || l.id FROM members_bankline l LEFT JOIN (
            SELECT line_id, sum(amount) AS used FROM members_payment WHERE line_id IS NOT NULL GROUP BY line_id
        ) p ON p.line_id = l.id
        WHERE l.used <> COALESCE(p.used, 0)
            OR (l.state = 'matched') <> (l.used = l.amount)
            OR (l.state = 'open') <> (l.settled_at IS NULL)
        ORDER BY l.id""")


@invariant("members.bank_lists", "银行流水的笔数与明细一致，核完的没有待认领的款，待核对的还有。")
def wrong_lists():
    return rows("""
        SELECT '银行流水 ' || s.id || ' ' || s.filename FROM members_bankstatement s LEFT JOIN (
            SELECT statement_id, count(*) AS number, count(*) FILTER (WHERE state = 'open') AS open
            FROM members_bankline GROUP BY statement_id
        ) l ON l.statement_id = s.id
        WHERE s.line_count <> COALESCE(l.number, 0)
            OR (s.state IN ('ready', 'closed') AND (s.state = 'ready') <> (COALESCE(l.open, 0) > 0))
        ORDER BY s.id""")
