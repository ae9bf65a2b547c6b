"""The invariants of registration."""

from association.integrity import invariant, rows


@invariant("events.seats_within_capacity", "占用的名额（已确认和候补到位）不超过活动设定的名额。")
def seats_over_capacity():
    return rows("""
        SELECT s.name || '第' || e.number || '：' || r.mode || ' ' || count(*) FROM events_registration r
        JOIN events_event e ON e.id = r.event_id JOIN events_series s ON s.id = e.series_id
        WHERE r.cancelled_at IS NULL AND r.declined_at IS NULL AND r.lapsed_at IS NULL
            AND (r.confirmed_at IS NOT NULL OR r.offered_at IS NOT NULL)
        GROUP BY s.name, e.id, r.mode
        HAVING count(*) > CASE r.mode WHEN 'onsite' THEN e.onsite_capacity ELSE e.online_capacity END
        ORDER BY e.id""")


@invariant(
    "events.registrations_fit_their_event", "报名的参加形式是活动有的形式，用不着报名的活动没有人报名。"
)
def registrations_that_do_not_fit():
    return rows("""
        SELECT s.name || '第' || e.number || '：报名 ' || r.id FROM events_registration r
        JOIN events_event e ON e.id = r.event_id JOIN events_series s ON s.id = e.series_id
        WHERE r.cancelled_at IS NULL AND r.declined_at IS NULL AND r.lapsed_at IS NULL
            AND (e.registration_opens_at IS NULL OR (e.mode <> 'hybrid' AND e.mode <> r.mode))
        ORDER BY r.id""")
