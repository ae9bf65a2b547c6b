"""How complete what a unit keeps of itself is, and what is missing next: a declared list of things with weights.

Pure: it judges `Facts` that somebody else has loaded. Parks count for units that run one, and for others as soon as
they have entered one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Facts:
    """What is known of a unit: `unit` and its main `park` (or None) with their fields as attributes, `reachable` the
    duties whose holder has a mobile number, `kinds` the kinds of the park's files."""

    unit: Any
    runs_park: bool
    park: Any = None
    reachable: frozenset = frozenset()
    has_year: bool = False
    kinds: frozenset = field(default_factory=frozenset)


@dataclass(frozen=True)
class Thing:
    """One thing to fill in: what it weighs, what it is called, on which page, and whether it is there."""

    key: str
    weight: int
    label: str
    page: str
    is_there: Callable[[Facts], bool]
    of_park: bool = False


@dataclass(frozen=True)
class Completeness:
    """`percent` is rounded down, so that 100 means that nothing is missing; `missing` in the order to fill in."""

    percent: int
    missing: tuple[Thing, ...]

    @property
    def next(self) -> Thing | None:
        return self.missing[0] if self.missing else None


def _filled(*names, of="unit"):
    def is_there(facts):
        return all(getattr(getattr(facts, of), name) not in (None, "", []) for name in names)

    return is_there


def _of_park(key, weight, label, *names, page="park"):
    return Thing(key, weight, label, page, _filled(*names, of="park"), of_park=True)


# In the order in which a secretary would ask for them: who one is, who answers the telephone, then the park.
THINGS = (
    Thing("credit_code", 10, "统一社会信用代码", "profile", _filled("credit_code")),
    Thing("legal_representative", 5, "法定代表人", "profile", _filled("legal_representative")),
    Thing(
        "representative",
        10,
        "会员代表及其手机",
        "representative",
        lambda facts: "representative" in facts.reachable,
    ),
    Thing("liaison", 10, "联络员及其手机", "contacts", lambda facts: "liaison" in facts.reachable),
    Thing("phone", 5, "单位电话", "profile", _filled("phone")),
    Thing("registered_address", 5, "注册地址", "profile", _filled("registered_address")),
    Thing("introduction", 5, "单位简介", "profile", _filled("introduction")),
    Thing("park", 5, "园区", "new_park", lambda facts: True, of_park=True),
    _of_park("address", 5, "园区地址", "address"),
    _of_park("areas", 10, "建筑面积与可出租面积", "floor_area", "rentable_area"),
    _of_park("industries", 5, "主导产业", "industries"),
    _of_park("park_type", 5, "园区类型", "park_type"),
    _of_park("park_introduction", 5, "园区简介", "introduction"),
    Thing("year", 10, "上一年度数据", "year", lambda facts: facts.has_year, of_park=True),
    Thing("logo", 5, "园区标识", "photos", lambda facts: "标识" in facts.kinds, of_park=True),
    Thing(
        "photos", 5, "园区照片", "photos", lambda facts: bool({"照片", "封面"} & facts.kinds), of_park=True
    ),
)


def measure(facts: Facts) -> Completeness:
    """Weigh what is there against all that concerns the unit; without its park everything of a park is missing."""
    concerned = [t for t in THINGS if not t.of_park or facts.runs_park or facts.park is not None]
    missing = tuple(t for t in concerned if not _is_there(t, facts))
    total = sum(t.weight for t in concerned)
    return Completeness((total - sum(t.weight for t in missing)) * 100 // total, missing)


def _is_there(thing, facts) -> bool:
    if thing.of_park and facts.park is None:
        return False
    return thing.is_there(facts)
