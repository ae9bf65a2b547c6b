"""Taking a merge back: everything is as it was, or nothing happens and the reason is said."""

import random
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.utils.timezone import localdate

from association.errors import Refused
from association.models import Activity, Attachment, Notice
from members.choices import MergeState
from members.domain import contacts, memberships, merges, organizations, parks
from members.models import Contact, Membership, Organization, Park, ParkYear
from tests.factories import FOUNDED, make_organization, make_user, next_mobile
from tests.factories.attachments import added

pytestmark = pytest.mark.django_db

# The record of merging is meant to differ; a version never goes back, or an old form could be saved over newer data.
OF_MERGING = {"Merge", "DuplicatePair", "DuplicateSearch"}
LEFT_OUT = {"version", "updated_at"}


def state():
    """Every row of every table of the members app, and of the files, but for what a merge may leave behind."""
    models = apps.get_app_config("members").get_models(include_auto_created=True)
    models = [
        m for m in models if getattr(m, "pgh_tracked_model", None) is None and m.__name__ not in OF_MERGING
    ]
    return {
        (model.__name__, row["id"]): {k: v for k, v in row.items() if k not in LEFT_OUT}
        for model in (*models, Attachment)
        for row in model._base_manager.values()
    }


def differences(before, after):
    """(table, key) → what differs: the columns of a row, or the whole row where it is on one side only."""
    found = {}
    for key in {*before, *after}:
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            found[key] = (old, new)
        elif old != new:
            found[key] = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
    return found


def proposed(kept, gone, by, picks=()):
    kept, gone = (Organization.objects.get(pk=unit.pk) for unit in (kept, gone))
    return merges.propose(
        kept, gone, by=by, basis="同一执照", picks=dict(picks), versions=(kept.version, gone.version)
    )


def merged(kept, gone, by, second, picks=()):
    return merges.confirm(proposed(kept, gone, by, picks), by=second)


def undone(merge, by, second):
    return merges.undo(merges.ask_undo(merge, by=by, basis="是两家"), by=second)


# --- exactly as before ----------------------------------------------------------------------------------------

NAMES = ["锦程", "万象", "云帆", "重合"]
TAGS = ["重点", "新会员", "走访"]


def random_unit(chance, name, by, persons):
    """A unit with a random number of everything; names, years, tags and people are few, so that both often meet."""
    unit = _plain(chance, name, by)
    for park_name in chance.sample(NAMES, chance.randrange(4)):
        park = parks.add_park(
            unit,
            by=by,
            name=park_name,
            district=chance.choice(["110101", "110105"]),
            street=chance.choice(["", "街"]),
        )
        for year in chance.sample([2019, 2020, 2021], chance.randrange(4)):
            parks.report_year(park, by=by, year=year, tenants=chance.randrange(50))
        if chance.random() < 0.5:
            parks.add_recognition(park, by=by, level="municipal", year=2020)
        if chance.random() < 0.5:
            organizations.add_name(unit, by=by, kind="former", name=chance.choice(NAMES), park=park)
            added(park, by, name="园区.pdf")
    _random_periods(chance, unit, by)
    for person in chance.sample(persons, chance.randrange(len(persons) + 1)):
        duty = chance.choice(["liaison", "finance", "representative"])
        contacts.assign_duty(unit, person, by=by, duty=duty, since=FOUNDED)
    for tag in chance.sample(TAGS, chance.randrange(4)):
        organizations.tag_organizations(Organization.objects.filter(pk=unit.pk), by=by, name=tag)
    for short in chance.sample(NAMES, chance.randrange(3)):
        organizations.add_name(unit, by=by, kind=chance.choice(["short", "former"]), name=short)
    if chance.random() < 0.6:
        added(unit, by, name="单位.pdf")
    return unit


