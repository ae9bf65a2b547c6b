"""Projects prepared for their pages: what the list chooses, the facts of one, its history, its reviews, the next steps."""

from django.urls import reverse

from association.formats import chinese_date, show_mobile
from events import permissions, scoring, stages
from events.choices import Stage
from events.domain import reviews

TONES = {
    Stage.COLLECTED: "info", Stage.SCREENING: "warn", Stage.REJECTED: "off", Stage.SELECTED: "good", Stage.PUBLISHED: "good",
    Stage.TO_PITCH: "info", Stage.PITCHED: "good", Stage.TALKING: "info", Stage.SUCCEEDED: "good", Stage.UNSUCCESSFUL: "off",
}  # fmt: skip
# What a button says that leads on to the stage.
WORDS = {
    Stage.SCREENING: "进入初筛", Stage.SELECTED: "定为入选", Stage.REJECTED: "淘汰", Stage.PUBLISHED: "优选公开",
    Stage.TO_PITCH: "安排路演", Stage.PITCHED: "登记路演", Stage.TALKING: "开始对接", Stage.SUCCEEDED: "有合作", Stage.UNSUCCESSFUL: "无合作",
}  # fmt: skip


def chosen(projects, wanted):
    """The projects that the filters of `ProjectsForm` choose."""
    if wanted["q"]:
        projects = projects.matching(wanted["q"])
    if wanted["series"]:
        projects = projects.filter(event__series=wanted["series"])
    for name in ("event", "kind"):
        if wanted[name]:
            projects = projects.filter(**{name: wanted[name]})
    if wanted["need"]:
        projects = projects.filter(needs__contains=[wanted["need"]])
    if wanted["reached"] or wanted["year"]:
        projects = projects.reached(wanted["reached"] or Stage.COLLECTED, year=wanted["year"])
    return projects.in_stage(wanted["stage"]) if wanted["stage"] else projects


def decorated(projects) -> list:
    """The rows of a page, read `with_stage`, with their words."""
    for project in projects:
        project.tone = TONES[project.stage]
    return projects


def facts(project, user) -> list[tuple]:
    """(label, value) pairs of one project; whom to ring up only for those who may."""
    pairs = [
        ("单位", project.unit_name),
        ("类型", project.get_kind_display()),
        ("成熟度", project.get_maturity_display()),
        ("应用场景", project.scene),
        ("需求", project.needs_in_words),
    ]
    if permissions.sees_contact(user, project):
        pairs += [("联系人", project.contact_name), ("联系人手机", show_mobile(project.contact_mobile))]
    return [pair for pair in pairs if pair[1]]


def history(project) -> list[dict]:
    """The steps in their order; what was undone says so."""
    return [
        {
            "word": f"撤销“{row.undoes.get_stage_display()}”，回到“{row.get_stage_display()}”" if row.undoes else row.get_stage_display(),
            "day": chinese_date(row.reached_on), "by": row.by, "reason": row.reason, "is_undone": hasattr(row, "undone_by"),
        }
        for row in project.stages.select_related("by", "undoes", "undone_by").order_by("pk")
    ]  # fmt: skip


def board(project) -> dict:
    """Its reviews with their scores, the mean of all of them, and how many are there."""
    found = list(project.reviews.select_related("reviewer").order_by("pk"))
    for review in found:
        score = reviews.score_of(review)
        review.score = None if score is None else scoring.rounded(score)
    given = [review for review in found if review.submitted_at]
    return {"reviews": found, "mean": reviews.mean_of(given), "given": len(given)}


def actions_for(user, project) -> dict:
    """What the person may do with the project as it stands."""
    keeps, stage = permissions.can_keep_projects(user), project.stage
    edits = permissions.edits_project(user, project)
    asked = [
        {"label": WORDS[to], "url": reverse("events:project_step", args=[project.pk, to]), "tone": "quiet" if to in stages.WITH_REASON else "primary"}
        for to in stages.NEXT.get(stage, ())
        if (permissions.can_publish_projects(user) if to == Stage.PUBLISHED else keeps)
    ]  # fmt: skip
    return {
        "steps": asked,
        "edits": edits,
        "discards": edits and stage == Stage.COLLECTED,
        "asks": keeps and stage == Stage.SCREENING,
        "undoes": keeps and stage != Stage.COLLECTED,
        "signs": permissions.can_keep_deals(user)
        and stage not in (Stage.COLLECTED, Stage.SCREENING, Stage.REJECTED),
        "waits_for_general": keeps and stage == Stage.SELECTED and not permissions.can_publish_projects(user),
    }
