"""Handing an application in, once and again, and taking it back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from association.errors import Refused
from association.models import Activity, Attachment, Delivery, Notice, StoredFile
from association.workdays import add_workdays_or_weekdays
from members.choices import ApplicationState, Purpose
from members.domain import drafts
from members.models import Application, Consent
from tests.factories import make_organization, next_code
from tests.factories.applications import ADDRESS, draft, facts, filed, prove
from tests.factories.attachments import upload
from tests.races import at_once

pytestmark = pytest.mark.django_db
OTHER = "someone@test.cn"


@pytest.fixture
def applicant(client):
    prove(client)
    return client


def url(name, application, *more):
    return reverse(f"join:{name}", args=[drafts.token_of(application), *more])


def fresh(application) -> Application:
    return Application.objects.get(pk=application.pk)


def sentences(application):
    return [a.sentence for a in Activity.objects.about(application) if a.kind.startswith("members.")]


def send(client, application):
    return client.post(url("file_add", application), {"kind": drafts.LICENCE, "file": upload()})


# --- handing in -----------------------------------------------------------------------------------------------


def test_handing_in_numbers_it_dates_it_and_tells_both_sides(
    applicant, secretary, secretary_general, treasurer
):
    application = draft(publishes_name=True)
    answer = applicant.post(url("submit", application))
    kept, today = fresh(application), timezone.localdate()
    assert (answer.status_code, kept.state, kept.number) == (303, "checking", f"RH-{today.year}-0001")
    assert kept.due_on == add_workdays_or_weekdays(today, 5)[0]
    assert sentences(kept) == [f"演示申请单位有限公司提交入会申请 {kept.number}"]
    told = Notice.objects.filter(kind="members.application_submitted").values_list("recipient", flat=True)
    assert set(told) == {secretary.pk, secretary_general.pk}
    given = Consent.objects.filter(application=kept).values_list("purpose", "version", "given")
    assert set(given) == {(Purpose.POLICY, "2026-11", True), (Purpose.PUBLISH_NAME, "", True)}
    assert Delivery.objects.filter(address=ADDRESS, kind="members.application_received").count() == 1


def test_handing_in_twice_is_harmless(applicant):
    application = draft()
    assert [applicant.post(url("submit", application)).status_code for _ in range(2)] == [303, 303]
    assert len(sentences(application)) == Consent.objects.filter(purpose="policy").count() == 1


def test_with_gaps_it_is_refused_in_words(applicant):
    application = drafts.write(drafts.begin(ADDRESS), changes=facts(liaison_name=""))
    answer = applicant.post(url("submit", application))
    assert (answer.status_code, fresh(application).state) == (422, "draft")
    assert "还缺：联络员、入会申请书（盖章）、营业执照。" in answer.content.decode()


def test_the_number_is_the_next_one_of_the_year():
    numbers = [filed(f"1380000{n:04d}").number[-4:] for n in range(3)]
    assert numbers == ["0001", "0002", "0003"]


def test_a_member_need_not_apply(park_unit):
    with pytest.raises(Refused, match="已经是会员"):
        filed(credit_code=park_unit.credit_code)


def test_who_left_may_apply_again():
    left = make_organization("演示退会单位", people=False, left=timezone.localdate())
    assert filed(credit_code=left.credit_code).state == "checking"


def test_one_code_has_one_open_application():
    code = next_code()
    first = filed(credit_code=code)
    with pytest.raises(Refused, match="已有一份在办的入会申请"):
        filed(OTHER, credit_code=code)
    drafts.withdraw(first)
    again = Application.objects.get(address=OTHER)
    assert drafts.submit(again).state == "checking"


@pytest.mark.django_db(transaction=True)
def test_of_two_with_one_code_at_once_one_is_handed_in():
    code = next_code()
    both = [draft(address, credit_code=code) for address in (ADDRESS, OTHER)]
    results = at_once(*(lambda a=a: drafts.submit(a) for a in both))
    assert sorted(type(r).__name__ for r in results) == ["Application", "Refused"]
    assert Application.objects.open().count() == 1


def test_what_was_handed_in_is_not_changed(applicant):
    application = filed()
    file = Attachment.objects.about(application).first()
    got = [
        applicant.post(url("field", application, "name"), {"name": "别的单位"}).status_code,
        send(applicant, application).status_code,
        applicant.post(url("file_remove", application, file.key)).status_code,
        applicant.get(url("edit", application)).status_code,
    ]
    assert (got, fresh(application).name) == ([409, 409, 409, 303], "演示申请单位有限公司")
    assert Attachment.objects.about(application).count() == 2


# --- taking back ----------------------------------------------------------------------------------------------


def test_an_application_is_taken_back_and_stays_on_record(applicant):
    application = filed()
    assert [applicant.post(url("withdraw", application)).status_code for _ in range(2)] == [303, 303]
    kept = fresh(application)
    assert (kept.state, kept.due_on, kept.ended_at is not None) == ("withdrawn", None, True)
    assert sentences(kept)[0] == f"申请人撤回入会申请 {kept.number}"
    with pytest.raises(Refused, match="已撤回，不能提交"):
        drafts.submit(kept)


@pytest.mark.parametrize(
    "state", [ApplicationState.COUNCIL, ApplicationState.REFUSED, ApplicationState.EXPIRED]
)
def test_what_the_council_has_is_not_taken_back(state):
    application = filed()
    Application.objects.filter(pk=application.pk).update(state=state, reason="x")
    with pytest.raises(Refused, match="不能撤回"):
        drafts.withdraw(application)


def test_of_a_discarded_draft_nothing_is_left(applicant, django_capture_on_commit_callbacks):
    application = draft()
    with django_capture_on_commit_callbacks(execute=True):
        assert applicant.post(url("withdraw", application))["Location"] == reverse("join:start")
    assert (Application.objects.count(), Attachment.objects.count(), StoredFile.objects.count()) == (0, 0, 0)
    drafts.discard(application)


def test_what_was_handed_in_is_not_discarded():
    with pytest.raises(Refused, match="不能删除"):
        drafts.discard(filed())


def test_drafts_that_nobody_touches_go_after_ninety_days():
    old, young, handed_in = draft(name="演示旧草稿"), draft("13800001234"), filed("13800001235")
    Application.objects.exclude(pk=young.pk).update(updated_at=timezone.now() - timedelta(days=91))
    assert (drafts.discard_old(), drafts.discard_old()) == (1, 0)
    assert set(Application.objects.values_list("pk", flat=True)) == {young.pk, handed_in.pk}
    assert old.pk not in set(Application.objects.values_list("pk", flat=True))


def test_the_printed_form_says_what_was_filled_in(applicant):
    page = applicant.get(url("print", draft())).content.decode()
    assert [w for w in ("演示申请单位有限公司", "李代表（总经理）", "单位（盖章）") if w not in page] == []


def test_stored_scripts_stay_text(applicant, secretary, as_user):
    application = filed(
        name="<script>alert(1)</script>{{ 7|add:7 }}", introduction="<img src=x onerror=alert(1)>"
    )
    pages = [applicant.get(url(n, application)).content.decode() for n in ("application", "print")]
    pages.append(
        as_user(secretary).get(reverse("members:application", args=[application.pk])).content.decode()
    )
    assert [
        p for p in pages if "<script>alert" in p or "<img src=x" in p or "14" in p.split("</h1>")[0][-40:]
    ] == []
