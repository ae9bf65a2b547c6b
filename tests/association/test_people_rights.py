"""The table of rights is made from the code; and everybody reads who may see what about them."""

import importlib
import inspect
import pkgutil
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from association import matrix, permissions, seen_by
from association.choices import ExportState, Role
from association.models import ExportJob
from association.permissions import questions
from members.columns import KEY
from members.domain import contacts, person_requests
from members.models import Application
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LABELS = [
    "访客", "无职责账号", "秘书处", "秘书长", "财务", "会长", "审计", "系统管理员", "会员管理员", "经办人", "数据填报员",
    "其他联系人", "已退会单位",
]  # fmt: skip


def can_functions():
    """Every function that answers whether somebody may do something, in every permissions.py of ours."""
    ours = [app.name for app in apps.get_app_configs() if app.name in ("association", "members", "events")]
    for name in ours:
        names = {module.name for module in pkgutil.iter_modules(importlib.import_module(name).__path__)}
        if "permissions" in names:
            module = importlib.import_module(f"{name}.permissions")
            for found, function in inspect.getmembers(module, inspect.isfunction):
                if found.startswith("can_") and function.__module__.startswith(module.__name__):
                    yield f"{function.__module__}.{found}"


def row(name):
    """Labels of those who may, of one question."""
    for _, rows in matrix.table():
        for question, cells in rows:
            if question.name.endswith(f".{name}"):
                return [h.label for h, may in zip(matrix.holders(), cells, strict=True) if may]
    raise KeyError(name)


# --- the table --------------------------------------------------------------------------------------------


def test_every_question_is_in_the_table_once():
    names = [question.name for question in questions]
    assert sorted(names) == sorted(can_functions())
    in_table = [question.name for _, rows in matrix.table() for question, _ in rows]
    assert sorted(in_table) == sorted(names)


def test_every_question_says_in_chinese_what_it_allows_and_no_two_the_same():
    labels = [question.label for question in questions]
    assert len(set(labels)) == len(labels)
    assert [label for label in labels if not any("一" <= c <= "鿿" for c in label)] == []


def test_the_table_has_a_column_for_everybody_and_asks_the_database_nothing():
    matrix.table.cache_clear()
    with CaptureQueriesContext(connection) as captured:
        table = matrix.table()
    assert [h.label for h in matrix.holders()] == LABELS
    assert {len(cells) for _, rows in table for _, cells in rows} == {len(LABELS)}
    assert len(captured) == 0


def test_visitors_and_accounts_without_duty_may_nothing_of_it():
    for _, rows in matrix.table():
        assert [question.name for question, cells in rows if cells[0] or cells[1]] == []


def test_the_lines_that_the_separation_of_duties_draws():
    """Domain 1.5: who administrates sees no bank data and no full numbers; who audits changes nothing."""
    assert row("can_view_bank") == ["财务"]
    assert row("can_view_contacts") == ["秘书处", "秘书长", "财务", "会长"]
    assert row("can_manage_accounts") == ["系统管理员"]
    assert row("can_see_accounts") == ["审计", "系统管理员"]
    assert row("can_edit_members") == ["秘书处", "秘书长"]
    assert row("can_keep_profile") == ["会员管理员"]
    assert row("can_keep_contacts_of") == ["秘书处", "秘书长", "会员管理员"]
    changing = (
        "can_edit",
        "can_import",
        "can_manage",
        "can_keep",
        "can_decide",
        "can_propose",
        "can_confirm",
    )
    of_auditor = [q.name for q in questions if matrix.may(q, matrix.holders()[LABELS.index("审计")])]
    assert [name for name in of_auditor if name.rpartition(".")[2].startswith(changing)] == []


def test_a_unit_that_left_reads_and_changes_nothing():
    left = matrix.holders()[LABELS.index("已退会单位")]
    # What it was a member of it may still read, and appeal against its expulsion.
    assert sorted(q.name.rpartition(".")[2] for q in questions if matrix.may(q, left)) == [
        "can_appeal_for",
        "can_see_cases_of",
        "can_see_certificates_of",
        "can_see_dues_of",
        "can_view_contacts_of",
        "can_view_unit",
    ]


@pytest.mark.parametrize("name", ["secretary", "treasurer", "auditor", "administrator", "president"])
def test_the_invented_holder_may_what_the_real_one_may(request, name):
    person = request.getfixturevalue(name)
    role = person.role_assignments.get().role
    for question in [q for q in questions if not q.of]:
        assert question.ask(person) == question.ask(matrix.person_with(role)), question.name


def test_the_page_shows_all_questions_to_staff_only(as_user, auditor, member):
    body = as_user(auditor).get("/permissions/").content.decode()
    assert [q.label for q in questions if q.label not in body] == []
    assert body.count("<span aria-hidden") == sum(sum(c) for _, rows in matrix.table() for _, c in rows)
    assert as_user(member).get("/permissions/").status_code == 403


# --- who may see what about me ----------------------------------------------------------------------------


