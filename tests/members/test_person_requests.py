"""Requests about one's own data: filed, verified, done, refused, withdrawn; the copy; what is kept no longer."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils.timezone import localdate, now

from association import desk, personal_data
from association.domain import attachments as stored
from association.errors import Refused
from association.models import Activity, Notice
from association.workdays import add_workdays_or_weekdays
from members.choices import ApplicationState, RequestState
from members.domain import consents, contact_views, contacts
from members.domain import person_requests as domain
from members.models import Application, PersonRequest
from tests.conftest import signed_in_client
from tests.factories import make_user
from tests.forms import errors, filled
from tests.races import at_once

pytestmark = pytest.mark.django_db


def url(name, request=None):
    return reverse(f"members:{name}", args=[request.pk] if request else [])


def verified(user, by, kind="correction", text="职务写错了"):
    return domain.verify(domain.file(user, kind=kind, text=text), by=by, how="本人回电确认")


def kinds_told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def kinds_done(request):
    return [a.kind.rpartition(".")[2] for a in Activity.objects.about(request)]


# --- filing ---------------------------------------------------------------------------------------------------------


def test_filing_through_the_page(as_user, member, secretary, secretary_general, treasurer):
    client = as_user(member)
    page = client.get(url("request_file"))
    empty = client.post(url("request_file"), filled(page, kind="correction"))
    assert (empty.status_code, errors(empty)) == (422, {"text": ["请写明哪里不对、应当是什么。"]})
    data = filled(page, kind="correction", text="手机换了")
    answers = [client.post(url("request_file"), data) for _ in range(2)]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, url("my_requests"))] * 2
    request = PersonRequest.objects.get()
    due_on, _ = add_workdays_or_weekdays(localdate(), 15)
    assert (request.number, request.kind, request.user, request.contact, request.due_on) == (
        f"GR-{localdate().year}-0001", "correction", member, member.contact, due_on,
    )  # fmt: skip
    assert [kinds_told(p) for p in (secretary, secretary_general, treasurer, member)] == [
        ["members.person_request_filed"], ["members.person_request_filed"], [], [],
    ]  # fmt: skip
    mine = client.get(url("my_requests")).content.decode()
    assert (request.number in mine, "待核对身份" in mine, "手机换了" in mine) == (True, True, True)


def test_the_same_kind_twice_is_one_and_numbers_count_up(member, other_member):
    first = domain.file(member, kind="copy")
    assert domain.file(member, kind="copy", text="再来一次") == first
    assert [
        domain.file(other_member, kind="copy").number[-4:],
        domain.file(member, kind="access").number[-4:],
    ] == ["0002", "0003"]
    assert kinds_done(first) == ["filed"]


def test_a_correction_says_what_is_wrong(member):
    with pytest.raises(Refused, match="请写明"):
        domain.file(member, kind="correction")


def test_the_person_takes_it_back(as_user, member, other_member, secretary):
    request = verified(member, secretary)
    assert as_user(other_member).post(url("request_withdraw", request)).status_code == 404
    assert as_user(member).get(url("request_withdraw", request)).status_code == 405
    for _ in range(2):
        assert as_user(member).post(url("request_withdraw", request)).status_code == 303
    request.refresh_from_db()
    assert (request.state, kinds_done(request)) == (
        RequestState.WITHDRAWN,
        ["withdrawn", "verified", "filed"],
    )
    with pytest.raises(Refused, match="已撤回，不能再办理"):
        domain.verify(request, by=secretary, how="x")


# --- handling -------------------------------------------------------------------------------------------------------


def test_identity_then_correction(as_user, member, secretary):
    request = domain.file(member, kind="correction", text="职务写错了")
    client = as_user(secretary)
    assert client.post(url("request_verify", request), {}).status_code == 422
    early = client.post(url("request_complete", request), {"done-reason": "已改"})
    assert (early.status_code, "还没有核对身份" in early.content.decode()) == (409, True)
    for _ in range(2):
        assert client.post(url("request_verify", request), {"how": "回电"}).status_code == 303
    for _ in range(2):
        assert (
            client.post(url("request_complete", request), {"done-reason": "职务改为总监"}).status_code == 303
        )
    request.refresh_from_db()
    assert (request.state, request.verified_by, request.verified_how, request.settled_by, request.reason) == (
        RequestState.DONE, secretary, "回电", secretary, "职务改为总监",
    )  # fmt: skip
    assert kinds_done(request) == ["settled", "verified", "filed"]
    assert kinds_told(member) == ["members.person_request_verified", "members.person_request_settled"]
    assert "职务改为总监" in Notice.objects.filter(recipient=member).latest("pk").body


def test_a_refusal_gives_its_reason(as_user, member, secretary, treasurer):
    request = domain.file(member, kind="erasure")
    assert as_user(treasurer).post(url("request_refuse", request), {"no-reason": "x"}).status_code == 403
    assert as_user(secretary).post(url("request_refuse", request), {}).status_code == 422
    assert (
        as_user(secretary).post(url("request_refuse", request), {"no-reason": "不能确认是本人"}).status_code
        == 303
    )
    request.refresh_from_db()
    assert (request.state, request.reason) == (RequestState.REFUSED, "不能确认是本人")
    assert domain.refuse(request, by=secretary, reason="再次").reason == "不能确认是本人"
    assert "不能确认是本人" in as_user(member).get(url("my_requests")).content.decode()


def test_nobody_handles_their_own(as_user, secretary):
    request = domain.file(secretary, kind="correction", text="名字")
    for step in (
        lambda: domain.verify(request, by=secretary, how="我"),
        lambda: domain.refuse(request, by=secretary, reason="x"),
    ):
        with pytest.raises(Refused, match="另一位同事"):
            step()
    page = as_user(secretary).get(url("person_request", request)).content.decode()
    assert ("自己的请求由另一位同事办理" in page, "request_verify" in page) == (True, False)
    assert [t for t in desk.desk.todos_for(secretary) if "个人信息请求" in t.title] == []


def test_two_who_verify_at_once_are_one_and_another(member, secretary, secretary_general):
    request = verified(member, secretary)
    with pytest.raises(Refused, match="已由陈思远核对过"):
        domain.verify(request, by=secretary_general, how="当面")


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_refusal_at_once(member, secretary):
    request = verified(member, secretary)
    found = at_once(
        lambda: domain.withdraw(request, by=member),
        lambda: domain.refuse(request, by=secretary, reason="不能照办"),
    )
    assert sum(isinstance(f, Refused) for f in found) == 1
    assert len(kinds_done(request)) == 3


def test_the_list_the_to_do_and_who_sees_them(as_user, member, other_member, secretary, auditor, treasurer):
    late = domain.file(member, kind="correction", text="急")
    PersonRequest.objects.filter(pk=late.pk).update(due_on=localdate() - timedelta(days=3))
    domain.file(other_member, kind="copy")
    page = as_user(secretary).get(url("person_requests")).content.decode()
    assert page.index(late.number) < page.index("复制</td>")
    assert "已超期" in page
    todos = [t.title for t in desk.desk.todos_for(secretary) if "个人信息请求" in t.title]
    assert todos == [
        f"个人信息请求 {late.number}：更正",
        "个人信息请求 " + PersonRequest.objects.latest("pk").number + "：复制",
    ]
    answers = [as_user(p).get(url("person_request", late)).status_code for p in (auditor, treasurer, member)]
    assert answers == [200, 403, 403]
    assert "request_verify" not in as_user(auditor).get(url("person_request", late)).content.decode()


def test_the_lists_ask_as_much_for_many(as_user, secretary, member, queries):
    client = as_user(secretary)

    def asked(number):
        PersonRequest.objects.bulk_create(
            PersonRequest(
                number=f"X{number}{n}",
                kind="correction",
                user=make_user("某", f"x{number}{n}@test.cn"),
                due_on=localdate(),
            )
            for n in range(number)
        )
        client.get(url("person_requests"))
        with queries() as captured:
            client.get(url("person_requests"))
        return len(captured)

    few, many = asked(1), asked(30)
    assert few == many <= 20


# --- the copy -------------------------------------------------------------------------------------------------------


def read(answer):
    return read_files(b"".join(answer.streaming_content))


def read_files(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert all(content.startswith(b"\xef\xbb\xbf") for content in files.values())
    return {name: content.decode("utf-8-sig") for name, content in files.items()}


def test_the_copy_holds_everything_and_is_for_the_person_alone(
    as_user, member, other_member, secretary, park_unit, run_jobs
):
    Application.objects.create(
        token_hash="a",
        address="member@test.cn",
        state=ApplicationState.REFUSED,
        name="演示旧申请",
        reason="x",
    )
    Application.objects.create(
        token_hash="b",
        address="someone@test.cn",
        state=ApplicationState.REFUSED,
        name="别人的申请",
        reason="x",
    )
    consents.give(member, "publish_name")
    contact_views.record_views(secretary, [member.contact], "演示运营公司01：联系人")
    request = verified(member, secretary, kind="copy")
    assert as_user(member).post(url("request_copy", request)).status_code == 409
    run_jobs()
    request.refresh_from_db()
    assert (request.state, request.settled_by, request.has_file) == (RequestState.DONE, secretary, True)
    assert kinds_told(member)[-1] == "members.person_request_settled"
    assert [as_user(p).post(url("request_copy", request)).status_code for p in (other_member, secretary)] == [
        404,
        404,
    ]
    assert as_user(member).get(url("request_copy", request)).status_code == 405
    assert signed_in_client(member, proved=False).post(url("request_copy", request)).status_code == 302
    answer = as_user(member).post(url("request_copy", request))
    assert answer["Cache-Control"] == "no-store, private"
    files = read(answer)
    names = [name.partition("_")[2].removesuffix(".csv") for name in files if name != "说明.txt"]
    assert names == [
        "账号", "收到的通知", "邮件与短信", "登录与办理过的事项", "关于账号的记录", "联系人", "在单位的职责", "同意记录",
        "个人信息请求", "谁看过完整联系方式", "入会申请",
    ]  # fmt: skip
    text = "\n".join(files.values())
    said = [
        member.contact.mobile,
        "演示运营公司01",
        "演示旧申请",
        "协会秘书处",
        "同意在公开页面署名",
        "赵联络",
    ]
    assert [word for word in said if word not in text] == []
    assert [word for word in ("别人的申请", "陈思远") if word in text] == []
    assert "12 " not in files["说明.txt"]
    assert "11 入会申请" in files["说明.txt"]


def test_whoever_is_named_in_an_application_gets_the_own_part_of_it(member):
    """As the liaison that somebody else named: not the number of the representative beside it."""
    Application.objects.create(
        token_hash="c", address="applicant@test.cn", state=ApplicationState.REFUSED, name="演示他人申请", reason="x",
        representative_name="李代表甲", representative_mobile="19900007777", liaison_name="赵联络", liaison_email="Member@test.cn",
    )  # fmt: skip
    made = io.BytesIO()
    personal_data.write(made, member)
    text = "\n".join(read_files(made.getvalue()).values())
    assert [word in text for word in ("演示他人申请", "Member@test.cn", "李代表甲", "19900007777")] == [True, True, False, False]  # fmt: skip


def test_no_table_of_the_copy_stands_twice(member):
    names = [table.name for source in personal_data._sources for table in source(member)]
    assert [name for name in names if names.count(name) > 1] == []
    assert len(names) > 20


def test_what_looks_like_a_formula_is_none(member, secretary, run_jobs):
    contacts.update_contact(member.contact, by=secretary, organization=member.contact.roles.get().organization, version=1,
                            changes={"wechat": "=HYPERLINK(1)"})  # fmt: skip
    made = io.BytesIO()
    personal_data.write(made, member)
    with zipfile.ZipFile(made) as archive:
        name = next(n for n in archive.namelist() if n.endswith("_联系人.csv"))
        rows = list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
    assert "'=HYPERLINK(1)" in rows[1]


def test_a_copy_comes_too_late_or_twice(member, secretary, run_jobs):
    request = verified(member, secretary, kind="access")
    domain.make_copy(request.pk)
    domain.make_copy(request.pk)
    run_jobs()
    assert kinds_done(request) == ["settled", "verified", "filed"]
    other = verified(member, secretary, kind="copy")
    domain.withdraw(other, by=member)
    run_jobs()
    other.refresh_from_db()
    assert (other.state, other.file.name) == (RequestState.WITHDRAWN, "")


def test_a_copy_that_was_given_up_is_made_again(as_user, member, secretary, run_jobs, monkeypatch):
    request = verified(member, secretary, kind="copy")
    with monkeypatch.context() as broken:
        broken.setattr(personal_data, "write", lambda *a: 1 / 0)
        run_jobs()
    assert PersonRequest.objects.get().state == RequestState.HANDLING
    assert as_user(secretary).post(url("request_remake", request)).status_code == 303
    run_jobs()
    assert PersonRequest.objects.get().state == RequestState.DONE
    assert as_user(secretary).post(url("request_remake", request)).status_code == 409


def test_the_file_is_known_to_the_store_and_gone_after_a_fortnight(
    as_user, member, secretary, run_jobs, django_capture_on_commit_callbacks
):
    request = verified(member, secretary, kind="copy")
    run_jobs()
    request.refresh_from_db()
    storage, name = request.file.storage, request.file.name
    assert name not in stored.orphan_files(timedelta(0))
    with time_machine.travel(now() + timedelta(days=13, hours=23)):
        assert domain.tidy() == (0, 0)
    with (
        time_machine.travel(now() + timedelta(days=14, hours=1)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert as_user(member).post(url("request_copy", request)).status_code == 409
        assert domain.tidy() == (1, 0)
    assert (storage.exists(name), PersonRequest.objects.get().file.name) == (False, "")


# --- what is kept no longer -----------------------------------------------------------------------------------------


def test_three_years_after_it_was_settled_a_request_goes_with_its_words(member, secretary, secretary_general):
    request = verified(member, secretary, text="独一无二的说明")
    domain.complete(request, by=secretary, reason="独一无二的结果")
    waiting = domain.file(member, kind="erasure", text="还在等")
    PersonRequest.objects.filter(pk=request.pk).update(settled_at=now() - timedelta(days=3 * 365.25 - 1))
    assert domain.tidy() == (0, 0)
    PersonRequest.objects.filter(pk=request.pk).update(settled_at=now() - timedelta(days=3 * 365.25 + 1))
    assert domain.tidy() == (0, 1)
    assert list(PersonRequest.objects.all()) == [waiting]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM members_personrequestevent WHERE concat(text, reason) LIKE '%%独一无二%%'"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM members_personrequestevent WHERE text = '还在等'")
        assert cursor.fetchone() == (1,)


def test_one_that_an_erasure_rests_on_stays(member, secretary, secretary_general):
    from members.domain import erasures  # noqa: PLC0415

    erasures.erase(verified(member, secretary, kind="erasure"), by=secretary_general)
    PersonRequest.objects.update(settled_at=now() - timedelta(days=4 * 366))
    assert domain.tidy() == (0, 0)
