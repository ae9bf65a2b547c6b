"""The invariants of fees, bills and payments; amounts in 分."""

from association.integrity import invariant, rows


@invariant("members.bill_paid", "每份账单的实收等于到账与退款之和。")
def wrong_paid():
    return rows("""
        SELECT '账单 ' || b.number || '：实收 ' || b.paid || '，到账合计 ' || COALESCE(p.total, 0) FROM members_bill b
            LEFT JOIN (SELECT bill_id, sum(amount) AS total FROM members_payment GROUP BY bill_id) p ON p.bill_id = b.id
        WHERE b.paid <> COALESCE(p.total, 0) ORDER BY b.id""")


@invariant("members.bill_void", "作废的账单没有实收，也没有减免。")
def paid_void_bills():
    return rows("""
        SELECT '账单 ' || number FROM members_bill WHERE voided_at IS NOT NULL AND (paid <> 0 OR waived <> 0) ORDER BY id""")


@invariant("members.bill_waived", "减免不超过应收，实收与减免之和也不超过。")
def waived_too_much():
    return rows("""
        SELECT '账单 ' || number FROM members_bill WHERE waived > amount OR paid + waived > amount ORDER BY id""")


@invariant("members.bill_run", "批量出账记下的份数等于它出的账单，出完的处理数与之相等。")
def wrong_runs():
    return rows("""
        SELECT '批量出账 ' || r.id || '：记 ' || r.issued || ' 份，账单 ' || COALESCE(b.n, 0) || ' 份' FROM members_billrun r
            LEFT JOIN (SELECT run_id, count(*) AS n FROM members_bill GROUP BY run_id) b ON b.run_id = r.id
        WHERE r.issued <> COALESCE(b.n, 0) OR r.state = 'done' AND r.issued <> r.done ORDER BY r.id""")


@invariant("members.payment_other_hand", "到账不由出账的人确认。")
def own_bills_confirmed():
    return rows("""
        SELECT '到账 ' || p.id || '，账单 ' || b.number FROM members_payment p JOIN members_bill b ON b.id = p.bill_id
        WHERE p.confirmed_by_id = b.issued_by_id ORDER BY p.id""")


@invariant("members.bank_line_used", "每笔流水的已入账等于记在它名下的到账之和。")
def wrong_lines():
    return rows("""
        SELECT '流水 ' || l.id || '：已入账 ' || l.used || '，到账合计 ' || COALESCE(p.total, 0) FROM members_bankline l
            LEFT JOIN (SELECT line_id, sum(amount) AS total FROM members_payment WHERE line_id IS NOT NULL GROUP BY line_id) p
            ON p.line_id = l.id WHERE l.used <> COALESCE(p.total, 0) ORDER BY l.id""")


@invariant("members.fee_standard_fixed", "会费标准通过以后，条款与档次没有再改过。")
def changed_standards():
    """The history is asked: what stood when the standard was adopted against what stands now."""
    terms = "name, first_year, proration, allows_waiver, due_month, due_day, arrears_months, basis, eligible, present, in_favour, adopted_on"
    then, now = (", ".join(f"{alias}.{name}" for name in terms.split(", ")) for alias in ("e", "s"))
    adopted = """SELECT DISTINCT ON (pgh_obj_id) * FROM members_feestandardevent WHERE adopted_on IS NOT NULL
        ORDER BY pgh_obj_id, pgh_id"""
    return rows(f"""
        SELECT '会费标准 ' || s.id || ' ' || s.name FROM members_feestandard s JOIN ({adopted}) e ON e.pgh_obj_id = s.id
        WHERE ({then}) IS DISTINCT FROM ({now})
            OR e.pgh_label <> 'insert' AND EXISTS (SELECT FROM members_feetierevent t WHERE t.standard_id = s.id
                AND t.pgh_created_at > e.pgh_created_at)
        ORDER BY s.id""")
