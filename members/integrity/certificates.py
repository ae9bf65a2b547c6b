"""The invariants of membership certificates."""

from association.integrity import invariant, rows


@invariant("members.certificates_of_members", "未作废的会员证都属于会员单位；前一天或更早退会的已经作废。")
def certificates_of_others():
    """On the day of leaving itself the daily job may not have run yet."""
    return rows("""
        SELECT '会员证 ' || c.number FROM members_certificate c JOIN members_organization u ON u.id = c.organization_id
        WHERE c.voided_at IS NULL AND (u.merged_into_id IS NOT NULL OR NOT EXISTS (
            SELECT FROM members_membership m WHERE m.organization_id = c.organization_id
                AND (m.left_on IS NULL OR m.left_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date)))
        ORDER BY c.number""")
