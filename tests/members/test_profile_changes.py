"""Proposed changes of sensitive fields: filed, replaced, withdrawn, decided field by field, two at once."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from association import desk
from association.errors import Refused
from association.models import Activity, Attachment, Delivery, Notice
from association.workdays import add_workdays_or_weekdays
from members.domain import contacts, memberships, organizations
from members.domain import profile_changes as domain
from members.domain.profile_changes import Decision
from members.models import Contact, Organization, ProfileChange
from tests.conftest import signed_in_client
from tests.factories import make_organization, make_user, next_code
from tests.factories.attachments import upload
from tests.factories.files import HTML
from tests.forms import errors, filled
from tests.races import at_once

pytestmark = pytest.mark.django_db
NAME, LEGAL, BANK = "name", "legal_representative", "bank"
ACCOUNT = "6222029999888877"


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def fresh(unit) -> Organization:
    return Organization.objects.get(pk=unit.pk)


def file(unit, by, **changes):
    """File proposals as the form does; gives them by field."""
    filed = domain.save_profile(unit, by=by, version=fresh(unit).version, changes=changes)
    return {change.field: change for change in filed}


def file_name(unit, by, name="新名文化有限公司"):
    return file(unit, by, name=name)[NAME]


def accept(change, **more):
    return Decision(change.pk, change.version, True, **more)


def reject(change, reason="与营业执照不符"):
    return Decision(change.pk, change.version, False, reason)


def sentences(unit, kind="members.profile_change"):
    return [a.sentence for a in Activity.objects.about(unit) if a.kind.startswith(kind)]


def told(person):
    return list(Notice.objects.filter(recipient=person).values_list("kind", flat=True))


def posted(change, choice="accept", reason="", **more):
    """What the page's form sends about one change."""
    start = f"change-{change.pk}-"
    return {
        f"{start}{k}": v
        for k, v in ({"choice": choice, "reason": reason, "version": change.version} | more).items()
    }


# --- filing ---------------------------------------------------------------------------------------------------


def test_the_ordinary_is_saved_at_once_and_the_sensitive_waits(
    manager, secretary, treasurer, park_unit, as_user
):
    client = as_user(manager)
    page = client.get(url("organization_edit", park_unit))
    assert "有几项要经协会审核" in page.content.decode()
    data = filled(
        page, name="新名文化有限公司", phone="010-66668888", bank_name="新开户行", bank_account=ACCOUNT
    )
    answer = client.post(url("organization_edit", park_unit), data, follow=True)
    unit = fresh(park_unit)
    assert (unit.name, unit.phone, unit.bank_account) == ("演示运营公司01", "010-66668888", "")
    waiting = {c.field: (c.old, c.new, c.filed_by, c.is_pending) for c in ProfileChange.objects.all()}
    assert waiting == {
        NAME: ({"name": "演示运营公司01"}, {"name": "新名文化有限公司"}, manager, True),
        BANK: (
            {"bank_name": "", "bank_account": ""},
            {"bank_name": "新开户行", "bank_account": ACCOUNT},
            manager,
            True,
        ),
    }
    assert "的修改已提交审核，协会在" in answer.content.decode()
    assert sentences(unit) == ["提交资料变更：单位名称、开户行与银行账号，待审核"]
    assert sentences(unit, "members.organization.updated") == ["修改单位资料：单位电话"]
    assert [told(p) for p in (secretary, treasurer, manager)] == [["members.profile_change_filed"]] * 2 + [[]]


def test_the_same_sent_twice_waits_once(manager, secretary, park_unit):
    file_name(park_unit, manager)
    assert file(park_unit, manager, name="新名文化有限公司") == {}
    assert (ProfileChange.objects.count(), len(sentences(park_unit)), len(told(secretary))) == (1, 1, 1)


def test_another_value_takes_the_place_of_the_one_that_waits(manager, park_unit):
    first = file_name(park_unit, manager)
    second = file_name(park_unit, manager, "又一个名称")
    assert (second.pk, second.version, second.new) == (first.pk, 2, {"name": "又一个名称"})


