"""How complete a unit's own records are: worked examples of the pure meter."""

from types import SimpleNamespace

import pytest

from members.completeness import THINGS, Facts, measure

UNIT = {
    "credit_code": "91119900TE0000010P",
    "legal_representative": "王法人",
    "phone": "010-66660000",
    "registered_address": "测试路1号",
    "introduction": "简介",
}
PARK = {
    "address": "测试路1号",
    "floor_area": 30000,
    "rentable_area": 25000,
    "industries": ["02"],
    "park_type": "new",
    "introduction": "简介",
}


def facts(
    *,
    runs_park=True,
    park=PARK,
    reachable=("representative", "liaison"),
    has_year=True,
    kinds=("标识", "封面"),
    **unit,
):
    return Facts(
        unit=SimpleNamespace(**UNIT | unit),
        runs_park=runs_park,
        park=SimpleNamespace(**park) if park else None,
        reachable=frozenset(reachable),
        has_year=has_year,
        kinds=frozenset(kinds),
    )


def missing(found):
    return [thing.key for thing in measure(found).missing]


def test_all_there_is_a_hundred_and_nothing_next():
    measured = measure(facts())
    assert (measured.percent, measured.missing, measured.next) == (100, (), None)


def test_the_weights_add_up_to_a_hundred_and_five_with_a_park_and_fifty_without():
    assert sum(t.weight for t in THINGS) == 105
    assert sum(t.weight for t in THINGS if not t.of_park) == 50


@pytest.mark.parametrize(
    ("changed", "key", "percent"),
    [
        ({"credit_code": ""}, "credit_code", 90),
        ({"phone": ""}, "phone", 95),
        ({"reachable": ["liaison"]}, "representative", 90),
        ({"reachable": ["representative"]}, "liaison", 90),
        ({"park": PARK | {"rentable_area": None}}, "areas", 90),
        ({"park": PARK | {"industries": []}}, "industries", 95),
        ({"has_year": False}, "year", 90),
        ({"kinds": ["标识"]}, "photos", 95),
        ({"kinds": ["照片"]}, "logo", 95),
    ],
)
def test_one_thing_missing_is_next_and_costs_its_weight(changed, key, percent):
    measured = measure(facts(**changed))
    assert ([t.key for t in measured.missing], measured.next.key, measured.percent) == ([key], key, percent)


def test_the_next_one_is_the_first_of_the_declared_order():
    assert missing(facts(has_year=False, introduction="", credit_code="")) == [
        "credit_code",
        "introduction",
        "year",
    ]


def test_an_operator_without_a_park_lacks_everything_of_a_park():
    measured = measure(facts(park=None))
    assert measured.next.key == "park"
    assert len(measured.missing) == sum(t.of_park for t in THINGS)
    assert measured.percent == 50 * 100 // 105


def test_an_investor_without_a_park_lacks_nothing_of_one():
    assert measure(facts(runs_park=False, park=None)).percent == 100


def test_an_investor_that_has_entered_a_park_is_measured_by_it():
    assert missing(facts(runs_park=False, park=PARK | {"address": ""})) == ["address"]


def test_a_zero_is_a_number():
    assert missing(facts(park=PARK | {"floor_area": 0, "rentable_area": 0})) == []


def test_a_hundred_is_never_shown_while_something_is_missing():
    assert [t.key for t in THINGS if measure(facts(has_year=False)).percent == 100] == []
