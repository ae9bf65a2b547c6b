"""The invariants of money: sums of payments, refunds, waivers, slips and receipts."""

from association.integrity import invariant, rows


@invariant("members.paid_is_the_sum", "账单的实收等于到账与退款之和，不为负，也不超过应收减去减免。")
def wrong_sums():
    return rows("""
        SELECT '账单 ' || b.number || '：实收 ' || b.paid || ' 分，到账合计 ' || COALESCE(p.total, 0) || ' 分'
        FROM members_bill b LEFT JOIN (
            SELECT bill_id, sum(amount) AS total FROM members_payment GROUP BY bill_id) p ON p.bill_id = b.id
        WHERE b.paid <> COALESCE(p.total, 0) OR b.paid < 0 OR b.paid > b.amount - b.waived ORDER BY b.id""")


@invariant("members.refunds_within_payments", "每笔退款属于同一账单的一笔到账，各笔退款合计不超过那笔到账。")
def refunds_beyond():
    return rows("""
        SELECT '到账 ' || p.id FROM members_payment p JOIN members_payment r ON r.refund_of_id = p.id
        GROUP BY p.id HAVING p.amount + sum(r.amount) < 0 OR bool_or(r.bill_id <> p.bill_id) OR p.amount <= 0 ORDER BY p.id""")


@invariant("members.two_pairs_of_eyes", "出账人没有确认自己出的账单，提交人没有核对自己提交的凭证。")
def own_confirmations():
    return rows("""
        SELECT '到账 ' || p.id FROM members_payment p JOIN members_bill b ON b.id = p.bill_id
            WHERE p.confirmed_by_id = b.issued_by_id
        UNION ALL SELECT '凭证 ' || s.id FROM members_paymentslip s
            WHERE s.state IN ('accepted', 'rejected') AND s.settled_by_id = s.filed_by_id""")


@invariant("members.slips_have_payments", "核对通过的凭证恰有一笔到账，其余的凭证没有。")
def wrong_slips():
    return rows("""
        SELECT '凭证 ' || s.id FROM members_paymentslip s LEFT JOIN members_payment p ON p.slip_id = s.id
        GROUP BY s.id HAVING count(p.id) <> (s.state = 'accepted')::int
            OR bool_or(p.bill_id IS NOT NULL AND p.bill_id <> s.bill_id) ORDER BY s.id""")


@invariant("members.waived_whole", "减免只有全额：减免额为零，或等于应收并有一项批准的申请。")
def wrong_waivers():
    return rows("""
        SELECT '账单 ' || b.number FROM members_bill b LEFT JOIN members_waiver w ON w.bill_id = b.id AND w.state = 'accepted'
        GROUP BY b.id HAVING b.waived <> CASE WHEN count(w.id) > 0 THEN b.amount ELSE 0 END OR count(w.id) > 1 ORDER BY b.id""")


@invariant(
    "members.receipts_within_paid", "有效票据的合计不超过账单实收，会费只开会费票据，其他收费只开发票。"
)
def wrong_receipts():
    return rows("""
        SELECT '账单 ' || b.number FROM members_bill b JOIN members_receipt r ON r.bill_id = b.id AND r.voided_at IS NULL
        GROUP BY b.id HAVING sum(r.amount) > b.paid
            OR bool_or(CASE b.kind WHEN 'dues' THEN r.kind <> 'dues' ELSE r.kind NOT IN ('invoice', 'special_invoice') END)
        ORDER BY b.id""")