def test_leaving_the_field_as_it_is_leaves_what_waits(manager, park_unit, as_user):
    file_name(park_unit, manager)
    client = as_user(manager)
    page = client.get(url("organization_edit", park_unit))
    assert page.context["form"]["name"].value() == "演示运营公司01"
    assert "已提交改为“新名文化有限公司”，待审核" in page.content.decode()
    client.post(url("organization_edit", park_unit), filled(page, phone="010-66668888"))
    assert ProfileChange.objects.get().is_pending


def test_whether_another_unit_has_the_code_is_not_said_to_the_manager(
    manager, other_unit, park_unit, as_user
):
    client = as_user(manager)
    page = client.get(url("organization_edit", park_unit))
    answer = client.post(
        url("organization_edit", park_unit), filled(page, credit_code=other_unit.credit_code)
    )
    assert (answer.status_code, ProfileChange.objects.get().new) == (
        303,
        {"credit_code": other_unit.credit_code},
    )
    wrong = filled(page, credit_code="91119900TE00000101", version=str(fresh(park_unit).version))
    assert list(errors(client.post(url("organization_edit", park_unit), wrong))) == ["credit_code"]


def test_the_secretariat_still_changes_at_once(secretary, park_unit, as_user):
    client = as_user(secretary)
    page = client.get(url("organization_edit", park_unit))
    assert "有几项要经协会审核" not in page.content.decode()
    client.post(url("organization_edit", park_unit), filled(page, name="秘书处改的名"))
    assert (fresh(park_unit).name, ProfileChange.objects.count()) == ("秘书处改的名", 0)


def test_category_is_not_the_managers_to_change(manager, park_unit, as_user):
    client = as_user(manager)
    page = client.get(url("organization_edit", park_unit))
    assert "category" not in page.context["form"].fields
    client.post(
        url("organization_edit", park_unit), filled(page) | {"category": "investor", "member_number": "X"}
    )
    assert fresh(park_unit).category == park_unit.category


# --- the deadline ---------------------------------------------------------------------------------------------


def test_three_working_days_are_counted_by_the_official_calendar():
    assert add_workdays_or_weekdays(date(2022, 9, 30), 3) == (date(2022, 10, 10), True)
    assert add_workdays_or_weekdays(date(2022, 9, 29), 1) == (date(2022, 9, 30), True)


def test_without_next_years_decree_weekdays_are_counted():
    assert add_workdays_or_weekdays(date(2098, 12, 31), 3) == (date(2099, 1, 5), False)


def test_a_deadline_that_was_guessed_says_so(manager, secretary, park_unit, as_user):
    change = file_name(park_unit, manager)
    ProfileChange.objects.filter(pk=change.pk).update(due_on=date(2099, 1, 5))
    text = as_user(secretary).get(url("organization_changes", park_unit)).content.decode()
    assert "期限按周一至周五计算" in text


def late(change, days=2):
    ProfileChange.objects.filter(pk=change.pk).update(due_on=timezone.localdate() - timedelta(days=days))


def test_what_waits_too_long_is_late_on_the_desk(manager, secretary, treasurer, president, park_unit):
    changes = file(
        park_unit, manager, name="新名", legal_representative="新法人", bank_name="行", bank_account=ACCOUNT
    )
    late(changes[NAME])

    def todos(person):
        return [(t.title, t.remaining[1]) for t in desk.desk.todos_for(person) if "资料变更" in t.title]

    assert todos(secretary) == [("2 项资料变更待审核，其中 1 项已超期", "late")]
    assert todos(treasurer) == [("1 项资料变更待审核", "info")]
    assert (todos(president), todos(manager)) == ([], [])


# --- deciding -------------------------------------------------------------------------------------------------


def test_field_by_field_with_old_and_new_side_by_side(manager, secretary, park_unit, as_user):
    changes = file(park_unit, manager, name="新名文化有限公司", legal_representative="钱法人")
    client = as_user(secretary)
    text = client.get(url("organization_changes", park_unit)).content.decode()
    assert [w in text for w in ("演示运营公司01", "新名文化有限公司", "王法人", "钱法人")] == [True] * 4
    data = posted(changes[NAME]) | posted(changes[LEGAL], "reject", "与营业执照不符")
    assert client.post(url("changes_decide", park_unit), data).status_code == 303
    unit = fresh(park_unit)
    assert (unit.name, unit.legal_representative) == ("新名文化有限公司", "王法人")
    former = unit.alternative_names.get(kind="former")
    assert (former.name, former.used_until) == ("演示运营公司01", timezone.localdate())
    settled = {c.field: (c.state, c.settled_by, c.reason) for c in ProfileChange.objects.all()}
    assert settled == {NAME: ("accepted", secretary, ""), LEGAL: ("rejected", secretary, "与营业执照不符")}
    assert sentences(unit)[:1] == ["审核资料变更：单位名称已生效，法定代表人已驳回"]
    assert told(manager) == ["members.profile_change_decided"]
    body = Notice.objects.get(recipient=manager).body
    assert ("单位名称：已生效" in body, "法定代表人：已驳回。理由：与营业执照不符" in body) == (True, True)