def _plain(chance, name, by):
    fields = {
        "phone": chance.choice(["", "010-1", "010-2"]),
        "website": chance.choice(["", "https://a.cn/"]),
        "legal_representative": chance.choice(["", "王一", "李二"]),
        "district": chance.choice(["", "110105"]),
    }
    if chance.random() < 0.3:
        fields["credit_code"] = ""
    return make_organization(name, by=by, joined=None, people=False, **fields)


def _random_periods(chance, unit, by):
    day = date(2021, 1, 1)
    for _ in range(chance.randrange(4)):
        day += timedelta(chance.randrange(1, 400))
        memberships.join(unit, by=by, on=day, basis=f"决议{day}")
        if chance.random() < 0.5:
            memberships.add_post(
                unit, by=by, grade=chance.choice([40, 50]), since=day + timedelta(1), basis="选举"
            )
        if chance.random() < 0.4:
            break
        day += timedelta(chance.randrange(30, 400))
        memberships.leave(unit, by=by, on=day, reason="withdrawal", basis="申请")


@pytest.mark.parametrize("seed", range(20))
def test_a_merge_and_its_undoing_leave_every_table_as_it_was(seed, secretary, secretary_general):
    chance = random.Random(seed)
    persons = [Contact.objects.create(name=f"人{n}", mobile=next_mobile()) for n in range(4)]
    names = chance.sample(["锦程文化公司", "北京锦程文化有限公司", "万象公司"], 2)
    kept, gone = (random_unit(chance, name, secretary, persons) for name in names)
    before = state()
    sides = {f.name: chance.choice(["kept", "merged"]) for f in Organization._meta.concrete_fields}
    done = merged(kept, gone, secretary, secretary_general, sides)
    during = differences(before, state())
    assert during
    undone(done, secretary, secretary_general)
    assert differences(before, state()) == {}


# --- what came in between ---------------------------------------------------------------------------------------


@pytest.fixture
def kept(secretary):
    return make_organization("锦程公司", by=secretary, park="一号园")


@pytest.fixture
def gone(secretary):
    return make_organization(
        "北京锦程公司", by=secretary, park="二号园", phone="010-1", joined=date(2022, 6, 1)
    )


def test_what_was_added_to_the_kept_unit_since_stays_there(kept, gone, secretary, secretary_general):
    done = merged(kept, gone, secretary, secretary_general)
    kept = Organization.objects.get(pk=kept.pk)
    parks.add_park(kept, by=secretary, name="三号园", district="110105")
    parks.report_year(kept.parks.get(name="二号园"), by=secretary, year=2021, tenants=3)
    undone(done, secretary, secretary_general)
    assert sorted(kept.parks.values_list("name", flat=True)) == ["一号园", "三号园"]
    assert ParkYear.objects.get(year=2021).park.organization_id == gone.pk


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda unit, by: unit.parks.filter(name="二号园").delete(), "一条园区已被删除"),
        (
            lambda unit, by: Membership.objects.filter(organization=unit).update(joined_on=date(2021, 1, 1)),
            None,
        ),
        (lambda unit, by: unit.alternative_names.all().delete(), "一条曾用名与简称已被删除"),
        (
            lambda unit, by: organizations.update_organization(
                unit, by=by, version=Organization.objects.get(pk=unit.pk).version, changes={"phone": "010-9"}
            ),
            "单位“锦程公司”的单位电话已改动",
        ),
    ],
)
def test_what_was_changed_since_is_named_and_nothing_is_undone(
    change, said, kept, gone, secretary, secretary_general
):
    done = merged(kept, gone, secretary, secretary_general)
    change(Organization.objects.get(pk=kept.pk), secretary)
    before = state()
    if said is None:
        # The period itself was not touched by the merge: both began on their own days, the kept one's first.
        assert undone(done, secretary, secretary_general).state == MergeState.UNDONE
        return
    with pytest.raises(Refused, match=said):
        merges.ask_undo(done, by=secretary, basis="x")
    assert state() == before


