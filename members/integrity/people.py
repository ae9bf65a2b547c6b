"""The invariants of people's own data: who was erased is erased everywhere, and stays so."""

from association.integrity import invariant, rows

NAME = "'已删除的个人'"


@invariant(
    "members.erased_people", "按请求删除的人在联系人、账号、历史和发送记录里都没有留下姓名和联系方式。"
)
def people_who_came_back():
    """A key may be used again after an old backup was restored: only records as old as the erasure count."""
    return rows(
        f"""
        SELECT '联系人 ' || c.id FROM members_contact c JOIN members_erasure e ON e.contact_key = c.id AND c.created_at <= e.at
            WHERE left(c.name, 6) <> {NAME} OR concat(c.mobile, c.landline, c.email, c.wechat) <> ''
        UNION SELECT '联系人历史 ' || h.pgh_obj_id FROM members_contactevent h JOIN members_erasure e ON e.contact_key = h.pgh_obj_id
            AND h.created_at <= e.at WHERE left(h.name, 6) <> {NAME} OR concat(h.mobile, h.landline, h.email, h.wechat) <> ''
        UNION SELECT '账号 ' || u.id FROM association_user u JOIN members_erasure e ON e.user_key = u.id AND u.created_at <= e.at
            WHERE left(u.full_name, 6) <> {NAME} OR u.email IS NOT NULL OR u.mobile <> '' OR u.is_active
        UNION SELECT '账号历史 ' || h.pgh_obj_id FROM association_userevent h JOIN members_erasure e ON e.user_key = h.pgh_obj_id
            AND h.created_at <= e.at WHERE left(h.full_name, 6) <> {NAME} OR h.email IS NOT NULL OR h.mobile <> ''
        UNION SELECT '发送记录 ' || d.id FROM association_delivery d JOIN members_erasure e ON e.user_key = d.user_id AND d.created_at <= e.at
            WHERE d.address <> '（已删除）' OR d.text <> '' OR d.html <> ''
        UNION SELECT '通知 ' || n.id FROM association_notice n JOIN members_erasure e ON e.user_key = n.recipient_id AND n.created_at <= e.at
            WHERE n.title <> '（已删除）' OR n.body <> ''
        ORDER BY 1"""
    )


@invariant(
    "members.erased_by_two", "每次删除都有请求，身份的核对与删除的执行是两个人；恢复备份后重做的除外。"
)
def erasures_by_one_person():
    return rows("""
        SELECT '删除记录 ' || e.id FROM members_erasure e JOIN members_personrequest r ON r.id = e.request_id
        WHERE r.kind <> 'erasure' OR r.state <> 'done' OR r.verified_by_id IS NULL OR r.verified_by_id = e.by_id ORDER BY e.id""")