def test_a_rejection_needs_a_reason(manager, secretary, park_unit, as_user):
    change = file_name(park_unit, manager)
    answer = as_user(secretary).post(url("changes_decide", park_unit), posted(change, "reject"))
    assert answer.status_code == 422
    assert "驳回请写明理由。" in answer.content.decode()
    with pytest.raises(Refused, match="请写明理由"):
        domain.decide(park_unit, by=secretary, decisions=[reject(change, "")])
    assert ProfileChange.objects.get().is_pending


def test_nothing_chosen_is_nothing_done(manager, secretary, park_unit, as_user):
    change = file_name(park_unit, manager)
    answer = as_user(secretary).post(url("changes_decide", park_unit), posted(change, ""))
    assert (answer.status_code, "还没有选择通过或驳回。" in answer.content.decode()) == (422, True)


def test_the_code_is_looked_at_again_when_it_is_accepted(manager, secretary, other_unit, park_unit, as_user):
    change = file(park_unit, manager, credit_code=other_unit.credit_code)["credit_code"]
    answer = as_user(secretary).post(url("changes_decide", park_unit), posted(change))
    assert answer.status_code == 422
    assert f"统一社会信用代码 {other_unit.credit_code} 已属于另一家单位。" in answer.content.decode()
    wrong = file(park_unit, manager, credit_code="91119900TE00000101")["credit_code"]
    with pytest.raises(Refused):
        domain.decide(park_unit, by=secretary, decisions=[accept(wrong)])
    good = next_code()
    domain.decide(
        park_unit, by=secretary, decisions=[accept(file(park_unit, manager, credit_code=good)["credit_code"])]
    )
    assert fresh(park_unit).credit_code == good


def test_all_are_decided_or_none(manager, secretary, other_unit, park_unit):
    changes = file(park_unit, manager, name="新名", credit_code=other_unit.credit_code)
    with pytest.raises(Refused):
        domain.decide(park_unit, by=secretary, decisions=[accept(c) for c in changes.values()])
    assert (fresh(park_unit).name, ProfileChange.objects.pending().count()) == ("演示运营公司01", 2)


def test_the_treasurer_decides_on_bank_data_and_the_secretariat_on_the_rest(
    manager, secretary, secretary_general, treasurer, park_unit, as_user
):
    changes = file(park_unit, manager, name="新名", bank_name="新开户行", bank_account=ACCOUNT)
    everything = posted(changes[NAME]) | posted(changes[BANK])
    assert as_user(treasurer).post(url("changes_decide", park_unit), everything).status_code == 303
    assert (fresh(park_unit).bank_account, fresh(park_unit).name) == (ACCOUNT, "演示运营公司01")
    for person in (secretary, secretary_general):
        with pytest.raises(Refused, match="已生效"):
            domain.decide(park_unit, by=person, decisions=[accept(changes[BANK])])
    with pytest.raises(Refused, match="不由你审核"):
        domain.decide(park_unit, by=treasurer, decisions=[accept(changes[NAME])])


def test_nobody_decides_on_their_own(secretary, secretary_general, park_unit):
    contact = contacts.add_contact(park_unit, by=None, duty="manager", name="陈思远")
    Contact.objects.filter(pk=contact.pk).update(user=secretary)
    change = file_name(park_unit, secretary)
    with pytest.raises(Refused, match="自己提交的由别人审核"):
        domain.decide(park_unit, by=secretary, decisions=[accept(change)])
    assert [c.field for c in domain.decide(park_unit, by=secretary_general, decisions=[accept(change)])] == [
        NAME
    ]


