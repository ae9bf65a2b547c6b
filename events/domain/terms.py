"""Verbs on the terms of registration: when it opens, how many there is room for, what is asked."""

from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.errors import Refused
from events.choices import EventState, Mode, QuestionKind
from events.domain import seats
from events.models import Question

MOST_QUESTIONS = 20
# What stays from one time to the next.
KEPT = (
    "onsite_capacity", "online_capacity", "quota_per_unit", "waiting_places", "wait_rule", "needs_approval",
    "lists_participants",
)  # fmt: skip
OVER = (EventState.ARCHIVED, EventState.CANCELLED, EventState.FAILED)


def terms_like(like, starts_at) -> dict:
    """The terms that an event at `starts_at` takes over from an earlier one: the same numbers, and registration open for
    as long before the start as last time."""
    terms = {name: getattr(like, name) for name in KEPT}
    if like.registration_opens_at:
        terms["registration_opens_at"] = starts_at - (like.starts_at - like.registration_opens_at)
        terms["registration_closes_at"] = starts_at - (like.starts_at - like.registration_closes_at)
    return terms


def copy_questions(like, event) -> None:
    """Let the event ask what an earlier one asked."""
    made = {}
    for q in like.questions.order_by("position", "pk"):
        made[q.pk] = Question.objects.create(
            event=event, text=q.text, kind=q.kind, options=q.options, is_required=q.is_required, mode=q.mode,
            asked_after=made.get(q.asked_after_id), asked_when=q.asked_when, position=q.position,
        )  # fmt: skip


@verb
def set_terms(event, *, by, version: int, changes: dict):
    """Set the terms of registration; more seats are offered at once to those who wait.

    Raises Conflict when somebody saved the event meanwhile, Refused for an event that is off or archived, and (422) for
    fewer seats than are taken.
    """
    seats.locked_event(event.pk)
    event = locked(event, version, changes)
    changes = changed_fields(event, changes)
    if not changes:
        return event
    if event.state in OVER:
        raise Refused(f"{event.numbered}{event.state.label}，不能再改报名安排。")
    for name, value in changes.items():
        setattr(event, name, value)
    _refuse_terms(event)
    store(event, changes)
    record(
        "events.event.terms_set",
        event,
        by=by,
        sentence=f"设定{event.numbered}的报名：{labels(event, changes)}",
    )
    if event.is_published and not event.is_over:
        seats.settle(event, by=by)
    return event


def _refuse_terms(event):
    opens, closes = event.registration_opens_at, event.registration_closes_at
    if (opens is None) != (closes is None):
        raise Refused("报名的开始和截止要一起填写。", status=422)
    if opens is None:
        if event.registrations.live().exists():
            raise Refused("已经有人报名，不能改成不用报名；要停止报名，请把截止时间提前。", status=422)
        return
    if closes <= opens:
        raise Refused("报名截止应在报名开始之后。", status=422)
    if closes > event.ends_at:
        raise Refused("报名截止不应晚于活动结束。", status=422)
    for mode in (Mode.ONSITE, Mode.ONLINE):
        capacity = event.capacity_of(mode)
        taken = seats.counts(event, mode)["seated"]
        if capacity is not None and capacity < taken:
            raise Refused(f"{mode.label}已有 {taken} 人占了名额，不能少于这个数。", status=422)


@verb
def set_questions(event, *, by, version: int, rows: list[dict]) -> list[Question]:
    """Replace what is asked by `rows` of text, kind, options, is_required, mode, after (the place of an earlier row, from
    1, or None) and asked_when. The same rows again change nothing.

    Raises Conflict when somebody saved the event meanwhile, Refused once anybody has answered, and (422) for a condition
    that names no earlier question or an answer that it does not have.
    """
    event = locked(event, version, {})
    if event.state in OVER:
        raise Refused(f"{event.numbered}{event.state.label}，不能再改报名问题。")
    rows = rows[:MOST_QUESTIONS]
    before = list(event.questions.order_by("position", "pk"))
    if [_as_row(q, before) for q in before] == rows:
        return before
    if event.registrations.exists():
        raise Refused("已经有人报名，问题不能再改，否则前后的回答对不上。")
    for place, row in enumerate(rows):
        _refuse_question(place, row, rows)
    event.questions.all().delete()
    made = []
    for place, row in enumerate(rows):
        fields = {
            name: row[name] for name in ("text", "kind", "options", "is_required", "mode", "asked_when")
        }
        after = made[row["after"] - 1] if row["after"] else None
        made.append(Question.objects.create(event=event, position=place, asked_after=after, **fields))
    event.version += 1
    event.save(update_fields=["version", "updated_at"])
    record(
        "events.event.questions_set", event, by=by, sentence=f"写明{event.numbered}的报名问题：{len(made)} 个"
    )
    return made


def _as_row(question, before) -> dict:
    places = {q.pk: place for place, q in enumerate(before, 1)}
    return {
        "text": question.text, "kind": question.kind, "options": question.options, "mode": question.mode,
        "is_required": question.is_required, "after": places.get(question.asked_after_id), "asked_when": question.asked_when,
    }  # fmt: skip


def _refuse_question(place, row, rows):
    chooses = row["kind"] in (QuestionKind.ONE, QuestionKind.SEVERAL)
    if chooses and len(row["options"]) < 2:
        raise Refused(f"问题 {place + 1} 至少要有两个选项。", status=422)
    if any("、" in option for option in row["options"]):
        raise Refused(f"问题 {place + 1} 的选项里不要用顿号。", status=422)
    if not row["after"]:
        return
    if row["after"] > place:
        raise Refused(f"问题 {place + 1} 承接的问题应排在它前面。", status=422)
    earlier = rows[row["after"] - 1]
    answers = ["是", "否"] if earlier["kind"] == QuestionKind.YES_NO else earlier["options"]
    if row["asked_when"] not in answers:
        raise Refused(f"问题 {place + 1} 承接的答案应是问题 {row['after']} 的选项之一。", status=422)