def test_staff_read_names_and_members_numbers(as_user, member, secretary, administrator, auditor):
    for_member = as_user(member).get("/about-me/").content.decode()
    assert ("系统管理员（1 人）" in for_member, "唐立新" in for_member, "秘书处（1 人）" in for_member) == (
        True, False, True,
    )  # fmt: skip
    for_staff = as_user(secretary).get("/about-me/").content.decode()
    assert ("系统管理员：唐立新" in for_staff, "审计：沈明鉴" in for_staff) == (True, True)


def test_the_page_follows_the_questions(monkeypatch, member):
    def audiences():
        found = next(h for h in seen_by.about(member) if h.title == "联系方式")
        return {a.how: list(a.roles) for a in found.audiences if a.roles}

    full = [Role.SECRETARIAT, Role.SECRETARY_GENERAL, Role.TREASURER, Role.PRESIDENT]
    assert audiences() == {"完整": full, "打码": [Role.AUDITOR, Role.ADMINISTRATOR]}
    monkeypatch.setattr("members.permissions.roster.CONTACT_READERS", frozenset({Role.AUDITOR}))
    assert audiences()["完整"] == [Role.AUDITOR]


def test_it_follows_who_holds_the_duty_today(as_user, secretary, administrator):
    make_user("新管理", "new@test.cn", roles=["administrator"])
    body = as_user(secretary).get("/about-me/").content.decode()
    assert "系统管理员：唐立新、新管理" in body
    administrator.is_active = False
    administrator.save()
    assert "系统管理员：新管理" in as_user(secretary).get("/about-me/").content.decode()


def test_bank_data_are_for_the_treasurer_and_own_managers_and_public_columns_are_public(member):
    found = {h.title: h for h in seen_by.about(member)}
    bank = found["银行信息"]
    assert [list(a.roles) for a in bank.audiences if a.roles] == [[Role.TREASURER]]
    assert (bank.what, bank.public) == ("开户行、银行账号", "不公开")
    assert "单位名称" in found["单位与园区资料"].public
    assert "统一社会信用代码" not in found["单位与园区资料"].public


def export(by, columns, **fields):
    return ExportJob.objects.create(
        **{"person": by, "listing": KEY, "title": "会员名册", "columns": columns, "as_of": localdate(),
           "state": ExportState.DONE, "file_name": "x.xlsx", "is_unmasked": True, "reason": "寄送证书"} | fields
    )  # fmt: skip


def test_exports_that_may_hold_my_number_are_listed(as_user, member, other_member, secretary):
    mine = export(secretary, ["name", "liaison_mobile"])
    export(secretary, ["name", "district"])
    export(secretary, ["liaison_mobile"], as_of=date(2020, 1, 1))
    export(secretary, ["representative_mobile"])
    assert [o.at for o in seen_by.taken_out_about(member)] == [mine.created_at]
    body = as_user(member).get("/about-me/").content.decode()
    assert ("寄送证书" in body, "联络员手机" in body, "陈思远" in body) == (True, True, False)


def test_after_the_duty_later_exports_are_not_mine(member, secretary):
    contacts.end_duty(member.contact.roles.get(), by=secretary, until=localdate() - timedelta(1))
    export(secretary, ["liaison_mobile"])
    assert seen_by.taken_out_about(member) == []


def test_the_page_asks_as_much_for_many_exports(as_user, member, secretary, queries):
    client = as_user(member)
    export(secretary, ["liaison_mobile"])
    client.get("/about-me/")
    with queries() as few:
        client.get("/about-me/")
    for _ in range(30):
        export(secretary, ["liaison_mobile"])
    with queries() as many:
        client.get("/about-me/")
    assert len(many) == len(few) <= 25


def test_applications_dues_cases_and_requests_are_named_where_they_are_kept(member, other_member, stranger):
    """The liaison of a unit reads neither its bills nor its cases; whoever manages it reads both."""
    manager = make_user("郑管理", "manager@test.cn", organization=member.contact.roles.get().organization, duty="manager")  # fmt: skip
    Application.objects.create(token_hash="a", address="applicant@test.cn", liaison_email="Stranger@test.cn")
    person_requests.file(stranger, kind="copy")
    added = {person: {h.title: h for h in seen_by.about(person)} for person in (manager, member, stranger)}
    account = {"账号", "登录记录", "通知与发送记录"}
    unit = account | {"联系方式", "姓名与在单位的职责", "单位与园区资料", "银行信息", "附件"}
    assert set(added[manager]) == unit | {"会费账单与转账凭证", "退会与除名的说明、申辩和申诉"}
    assert set(added[member]) == unit
    assert set(added[stranger]) == account | {"入会申请", "个人信息请求"}
    readers = [list(a.roles) for a in added[stranger]["入会申请"].audiences if a.roles]
    assert readers == [[Role.SECRETARIAT, Role.SECRETARY_GENERAL, Role.TREASURER, Role.PRESIDENT, Role.AUDITOR]]  # fmt: skip


def test_holding_no_duty_one_sees_ones_account_only(stranger):
    assert [h.title for h in seen_by.about(stranger)] == ["账号", "登录记录", "通知与发送记录"]
    assert permissions.can_see_matrix(stranger) is False
