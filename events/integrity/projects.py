"""The invariants of projects: their stages follow one another, and decisions rest on reviews."""

from association.integrity import invariant, rows
from events import scoring, stages
from events.choices import Stage

ARROWS = ", ".join(
    f"('{source}', '{target}')" for source, targets in stages.NEXT.items() for target in targets
)
# Steps that stand, each with the one before it.
STEPS = """
    SELECT s.*, lag(s.stage) OVER one AS before_stage, lag(s.reached_on) OVER one AS before_on
    FROM events_projectstage s
    WHERE s.undoes_id IS NULL AND NOT EXISTS (SELECT 1 FROM events_projectstage u WHERE u.undoes_id = s.id)
    WINDOW one AS (PARTITION BY s.project_id ORDER BY s.id)"""


@invariant(
    "events.stages_in_order",
    "项目的阶段从征集起一步接一步，日期不倒退：路演过的都公开过，公开过的都入选过。",
)
def stages_out_of_order():
    return rows(f"""
        SELECT p.name || '：' || s.stage FROM ({STEPS}) s JOIN events_project p ON p.id = s.project_id
        WHERE s.reached_on < s.before_on OR (s.before_stage IS NULL AND s.stage <> '{Stage.COLLECTED}')
            OR (s.before_stage IS NOT NULL AND (s.before_stage, s.stage) NOT IN ({ARROWS}))
        UNION ALL SELECT p.name || '：没有阶段' FROM events_project p
            WHERE NOT EXISTS (SELECT 1 FROM events_projectstage s WHERE s.project_id = p.id)""")


@invariant("events.decided_with_reviews", "定了入选或淘汰的项目有至少三份评审，并归入一期活动。")
def decided_without_reviews():
    return rows(f"""
        SELECT p.name FROM events_project p WHERE EXISTS (
                SELECT 1 FROM events_projectstage s WHERE s.project_id = p.id AND s.undoes_id IS NULL
                    AND s.stage IN ('{Stage.SELECTED}', '{Stage.REJECTED}')
                    AND NOT EXISTS (SELECT 1 FROM events_projectstage u WHERE u.undoes_id = s.id))
            AND (p.event_id IS NULL OR (SELECT count(*) FROM events_review r
                WHERE r.project_id = p.id AND r.submitted_at IS NOT NULL) < {scoring.LEAST_REVIEWS})
        ORDER BY p.id""")


@invariant("events.stage_undone_in_place", "撤销阶段的那一行回到被撤销的那一步之前，属于同一个项目。")
def undone_elsewhere():
    back = ", ".join(
        f"('{target}', '{source}')" for source, targets in stages.NEXT.items() for target in targets
    )
    return rows(f"""
        SELECT p.name FROM events_projectstage u JOIN events_projectstage s ON s.id = u.undoes_id
            JOIN events_project p ON p.id = u.project_id
        WHERE u.project_id <> s.project_id OR u.id < s.id OR (s.stage, u.stage) NOT IN ({back})
        ORDER BY u.id""")
