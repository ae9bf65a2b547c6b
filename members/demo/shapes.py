"""The plain shapes in which the demonstration is planned before anything is written."""

from dataclasses import dataclass, field
from datetime import date

from members.choices import Grade


@dataclass
class ParkPlan:
    """A park: fields of the model, numbers by year, recognitions as arguments of the verb."""

    name: str
    district: str
    fields: dict
    years: dict[int, dict] = field(default_factory=dict)
    recognitions: list[dict] = field(default_factory=list)
    former_name: str = ""


@dataclass
class PersonPlan:
    """A person with one duty; a later one with the same duty replaces the earlier."""

    duty: str
    title: str
    name: str
    mobile: str
    email: str
    since: date | None = None


@dataclass
class PostPlan:
    grade: Grade
    since: date
    basis: str
    until: date | None = None
    ending: str = ""


@dataclass
class UnitPlan:
    """One unit with everything that is said about it. `periods`: (joined, left, why, on what basis)."""

    name: str
    fields: dict
    periods: list[tuple] = field(default_factory=list)
    parks: list[ParkPlan] = field(default_factory=list)
    people: list[PersonPlan] = field(default_factory=list)
    posts: list[PostPlan] = field(default_factory=list)
    short_names: list[str] = field(default_factory=list)
    former_names: list[tuple[str, date]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    @property
    def joined_on(self):
        return self.periods[0][0] if self.periods else None
