"""The invariants of petitions."""

from association.integrity import invariant, rows

NUMBER = "'诉求〔' || p.year || '〕' || p.serial || '号'"


@invariant("events.petitions_have_steps", "每件诉求都从提交开始；办结、不予受理、撤销的日期与最后一步一致。")
def petitions_without_course():
    return rows(f"""
        SELECT {NUMBER} FROM events_petition p
        LEFT JOIN LATERAL (SELECT kind FROM events_petitionstep s WHERE s.petition_id = p.id
            AND s.kind NOT IN ('extended', 'joined') ORDER BY s.id DESC LIMIT 1) last ON true
        WHERE last.kind IS NULL OR (p.closed_at IS NOT NULL)
            <> (last.kind IN ('satisfied', 'settled', 'refused', 'withdrawn'))
        ORDER BY p.id""")


@invariant("events.petitions_with_departments", "已转办、办理中的诉求都有承办部门，而且部门没有提出异议。")
def petitions_nowhere():
    return rows(f"""
        SELECT {NUMBER} FROM events_petition p LEFT JOIN events_handover h ON h.id = p.handover_id
        LEFT JOIN LATERAL (SELECT kind FROM events_petitionstep s WHERE s.petition_id = p.id
            AND s.kind NOT IN ('extended', 'joined') ORDER BY s.id DESC LIMIT 1) last ON true
        WHERE h.objected_at IS NOT NULL OR (last.kind IN ('handed', 'signed', 'replied') AND h.id IS NULL)
        ORDER BY p.id""")


@invariant("events.petitions_answered", "记了答复时间的诉求都有答复。")
def petitions_without_answer():
    return rows(f"""
        SELECT {NUMBER} FROM events_petition p WHERE p.answered_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM events_answer a WHERE a.petition_id = p.id)
        ORDER BY p.id""")


@invariant("events.followers_share_the_letter", "并在一起办理的诉求用同一封转办函，跟随的不再被别件跟随。")
def followers_apart():
    return rows(f"""
        SELECT {NUMBER} FROM events_petition p JOIN events_petition l ON l.id = p.lead_id
        WHERE l.lead_id IS NOT NULL OR p.handover_id IS DISTINCT FROM l.handover_id
        ORDER BY p.id""")