def test_a_decision_twice_is_one(manager, secretary, park_unit, as_user):
    change = file_name(park_unit, manager)
    client = as_user(secretary)
    answers = [client.post(url("changes_decide", park_unit), posted(change)).status_code for _ in range(2)]
    assert (answers, len(told(manager)), len(sentences(park_unit))) == ([303, 303], 1, 2)
    assert fresh(park_unit).alternative_names.count() == 1


def test_a_proposal_that_was_replaced_is_shown_anew(manager, secretary, park_unit, as_user):
    change = file_name(park_unit, manager)
    file_name(park_unit, manager, "又一个名称")
    answer = as_user(secretary).post(url("changes_decide", park_unit), posted(change))
    assert answer.status_code == 409
    assert "申请人刚刚改了“单位名称”要改成的内容" in answer.content.decode()
    assert (fresh(park_unit).name, ProfileChange.objects.get().is_pending) == ("演示运营公司01", True)


def test_a_value_that_has_moved_is_accepted_only_with_a_tick(manager, secretary, park_unit, as_user):
    change = file_name(park_unit, manager)
    organizations.update_organization(
        park_unit, by=secretary, version=fresh(park_unit).version, changes={"name": "秘书处改的名"}
    )
    client = as_user(secretary)
    page = client.get(url("organization_changes", park_unit))
    assert "现在的值（提交之后改过）" in page.content.decode()
    assert client.post(url("changes_decide", park_unit), posted(change)).status_code == 422
    seen = page.context["rows"][0].form["seen"].value()
    ticked = posted(change, seen=seen, confirmed="on")
    # Changed once more between looking and ticking: what was confirmed is not what is there.
    organizations.update_organization(
        park_unit, by=secretary, version=fresh(park_unit).version, changes={"name": "又改的名"}
    )
    answer = client.post(url("changes_decide", park_unit), ticked)
    assert (answer.status_code, "现值在提交之后又改过" in answer.content.decode()) == (409, True)
    seen = client.get(url("organization_changes", park_unit)).context["rows"][0].form["seen"].value()
    assert (
        client.post(url("changes_decide", park_unit), posted(change, seen=seen, confirmed="on")).status_code
        == 303
    )
    assert fresh(park_unit).name == "新名文化有限公司"


def test_a_moved_value_may_simply_be_rejected(manager, secretary, park_unit):
    change = file_name(park_unit, manager)
    organizations.update_organization(
        park_unit, by=secretary, version=fresh(park_unit).version, changes={"name": "别名"}
    )
    domain.decide(park_unit, by=secretary, decisions=[reject(change)])
    assert (fresh(park_unit).name, ProfileChange.objects.get().state) == ("别名", "rejected")


def test_changes_of_another_unit_are_not_decided_from_here(
    manager, secretary, other_member, other_unit, park_unit
):
    contacts.assign_duty(other_unit, other_member.contact, by=None, duty="manager")
    foreign = file_name(other_unit, other_member)
    with pytest.raises(Refused, match="没有这项资料变更"):
        domain.decide(park_unit, by=secretary, decisions=[accept(foreign)])


# --- withdrawing ----------------------------------------------------------------------------------------------


def test_a_proposal_is_withdrawn_until_it_is_decided(manager, secretary, park_unit, as_user):
    change = file_name(park_unit, manager)
    client = as_user(manager)
    assert client.get(url("change_withdraw", change)).status_code == 405
    answers = [client.post(url("change_withdraw", change)).status_code for _ in range(2)]
    assert (answers, sentences(park_unit)[0], len(sentences(park_unit))) == (
        [303, 303],
        "撤回资料变更：单位名称",
        2,
    )
    with pytest.raises(Refused, match="已撤回"):
        domain.decide(park_unit, by=secretary, decisions=[accept(change)])
    again = file_name(park_unit, manager)
    domain.decide(park_unit, by=secretary, decisions=[accept(again)])
    assert client.post(url("change_withdraw", again)).status_code == 409


# --- another representative -----------------------------------------------------------------------------------


