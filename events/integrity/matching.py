"""The invariants of demand, supply and matches."""

from association.integrity import invariant, rows


@invariant("events.matches_of_two_units", "一项对接连着两家不同的单位，发布方就是供需的单位。")
def matches_of_other_units():
    """Of units that were merged since, the record that stayed behind is left out."""
    return rows("""
        SELECT '对接 ' || m.id FROM events_match m JOIN events_posting p ON p.id = m.posting_id
            JOIN members_organization o ON o.id = m.owner_id
        WHERE o.merged_into_id IS NULL AND (m.owner_id = m.asker_id OR m.owner_id <> p.organization_id) ORDER BY m.id""")


@invariant(
    "events.contacts_by_two_consents", "联系人互相显示以前，两边各有一份写明内容的同意，提供的是本单位的人。"
)
def contacts_without_consent():
    """Each side of a match that both agreed to has a sharing that was given by then."""
    return rows("""
        SELECT '对接 ' || m.id FROM events_match m
        WHERE m.agreed_at IS NOT NULL AND EXISTS (
            SELECT FROM (VALUES (m.owner_id), (m.asker_id)) AS side (unit) WHERE NOT EXISTS (
                SELECT FROM events_contactsharing s WHERE s.match_id = m.id AND s.organization_id = side.unit
                    AND s.given_at <= m.agreed_at AND s.wording <> ''))
        UNION ALL
        SELECT '同意 ' || s.id FROM events_contactsharing s WHERE NOT EXISTS (
            SELECT FROM members_contactrole r WHERE r.contact_id = s.contact_id AND r.organization_id = s.organization_id)
        ORDER BY 1""")


@invariant(
    "events.matches_in_order", "对接先提出，双方都同意以后才有洽谈和合作；洽谈的日期不早于同意的那一天。"
)
def matches_out_of_order():
    return rows("""
        SELECT '对接 ' || m.id FROM events_match m LEFT JOIN events_deal d ON d.id = m.deal_id
        WHERE m.asked_at > least(m.owner_agreed_at, m.asker_agreed_at) OR m.agreed_at > m.ended_at
            OR m.agreed_at <> greatest(m.owner_agreed_at, m.asker_agreed_at)
            OR d.signed_on < (m.agreed_at AT TIME ZONE 'Asia/Shanghai')::date
            OR EXISTS (SELECT FROM events_talk t WHERE t.match_id = m.id AND (m.agreed_at IS NULL
                OR t.held_on < (m.agreed_at AT TIME ZONE 'Asia/Shanghai')::date)) ORDER BY m.id""")


@invariant("events.postings_reviewed", "发布过的供需先由单位提交，由另一个人审核。")
def postings_not_reviewed():
    return rows("""
        SELECT '供需 ' || p.id FROM events_posting p
        WHERE (p.published_at IS NOT NULL AND (p.submitted_at IS NULL OR p.published_by_id IS NULL))
            OR p.submitted_at > p.published_at OR p.published_at > p.closed_at ORDER BY p.id""")
