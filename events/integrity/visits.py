"""The invariants of visits and covers."""

from association.integrity import invariant, rows


@invariant("events.visits_of_operators", "走访记下的单位运营着或运营过那个园区。")
def visits_of_others():
    return rows("""
        SELECT '走访 ' || v.id FROM events_visit v JOIN members_park p ON p.id = v.park_id
            JOIN members_organization o ON o.id = p.organization_id
        WHERE v.organization_id NOT IN (p.organization_id, COALESCE(o.merged_into_id, p.organization_id))
            AND NOT EXISTS (SELECT 1 FROM members_parkevent h
                WHERE h.pgh_obj_id = v.park_id AND h.organization_id = v.organization_id)
        ORDER BY v.id""")


@invariant("events.visits_within_their_event", "走访的日期在活动期间，活动发布过。")
def visits_outside_their_event():
    return rows("""
        SELECT '走访 ' || v.id FROM events_visit v JOIN events_event e ON e.id = v.event_id
        WHERE e.approved_at IS NULL
            OR v.visited_on < (e.starts_at AT TIME ZONE 'Asia/Shanghai')::date
            OR v.visited_on > ((e.ends_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date
        ORDER BY v.id""")


@invariant("events.covers_of_their_event", "活动的封面是挂在这场活动上的图片。")
def covers_of_others():
    return rows("""
        SELECT '封面 ' || c.id FROM events_cover c JOIN association_attachment a ON a.id = c.picture_id
            JOIN django_content_type t ON t.id = a.content_type_id
        WHERE a.object_id <> c.event_id OR (t.app_label, t.model) <> ('events', 'event') OR a.kind <> '封面'
        ORDER BY c.id""")
