"""Petitions at a department: handed over, signed for, objected to, extended, answered; what a liaison may know."""

import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from association.domain import attachments as files_domain
from association.errors import Refused
from association.models import Activity, Delivery, Notice
from association.workdays import add_workdays_or_weekdays
from events import permissions
from events.attachments import ALONG, GIVEN, REPLY
from events.choices import PetitionState
from events.domain import departments, petition_handovers, petition_merging, petition_watch, petitions
from events.letters import handover as letters
from events.models import Department, Liaison, Petition
from tests.factories import make_organization, make_user
from tests.factories.attachments import upload
from tests.factories.petitions import fresh, later, make_department, make_liaison, make_petition
from tests.races import at_once

pytestmark = pytest.mark.django_db
TOLD = {"title": "充电桩扩容", "text": "用电容量不够。"}


@pytest.fixture
def manager(park_unit):
    return make_user("冯经理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def department(secretary):
    return make_department(by=secretary)


@pytest.fixture
def liaison(department, secretary):
    return make_liaison(department, by=secretary)


@pytest.fixture
def made(park_unit, manager, secretary, secretary_general, department):
    def make(stand="handed", unit=park_unit, **fields):
        given = {"keeper": secretary, "general": secretary_general, "department": department}
        return make_petition(unit, by=secretary, stand=stand, **given | fields)

    return make


def url(name, *args):
    return reverse(f"events:{name}", args=args)


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def working(day, number):
    return add_workdays_or_weekdays(day, number)[0]


# --- departments and liaisons -------------------------------------------------------------------------------------
def test_a_liaison_signs_in_by_code_and_has_no_duty_in_the_house(department, secretary, as_user):
    data = {"name": "何联办", "email": "he@gov.cn", "title": "一处"}
    for _ in range(2):
        assert as_user(secretary).post(url("liaison_add", department.pk), data).status_code == 303
    liaison = Liaison.objects.get()
    user = liaison.user
    assert (user.has_usable_password(), permissions.serves_department(user)) == (False, True)
    assert told(user) == ["events.liaison_opened"]
    assert Delivery.objects.filter(user=user, kind="events.liaison_opened").count() == 1
    menu = as_user(user).get("/today/").context["menu"]
    assert [entry["label"] for group in menu for entry in group["entries"]] == ["今日", "转办诉求"]


def test_the_right_ends_at_once_with_the_duty(made, department, liaison, secretary, as_user):
    petition, client = made(), as_user(liaison)
    assert client.get(petition.get_absolute_url()).status_code == 200
    for _ in range(2):
        departments.end_liaison(Liaison.objects.get(user=liaison), by=secretary)
    assert (
        client.get(petition.get_absolute_url()).status_code,
        client.get(url("handed_petitions")).status_code,
    ) == (404, 403)
    assert next(a.sentence for a in Activity.objects.about(department)) == "郑联办不再任演示部门甲联络员"


@pytest.mark.parametrize("who", ["secretary", "member"])
def test_nobody_of_the_house_or_of_a_member_is_liaison(department, secretary, request, who):
    person = request.getfixturevalue(who)
    with pytest.raises(Refused, match="不能同时担任政府联络员"):
        departments.open_liaison(department, by=secretary, name=person.full_name, email=person.email)
    with pytest.raises(Refused, match="请核对姓名"):
        departments.open_liaison(department, by=secretary, name="别人", email=person.email)
    assert Liaison.objects.count() == 0


def test_a_department_with_petitions_in_hand_is_not_ended(made, department, liaison, secretary):
    petition = made()
    with pytest.raises(Refused, match="还有 1 件诉求没有答复"):
        departments.end_department(department, by=secretary)
    petition_handovers.reply(petition, by=liaison, text="已办")
    for _ in range(2):
        departments.end_department(department, by=secretary)
    found = Department.objects.get(pk=department.pk)
    assert (found.is_current, Liaison.objects.current().count()) == (False, 0)


def test_a_department_is_corrected_under_its_version(department, secretary, as_user):
    client, data = as_user(secretary), {"name": "演示部门新名", "level": "district", "version": 1}
    assert client.post(url("department_edit", department.pk), data).status_code == 303
    assert client.post(url("department_edit", department.pk), data | {"name": "又一个"}).status_code == 409
    assert client.post(url("department_add"), data).status_code == 422


# --- handing over -------------------------------------------------------------------------------------------------
def test_it_is_handed_over_by_letter_with_a_last_day(
    made, department, liaison, manager, secretary_general, as_user
):
    petition = made("accepted")
    client = as_user(secretary_general)
    page = client.get(url("petition_hand_over", petition.pk))
    assert page.context["form"].initial == {"title": "充电桩扩容", "text": "园区用电容量不够。"}
    data = TOLD | {"department": department.pk, "workdays": 10}
    assert client.post(url("petition_hand_over", petition.pk), data).status_code == 303
    petition = fresh(petition)
    handover = petition.handover
    assert (petition.state, petition.due_on) == (PetitionState.HANDED, working(localdate(), 10))
    assert (handover.number, handover.due_on) == (f"转办函〔{localdate().year}〕1号", petition.due_on)
    assert (told(liaison)[-1], told(manager)[-1]) == ("events.petition_assigned", "events.petition_handed")
    assert (
        petition_handovers.hand_over(petition, by=secretary_general, department=department, **TOLD).handover
        == handover
    )
    other = make_department("演示部门乙")
    with pytest.raises(Refused, match="部门提出派单异议以后才能另转"):
        petition_handovers.hand_over(petition, by=secretary_general, department=other, **TOLD)


def test_only_the_secretary_general_hands_over(made, department, secretary, president, as_user):
    petition = made("accepted")
    for person in (secretary, president):
        assert as_user(person).get(url("petition_hand_over", petition.pk)).status_code == 403
    with pytest.raises(Refused, match="不由你转办"):
        petition_handovers.hand_over(petition, by=secretary, department=department, **TOLD)


def test_nothing_goes_to_a_department_that_is_no_more(made, department, secretary, secretary_general):
    petition = made("accepted")
    departments.end_department(department, by=secretary)
    with pytest.raises(Refused, match="已停用，不能转办"):
        petition_handovers.hand_over(petition, by=secretary_general, department=department, **TOLD)


def test_the_last_day_counts_working_days_of_the_official_calendar():
    # The National Day of 2022: off from 1 to 7 October, 8 and 9 October are worked.
    assert working(date(2022, 9, 30), 2) == date(2022, 10, 9)


@pytest.mark.django_db(transaction=True)
def test_two_letters_at_once_get_two_numbers(secretary, secretary_general):
    department = make_department(by=secretary)
    units = [make_organization(f"演示公司{n}") for n in (1, 2)]
    accepted = [make_petition(u, by=secretary, keeper=secretary, stand="accepted") for u in units]
    at_once(
        *(
            lambda p=p: petition_handovers.hand_over(p, by=secretary_general, department=department, **TOLD)
            for p in accepted
        )
    )
    assert sorted(fresh(p).handover.serial for p in accepted) == [1, 2]


# --- at the department --------------------------------------------------------------------------------------------
def test_the_liaison_signs_and_replies_and_the_member_is_content(made, liaison, manager, secretary, as_user):
    petition, client = made(), as_user(liaison)
    for _ in range(2):
        assert client.post(url("petition_sign", petition.pk)).status_code == 303
    assert fresh(petition).state == PetitionState.WORKING
    assert client.get(url("petition_sign", petition.pk)).status_code == 405
    assert client.post(url("petition_reply", petition.pk), {"text": "下月扩容。"}).status_code == 303
    petition = fresh(petition)
    assert (petition.state, petition.answers.get().text) == (PetitionState.ANSWERED, "下月扩容。")
    assert (told(manager)[-1], told(secretary)[-1]) == ("events.petition_answered", "events.petition_replied")
    petition_handovers.reply(petition, by=liaison, text="再说一次")
    assert petition.answers.count() == 1
    assert as_user(manager).post(url("petition_satisfied", petition.pk)).status_code == 303
    assert fresh(petition).verdict == "satisfied"


def test_the_secretariat_writes_a_letter_down_with_its_day(made, secretary, as_user):
    petition, client = made(), as_user(secretary)
    for day in ("", localdate() + timedelta(days=1), localdate() - timedelta(days=1)):
        assert (
            client.post(url("petition_reply", petition.pk), {"text": "函", "letter_on": day}).status_code
            == 422
        )
    assert (
        client.post(url("petition_reply", petition.pk), {"text": "函", "letter_on": localdate()}).status_code
        == 303
    )
    answer = fresh(petition).answers.get()
    assert (answer.letter_on, answer.handover.responded_on) == (localdate(), localdate())


def test_an_objection_brings_it_back_until_it_is_signed_for(
    made, department, liaison, secretary, secretary_general
):
    petition = made()
    for _ in range(2):
        petition = petition_handovers.object_to(petition, by=liaison, reason="不属于本部门")
    petition = fresh(petition)
    assert (petition.state, petition.handover) == (PetitionState.ACCEPTED, None)
    assert told(secretary)[-1] == "events.petition_objected"
    assert not Petition.objects.visible_to(liaison).exists()
    again = petition_handovers.hand_over(petition, by=secretary_general, department=department, **TOLD)
    assert again.handover.serial == 2
    petition_handovers.sign(again, by=secretary)
    with pytest.raises(Refused, match="不能提出派单异议"):
        petition_handovers.object_to(again, by=secretary, reason="晚了")


def test_it_is_extended_once_with_a_reason(made, liaison, manager):
    petition = made("working")
    first = petition.due_on
    for _ in range(2):
        petition = petition_handovers.extend(petition, by=liaison, workdays=5, reason="需会商")
    assert (fresh(petition).due_on, petition.handover.extended_from) == (working(first, 5), first)
    assert told(manager)[-1] == "events.petition_extended"
    with pytest.raises(Refused, match="已延期过一次"):
        petition_handovers.extend(petition, by=liaison, workdays=5, reason="还要会商")


def test_who_is_not_content_has_it_done_again_by_the_department(made, liaison, manager):
    petition = petitions.dissatisfied(made("answered"), by=manager, reason="没有时间表")
    assert (petition.state, petition.handover.redo_due_on) == (
        PetitionState.REDOING,
        working(localdate(), 15),
    )
    assert told(liaison)[-1] == "events.petition_redo"
    petition = petition_handovers.sign(petition, by=liaison)
    assert (petition.state, petition.due_on) == (PetitionState.WORKING, working(localdate(), 15))
    with pytest.raises(Refused, match="重办的期限不能再延"):
        petition_handovers.extend(petition, by=liaison, workdays=5, reason="x")
    petition = petition_handovers.reply(petition, by=liaison, text="六月底前")
    assert [a.text for a in petition.answers.all()] == ["已列入计划。", "六月底前"]


def test_another_departments_liaison_may_do_nothing(made, secretary, as_user):
    petition = made()
    other = make_liaison(make_department("演示部门乙"), by=secretary, email="other@gov.cn", name="何联办")
    client = as_user(other)
    asked = [client.get(petition.get_absolute_url()), client.post(url("petition_sign", petition.pk)),
             client.get(url("petition_letter", petition.pk)), client.get(url("petition_reply", petition.pk))]  # fmt: skip
    assert [a.status_code for a in asked] == [404] * 4
    with pytest.raises(Refused, match="没有转给你的部门"):
        petition_handovers.sign(petition, by=other)


@pytest.mark.django_db(transaction=True)
def test_an_objection_and_a_signature_at_once_leave_one_of_the_two(secretary, secretary_general):
    department = make_department(by=secretary)
    petition = make_petition(
        make_organization("演示公司1"), by=secretary, keeper=secretary, general=secretary_general, department=department,
        stand="handed",
    )  # fmt: skip
    results = at_once(
        lambda: petition_handovers.sign(petition, by=secretary),
        lambda: petition_handovers.object_to(petition, by=secretary_general, reason="不属于本部门"),
    )
    assert sum(isinstance(r, Refused) for r in results) == 1
    assert petition.steps.filter(kind__in=["signed", "objected"]).count() == 1


# --- lateness -----------------------------------------------------------------------------------------------------
def test_lateness_goes_to_the_secretary_general_and_after_ten_days_to_the_president(
    made, secretary_general, president
):
    petition = made()
    assert petition_watch.watch() == (0, 0)
    later(petition, days=(petition.due_on - localdate()).days + 1)
    for _ in range(2):
        petition_watch.watch()
    overdue = [k for k in told(secretary_general) if "overdue" in k]
    assert (overdue, told(president)) == (["events.petition_overdue"], [])
    later(petition, days=9)
    Notice.objects.all().delete()
    for _ in range(2):
        petition_watch.watch()
    assert (told(president), fresh(petition).is_late) == (["events.petition_long_overdue"], True)


# --- what a department may know of one who is hidden ---------------------------------------------------------------
@pytest.fixture
def hidden(made, park_unit):
    return made(
        "accepted",
        title=f"{park_unit.name}的困难",
        text=f"{park_unit.name}和莱锦文化创意产业园，找赵联络。",
        hides_member=True,
    )


def handed_over(petition, general, department, as_user):
    """Handed over with the words that the form offers."""
    form = as_user(general).get(url("petition_hand_over", petition.pk)).context["form"]
    return petition_handovers.hand_over(petition, by=general, department=department, **form.initial)


def test_no_page_list_search_letter_or_notice_names_a_hidden_member(
    hidden, department, liaison, secretary, secretary_general, park_unit, manager, as_user
):
    names = (park_unit.name, "莱锦", "赵联络", "冯经理")
    with pytest.raises(Refused, match="函件里还有“演示运营公司01”"):
        petition_handovers.hand_over(
            hidden, by=secretary_general, department=department, title="x", text=f"{park_unit.name}"
        )
    petition = handed_over(hidden, secretary_general, department, as_user)
    given = files_domain.add(petition, upload(name="合同.pdf"), by=manager, kind=GIVEN)
    along = files_domain.add(petition, upload(name="情况说明.pdf"), by=secretary, kind=ALONG)
    petition = petition_handovers.sign(petition, by=liaison)
    petition = petition_handovers.reply(petition, by=liaison, text="请其补充")
    petitions.dissatisfied(petition, by=manager, reason=f"{park_unit.name}认为不够")
    client = as_user(liaison)
    addresses = [petition.get_absolute_url(), url("handed_petitions"), url("handed_petitions") + "?done=1", "/today/",
                 "/search/?q=困难", f"/search/?q={park_unit.name}", "/notices/", url("petition_reply", petition.pk)]  # fmt: skip
    pages = {address: client.get(address).content.decode() for address in addresses}
    assert {
        a: [n for n in names if n in text.replace(f"q={park_unit.name}", "")]
        for a, text in pages.items()
        if "search" not in a
    } == {a: [] for a in addresses if "search" not in a}
    assert "某会员单位" in pages[petition.get_absolute_url()]
    assert "某会员单位认为不够" in pages[petition.get_absolute_url()]
    assert petition.number in pages["/search/?q=困难"]
    assert petition.number not in pages[f"/search/?q={park_unit.name}"]
    letter = client.get(url("petition_letter", petition.pk))
    assert letter.status_code == 200
    text = unzipped(b"".join(letter) if letter.streaming else letter.content)
    assert [name for name in names if name in text] == []
    assert "某会员单位" in text
    assert petition.number in text
    assert [
        n
        for n in names
        for notice in Notice.objects.filter(recipient=liaison)
        if n in notice.title + notice.body
    ] == []
    downloads = [
        client.get(reverse("association:download", args=[file.key])).status_code for file in (given, along)
    ]
    assert downloads == [404, 200]
    assert "合同.pdf" not in pages[petition.get_absolute_url()]
    assert as_user(manager).get(reverse("association:download", args=[given.key])).status_code == 200


def unzipped(content) -> str:
    with zipfile.ZipFile(BytesIO(content)) as document:
        return "\n".join(document.read(name).decode("utf-8", "replace") for name in document.namelist())


def test_a_department_adds_files_of_its_own_kind_only(made, department, liaison, as_user):
    petition, client = made("working"), as_user(liaison)
    page = client.get(petition.get_absolute_url())
    assert (f'value="{REPLY}"' in page.content.decode(), f'value="{ALONG}"' in page.content.decode()) == (
        True,
        False,
    )


# --- the letter ---------------------------------------------------------------------------------------------------
def test_the_letter_says_what_was_written_and_cannot_be_led_astray(
    made, secretary_general, department, park_unit
):
    petition = made("accepted", shares_contact=True)
    text = "第一段 <b>&\n{{ association }}\n第三段\x0b"
    petition = petition_handovers.hand_over(
        petition, by=secretary_general, department=department, title="扩容", text=text
    )
    content = letters.letter(petition.handover)
    found = unzipped(content)
    for words in (
        "转办函〔",
        "演示部门甲：",
        "第一段 &lt;b&gt;&amp;",
        "{{ association }}",
        park_unit.name,
        "单位联系人：赵联络",
    ):
        assert words in found, words
    assert "python-docx" not in found
    assert letters.name_of(petition.handover) == f"{petition.handover.number}.docx"


# --- merging ------------------------------------------------------------------------------------------------------
def test_like_petitions_go_together_and_each_member_says_for_itself(
    made, other_unit, park_unit, manager, liaison, secretary, as_user
):
    lead = made("handed")
    own = made("accepted", unit=other_unit)
    for _ in range(2):
        own = petition_merging.join(own, lead, by=secretary)
    assert (fresh(own).state, fresh(own).handover) == (PetitionState.HANDED, lead.handover)
    with pytest.raises(Refused, match=f"已并入{lead.number}"):
        petition_handovers.sign(own, by=secretary)
    assert list(Petition.objects.visible_to(liaison)) == [lead]
    petition_handovers.sign(lead, by=liaison)
    petition_handovers.reply(lead, by=liaison, text=f"已与{park_unit.name}联系。")
    assert [fresh(p).state for p in (lead, own)] == [PetitionState.ANSWERED] * 2
    assert [p.answers.get().text for p in (lead, own)] == [
        f"已与{park_unit.name}联系。",
        "已与某会员单位联系。",
    ]
    petitions.satisfied(lead, by=manager)
    assert [fresh(p).state for p in (lead, own)] == [PetitionState.CLOSED, PetitionState.ANSWERED]
    other = make_user("钱经理", "qian@test.cn", organization=other_unit, duty="manager")
    page = as_user(other).get(own.get_absolute_url()).content.decode()
    assert (park_unit.name in page, "与别家会员的诉求相近" in page) == (False, True)
    petitions.dissatisfied(own, by=other, reason="我们的不同")
    assert (fresh(own).state, fresh(own).lead, fresh(own).handover) == (PetitionState.REDOING, None, None)


def test_what_was_merged_is_taken_apart_again(made, other_unit, secretary):
    lead, own = made("handed"), made("accepted", unit=other_unit)
    petition_merging.join(own, lead, by=secretary)
    for _ in range(2):
        petition_merging.separate(own, by=secretary)
    assert (fresh(own).state, fresh(own).lead, fresh(own).handover) == (PetitionState.ACCEPTED, None, None)
    assert fresh(lead).state == PetitionState.HANDED


@pytest.mark.parametrize(
    ("stand", "words"), [("answered", "不能让别件并入"), ("submitted", "不能让别件并入")]
)
def test_what_is_answered_or_not_accepted_leads_nobody(made, other_unit, secretary, stand, words):
    with pytest.raises(Refused, match=words):
        petition_merging.join(made("accepted", unit=other_unit), made(stand), by=secretary)


def test_a_unit_merges_no_two_of_its_own(made, secretary):
    with pytest.raises(Refused, match="同一家单位"):
        petition_merging.join(made("accepted"), made("accepted"), by=secretary)


def test_when_the_lead_is_withdrawn_the_next_goes_on(made, manager, other_unit, liaison, secretary):
    lead, own = made("handed"), made("accepted", unit=other_unit)
    petition_merging.join(own, lead, by=secretary)
    petitions.withdraw(lead, by=manager)
    own = fresh(own)
    assert (own.lead, own.handover.petition, own.state) == (None, own, PetitionState.HANDED)
    assert list(Petition.objects.visible_to(liaison)) == [own]
    petition_handovers.reply(own, by=liaison, text="照办")
    assert (fresh(lead).state, fresh(own).state) == (PetitionState.WITHDRAWN, PetitionState.ANSWERED)


# --- the ledger ---------------------------------------------------------------------------------------------------
def test_the_rates_are_those_of_the_years_letters_and_each_number_opens_its_rows(
    made, department, manager, liaison, president, as_user
):
    content, silent, late = made("answered"), made("handed"), made("handed")
    petitions.satisfied(content, by=manager)
    twice = petitions.dissatisfied(made("answered"), by=manager, reason="x")
    twice = petition_handovers.reply(twice, by=liaison, text="y")
    petitions.dissatisfied(twice, by=manager, reason="z")
    petitions.withdraw(silent, by=manager)
    later(late, days=60)
    petition_handovers.sign(late, by=liaison)
    year, client = localdate().year, as_user(president)
    sums = client.get(url("petition_ledger")).context["sums"]
    counted = {name: sums[name] for name in ("handed", "responded", "solved", "rated", "satisfied")}
    assert counted == {"handed": 3, "responded": 2, "solved": 1, "rated": 1, "satisfied": 1}
    assert sums["rates"] == [("响应率", "66%"), ("解决率", "33%"), ("满意率", "100%")]
    row = client.get(url("petition_ledger") + f"?year={year}").context["departments"][0]
    for _, number, address in (*sums["cells"], *row["cells"]):
        assert client.get(address).context["page"].paginator.count == number
    assert client.get(url("petition_ledger") + "?year=2001").context["sums"]["handed"] == 0
