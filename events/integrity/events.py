"""The invariants of events."""

from association.integrity import invariant, rows


@invariant("events.states_in_order", "活动先提交、再批准、后归档；取消的和归档的都批准过。")
def states_out_of_order():
    return rows("""
        SELECT s.name || '第' || e.number || '：' || e.topic FROM events_event e JOIN events_series s ON s.id = e.series_id
        WHERE (e.approved_at IS NOT NULL AND e.submitted_at IS NULL) OR e.submitted_at > e.approved_at
            OR e.approved_at > e.archived_at OR (e.cancelled_at IS NOT NULL AND e.approved_at IS NULL)
        ORDER BY e.id""")


@invariant(
    "events.numbers_in_their_scope", "每年重新编号的系列，活动编在它开始的那一年；其他系列跨年连续编号。"
)
def numbers_out_of_scope():
    return rows("""
        SELECT s.name || '第' || e.number || '：' || e.topic FROM events_event e JOIN events_series s ON s.id = e.series_id
        WHERE e.number_scope <> CASE WHEN s.resets_yearly
            THEN EXTRACT(YEAR FROM e.starts_at AT TIME ZONE 'Asia/Shanghai')::int ELSE 0 END
        ORDER BY e.id""")
