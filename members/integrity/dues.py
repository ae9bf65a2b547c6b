"""The invariants of fees, bills and payments; amounts in 分."""

from association.integrity import invariant, rows


@invariant("members.bill_void", "作废的账单没有实收，也没有减免。")
def paid_void_bills():
    return rows("""
        SELECT '账单 ' || number FROM members_bill WHERE voided_at IS NOT NULL AND (paid <> 0 OR waived <> 0) ORDER BY id""")


@invariant("members.bill_run", "批量出账记下的份数等于它出的账单，出完的处理数与之相等。")
def wrong_runs():
    return rows("""
        SELECT '批量出账 ' || r.id || '：记 ' || r.issued || ' 份，账单 ' || COALESCE(b.n, 0) || ' 份' FROM members_billrun r
            LEFT JOIN (SELECT run_id, count(*) AS n FROM members_bill GROUP BY run_id) b ON b.run_id = r.id
        WHERE r.issued <> COALESCE(b.n, 0) OR r.state = 'done' AND r.issued <> r.done ORDER BY r.id""")


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
