"""Pure: which stage of a project may follow which (domain 10.8), and how far along a stage is."""

from events.choices import Stage

NEXT = {
    Stage.COLLECTED: (Stage.SCREENING,),
    Stage.SCREENING: (Stage.SELECTED, Stage.REJECTED),
    Stage.SELECTED: (Stage.PUBLISHED,),
    Stage.PUBLISHED: (Stage.TO_PITCH,),
    Stage.TO_PITCH: (Stage.PITCHED,),
    Stage.PITCHED: (Stage.TALKING,),
    Stage.TALKING: (Stage.SUCCEEDED, Stage.UNSUCCESSFUL),
}
DECISIONS = (Stage.SELECTED, Stage.REJECTED)
# The steps that say why.
WITH_REASON = (Stage.REJECTED, Stage.UNSUCCESSFUL)
# What a funnel shows of projects, from wide to narrow; what came of them are deals.
FUNNEL = (Stage.COLLECTED, Stage.SCREENING, Stage.PUBLISHED, Stage.PITCHED, Stage.TALKING)


def may_follow(stage: str, asked: str) -> bool:
    return asked in NEXT.get(stage, ())


def before(stage: str) -> Stage | None:
    """The one stage from which `stage` is reached; None for the first."""
    return next((source for source, targets in NEXT.items() if stage in targets), None)
