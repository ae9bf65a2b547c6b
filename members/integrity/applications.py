"""The invariants of joining."""

from association.integrity import invariant, rows


@invariant("members.applications_joined", "正式会员的入会申请，单位自理事会决定之日起有会籍，账单已缴清。")
def joined_without_membership():
    return rows("""
        SELECT '入会申请 ' || a.number FROM members_application a JOIN members_bill b ON b.id = a.bill_id
        JOIN members_organization u ON u.id = a.organization_id
        WHERE a.state = 'member' AND (b.paid + b.waived < b.amount OR NOT EXISTS (
            SELECT FROM members_membership m WHERE m.organization_id = COALESCE(u.merged_into_id, u.id)
                AND m.joined_on = b.joins_on)) ORDER BY a.id""")


@invariant("members.applications_billed", "待缴费的入会申请，账单未作废、没有缴清；失效的申请，账单已作废。")
def admitted_without_bill():
    return rows("""
        SELECT '入会申请 ' || a.number FROM members_application a JOIN members_bill b ON b.id = a.bill_id
        WHERE (a.state = 'admitted' AND (b.voided_at IS NOT NULL OR b.paid >= b.amount - b.waived))
            OR (a.state = 'expired' AND b.voided_at IS NULL) ORDER BY a.id""")


@invariant("members.applications_consented", "提交过的入会申请都有同意个人信息保护政策的记录。")
def filed_without_consent():
    return rows("""
        SELECT '入会申请 ' || a.number FROM members_application a
        WHERE a.number <> '' AND NOT EXISTS (
            SELECT FROM members_consent c WHERE c.application_id = a.id AND c.purpose = 'policy' AND c.given)
        ORDER BY a.id""")
