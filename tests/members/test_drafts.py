"""The applicant without an account: link and proof, the draft field by field, files."""

import pytest
from django.urls import reverse

from association import creditcode
from association.models import Activity, Attachment
from members.domain import drafts
from members.models import Application
from tests.factories import next_code
from tests.factories.applications import ADDRESS, draft, prove
from tests.factories.attachments import body, upload
from tests.factories.files import HTML, PDF
from tests.forms import errors, filled, refused

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
