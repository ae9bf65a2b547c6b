"""Two records of one unit become one: who may, what moves, what is refused."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from association import integrity
from association.domain.editing import Conflict
from association.errors import Refused
from association.models import Activity, Attachment, Notice
from members.choices import MergeState, NameKind, PairState
from members.domain import contacts, memberships, merges, moving, organizations, parks, uniting
from members.models import DuplicatePair, Membership, Merge, Organization, Park, ProfileChange
from members.search import hits
from tests.factories import FOUNDED, make_organization, make_user
from tests.factories.attachments import added

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(secretary):
    return make_organization("锦程文化传播有限公司", by=secretary, park="锦程文创园")


@pytest.fixture
def gone(secretary):
    return make_organization("北京锦程文化传播有限公司", by=secretary, joined=None, park="锦程二号园")


def proposed(kept, gone, by, **picks):
    kept.refresh_from_db()
    gone.refresh_from_db()
    return merges.propose(
        kept, gone, by=by, basis="同一执照", picks=picks, versions=(kept.version, gone.version)
    )


def merged(kept, gone, by, second, **picks):
    done = merges.confirm(proposed(kept, gone, by, **picks), by=second)
    kept.refresh_from_db()
    gone.refresh_from_db()
    return done


def kinds(unit):
    return [a.kind for a in Activity.objects.about(unit) if a.kind.startswith("members.merge")]


# --- what moves -----------------------------------------------------------------------------------------------


def test_everything_of_the_merged_unit_is_the_kept_ones_afterwards(kept, gone, secretary, secretary_general):
    organizations.add_name(gone, by=secretary, kind="short", name="锦程")
    organizations.tag_organizations(Organization.objects.filter(pk=gone.pk), by=secretary, name="重点")
    file = added(gone, secretary, name="执照.pdf")
    park = gone.parks.get()
    done = merged(kept, gone, secretary, secretary_general)
    assert done.state == MergeState.DONE
    assert sorted(kept.parks.values_list("name", "is_main")) == [("锦程二号园", False), ("锦程文创园", True)]
    assert sorted(kept.alternative_names.values_list("kind", "name", "used_until")) == [
        ("former", "北京锦程文化传播有限公司", None), ("short", "锦程", None),
    ]  # fmt: skip
    assert [t.tag.name for t in kept.taggings.all()] == ["重点"]
    assert kept.contact_roles.count() == 4
    assert Attachment.objects.get(pk=file.pk).owner == kept
    assert Park.objects.get(pk=park.pk).version == park.version + 1
    assert (gone.merged_into, gone.credit_code != "") == (kept, True)
    assert moving.counts(gone) == []


def test_of_two_first_holders_the_kept_units_stays_first(kept, gone, secretary, secretary_general):
    merged(kept, gone, secretary, secretary_general)
    roles = kept.contact_roles.order_by("duty", "pk").values_list("duty", "is_primary")
    assert list(roles) == [
        ("liaison", True),
        ("liaison", False),
        ("representative", True),
        ("representative", False),
    ]


def test_fields_are_taken_from_the_side_that_was_picked_or_was_not_blank(secretary, secretary_general):
    kept = make_organization("甲公司", credit_code="", phone="010-1", website="")
    gone = make_organization(
        "乙公司", joined=None, phone="010-2", website="https://b.cn/", legal_representative="李"
    )
    code = gone.credit_code
    merged(kept, gone, secretary, secretary_general, legal_representative="merged")
    assert (kept.name, kept.credit_code, kept.phone) == ("甲公司", code, "010-1")
    assert (kept.website, kept.legal_representative, gone.credit_code) == ("https://b.cn/", "李", "")


def test_codes_change_places_so_that_old_lists_lead_to_the_kept_unit(
    kept, gone, secretary, secretary_general
):
    old, new = kept.credit_code, gone.credit_code
    merged(kept, gone, secretary, secretary_general, credit_code="merged", name="merged")
    assert (kept.credit_code, gone.credit_code, kept.name) == (new, old, "北京锦程文化传播有限公司")
    former = kept.alternative_names.get()
    assert (former.name, former.used_until) == ("锦程文化传播有限公司", localdate())
    assert list(Organization.objects.matching(old)) == list(Organization.objects.matching(new)) == [kept]


def test_a_unit_without_a_number_takes_the_others(secretary, secretary_general):
    kept, gone = make_organization("甲公司", joined=None), make_organization("乙公司")
    number = gone.member_number
    merged(kept, gone, secretary, secretary_general)
    assert (kept.member_number, gone.member_number, number != "") == (number, "", True)
    assert (kept.latest_joined_on, kept.membership_count) == (FOUNDED, 1)


def test_the_kept_number_stays_and_the_other_is_found_and_never_given_again(secretary, secretary_general):
    kept, gone = make_organization("甲公司"), make_organization("乙公司")
    merged(kept, gone, secretary, secretary_general)
    assert (kept.member_number, gone.member_number) == ("BCIPA-2022-0001", "BCIPA-2022-0002")
    assert list(Organization.objects.matching("bcipa-2022-0002")) == [kept]
    assert memberships.next_number(2022) == "BCIPA-2022-0003"


def test_parks_of_the_same_name_become_one(kept, gone, secretary, secretary_general):
    own, other = kept.parks.get(), gone.parks.get()
    Park.objects.filter(pk=other.pk).update(name=own.name, street="酒仙桥")
    parks.report_year(own, by=secretary, year=2021, tenants=10)
    parks.report_year(other, by=secretary, year=2021, tenants=11)
    parks.report_year(other, by=secretary, year=2020, tenants=9)
    parks.add_recognition(other, by=secretary, level="municipal", year=2020)
    file = added(other, secretary, name="证明.pdf")
    done = merged(kept, gone, secretary, secretary_general)
    own.refresh_from_db()
    assert list(kept.parks.all()) == [own]
    assert list(own.years.values_list("year", "tenants")) == [(2021, 10), (2020, 9)]
    assert (own.recognitions.count(), own.street) == (1, "酒仙桥")
    assert Attachment.objects.get(pk=file.pk).owner == own
    assert done.outcome["left"] == ["园区年度数据“锦程文创园 2021”"]
    assert not Park.objects.visible_to(secretary).filter(pk=other.pk).exists()


def test_what_both_have_alike_is_there_once(kept, gone, secretary, secretary_general):
    for unit in (kept, gone):
        organizations.tag_organizations(Organization.objects.filter(pk=unit.pk), by=secretary, name="重点")
    person = kept.contact_roles.filter(duty="liaison").get().contact
    contacts.assign_duty(gone, person, by=secretary, duty="liaison", since=FOUNDED)
    done = merged(kept, gone, secretary, secretary_general)
    assert kept.taggings.count() == 1
    assert kept.contact_roles.filter(contact=person).count() == 1
    assert len(done.outcome["left"]) == 1


# --- periods of membership ------------------------------------------------------------------------------------


def day(text):
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("own", "other", "union"),
    [
        ([("2022-01-26", "")], [("2022-03-01", "")], [("2022-01-26", "")]),
        ([("2022-03-01", "")], [("2022-01-26", "2022-06-01")], [("2022-01-26", "")]),
        (
            [("2022-01-26", "2022-06-01")],
            [("2022-06-01", "")],
            [("2022-01-26", "2022-06-01"), ("2022-06-01", "")],
        ),
        (
            [("2022-01-26", "2022-06-01"), ("2023-01-01", "")],
            [("2022-05-01", "2023-02-01")],
            [("2022-01-26", "")],
        ),
        ([("2022-01-26", "2022-06-01")], [("2022-02-01", "2022-09-01")], [("2022-01-26", "2022-09-01")]),
        (
            [],
            [("2022-01-26", "2022-06-01"), ("2023-01-01", "")],
            [("2022-01-26", "2022-06-01"), ("2023-01-01", "")],
        ),
    ],
)
def test_periods_are_united(own, other, union, secretary, secretary_general):
    kept, gone = make_organization("甲公司", joined=None), make_organization("乙公司", joined=None)
    for unit, periods in ((kept, own), (gone, other)):
        for joined, left in periods:
            reason = {"leave_reason": "withdrawal", "leave_basis": "申请"} if left else {}
            Membership.objects.create(organization=unit, joined_on=day(joined), left_on=day(left), **reason)
    merged(kept, gone, secretary, secretary_general)
    expected = [(day(joined), day(left)) for joined, left in union]
    assert list(kept.memberships.values_list("joined_on", "left_on")) == expected
    assert not Membership.objects.filter(organization=gone).exists()
    assert (kept.latest_joined_on, kept.latest_left_on, kept.membership_count) == (
        *expected[-1],
        len(expected),
    )
    assert (gone.latest_joined_on, gone.latest_left_on, gone.membership_count) == (None, None, 0)
    ended = kept.memberships.order_by("joined_on").last()
    assert bool(ended.leave_reason) == bool(ended.left_on)


def test_the_past_roster_shows_one_and_the_days_are_named_before(secretary, secretary_general):
    kept, gone = make_organization("甲公司"), make_organization("乙公司", joined=date(2022, 6, 1))
    make_organization("丙公司")
    days = merges.double_days(kept, gone)
    assert days[0] == ["2022 年末", 3, 2]
    assert days[-1] == ["今天", 3, 2]
    done = merged(kept, gone, secretary, secretary_general)
    assert Organization.objects.members_on(date(2022, 12, 31)).count() == 2
    assert done.outcome["days"] == days
    assert merges.double_days(kept, make_organization("丁公司", joined=None)) == []


# --- nothing is forgotten -------------------------------------------------------------------------------------


def test_every_relation_of_the_house_is_moved_or_said_to_stay():
    """A new foreign key to a unit or park moves by itself; one that cannot must be named here on purpose."""
    stays = {"DuplicatePair.first", "DuplicatePair.second", "Merge.kept", "Merge.merged"}
    for model in (Organization, Park):
        moved = {(holder, field.name) for holder, field in moving.pointers(model)}
        every = {
            (holder, field.name)
            for holder in apps.get_models(include_auto_created=True)
            for field in holder._meta.concrete_fields
            if field.is_relation and field.related_model is model
            if getattr(holder, "pgh_tracked_model", None) is None
        }
        assert {f"{holder.__name__}.{name}" for holder, name in every - moved} - stays == set()
    fixed = {"ActivitySubject"}
    generic = {holder for holder, _ in moving.generic_pointers()}
    holders = {
        model
        for model in apps.get_models()
        if any(type(f).__name__ == "GenericForeignKey" for f in model._meta.private_fields)
    }
    assert {holder.__name__ for holder in holders - generic} == fixed
    assert {Attachment, Notice} <= generic


def test_each_moved_relation_has_a_row_that_moves(kept, gone, secretary, secretary_general):
    """One row in every table that points at a unit: none points at the merged one afterwards."""
    memberships.join(gone, by=secretary, on=date(2021, 1, 1))
    memberships.add_post(gone, by=secretary, grade=50, since=date(2021, 2, 1), basis="选举")
    make_organization("丁公司", joined=None)  # what joins two units joins it with this one
    for place, (model, which, _) in enumerate(moving.rows_pointing(gone)):
        if not model._base_manager.filter(**which).exists():
            fill(model, which, place, secretary)
    before = dict(moving.counts(gone))
    assert len(before) >= 8
    done = merged(kept, gone, secretary, secretary_general)
    assert moving.counts(gone) == []
    assert sum(count for _, count in done.outcome["moved"]) >= sum(before.values()) - 1


# Where the first of the choices would ask for another record.
OF_ITSELF = {("Petition", "source"): "member"}


def fill(model, which, place, by):
    """A row of the model with the least in it that the database takes."""
    values = dict(which)
    for field in model._meta.concrete_fields:
        if field.attname in values or field.null or field.has_default() or field.primary_key:
            continue
        if field.is_relation:
            values[field.attname] = by.pk if field.related_model is type(by) else foreign(field, by, values)
        elif (
            field.get_internal_type() in ("DateField", "DateTimeField")
            and not field.auto_now_add
            and not field.auto_now
        ):
            values[field.attname] = (
                localdate() if field.get_internal_type() == "DateField" else timezone.now()
            )
        elif field.choices and not field.blank:
            values[field.attname] = OF_ITSELF.get((model.__name__, field.name), field.flatchoices[0][0])
        elif "Integer" in field.get_internal_type():
            values[field.attname] = place + 1
        elif field.get_internal_type() in ("CharField", "TextField"):
            values[field.attname] = f"x{place}" if not field.blank else ""
    return model._base_manager.create(**values)


def foreign(field, by, values):
    related = field.related_model
    if related is ContentType:
        return ContentType.objects.get_for_model(Organization).pk
    if related is Organization:
        used = [values[name] for name in values if name.endswith("_id")]
        return related._base_manager.exclude(pk__in=used).order_by("-pk").first().pk
    found = related._base_manager.first() or fill(related, {}, 0, by)
    return found.pk


# --- who may, and when ----------------------------------------------------------------------------------------


def test_two_people_are_needed(kept, gone, secretary):
    merge = proposed(kept, gone, secretary)
    with pytest.raises(Refused, match="另一位同事确认"):
        merges.confirm(merge, by=secretary)
    assert Organization.objects.filter(pk=gone.pk).exists()


def test_each_step_leaves_one_activity_on_both_and_twice_changes_nothing(
    kept, gone, secretary, secretary_general
):
    merge = proposed(kept, gone, secretary)
    assert merges.propose(kept, gone, by=secretary, basis="又", picks={}, versions=(0, 0)) == merge
    merges.confirm(merge, by=secretary_general)
    assert merges.confirm(merge, by=secretary_general).state == MergeState.DONE
    merges.ask_undo(merge, by=secretary, basis="错了")
    merges.ask_undo(merge, by=secretary, basis="错了")
    merges.undo(merge, by=secretary_general)
    assert merges.undo(merge, by=secretary_general).state == MergeState.UNDONE
    steps = [
        "members.merge.undone",
        "members.merge.undo_asked",
        "members.merge.done",
        "members.merge.proposed",
    ]
    assert kinds(kept) == kinds(gone) == steps


def test_a_proposal_may_be_taken_back_or_refused(kept, gone, secretary, secretary_general):
    merge = proposed(kept, gone, secretary)
    merges.decline(merge, by=secretary_general, basis="是两家")
    merges.decline(merge, by=secretary_general, basis="是两家")
    assert kinds(kept) == ["members.merge.declined", "members.merge.proposed"]
    with pytest.raises(Refused, match="不能确认"):
        merges.confirm(merge, by=secretary_general)
    assert Notice.objects.get(recipient=secretary).kind == "members.merge_declined"
    assert proposed(kept, gone, secretary).state == MergeState.PROPOSED


def test_a_unit_has_one_merge_at_a_time(kept, gone, secretary, secretary_general):
    third = make_organization("丙公司")
    proposed(kept, gone, secretary)
    for one, other in ((gone, kept), (third, kept), (third, gone), (gone, third), (kept, third)):
        with pytest.raises(Refused, match="还在办理"):
            proposed(one, other, secretary_general)


def test_what_was_changed_since_must_be_looked_at_again(kept, gone, secretary, secretary_general):
    with pytest.raises(Refused, match="重新对照"):
        merges.propose(kept, gone, by=secretary, basis="x", picks={}, versions=(kept.version, 0))
    merge = proposed(kept, gone, secretary)
    organizations.update_organization(gone, by=secretary, version=gone.version, changes={"phone": "010-9"})
    with pytest.raises(Refused, match="又有改动"):
        merges.confirm(merge, by=secretary_general)


def test_two_pending_changes_of_one_field_must_be_decided_first(kept, gone, secretary, secretary_general):
    merge = proposed(kept, gone, secretary)
    filed = {"filed_by": secretary, "filed_at": timezone.now(), "due_on": localdate()}
    one, other = (ProfileChange.objects.create(organization=u, field="name", **filed) for u in (kept, gone))
    with pytest.raises(Refused, match="待审核的资料变更（单位名称"):
        merges.confirm(merge, by=secretary_general)
    one.delete()
    merges.confirm(merge, by=secretary_general)
    other.refresh_from_db()
    assert other.organization_id == kept.pk


def test_a_unit_cannot_be_merged_with_itself_or_twice(kept, gone, secretary, secretary_general):
    with pytest.raises(Refused, match="不能并入自己"):
        proposed(kept, kept, secretary)
    merged(kept, gone, secretary, secretary_general)
    with pytest.raises(Refused, match="已并入锦程文化传播有限公司"):
        proposed(make_organization("丙公司"), gone, secretary)


def test_units_that_were_merged_before_come_along(kept, gone, secretary, secretary_general):
    last = make_organization("丙公司")
    merged(kept, gone, secretary, secretary_general)
    done = merged(last, kept, secretary, secretary_general)
    gone.refresh_from_db()
    assert gone.merged_into == last
    assert list(Organization.objects.matching("北京锦程文化")) == [last]
    merges.ask_undo(done, by=secretary, basis="错")
    merges.undo(done, by=secretary_general)
    gone.refresh_from_db()
    assert gone.merged_into == kept


# --- afterwards -----------------------------------------------------------------------------------------------


def test_the_merged_unit_is_in_no_list_and_verbs_say_where_it_went(kept, gone, secretary, secretary_general):
    stale = Organization.objects.get(pk=gone.pk)
    merged(kept, gone, secretary, secretary_general)
    assert list(Organization.objects.visible_to(secretary)) == [kept]
    assert [hit.url for hit in hits(secretary, "北京锦程文化传播", 5) if hit.kind != "联系人"] == [
        kept.get_absolute_url()
    ]
    with pytest.raises(Refused, match="已并入锦程文化传播有限公司"):
        memberships.join(stale, by=secretary, on=localdate())
    with pytest.raises(Conflict):
        organizations.update_organization(stale, by=secretary, version=stale.version, changes={"phone": "1"})


@pytest.mark.parametrize(
    "tab", ["", "_parks", "_contacts", "_recognitions", "_membership", "_files", "_timeline"]
)
def test_its_page_says_where_it_went(tab, kept, gone, secretary, secretary_general, as_user, stranger):
    merged(kept, gone, secretary, secretary_general)
    url = reverse(f"members:organization{tab}", args=[gone.pk])
    page = as_user(secretary).get(url)
    assert page.status_code == 200
    assert "已并入锦程文化传播有限公司" in page.content.decode()
    assert as_user(stranger).get(url).status_code == 404
    assert as_user(secretary).get(reverse("members:organization_edit", args=[gone.pk])).status_code == 404


def test_the_kept_units_timeline_tells_of_both_pasts(kept, gone, secretary, secretary_general, as_user):
    merged(kept, gone, secretary, secretary_general)
    page = as_user(secretary).get(reverse("members:organization_timeline", args=[kept.pk]))
    sentences = [item.sentence for item in page.context["items"]]
    assert "新建单位“北京锦程文化传播有限公司”" in sentences
    assert sentences.count("提出把北京锦程文化传播有限公司并入锦程文化传播有限公司") == 1


def test_managers_of_both_and_the_proposer_are_told(kept, gone, secretary, secretary_general):
    one = make_user("甲管", "a@test.cn", organization=kept, duty="manager")
    two = make_user("乙管", "b@test.cn", organization=gone, duty="manager")
    make_user("乙联", "c@test.cn", organization=gone)
    merged(kept, gone, secretary, secretary_general)
    told = sorted(Notice.objects.values_list("recipient__full_name", "kind"))
    assert told == sorted([(one.full_name, "members.merge_done"), (two.full_name, "members.merge_done"),
                           (secretary.full_name, "members.merge_confirmed")])  # fmt: skip
    assert list(Organization.objects.visible_to(two)) == [kept]


def test_the_pair_is_settled(kept, gone, secretary, secretary_general):
    pair = DuplicatePair.objects.create(first=kept, second=gone, score=99, reasons=["名称"])
    done = merged(kept, gone, secretary, secretary_general)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (PairState.MERGED, secretary_general)
    merges.ask_undo(done, by=secretary, basis="错")
    merges.undo(done, by=secretary_general)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == (PairState.OPEN, None, None)


def test_a_new_unit_may_not_take_the_code_of_a_merged_one(kept, gone, secretary, secretary_general):
    merged(kept, gone, secretary, secretary_general)
    with pytest.raises(Refused, match="已属于另一家单位"):
        organizations.create_organization(by=secretary, name="新", credit_code=gone.credit_code)


def test_the_spans_of_periods_are_pure():
    rows = [
        Membership(joined_on=FOUNDED, left_on=None),
        Membership(joined_on=FOUNDED + timedelta(1), left_on=None),
    ]
    assert [(s.joined_on, s.left_on, len(s.rows)) for s in uniting.spans(rows)] == [(FOUNDED, None, 2)]
    assert uniting.spans([]) == []


def test_names_that_were_known_before_are_not_entered_twice(kept, gone, secretary, secretary_general):
    organizations.add_name(kept, by=secretary, kind=NameKind.FORMER, name=gone.name)
    merged(kept, gone, secretary, secretary_general)
    assert kept.alternative_names.count() == 1


def test_proposals_are_kept_as_rows(kept, gone, secretary):
    merge = proposed(kept, gone, secretary, name="merged", nonsense="merged", phone="merged")
    assert (merge.picks["name"], "nonsense" in merge.picks, "phone" in merge.picks) == (
        "merged",
        False,
        False,
    )
    assert Merge.objects.pending().count() == 1


def test_the_books_are_whole_after_a_merge_and_its_undoing(kept, gone, secretary, secretary_general):
    own, other = kept.parks.get(), gone.parks.get()
    Park.objects.filter(pk=other.pk).update(name=own.name)
    done = merged(kept, gone, secretary, secretary_general)
    assert broken() == []
    merges.ask_undo(done, by=secretary, basis="错")
    merges.undo(done, by=secretary_general)
    assert broken() == []


def broken():
    """Invariants of the roster and its history that do not hold."""
    found = integrity.verify(
        only=[i.key for i in integrity.invariants() if i.key.startswith("members.")] + ["history"]
    )
    return [(finding.invariant.key, finding.offenders) for finding in found if finding.is_broken]
