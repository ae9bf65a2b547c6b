"""Petitions within the association: every arrow of domain 10.7 that needs no department, who may go it, what bars it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from association.errors import Refused
from association.models import Activity, Notice
from association.workdays import add_workdays_or_weekdays
from events.choices import PetitionState, StepKind
from events.domain import petition_watch
from events.domain import petitions as domain
from events.models import Petition, PetitionStep
from members.domain import contacts
from tests.factories import make_organization, make_user
from tests.factories.happenings import make_event, make_series
from tests.factories.petitions import fresh, later, make_department, make_petition
from tests.races import at_once

pytestmark = pytest.mark.django_db
FORM = {"kind": "help", "topic": "green", "title": "屋顶光伏并网", "text": "并网手续不清楚。"}


@pytest.fixture
def manager(park_unit):
    return make_user("冯经理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def made(park_unit, manager, secretary, secretary_general):
    """`made(stand)` gives a petition of `park_unit` that has come so far."""

    def make(stand="submitted", **fields):
        given = {"by": manager, "keeper": secretary, "general": secretary_general} | fields
        if stand not in ("submitted", "asked", "accepted"):
            given.setdefault("department", make_department(by=secretary))
        return make_petition(fields.pop("unit", park_unit), stand=stand, **given)

    return make


def url(name, *args):
    return reverse(f"events:{name}", args=args)


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def sentences(petition):
    return [a.sentence for a in Activity.objects.about(petition).order_by("pk")]


# --- submitting ---------------------------------------------------------------------------------------------------
def test_a_member_submits_on_the_page_and_the_secretariat_hears_of_it(park_unit, manager, secretary, as_user):
    answer = as_user(manager).post(url("petition_file"), FORM | {"hides_member": "on"})
    petition = Petition.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, petition.get_absolute_url())
    year = localdate().year
    assert (petition.number, petition.state, petition.source) == (
        f"诉求〔{year}〕1号",
        PetitionState.SUBMITTED,
        "member",
    )
    assert (petition.organization, petition.author, petition.contact) == (park_unit, manager, manager.contact)
    assert (petition.hides_member, petition.shares_contact) == (True, False)
    assert petition.due_on == add_workdays_or_weekdays(localdate(), 2)[0]
    assert sentences(petition) == [f"提交诉求〔{year}〕1号"]
    assert told(secretary) == ["events.petition_submitted"]


def test_the_same_form_sent_twice_makes_one(manager, as_user):
    client, key = as_user(manager), "0d4b8a8e-8c3c-4a1c-9a51-0d9b0a1f0001"
    for _ in range(2):
        assert client.post(url("petition_file"), FORM | {"_key": key}).status_code == 303
    assert Petition.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"title": ""}, "title"), ({"text": ""}, "text"), ({"topic": "none"}, "topic"), ({"kind": ""}, "kind"),
     ({"hides_member": "on", "shares_contact": "on"}, "shares_contact")],
)  # fmt: skip
def test_what_is_missing_is_said_beside_the_field(manager, as_user, fields, wrong):
    answer = as_user(manager).post(url("petition_file"), FORM | fields)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [wrong])
    assert Petition.objects.count() == 0


def test_who_speaks_for_two_units_chooses_and_for_no_other(park_unit, other_unit, manager, as_user):
    contacts.assign_duty(other_unit, manager.contact, by=None, duty="clerk")
    stranger_unit = make_organization("演示第三公司")
    client = as_user(manager)
    assert client.post(url("petition_file"), FORM).status_code == 422
    assert client.post(url("petition_file"), FORM | {"organization": stranger_unit.pk}).status_code == 422
    assert client.post(url("petition_file"), FORM | {"organization": other_unit.pk}).status_code == 303
    assert Petition.objects.get().organization == other_unit


def test_the_secretariat_submits_on_behalf_from_an_event(
    park_unit, member, secretary, secretary_general, as_user
):
    event = make_event(
        make_series("政企沟通会", by=secretary), by=secretary, stand="published", submitter=secretary,
        approver=secretary_general, days=-3,
    )  # fmt: skip
    client = as_user(secretary)
    page = client.get(url("event", event.pk)).content.decode()
    assert f"{url('petition_add')}?event={event.pk}" in page
    data = FORM | {"organization": park_unit.pk, "event": event.pk}
    assert client.post(url("petition_add"), data).status_code == 303
    petition = Petition.objects.get()
    assert (petition.source, petition.event, petition.contact.name) == ("event", event, "赵联络")
    assert petition.number in client.get(url("event", event.pk)).content.decode()
    assert sentences(petition) == [f"代{park_unit.name}登记{petition.number}"]
    assert petition.number not in as_user(member).get(url("event", event.pk)).content.decode()


def test_a_unit_that_is_no_member_cannot_petition(secretary, stranger, park_unit):
    outside = make_organization("演示外部公司", joined=None)
    with pytest.raises(Refused, match="现在不是会员"):
        make_petition(outside, by=secretary)
    with pytest.raises(Refused, match="只有本单位的会员管理员、经办人和秘书处"):
        make_petition(park_unit, by=stranger)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_numbers(secretary):
    units = [make_organization(f"演示公司{n}") for n in (1, 2)]
    made = at_once(*(lambda unit=unit: make_petition(unit, by=secretary) for unit in units))
    assert sorted(petition.serial for petition in made) == [1, 2]


# --- accepting ----------------------------------------------------------------------------------------------------
def test_more_is_asked_for_and_given(made, manager, secretary):
    petition = domain.ask(made(), by=secretary, text="请附用电合同")
    assert (petition.state, petition.due_on) == (PetitionState.ASKED, None)
    assert domain.ask(petition, by=secretary, text="再说一遍").pk == petition.pk
    petition = domain.supplement(petition, by=manager, text="合同已上传")
    assert (petition.state, petition.due_on) == (
        PetitionState.SUBMITTED,
        add_workdays_or_weekdays(localdate(), 2)[0],
    )
    assert fresh(petition).text.endswith("补充：合同已上传")
    domain.supplement(petition, by=manager, text="合同已上传")
    kinds = list(petition.steps.values_list("kind", flat=True))
    assert kinds == [StepKind.SUBMITTED, StepKind.ASKED, StepKind.SUPPLEMENTED]
    assert told(manager) == ["events.petition_asked"]


def test_it_is_accepted_once(made, manager, secretary):
    petition = made()
    for _ in range(2):
        petition = domain.accept(petition, by=secretary)
    assert (petition.state, petition.due_on) == (PetitionState.ACCEPTED, None)
    assert told(manager) == ["events.petition_accepted"]
    assert sentences(petition) == [f"提交{petition.number}", f"受理{petition.number}"]
    with pytest.raises(Refused, match=f"{petition.number}现为“已受理”，不能不予受理。"):
        domain.refuse(petition, by=secretary, reason="x")


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_write_one_step(park_unit, secretary, secretary_general):
    petition = make_petition(park_unit, by=secretary)
    at_once(*(lambda by=by: domain.accept(petition, by=by) for by in (secretary, secretary_general)))
    assert petition.steps.filter(kind=StepKind.ACCEPTED).count() == 1


def test_it_is_refused_with_a_reason(made, manager, secretary, as_user):
    petition = made()
    assert as_user(secretary).post(url("petition_refuse", petition.pk), {"reason": ""}).status_code == 422
    for _ in range(2):
        domain.refuse(petition, by=secretary, reason="不属于政府职责")
    petition = fresh(petition)
    assert (petition.state, petition.is_open) == (PetitionState.REFUSED, False)
    assert "不属于政府职责" in Notice.objects.get(recipient=manager, kind="events.petition_refused").body
    with pytest.raises(Refused, match="不能受理"):
        domain.accept(petition, by=secretary)


def test_nobody_handles_a_petition_of_a_unit_they_serve(park_unit, made, secretary):
    contacts_of = contacts.add_contact(park_unit, by=None, duty="clerk", name="陈思远", mobile="19900007777")
    type(contacts_of).objects.filter(pk=contacts_of.pk).update(user=secretary)
    secretary.refresh_from_db()
    with pytest.raises(Refused, match="在单位任职的人不办理本单位的诉求"):
        domain.accept(made(), by=secretary)


def test_the_unit_takes_it_back_until_it_is_answered(made, manager, secretary):
    petition = made("accepted")
    for _ in range(2):
        petition = domain.withdraw(petition, by=manager, reason="已解决")
    assert (fresh(petition).state, fresh(petition).closed_at is not None) == (PetitionState.WITHDRAWN, True)
    assert told(secretary)[-1] == "events.petition_withdrawn"
    answered = domain.answer(made("accepted"), by=secretary, text="答复")
    with pytest.raises(Refused, match="不能撤销"):
        domain.withdraw(answered, by=manager)


# --- answered by the association -----------------------------------------------------------------------------------
def test_the_association_answers_and_the_member_is_content(made, manager, secretary):
    petition = made("accepted")
    for _ in range(2):
        petition = domain.answer(petition, by=secretary, text="可以直接并网。")
    assert (petition.state, petition.due_on) == (PetitionState.ANSWERED, localdate() + timedelta(days=7))
    assert [a.text for a in petition.answers.all()] == ["可以直接并网。"]
    assert told(manager) == ["events.petition_accepted", "events.petition_answered"]
    for _ in range(2):
        petition = domain.satisfied(petition, by=manager)
    assert (petition.state, petition.verdict) == (PetitionState.CLOSED, "satisfied")
    assert told(secretary)[-1:] == ["events.petition_closed"]


def test_the_member_may_be_discontented_once(made, manager, secretary):
    petition = domain.answer(made("accepted"), by=secretary, text="一")
    for _ in range(2):
        petition = domain.dissatisfied(petition, by=manager, reason="没有说清")
    assert (petition.state, petition.due_on) == (
        PetitionState.REDOING,
        add_workdays_or_weekdays(localdate(), 15)[0],
    )
    petition = domain.answer(petition, by=secretary, text="二")
    assert [a.text for a in petition.answers.all()] == ["一", "二"]
    petition = domain.dissatisfied(petition, by=manager, reason="还是没有")
    assert petition.state == PetitionState.FOLLOWED
    petition = domain.settle(petition, by=secretary, verdict="dissatisfied", text="已解释")
    assert (petition.state, petition.verdict) == (PetitionState.CLOSED, "dissatisfied")
    assert told(manager)[-1] == "events.petition_settled"


def test_seven_silent_days_bring_a_call_and_the_secretariat_settles_it(made, manager, secretary):
    petition = domain.answer(made("accepted"), by=secretary, text="一")
    assert petition_watch.watch() == (0, 0)
    later(petition, days=7)
    assert petition_watch.watch() == (0, 0)
    later(petition, days=1)
    assert (petition_watch.watch(), petition_watch.watch()) == ((1, 0), (0, 0))
    assert fresh(petition).state == PetitionState.FOLLOWED
    assert told(manager)[-1] == "events.petition_follow_up"
    # The member may still say so itself; else the secretariat writes down what it heard.
    for _ in range(2):
        domain.settle(petition, by=secretary, verdict="unreached", text="三次没有接通")
    assert (fresh(petition).verdict, fresh(petition).state) == ("unreached", PetitionState.CLOSED)


def test_who_says_no_on_the_telephone_has_it_done_again_once(made, manager, secretary):
    petition = domain.answer(made("accepted"), by=secretary, text="一")
    later(petition, days=8)
    petition_watch.watch()
    petition = domain.settle(petition, by=secretary, verdict="dissatisfied", text="电话里说不行")
    assert petition.state == PetitionState.REDOING
    assert petition.steps.last().text == "回访：电话里说不行"


# --- pages --------------------------------------------------------------------------------------------------------
def test_a_step_is_a_post_and_one_that_does_not_fit_is_refused_in_words(made, manager, secretary, as_user):
    petition, client = made(), as_user(secretary)
    assert client.get(url("petition_accept", petition.pk)).status_code == 405
    assert client.post(url("petition_accept", petition.pk)).status_code == 303
    assert client.get(url("petition_ask", petition.pk)).status_code == 409
    assert client.post(url("petition_ask", petition.pk), {"text": "x"}).status_code == 409
    assert as_user(manager).post(url("petition_answer", petition.pk), {"text": "x"}).status_code == 403
    assert fresh(petition).state == PetitionState.ACCEPTED


def test_the_unit_reads_its_own_and_nobody_elses(
    made, manager, other_member, treasurer, administrator, as_user
):
    petition = made()
    page = as_user(manager).get(petition.get_absolute_url())
    assert (page.status_code, "充电桩扩容" in page.content.decode()) == (200, True)
    others = (other_member, treasurer, administrator)
    assert [as_user(p).get(petition.get_absolute_url()).status_code for p in others] == [404] * 3
    found = "/search/?q=充电桩"
    assert [petition.number in as_user(p).get(found).content.decode() for p in (manager, *others)] == [
        True,
        False,
        False,
        False,
    ]


def test_the_lists_ask_no_more_for_thirty_rows(park_unit, secretary, manager, as_user):
    addresses = [(secretary, url("petitions") + "?tab=all"), (manager, url("own_petitions"))]

    def asked():
        found = []
        for person, address in addresses:
            client = as_user(person)
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    make_petition(park_unit, by=secretary)
    one = asked()
    for _ in range(29):
        make_petition(park_unit, by=secretary)
    assert asked() == one
    assert max(one) <= 20


def test_filters_find_by_number_state_topic_and_year(made, secretary, as_user):
    first, second = made(), made("accepted", topic="listing", title="上市辅导")
    client = as_user(secretary)

    def listed(query):
        page = client.get(url("petitions") + "?" + query).context["page"]
        return [row.pk for row in page.object_list]

    assert listed("tab=waiting") == [first.pk, second.pk]
    year = localdate().year
    assert listed(f"tab=all&q={year}-2") == listed("tab=all&state=accepted") == [second.pk]
    assert listed("tab=all&topic=listing") == listed("tab=all&q=上市") == [second.pk]
    assert (listed(f"tab=all&year={year}"), listed("tab=working")) == ([second.pk, first.pk], [])
    assert client.get(url("petitions") + "?tab=all&topic=x").status_code == 422


@pytest.mark.parametrize(
    ("stand", "who", "words"),
    [("submitted", "secretary", "1 件诉求待受理"), ("accepted", "secretary_general", "1 件诉求已受理，还没有去向"),
     ("asked", "manager", "请补充：充电桩扩容"), ("answered", "manager", "请确认答复：充电桩扩容"),
     ("followed", "secretary", "1 件诉求待回访")],
)  # fmt: skip
def test_what_waits_stands_on_the_workbench(made, manager, as_user, request, stand, who, words):
    made(stand)
    assert words in as_user(request.getfixturevalue(who)).get("/today/").content.decode()


def test_steps_are_kept_in_order_whatever_their_clock(made):
    petition = made("accepted")
    PetitionStep.objects.filter(petition=petition, kind="accepted").update(
        at=petition.submitted_at - timedelta(days=3)
    )
    assert Petition.objects.get(pk=petition.pk).state == PetitionState.ACCEPTED
