"""Verbs on reviews of projects: asked of people, given, changed until the screening is decided, or recused (回避)."""

from django.urls import reverse
from django.utils.timezone import localdate, now

from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.formats import chinese_date
from association.workdays import add_workdays_or_weekdays
from events import permissions, scoring
from events.choices import Stage
from events.models import Project, Review

WORKDAYS_TO_REVIEW = 5


def _screening(project) -> Project:
    """The project, locked; raises Refused unless it is being screened."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if project.stage != Stage.SCREENING:
        raise Refused(f"“{project}”现在是“{project.stage.label}”，初筛时才评审。")
    return project


def has_stake(user, project) -> bool:
    """Whether the person is of the project's unit, or put it forward for a unit: such a one does not review it."""
    entered = project.filed_by_id == user.pk and not permissions.can_keep_projects(user)
    return entered or permissions.is_of_unit(user, project)


@verb
def ask(project, *, by, people) -> list[Review]:
    """Name `people` as reviewers; gives those who were named now. Who was named before stays as they are.

    Raises Refused (422), and names nobody, when one of them is of the project's unit.
    """
    project = _screening(project)
    known = set(project.reviews.values_list("reviewer_id", flat=True))
    fresh = [person for person in people if person.pk not in known]
    for person in fresh:
        if has_stake(person, project):
            raise Refused(f"{person}与“{project}”的申报单位有关，应当回避，请另请一位。", status=422)
    due_on, _ = add_workdays_or_weekdays(localdate(), WORKDAYS_TO_REVIEW)
    made = [Review.objects.create(project=project, reviewer=p, asked_by=by, due_on=due_on) for p in fresh]
    if made:
        names = "、".join(str(person) for person in fresh[:6])
        record("events.review.asked", project, by=by, sentence=f"请{names}评审“{project}”")
        notify(
            fresh, "events.review_asked", about=project, by=by, url=reverse("events:review", args=[project.pk]),
            project=project.name, unit=project.unit_name, due_on=chinese_date(due_on),
        )  # fmt: skip
    return made


@verb
def take_back(review, *, by) -> None:
    """No longer ask somebody who has not answered. Doing it twice changes nothing; raises Refused once there is an
    answer, because none is dropped."""
    project = _screening(review.project)
    found = project.reviews.select_for_update().filter(pk=review.pk).first()
    if found is None:
        return
    if not found.is_open:
        raise Refused(f"{found.reviewer}已经答复，评审一份也不去掉。")
    record("events.review.taken_back", project, by=by, sentence=f"不再请{found.reviewer}评审“{project}”")
    found.delete()


def _mine(project, by) -> Review:
    found = project.reviews.select_for_update().filter(reviewer=by).first()
    if found is None:
        raise Refused("没有请你评审这个项目。", status=403)
    return found


@verb
def give(project, *, by, marks: dict, comment: str = "") -> Review:
    """The person's own review: a mark from 0 to 100 for each criterion; until the screening is decided it may be
    changed. The same again changes nothing. Raises Refused to whom it was not asked of, who recused or has a stake."""
    project = _screening(project)
    review = _mine(project, by)
    if review.recused_at:
        raise Refused("你已回避这个项目，不能再评分。")
    if has_stake(by, project):
        raise Refused("你与申报单位有关，应当回避，不能评分。")
    given = {name: marks[name] for name in scoring.WEIGHTS} | {"comment": comment}
    if review.submitted_at and all(getattr(review, name) == value for name, value in given.items()):
        return review
    changed = review.submitted_at is not None
    store(review, given | {"submitted_at": now()})
    sentence = f"{'改了对' if changed else '评审了'}“{project}”{'的评审' if changed else ''}"
    record("events.review.given", project, by=by, sentence=sentence)
    return review


@verb
def recuse(project, *, by, reason: str) -> Review:
    """Say that one does not review it, and why; a review given before is withdrawn with it. Doing it twice changes
    nothing."""
    project = _screening(project)
    review = _mine(project, by)
    if review.recused_at is None:
        facts = dict.fromkeys([*scoring.WEIGHTS, "submitted_at"]) | {"comment": ""}
        store(review, facts | {"recused_at": now(), "recusal_reason": reason})
        record("events.review.recused", project, by=by, sentence=f"回避评审“{project}”", basis=reason)
    return review


def score_of(review):
    """One review's weighted score, exact; None where there is none yet."""
    if review.submitted_at is None:
        return None
    return scoring.weighted({name: getattr(review, name) for name in scoring.WEIGHTS})


def mean_of(reviews):
    """The mean of every review that was given, to one decimal; None without any. None is dropped."""
    return scoring.mean(score for review in reviews if (score := score_of(review)) is not None)