def test_a_notice_that_was_tidied_away_does_not_stand_in_the_way(kept, gone, secretary, secretary_general):
    told = {"recipient": secretary, "kind": "test", "title": "x"}
    old, present = (
        Notice.objects.create(content_type=content_type(), object_id=gone.pk, **told) for _ in "ab"
    )
    done = merged(kept, gone, secretary, secretary_general)
    assert Notice.objects.filter(content_type=content_type(), object_id=gone.pk).count() == 0
    old.delete()
    undone(done, secretary, secretary_general)
    present.refresh_from_db()
    assert present.object_id == gone.pk


def content_type():
    return ContentType.objects.get_for_model(Organization)


def test_a_widened_period_that_was_ended_since_is_named(kept, secretary, secretary_general):
    earlier = make_organization("北京锦程公司", by=secretary, joined=date(2021, 6, 1))
    done = merged(kept, earlier, secretary, secretary_general)
    memberships.leave(kept, by=secretary, on=localdate(), reason="withdrawal", basis="申请")
    assert undone(done, secretary, secretary_general).state == MergeState.UNDONE
    spans = list(
        Membership.objects.order_by("organization").values_list("organization", "joined_on", "left_on")
    )
    assert spans == [(kept.pk, FOUNDED, localdate()), (earlier.pk, date(2021, 6, 1), None)]


def test_a_unit_that_was_merged_further_must_be_undone_first(kept, gone, secretary, secretary_general):
    done = merged(kept, gone, secretary, secretary_general)
    last = make_organization("丙公司", by=secretary)
    merged(Organization.objects.get(pk=last.pk), kept, secretary, secretary_general)
    with pytest.raises(Refused, match="锦程公司之后又并入了丙公司"):
        merges.ask_undo(done, by=secretary, basis="x")


def test_what_stands_in_the_way_between_asking_and_confirming_is_seen(
    kept, gone, secretary, secretary_general
):
    done = merges.ask_undo(merged(kept, gone, secretary, secretary_general), by=secretary, basis="x")
    Park.objects.filter(name="二号园").delete()
    with pytest.raises(Refused, match="一条园区已被删除"):
        merges.undo(done, by=secretary_general)


# --- two people -------------------------------------------------------------------------------------------------


def test_undoing_needs_two_people_and_may_be_refused(kept, gone, secretary, secretary_general):
    done = merged(kept, gone, secretary, secretary_general)
    asked = merges.ask_undo(done, by=secretary_general, basis="是两家")
    with pytest.raises(Refused, match="另一位同事确认"):
        merges.undo(asked, by=secretary_general)
    left = merges.refuse_undo(asked, by=secretary)
    merges.refuse_undo(asked, by=secretary)
    assert (left.state, left.undo_asked_by, left.undo_basis) == (MergeState.DONE, None, "")
    assert Notice.objects.filter(recipient=secretary_general).get().kind == "members.merge_undo_refused"
    assert [a.kind for a in Activity.objects.about(kept)][:2] == [
        "members.merge.undo_refused", "members.merge.undo_asked",
    ]  # fmt: skip


@pytest.mark.parametrize("verb", ["undo", "refuse_undo", "ask_undo", "decline"])
def test_no_step_out_of_its_turn(verb, kept, gone, secretary, secretary_general):
    merge = proposed(kept, gone, secretary)
    if verb == "decline":
        merges.confirm(merge, by=secretary_general)
    more = {"basis": "x"} if verb in ("ask_undo", "decline") else {}
    with pytest.raises(Refused, match="这次合并现在是"):
        getattr(merges, verb)(merge, by=secretary_general, **more)


def test_managers_of_both_hear_of_the_undoing(kept, gone, secretary, secretary_general):
    manager = make_user("乙管", "b@test.cn", organization=gone, duty="manager")
    undone(merged(kept, gone, secretary, secretary_general), secretary, secretary_general)
    assert list(Notice.objects.filter(recipient=manager).order_by("pk").values_list("kind", flat=True)) == [
        "members.merge_done", "members.merge_undone",
    ]  # fmt: skip
    assert list(Organization.objects.visible_to(manager)) == [Organization.objects.get(pk=gone.pk)]