def test_another_representative_comes_with_a_written_notice(manager, secretary, park_unit, as_user):
    client = as_user(manager)
    data = {"name": "孙代表", "mobile": "13811112222", "title": "总经理"}
    address = url("representative_change", park_unit)
    assert list(errors(client.post(address, data))) == ["notice"]
    bad = client.post(address, data | {"notice": upload(HTML, "通知.pdf")})
    assert (bad.status_code, list(errors(bad)), ProfileChange.objects.count()) == (422, ["notice"], 0)
    assert client.post(address, data | {"notice": upload(name="通知.pdf")}).status_code == 303
    change = ProfileChange.objects.get()
    assert [a.name for a in Attachment.objects.about(change)] == ["通知.pdf"]
    assert park_unit.contact_roles.current().get(duty="representative").contact.name == "李代表"
    page = as_user(secretary).get(url("organization_changes", park_unit)).content.decode()
    assert [w in page for w in ("李代表", "孙代表", "138 1111 2222", "通知.pdf")] == [True] * 4
    domain.decide(park_unit, by=secretary, decisions=[accept(change)])
    role = park_unit.contact_roles.current().get(duty="representative")
    assert (role.contact.name, role.contact.mobile, role.title) == ("孙代表", "13811112222", "总经理")


def test_somebody_of_the_unit_may_become_its_representative(manager, secretary, park_unit, as_user):
    data = {"contact": manager.contact.pk, "title": "副总", "notice": upload(name="通知.pdf")}
    assert as_user(manager).post(url("representative_change", park_unit), data).status_code == 303
    domain.decide(park_unit, by=secretary, decisions=[accept(ProfileChange.objects.get())])
    assert park_unit.contact_roles.current().get(duty="representative").contact == manager.contact


def test_nobody_of_another_unit_can_be_chosen(manager, other_unit, park_unit, as_user):
    stranger = other_unit.contact_roles.first().contact
    data = {"contact": stranger.pk, "title": "副总", "notice": upload(name="通知.pdf")}
    answer = as_user(manager).post(url("representative_change", park_unit), data)
    assert (list(errors(answer)), ProfileChange.objects.count()) == (["contact"], 0)


def test_a_unit_with_a_post_is_marked_for_the_council(manager, secretary, park_unit, as_user):
    memberships.add_post(park_unit, by=None, grade=20, since=date(2022, 1, 26), basis="选举")
    change = domain.file_representative(
        park_unit, by=manager, notice=upload(), title="副总", contact=manager.contact
    )
    assert (
        "还要报理事会备案" in as_user(secretary).get(url("organization_changes", park_unit)).content.decode()
    )
    domain.decide(park_unit, by=secretary, decisions=[accept(change)])
    assert sentences(park_unit)[0] == "审核资料变更：会员代表已生效；会员代表的变更须报理事会备案"


def test_the_name_of_the_representative_is_not_changed_by_the_back_door(manager, park_unit, as_user):
    person = park_unit.contact_roles.get(duty="representative").contact
    address = reverse("members:contact_edit", args=[park_unit.pk, person.pk])
    as_user(manager).post(address, {"name": "偷换的人", "mobile": "13811112222", "version": person.version})
    person.refresh_from_db()
    assert (person.name, person.mobile) == ("李代表", "13811112222")


# --- what bank data nobody else sees --------------------------------------------------------------------------


def test_bank_values_reach_the_treasurer_and_the_manager_only(
    manager, member, secretary, secretary_general, treasurer, auditor, park_unit, as_user
):
    changes = file(park_unit, manager, bank_name="记号银行", bank_account=ACCOUNT)
    pages = ["organization", "organization_changes", "organization_timeline"]

    def sees(person):
        texts = [as_user(person).get(url(name, park_unit)).content.decode() for name in pages]
        texts.append(as_user(person).get(reverse("members:changes")).content.decode())
        return ["记号银行" in text or ACCOUNT in text for text in texts]

    assert [sees(p) for p in (secretary, secretary_general, auditor, member)] == [[False] * 4] * 4
    assert [sees(p) for p in (treasurer, manager)] == [[False, True, False, False]] * 2
    domain.decide(park_unit, by=treasurer, decisions=[reject(changes[BANK], "账户名不符")])
    written = [*Notice.objects.values_list("title", "body"), *Delivery.objects.values_list("text", "html")]
    assert [row for row in written if ACCOUNT in str(row) or "记号银行" in str(row)] == []
    assert [s for s in sentences(park_unit, "") if ACCOUNT in s or "记号银行" in s] == []


