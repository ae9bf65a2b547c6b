"""Any day can be asked for: what the queries say agrees with a slow replay of the dated rows."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import RequestFactory
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from association.choices import Role
from members import queries
from members.domain import organizations
from members.forms.roster import roster_listing
from members.models import AlternativeName, Contact, ContactRole, Membership, Organization, Post
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
FIRST = date(2022, 1, 1)
DAYS = 120


def days(least=0):
    return st.integers(least, DAYS).map(lambda n: FIRST + timedelta(n))


@st.composite
def spans(draw, most=3):
    """Up to `most` spans one after the other, each (first day, day after the last one or None)."""
    cuts = sorted(draw(st.lists(st.integers(0, DAYS), unique=True, max_size=2 * most)))
    pairs = [
        (FIRST + timedelta(a), FIRST + timedelta(b)) for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    if len(cuts) % 2:
        pairs.append((FIRST + timedelta(cuts[-1]), None))
    return pairs


@st.composite
def loose_spans(draw):
    """Up to three spans that may overlap."""
    found = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(days())
        length = draw(st.one_of(st.none(), st.integers(1, 60)))
        found.append((start, None if length is None else start + timedelta(length)))
    return found


histories = st.fixed_dictionaries(
    {
        "periods": spans(),
        "posts": st.lists(st.tuples(st.sampled_from([10, 20, 30, 40, 50]), loose_spans()), max_size=2),
        # names change on these days, the last one is the present name
        "renamed": st.lists(days(1), max_size=3).map(sorted),
        "representatives": spans(),
    }
)


# --- the slow way: replay day by day ----------------------------------------------------------------------


def holds(span, day):
    return span[0] <= day and (span[1] is None or day < span[1])


def replay(history, number, day):
    """What the unit was on `day`: (standing, joined on, grade, name, representative)."""
    begun = [span for span in history["periods"] if span[0] <= day]
    is_member = any(holds(span, day) for span in begun)
    standing = "active" if is_member else "left" if begun else "none"
    held = [grade for grade, spans_ in history["posts"] for span in spans_ if holds(span, day)]
    grade = min(held, default=90) if is_member else None
    name = f"名{number}-{sum(1 for changed in history['renamed'] if changed <= day)}"
    person = [n for n, span in enumerate(history["representatives"]) if holds(span, day)]
    return (
        standing,
        begun[-1][0] if begun else None,
        grade,
        name,
        f"代表{number}-{person[0]}" if person else None,
    )


# --- the rows ---------------------------------------------------------------------------------------------


def store(histories_):
    """Write the histories as dated rows; gives the units."""
    units = Organization.objects.bulk_create(
        Organization(name=f"名{n}-{len(h['renamed'])}", pinyin_full=f"{n:03d}")
        for n, h in enumerate(histories_)
    )
    for number, (unit, history) in enumerate(zip(units, histories_, strict=True)):
        Membership.objects.bulk_create(
            Membership(organization=unit, joined_on=a, left_on=b) for a, b in history["periods"]
        )
        Post.objects.bulk_create(
            Post(organization=unit, grade=g, since=a, until=b)
            for g, found in history["posts"]
            for a, b in found
        )
        AlternativeName.objects.bulk_create(
            AlternativeName(organization=unit, kind="former", name=f"名{number}-{n}", used_until=day)
            for n, day in enumerate(history["renamed"])
        )
        for n, (a, b) in enumerate(history["representatives"]):
            person = Contact.objects.create(name=f"代表{number}-{n}")
            ContactRole.objects.create(
                organization=unit, contact=person, duty="representative", since=a, until=b
            )
    return units


def asked(units, day):
    """What the queries say of each unit on `day`."""
    pks = [u.pk for u in units]
    standing = queries.memberships(pks, day, ["standing", "joined_on"])
    grade = queries.grades(pks, day, ["grade"])
    name = queries.names(pks, day, ["name"])
    person = queries.PARTS["representative"](pks, day, ["contact__name"])
    return [
        (
            *(str(v) if isinstance(v, str) else v for v in standing[pk]),
            grade.get(pk, (None,))[0],
            name[pk][0],
            person.get(pk, (None,))[0],
        )
        for pk in pks
    ]


def listed(user, query):
    request = RequestFactory().get(f"/members/?{query}")
    request.user = user
    return set(roster_listing(request).queryset.values_list("pk", flat=True))


@pytest.fixture
def reader(db):
    return make_user("陈思远", "secretary@test.cn", roles=[Role.SECRETARIAT])


# Address of the roster → which of the replayed units it lists.
ROSTER = {
    "standing=active": lambda unit: unit[0] == "active",
    "standing=left": lambda unit: unit[0] == "left",
    "standing=ever": lambda unit: unit[0] != "none",
    "standing=all": lambda unit: True,
    "standing=all&grade=10": lambda unit: unit[2] == 10,
    "standing=all&grade=50&grade=90": lambda unit: unit[2] in (50, 90),
}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(histories, min_size=1, max_size=6), st.lists(days(), min_size=1, max_size=4))
def test_every_day_reads_as_a_replay_of_its_rows(reader, histories_, some_days):
    edges = [
        d + timedelta(step)
        for h in histories_
        for span in h["periods"]
        for d in span
        if d
        for step in (-1, 0)
    ]
    with transaction.atomic():
        units = store(histories_)
        for day in {*some_days, *edges[:6], FIRST - timedelta(1)}:
            wanted = [replay(history, number, day) for number, history in enumerate(histories_)]
            assert asked(units, day) == wanted
        # The roster builds a filter form for each address, so it is asked of one day only.
        day = some_days[0]
        wanted = [replay(history, number, day) for number, history in enumerate(histories_)]
        for query, fits in ROSTER.items():
            expected = {u.pk for u, w in zip(units, wanted, strict=True) if fits(w)}
            assert listed(reader, f"as_of={day}&{query}") == expected
        transaction.set_rollback(True)


def test_the_last_day_and_the_first(secretary):
    """Joined on a day: member that day. Left on a day: no member that day."""
    unit = make_organization("单位", joined=date(2022, 3, 1), left=date(2022, 9, 1), people=False)
    on = {
        d: unit in Organization.objects.members_on(d)
        for d in (date(2022, 2, 28), date(2022, 3, 1), date(2022, 8, 31), date(2022, 9, 1))
    }
    assert list(on.values()) == [False, True, True, False]
    assert list(Organization.objects.left_by(date(2022, 8, 31))) == []
    assert list(Organization.objects.left_by(date(2022, 9, 1))) == [unit]


def test_a_unit_renamed_twice_in_one_day_bore_the_first_name_before(secretary):
    unit = make_organization("原名", people=False)
    for name in ("笔误", "现名"):
        unit.refresh_from_db()
        organizations.update_organization(unit, by=secretary, version=unit.version, changes={"name": name})
    today = localdate()
    yesterday = today - timedelta(1)
    assert [queries.names([unit.pk], day, ["name"])[unit.pk][0] for day in (yesterday, today)] == [
        "原名",
        "现名",
    ]


def test_today_a_unit_bears_its_present_name_even_if_a_later_change_is_registered(secretary):
    unit = make_organization("现名", people=False)
    organizations.add_name(
        unit, by=secretary, kind="former", name="现名", used_until=localdate() + timedelta(30)
    )
    assert queries.names([unit.pk], localdate(), ["name"])[unit.pk] == ("现名",)
