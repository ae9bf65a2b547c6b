"""The applicant without an account: link and proof, the draft field by field, files, handing in, taking back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from association import creditcode
from association.errors import Refused
from association.models import Activity, Attachment, Delivery, Notice, StoredFile
from association.workdays import add_workdays_or_weekdays
from members.choices import ApplicationState, Purpose
from members.domain import drafts
from members.models import Application, Consent
from tests.factories import make_organization, next_code
from tests.factories.applications import ADDRESS, draft, facts, filed, prove
from tests.factories.attachments import body, upload
from tests.factories.files import HTML, PDF
from tests.forms import errors, filled, refused
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


# --- the way in -----------------------------------------------------------------------------------------------


def test_everybody_reads_how_to_join(client):
    page = client.get(reverse("join:home"))
    assert (page.status_code, "今年的会费标准还没有公布" in page.content.decode()) == (200, True)


def test_who_has_proved_nothing_does_so_first_and_comes_back(client):
    answer = client.get(reverse("join:start"))
    assert answer["Location"] == "/prove/?next=%2Fjoin%2Fstart%2F"
    assert client.post(reverse("join:start"))["Location"].startswith("/prove/")
    assert Application.objects.count() == 0


def test_a_draft_is_begun_once_and_its_link_is_kept_as_a_hash(applicant):
    first = applicant.post(reverse("join:start"))
    second = applicant.post(reverse("join:start"))
    application = Application.objects.get()
    assert first["Location"] == second["Location"] == drafts.page_of(application)
    assert drafts.token_of(application) not in application.token_hash
    assert applicant.get(first["Location"]).status_code == 200


def test_five_drafts_are_enough(applicant):
    for _ in range(5):
        drafts.write(drafts.begin(ADDRESS), changes={"name": "演示草稿"})
    assert applicant.post(reverse("join:start")).status_code == 429


def test_the_link_alone_gives_nothing_away(client):
    application = draft()
    known, unknown = client.get(drafts.page_of(application)), client.get("/join/0123456789abcdef/")
    assert known.status_code == unknown.status_code == 303
    assert [a["Location"].startswith("/prove/") for a in (known, unknown)] == [True, True]


PAGES = [("application",), ("edit",), ("print",)]
POSTS = [("submit",), ("withdraw",), ("file_add",), ("field", "name")]


def test_another_applicant_gets_404_everywhere_and_changes_nothing(client):
    application = draft()
    file = Attachment.objects.about(application).first()
    prove(client, OTHER)
    got = {name: client.get(url(name, application, *more)).status_code for name, *more in PAGES}
    got |= {name: client.post(url(name, application, *more)).status_code for name, *more in POSTS}
    got["file"] = client.get(url("file", application, file.key)).status_code
    got["file_remove"] = client.post(url("file_remove", application, file.key)).status_code
    got["open"] = client.post(reverse("join:open", args=[application.pk])).status_code
    assert set(got.values()) == {404}
    assert (fresh(application).version, Attachment.objects.about(application).count()) == (2, 2)


def test_a_file_of_another_application_is_not_found_through_ones_own(applicant):
    mine, theirs = draft(), draft(OTHER)
    file = Attachment.objects.about(theirs).first()
    assert applicant.get(url("file", mine, file.key)).status_code == 404
    assert applicant.post(url("file_remove", mine, file.key)).status_code == 404


def test_guessing_links_is_stopped(applicant):
    got = [applicant.get(f"/join/{number:032x}/").status_code for number in range(31)]
    assert got == [404] * 30 + [429]


def test_reading_and_writing_are_told_apart(applicant):
    application = draft()
    posts = [applicant.post(url(name, application)).status_code for name in ("application", "print")]
    gets = [applicant.get(url(name, application, *more)).status_code for name, *more in POSTS]
    assert (posts, gets) == ([405, 405], [405] * 4)


def test_ones_own_applications_are_listed_with_a_way_in(applicant, queries):
    draft()
    draft(OTHER, name="演示别人")
    page = applicant.get(reverse("join:start")).content.decode()
    assert ("演示申请单位有限公司" in page, "演示别人" in page) == (True, False)
    application = Application.objects.get(address=ADDRESS)
    answer = applicant.post(reverse("join:open", args=[application.pk]))
    assert answer["Location"] == drafts.page_of(application)


def test_after_another_key_the_list_gives_a_new_link(applicant, settings):
    application = draft()
    settings.SECRET_KEY = "another-key-of-the-house"
    prove(applicant)
    answer = applicant.post(reverse("join:open", args=[application.pk]))
    assert applicant.get(answer["Location"]).status_code == 200


# --- filling in -----------------------------------------------------------------------------------------------


def test_the_form_is_kept_with_gaps(applicant):
    application = drafts.begin(ADDRESS)
    page = applicant.get(url("edit", application))
    answer = applicant.post(
        url("edit", application), filled(page, name="演示单位（北京）", liaison_mobile="138 0000 1111")
    )
    assert answer.status_code == 303
    assert (fresh(application).name, fresh(application).liaison_mobile) == ("演示单位（北京）", "13800001111")


def test_what_is_valid_is_kept_beside_what_is_not(applicant):
    application = drafts.begin(ADDRESS)
    answer = applicant.post(
        url("edit", application), {"name": "演示单位", "credit_code": "91119900TE0000010"}
    )
    assert (answer.status_code, list(errors(answer)), fresh(application).name) == (
        422,
        ["credit_code"],
        "演示单位",
    )


CASES = [
    ({"name": "甲"}, "name"), ({"name": "长" * 121}, "name"), ({"credit_code": "91119900TE00000101"}, "credit_code"),
    ({"credit_code": "110105000000001"}, "credit_code"), ({"category": "x"}, "category"), ({"nature": "x"}, "nature"),
    ({"district": "999999"}, "district"), ({"legal_representative": "王"}, "legal_representative"),
    ({"registered_address": "长" * 201}, "registered_address"), ({"founded_on": "2999-01-01"}, "founded_on"),
    ({"founded_on": "2022-02-30"}, "founded_on"), ({"phone": "123"}, "phone"),
    ({"website": "javascript:alert(1)"}, "website"), ({"introduction": "长" * 4001}, "introduction"),
    ({"park_name": "长" * 121}, "park_name"), ({"park_district": "1"}, "park_district"),
    ({"park_address": "长" * 201}, "park_address"), ({"park_type": "x"}, "park_type"),
    ({"park_floor_area": "-1"}, "park_floor_area"), ({"park_floor_area": "NaN"}, "park_floor_area"),
    ({"park_floor_area": "1e30"}, "park_floor_area"), ({"park_industries": ["01", "02", "03", "04"]}, "park_industries"),
    ({"park_industries": ["77"]}, "park_industries"), ({"representative_name": "李"}, "representative_name"),
    ({"representative_title": "长" * 51}, "representative_title"),
    ({"representative_mobile": "12345"}, "representative_mobile"),
    ({"representative_email": "x"}, "representative_email"), ({"liaison_name": "长" * 16}, "liaison_name"),
    ({"liaison_mobile": "010-65123456"}, "liaison_mobile"), ({"liaison_email": "a@b\r\nx"}, "liaison_email"),
]  # fmt: skip


def test_every_field_judges_what_was_typed(applicant):
    application = drafts.begin(ADDRESS)
    assert refused(applicant, url("edit", application), {"phone": "010-65123456"}, CASES) == {}


def test_no_other_field_can_be_written(applicant):
    application = drafts.begin(ADDRESS)
    data = {
        "name": "演示单位",
        "state": "member",
        "number": "RH-1",
        "address": OTHER,
        "policy_version": "x",
        "is_demo": "1",
    }
    applicant.post(url("edit", application), data)
    kept = fresh(application)
    assert (kept.state, kept.number, kept.address, kept.policy_version) == ("draft", "", ADDRESS, "")
    assert applicant.post(url("field", application, "state"), {"state": "member"}).status_code == 404


def test_one_field_is_saved_as_it_is_typed(applicant):
    application = drafts.begin(ADDRESS)
    typed = {"HTTP_HX_REQUEST": "true"}
    good = applicant.post(
        url("field", application, "liaison_mobile"), {"liaison_mobile": "+86 13800001111"}, **typed
    )
    bad = applicant.post(url("field", application, "credit_code"), {"credit_code": "9111"}, **typed)
    assert (good.status_code, 'value="13800001111"' in good.content.decode()) == (200, True)
    assert (bad.status_code, "应为18位" in bad.content.decode()) == (422, True)
    assert (fresh(application).liaison_mobile, fresh(application).credit_code) == ("13800001111", "")


def test_an_unusual_code_is_kept_with_a_hint(applicant):
    code = next(code for code in iter(next_code, "") if creditcode.warnings(code))
    application = drafts.write(drafts.begin(ADDRESS), changes={"credit_code": code})
    assert "第17位与主体标识码的校验规则不符" in applicant.get(url("edit", application)).content.decode()


def test_consent_is_kept_as_the_version_it_was_given_to(applicant):
    application = drafts.begin(ADDRESS)
    applicant.post(url("edit", application), {"agrees": "on", "accepts_charter": "on"})
    kept = fresh(application)
    assert (kept.policy_version, kept.accepts_charter, kept.consented_at is not None) == (
        "2026-11",
        True,
        True,
    )
    assert ("agrees", "同意个人信息保护政策") not in drafts.lacking(kept)
    kept.policy_version = "2020-01"
    assert ("agrees", "同意个人信息保护政策") in drafts.lacking(kept)


def test_a_park_is_asked_of_those_who_run_one():
    application = drafts.begin(ADDRESS)
    of_park = {
        name for name, _ in drafts.lacking(drafts.write(application, changes={"category": "park_operator"}))
    }
    others = {name for name, _ in drafts.lacking(drafts.write(application, changes={"category": "investor"}))}
    assert of_park - others == set(drafts.REQUIRED_OF_PARKS)


# --- files ----------------------------------------------------------------------------------------------------


def send(client, application, file=None, kind=drafts.LICENCE):
    return client.post(url("file_add", application), {"kind": kind, "file": file or upload()})


def test_a_file_is_added_once_and_fetched_by_its_applicant(applicant):
    application = drafts.begin(ADDRESS)
    assert [send(applicant, application).status_code for _ in range(2)] == [303, 303]
    file = Attachment.objects.about(application).get()
    assert (file.kind, file.uploaded_by) == (drafts.LICENCE, None)
    answer = applicant.get(url("file", application, file.key))
    assert (body(answer), answer["Content-Disposition"].startswith("attachment")) == (PDF, True)
    assert applicant.post(url("file_remove", application, file.key)).status_code == 303
    assert applicant.get(url("file", application, file.key)).status_code == 404


def test_what_may_not_come_in_is_said_beside_the_field(applicant):
    application = drafts.begin(ADDRESS)
    bad = [
        send(applicant, application, upload(HTML, "x.pdf")),
        send(applicant, application, upload(b"", "x.pdf")),
    ]
    bad += [
        send(applicant, application, kind="别的"),
        applicant.post(url("file_add", application), {"kind": drafts.LICENCE}),
    ]
    assert [answer.status_code for answer in bad] == [422] * 4
    assert Attachment.objects.count() == 0


def test_twenty_files_are_enough(applicant):
    application = drafts.begin(ADDRESS)
    for number in range(20):
        drafts.add_file(application, upload(PDF.replace(b"/Catalog", b"/Catalog/N %d" % number)), kind="其他")
    assert "最多上传 20 个文件" in send(applicant, application).content.decode()


def test_staff_see_the_files_once_the_application_was_handed_in(secretary, as_user, member):
    application = draft()
    file = Attachment.objects.about(application).first()
    address = reverse("association:download", args=[file.key])
    assert as_user(secretary).get(address).status_code == 404
    drafts.submit(application)
    assert [as_user(p).get(address).status_code for p in (secretary, member)] == [200, 404]


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