def test_the_timeline_opens_no_proposed_value(manager, secretary, park_unit, as_user):
    file(park_unit, manager, bank_name="记号银行", bank_account=ACCOUNT)
    activity = Activity.objects.about(park_unit).filter(kind="members.profile_change.filed").get()
    page = as_user(secretary).get(url("organization_timeline", park_unit))
    address = reverse("association:changes", args=[activity.pk, page.context["content_type"], park_unit.pk])
    text = as_user(secretary).get(address).content.decode()
    assert (ACCOUNT in text, "记号银行" in text) == (False, False)


# --- the list -------------------------------------------------------------------------------------------------


def test_the_list_stands_by_deadline_and_keeps_what_is_settled(
    manager, secretary, treasurer, park_unit, as_user
):
    changes = file(
        park_unit, manager, name="新名", legal_representative="钱法人", bank_name="行", bank_account=ACCOUNT
    )
    late(changes[LEGAL])
    client = as_user(secretary)
    page = client.get(reverse("members:changes"))
    assert [(row.field, row.is_late, row.is_mine) for row in page.context["page"]] == [
        (LEGAL, True, True),
        (NAME, False, True),
        (BANK, False, False),
    ]
    assert [row.field for row in as_user(treasurer).get(reverse("members:changes")).context["page"]] == [BANK]
    domain.decide(park_unit, by=secretary, decisions=[accept(changes[NAME])])
    page = client.get(reverse("members:changes"), {"settled": "1"})
    assert [(row.field, row.settled_by) for row in page.context["page"]] == [(NAME, secretary)]


def test_the_list_costs_the_same_for_one_and_for_twenty(secretary, as_user, queries):
    client = as_user(secretary)

    def cost():
        client.get(reverse("members:changes"))
        with queries() as captured:
            assert client.get(reverse("members:changes")).status_code == 200
        return len(captured)

    def fill(numbers):
        for number in numbers:
            unit = make_organization(f"单位{number}", people=False)
            person = make_user(f"管理{number}", f"m{number}@test.cn", organization=unit, duty="manager")
            file(unit, person, name=f"新名{number}", legal_representative="钱法人")

    fill([0])
    one = cost()
    fill(range(1, 11))
    assert (cost(), one <= 20) == (one, True)


# --- two at once ----------------------------------------------------------------------------------------------


@pytest.fixture
def stage(transactional_db):
    """A unit with its manager and two deciders, committed."""
    unit = make_organization("单位", park="甲园", people=False)
    manager = make_user("郑管理", "manager@test.cn", organization=unit, duty="manager")
    deciders = [make_user(n, f"{n}@test.cn", roles=["secretariat"]) for n in ("a", "b")]
    return unit, manager, deciders


def outcomes(results):
    return sorted(
        "refused" if isinstance(r, Refused) else "done" if not isinstance(r, Exception) else repr(r)
        for r in results
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_at_once_one_decides(stage):
    unit, manager, (first, second) = stage
    change = file_name(unit, manager)
    results = at_once(
        lambda: domain.decide(unit, by=first, decisions=[accept(change)]),
        lambda: domain.decide(unit, by=second, decisions=[reject(change)]),
    )
    change.refresh_from_db()
    assert outcomes(results) == ["done", "refused"]
    assert (fresh(unit).name == "新名文化有限公司") == (change.state == "accepted")
    assert len(told(manager)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_waits_once(stage):
    unit, manager, _ = stage
    data = {"name": "新名", "version": fresh(unit).version}
    results = at_once(
        *[lambda: signed_in_client(manager).post(url("organization_edit", unit), data).status_code] * 3
    )
    assert set(results) <= {303, 409}
    assert sorted(ProfileChange.objects.values_list("field", flat=True)) == ["credit_code", LEGAL, NAME]


@pytest.mark.django_db(transaction=True)
def test_deciding_and_withdrawing_at_once_ends_in_one_of_them(stage):
    unit, manager, (decider, _) = stage
    change = file_name(unit, manager)
    results = at_once(
        lambda: domain.decide(unit, by=decider, decisions=[accept(change)]),
        lambda: domain.withdraw(change, by=manager),
    )
    change.refresh_from_db()
    assert outcomes(results) == ["done", "refused"]
    assert (fresh(unit).name == "新名文化有限公司") == (change.state == "accepted")
