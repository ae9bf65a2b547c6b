"""Applications at the desk: every arrow of domain 10.1, who may take it and who may not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.errors import Refused
from association.models import Activity, Attachment, Delivery
from members.choices import ApplicationState
from members.domain import applications as domain
from members.domain import drafts
from members.models import Application, Organization
from tests.factories.applications import ADDRESS, BASIS, draft, filed, passed
from tests.factories.dues import make_standard

pytestmark = pytest.mark.django_db
MISSING = ["申请书缺公章", "营业执照不清晰"]
LIST = reverse("members:applications")


@pytest.fixture
def standard(db):
    return make_standard(2022)


def url(name, application):
    return reverse(f"members:{name}", args=[application.pk])


def fresh(application) -> Application:
    return Application.objects.get(pk=application.pk)


def sentences(application):
    return [a.sentence for a in Activity.objects.about(application) if a.kind.startswith("members.")]


def letters(kind, address=ADDRESS):
    return Delivery.objects.filter(address=address, kind=f"members.application_{kind}").count()


def data_of(step):
    today = localdate().isoformat()
    return {
        "mend": {"missing": "\n".join(MISSING)}, "pass": {}, "admit": {"decided_on": today, "basis": BASIS},
        "refuse": {"decided_on": today, "reason": "业务领域不符"}, "expire": {},
    }[step]  # fmt: skip


def take(client, application, step, **more):
    return client.post(url(f"application_{step}", application), data_of(step) | more)


# --- who may --------------------------------------------------------------------------------------------------

STEPS = {
    "mend": {"secretary", "secretary_general"}, "pass": {"secretary_general"},
    "admit": {"secretary", "secretary_general"}, "refuse": {"secretary", "secretary_general"},
    "expire": {"secretary_general"},
}  # fmt: skip
EVERYBODY = [
    "secretary",
    "secretary_general",
    "treasurer",
    "president",
    "auditor",
    "administrator",
    "member",
    "stranger",
]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_open_to_some_and_to_nobody_else(step, request, as_user):
    application = filed()
    got = {}
    for name in EVERYBODY:
        answer = take(as_user(request.getfixturevalue(name)), application, step, missing="", decided_on="")
        got[name] = answer.status_code
    assert {name for name, status in got.items() if status == 403} == set(EVERYBODY) - STEPS[step]


def test_the_desk_is_for_those_who_see_applications(request, as_user):
    application = filed()
    readers = {"secretary", "secretary_general", "treasurer", "president", "auditor"}
    for name in EVERYBODY:
        client = as_user(request.getfixturevalue(name))
        got = {client.get(LIST).status_code, client.get(url("application", application)).status_code}
        assert got == ({200} if name in readers else {403}), name
    assert as_user(None).get(LIST)["Location"].startswith("/accounts/login/")


def test_a_draft_is_nobodys_business(secretary, as_user):
    application = draft()
    client = as_user(secretary)
    assert client.get(url("application", application)).status_code == 404
    assert take(client, application, "mend").status_code == 404
    assert "演示申请单位有限公司" not in client.get(LIST).content.decode()


@pytest.mark.parametrize("field", ["address", "representative_mobile", "liaison_mobile", "liaison_email"])
def test_nobody_decides_on_their_own_application(field, secretary_general, as_user):
    mine = {"mobile": "13800007777"} if "mobile" in field else {"email": "general@test.cn"}
    type(secretary_general).objects.filter(pk=secretary_general.pk).update(**mine)
    value = next(iter(mine.values()))
    application = filed(value) if field == "address" else filed(**{field: value})
    client = as_user(secretary_general)
    assert [take(client, application, step).status_code for step in STEPS] == [403] * 5
    secretary_general.refresh_from_db()
    with pytest.raises(Refused, match="由别的同事办理"):
        domain.pass_on(application, by=secretary_general)
    page = client.get(url("application", application)).content.decode()
    assert ("这是你自己的申请" in page, "初审通过</a>" in page) == (True, False)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_a_post(step, secretary_general, as_user):
    assert as_user(secretary_general).get(url(f"application_{step}", filed())).status_code == 405


def test_a_step_out_of_its_state_is_refused_in_words(secretary_general, as_user):
    """Every arrow from every state in which it does not begin; the state in which it ends answers as if done."""
    application, client = filed(), as_user(secretary_general)
    begins = {"mend": "checking", "pass": "checking", "admit": "council", "refuse": "council"}
    ends = {"mend": "mending", "pass": "council", "admit": "admitted", "refuse": "refused"}
    wrong = {}
    for state in ("checking", "mending", "council", "withdrawn", "expired"):
        Application.objects.filter(pk=application.pk).update(state=state, reason="x", missing=MISSING)
        for step, start in begins.items():
            if (
                state not in (start, ends[step])
                and (got := take(client, application, step).status_code) != 409
            ):
                wrong[state, step] = got
    assert wrong == {}


# --- mending --------------------------------------------------------------------------------------------------


def test_asked_to_mend_the_applicant_has_fifteen_days(secretary, as_user):
    application = filed()
    answers = [take(as_user(secretary), application, "mend").status_code for _ in range(2)]
    kept = fresh(application)
    assert (answers, kept.state, kept.missing) == ([303, 303], "mending", MISSING)
    assert kept.due_on == localdate() + timedelta(days=15)
    assert sentences(kept)[0] == f"要求补正入会申请 {kept.number}：申请书缺公章；营业执照不清晰"
    assert (letters("to_mend"), len(sentences(kept))) == (1, 2)


@pytest.mark.parametrize("missing", ["", "  \n ", "长" * 201])
def test_what_is_missing_has_to_be_said(missing, secretary, as_user):
    application = filed()
    answer = take(as_user(secretary), application, "mend", missing=missing)
    assert (answer.status_code, fresh(application).state) == (422, "checking")


def test_mended_it_keeps_its_number_and_is_checked_again(secretary):
    application = domain.ask_to_mend(filed(), by=secretary, missing=MISSING)
    drafts.write(application, changes={"name": "演示改名单位"})
    again = drafts.submit(application)
    assert (again.state, again.number, again.missing) == ("checking", application.number, [])
    assert sentences(again)[0] == f"演示改名单位补正后重新提交入会申请 {application.number}"


# --- the council ----------------------------------------------------------------------------------------------


def test_passed_it_waits_for_the_council_without_a_day(secretary_general, as_user):
    application = filed()
    answers = [
        take(as_user(secretary_general), application, "pass", note="材料齐全").status_code for _ in range(2)
    ]
    kept = fresh(application)
    assert (answers, kept.state, kept.due_on, kept.note) == ([303, 303], "council", None, "材料齐全")
    assert len(sentences(kept)) == 2


def test_a_file_that_was_turned_away_is_no_file(secretary_general):
    application = filed()
    Attachment.objects.about(application).filter(kind=drafts.LICENCE).update(state="refused", reason="打不开")
    with pytest.raises(Refused, match="营业执照没有通过检查"):
        domain.pass_on(application, by=secretary_general)


def test_not_admitted_it_ends_with_a_reason_and_six_months(secretary, secretary_general, as_user):
    application = passed(secretary_general)
    answers = [take(as_user(secretary), application, "refuse").status_code for _ in range(2)]
    kept = fresh(application)
    assert (answers, kept.state, kept.reason) == ([303, 303], "refused", "业务领域不符")
    assert kept.may_apply_again_on == domain.months_later(localdate(), 6)
    assert (letters("refused"), len(sentences(kept))) == (1, 3)
    with pytest.raises(Refused, match="起可以再次申请"):
        filed("a@test.cn", credit_code=kept.credit_code)
    Application.objects.filter(pk=kept.pk).update(may_apply_again_on=localdate())
    again = Application.objects.get(address="a@test.cn")
    assert drafts.submit(again).state == "checking"


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2026-08-31", 6, "2027-02-28"), ("2027-08-31", 6, "2028-02-29"), ("2026-06-30", 6, "2026-12-30"),
     ("2026-12-01", 6, "2027-06-01"), ("2026-07-15", 6, "2027-01-15"), ("2026-11-30", 1, "2026-12-30")],
)  # fmt: skip
def test_months_are_counted_by_the_calendar(day, months, then):
    assert domain.months_later(type(localdate()).fromisoformat(day), months).isoformat() == then


@pytest.mark.parametrize("step", ["admit", "refuse"])
@pytest.mark.parametrize("days", [-1, 1])
def test_the_council_decides_between_filing_and_today(step, days, standard, secretary_general, as_user):
    application = passed(secretary_general)
    day = (localdate() + timedelta(days=days)).isoformat()
    answer = take(as_user(secretary_general), application, step, decided_on=day)
    assert (answer.status_code, fresh(application).state) == (422, "council")


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("admit", {"basis": ""}),
        ("admit", {"decided_on": "x"}),
        ("refuse", {"reason": ""}),
        ("admit", {"basis": "长" * 201}),
    ],
)
def test_a_decision_needs_its_basis(step, data, standard, secretary_general, as_user):
    application = passed(secretary_general)
    assert take(as_user(secretary_general), application, step, **data).status_code == 422
    assert Organization.objects.filter(name=application.name).count() == 0


# --- the desk -------------------------------------------------------------------------------------------------


def test_the_list_goes_by_deadline_and_marks_what_is_late(secretary, as_user):
    late, soon = filed("a@test.cn", name="演示超期单位"), filed("b@test.cn", name="演示新单位")
    gone = drafts.withdraw(filed("c@test.cn", name="演示撤回单位"))
    Application.objects.filter(pk=late.pk).update(due_on=localdate() - timedelta(days=1))
    client = as_user(secretary)
    page = client.get(LIST)
    assert [row.pk for row in page.context["page"]] == [late.pk, soon.pk]
    assert page.content.decode().count("，已超期") == 1
    assert [row.pk for row in client.get(f"{LIST}?state=closed").context["page"]] == [gone.pk]
    assert [t["count"] for t in page.context["tabs"]] == [2, 2, 0, 0, 0, 1]
    assert client.get(f"{LIST}?state=member&page=999999999").status_code == 200


def test_a_long_list_asks_no_more_than_a_short_one(secretary, as_user, queries):
    filed()
    client = as_user(secretary)
    client.get(LIST)
    with queries() as one:
        client.get(LIST)
    for number in range(29):
        filed(f"139{number:08d}")
    client.get(LIST)
    with queries() as thirty:
        client.get(LIST)
    assert len(one) == len(thirty) <= 20


def test_the_page_of_one_asks_little(secretary_general, as_user, queries):
    application, client = filed(), as_user(secretary_general)
    client.get(url("application", application))
    with queries() as captured:
        client.get(url("application", application))
    assert len(captured) <= 30


def test_numbers_are_full_for_those_who_may_see_them(secretary, auditor, as_user):
    application = filed(ADDRESS)
    shown = "138 0000 9999"
    pages = [as_user(p).get(url("application", application)).content.decode() for p in (secretary, auditor)]
    assert [(shown in p or ADDRESS in p) for p in pages] == [True, False]


def test_to_dos_for_each_role(secretary, secretary_general, treasurer):
    filed("a@test.cn")
    passed(secretary_general, "b@test.cn")

    def titles(user):
        found = desk.desk.todos_for(type(user).objects.get(pk=user.pk))
        return [t.title for t in found if "入会申请" in t.title]

    wanted = ["1 份入会申请待初审", "1 份入会申请待理事会审议"]
    assert [titles(p) for p in (secretary, secretary_general, treasurer)] == [wanted, wanted, []]


def test_refused_is_a_state_with_a_reason_in_the_database(secretary_general):
    application = filed()
    with pytest.raises(IntegrityError):
        Application.objects.filter(pk=application.pk).update(state=ApplicationState.REFUSED)
