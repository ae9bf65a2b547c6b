"""The invariants of check-in and attendance."""

from association.integrity import invariant, rows

NAME = "s.name || '第' || e.number || '：签到 ' || a.id"
JOINED = """events_attendance a JOIN events_event e ON e.id = a.event_id JOIN events_series s ON s.id = e.series_id"""


@invariant("events.attendance_of_its_event", "签到所连的报名是同一场活动的。")
def attendance_of_another_event():
    return rows(f"""
        SELECT {NAME} FROM {JOINED} JOIN events_registration r ON r.id = a.registration_id
        WHERE r.event_id <> a.event_id ORDER BY a.id""")


@invariant("events.attendance_within_window", "线下签到都在开始前 60 分钟到结束之间。")
def attendance_out_of_window():
    return rows(f"""
        SELECT {NAME} FROM {JOINED}
        WHERE a.undone_at IS NULL AND a.mode = 'onsite'
            AND (a.arrived_at < e.starts_at - interval '60 minutes' OR a.arrived_at > e.ends_at)
        ORDER BY a.id""")


@invariant("events.attendance_once_a_person", "同一人同一场活动只有一条有效的签到，到过现场的算线下。")
def attendance_twice():
    """People of one name and company whom neither number nor registration tells apart."""
    return rows("""
        SELECT s.name || '第' || e.number || '：' || min(a.full_name) FROM events_attendance a
        JOIN events_event e ON e.id = a.event_id JOIN events_series s ON s.id = e.series_id
        WHERE a.undone_at IS NULL GROUP BY e.id, s.name, e.number, a.full_name, a.unit_key
        HAVING count(*) > greatest(1, count(DISTINCT nullif(a.mobile, '')), count(DISTINCT a.registration_id))
        ORDER BY e.id""")


@invariant("events.attendance_published", "有签到的活动都已发布，并且没有取消。")
def attendance_of_nothing():
    return rows(f"""
        SELECT {NAME} FROM {JOINED}
        WHERE a.undone_at IS NULL AND (e.approved_at IS NULL OR (e.cancelled_at IS NOT NULL AND NOT e.did_not_convene))
        ORDER BY a.id""")


@invariant("events.online_rows_settled", "线上名单里办过的行不再留着个人信息，对上和登记的都有签到。")
def rows_not_settled():
    return rows("""
        SELECT '线上名单 ' || list_id || ' 第 ' || number || ' 行' FROM events_onlinerow
        WHERE (state <> 'open' AND (full_name <> '' OR mobile <> '' OR unit_name <> ''))
            OR (state IN ('matched', 'added')) <> (attendance_id IS NOT NULL)
        ORDER BY id""")
