"""Joining, and the grade that a new member is registered with.

Neither is a value that a file may overwrite: a membership is a dated fact with a basis, and a grade follows from
posts (domain 2.4). A file may begin a membership where there is none, and nothing else.
"""

from members.choices import Grade
from members.exchange.comparing import EMPTY, State

ELSEWHERE = "请在该单位的会籍页办理"


def examine(row, known, context) -> None:
    joined, joined_on = context.compare(row, "joined_on", known)
    if joined is State.CHANGED:
        _join(row, known, context, joined_on)
    _grade(row, known, context)
    _batch(row, known, context)


def _join(row, known, context, joined_on):
    periods = context.units.memberships[row.unit] if row.unit else []
    if any(joined_on == began for _, began, _ in periods):
        return
    if joined_on > context.today:
        row.wrong("joined_on", f"{joined_on} 晚于今天")
    elif periods and not _may_join_again(periods, joined_on):
        shown = known.now("joined_on") or periods[-1][1]
        row.wrong("joined_on", f"{joined_on} 与登记的 {shown} 不同，入会日期不能通过导入修改，{ELSEWHERE}")
    else:
        row.operations["join"] = {"on": joined_on}
        row.differ("joined_on", None, joined_on, "再次入会" if periods else "")


def _may_join_again(periods, joined_on):
    """All earlier periods are over by then (the day of leaving is a day without membership)."""
    return all(left is not None and left <= joined_on for _, _, left in periods)


def _grade(row, known, context):
    state, grade = context.compare(row, "grade", known)
    if state is not State.CHANGED:
        return
    if "join" in row.operations:
        if grade != Grade.MEMBER:
            row.operations["post"] = grade
            row.differ("grade", None, grade)
    elif row.is_new:
        return
    elif known.now("grade") in EMPTY and known.then("grade") in EMPTY:
        row.wrong(
            "grade", f"该单位现在不是会员，没有级别。要登记入会，请填写「入会日期」；其他情形{ELSEWHERE}"
        )
    else:
        shown = Grade(known.now("grade") or known.then("grade")).label
        row.wrong("grade", f"与登记的{shown}不同。级别由任职推导，{ELSEWHERE}")


def _batch(row, known, context):
    state, batch = context.compare(row, "batch", known)
    join = row.operations.get("join")
    if join:
        join["batch"] = batch or ""
        if batch:
            row.differ("batch", None, batch)
    elif state in (State.CHANGED, State.BLANK):
        periods = context.units.memberships[row.unit] if row.unit else []
        begun = [pk for pk, began, _ in periods if began <= context.today]
        if begun:
            row.operations["membership"] = {"pk": begun[-1], "batch": batch or ""}
            row.differ("batch", known.now("batch"), batch)
        elif not row.is_new:
            row.wrong("batch", "该单位没有会籍，不能登记批次")
