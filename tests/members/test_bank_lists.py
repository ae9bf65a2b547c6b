"""Bank lists from the upload to the lines: read once, assigned once, given up, killed in the middle."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from association import desk, jobs
from association.domain.attachments import orphan_files
from association.errors import Refused
from association.models import Activity, Job
from members.choices import LineState, StatementState
from members.domain import bank_lines, bank_lists, bank_matching
from members.models import BankLine, BankStatement, Payment
from tests.bank_lists import CCB, DATA, ICBC, ccb, icbc, xlsx_file
from tests.factories import make_organization
from tests.factories.bank import make_bill, make_unit_with_bill, paid, read_list
from tests.factories.tables import contents

pytestmark = pytest.mark.django_db
OTHER = ("入账日", "进账", "来款单位", "说明")
ROW = ("2023-01-05", "5,000.00", "演示甲公司", "会费")
COLUMNS = {"booked_on": [0], "amount": [1], "payer_name": [2], "summary": [3]}


def kinds():
    return list(
        Activity.objects.filter(kind__startswith="members.bank").order_by("pk").values_list("kind", flat=True)
    )


def lines(statement):
    return list(statement.lines.values_list("payer_name", "amount", "state"))


def assigned(statement, by, columns=COLUMNS, header=0):
    bank_lists.assign_columns(statement, by=by, version=statement.version, header=header, columns=columns)
    jobs.run_queued_jobs()
    statement.refresh_from_db()
    return statement


# --- reading ----------------------------------------------------------------------------------------------------


def test_a_list_is_read_matched_and_its_file_forgotten(treasurer, tmp_path):
    bill = make_unit_with_bill()
    statement = read_list(treasurer, paid(), paid("演示无关公司", "1.00"), icbc("演示物业", out="3"))
    assert (statement.state, statement.layout, statement.sentence) == (StatementState.READY, "icbc", "")
    assert (statement.line_count, statement.skipped_count, statement.known_count) == (2, 1, 0)
    assert lines(statement) == [
        ("演示甲公司", 500_000, LineState.OPEN),
        ("演示无关公司", 100, LineState.OPEN),
    ]
    first, second = statement.lines.all()
    assert (first.suggested, first.score, first.why) == (bill, 100, ["户名相同", "金额等于应缴"])
    assert (second.suggested, second.score) == (None, 0)
    assert (statement.file.name, [p for p in (tmp_path / "attachments").rglob("*") if p.is_file()]) == (
        "",
        [],
    )
    assert kinds() == ["members.bank_list.uploaded", "members.bank_list.read"]


@pytest.mark.parametrize("name", ["bank-icbc.xlsx", "bank-icbc.csv", "bank-ccb.csv"])
def test_the_sample_lists(treasurer, name):
    file = SimpleUploadedFile(name, (DATA / name).read_bytes())
    statement = bank_lists.upload(file, by=treasurer)
    jobs.run_queued_jobs()
    statement.refresh_from_db()
    assert (statement.state, statement.line_count) == (StatementState.READY, 2 if "ccb" in name else 4)


def test_the_same_list_twice_brings_its_lines_once(treasurer):
    read_list(treasurer, paid(), paid())
    again = read_list(treasurer, paid(), paid())
    assert (again.state, again.line_count, again.known_count) == (StatementState.CLOSED, 0, 2)
    assert again.sentence == "这份流水里的 2 笔到账以前都已读入，没有新的。"
    assert BankLine.objects.count() == 2


def test_a_later_list_brings_what_is_new(treasurer):
    read_list(treasurer, paid())
    later = read_list(treasurer, paid(), paid("演示乙公司"))
    assert (later.state, later.line_count, later.known_count) == (StatementState.READY, 1, 1)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([icbc("甲", "转账")], "第2行的金额“转账”不是金额。"),
        ([icbc("甲", "1", day="20231345")], "第2行的日期“20231345”读不出来：日历上没有这一天。"),
        ([icbc("甲", out="1")], bank_lists.NOTHING_FOUND),
    ],
)
def test_a_list_that_cannot_be_read_leaves_nothing_but_a_sentence(treasurer, rows, sentence):
    statement = read_list(treasurer, *rows, paid() if "行的" in sentence else rows[0])
    assert (statement.state, statement.sentence, statement.lines.count()) == (
        StatementState.REFUSED,
        sentence,
        0,
    )
    assert statement.file.name == ""


@pytest.mark.parametrize(
    "content",
    [b"\x00\x01" * 200, b"\xff" * 50, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"W\0o\0r\0k\0b\0o\0o\0k\0" * 9],
)
def test_hostile_files_leave_a_sentence(treasurer, content):
    statement = bank_lists.upload(SimpleUploadedFile("流水.csv", content), by=treasurer)
    jobs.run_queued_jobs()
    statement.refresh_from_db()
    assert (statement.state, statement.sentence[-1:]) == (StatementState.REFUSED, "。")


def test_a_file_that_is_gone(treasurer):
    statement = read_list(treasurer, paid(), run=False)
    statement.file.storage.delete(statement.file.name)
    bank_lists.read(statement.pk)
    statement.refresh_from_db()
    assert (statement.state, statement.sentence) == (
        StatementState.REFUSED,
        "上传的文件已经不在了，请重新上传。",
    )


def test_formula_text_stays_text(treasurer):
    file = xlsx_file(ICBC, icbc('=HYPERLINK("http://x")', "1", use="@SUM(1)"))
    statement = bank_lists.upload(file, by=treasurer)
    jobs.run_queued_jobs()
    line = statement.lines.get()
    assert (line.payer_name, line.summary) == ('=HYPERLINK("http://x")', "转账；@SUM(1)")


def test_the_sweep_leaves_waiting_lists_alone(treasurer):
    read_list(treasurer, paid(), run=False)
    assert orphan_files(timedelta(seconds=-5)) == []


# --- killed in the middle ---------------------------------------------------------------------------------------


def test_killed_in_the_middle_it_is_read_again_without_double_lines(treasurer, monkeypatch):
    statement = read_list(treasurer, paid(), paid("演示乙公司"), run=False)

    def killed():
        raise SystemError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("members.domain.bank_lists.match_open_lines", killed)
        with pytest.raises(SystemError):
            bank_lists.read(statement.pk)
    statement.refresh_from_db()
    assert (statement.state, BankLine.objects.count(), bool(statement.file)) == (
        StatementState.READING,
        0,
        True,
    )
    bank_lists.read(statement.pk)
    bank_lists.read(statement.pk)
    assert BankLine.objects.count() == 2
    assert kinds().count("members.bank_list.read") == 1


def test_a_reading_that_failed_three_times_can_be_asked_for_again(treasurer):
    statement = read_list(treasurer, paid(), run=False)
    with pytest.raises(Refused, match="正在读取"):
        bank_lists.discard(statement, by=treasurer)
    assert bank_lists.read_again(statement, by=treasurer).version == statement.version
    Job.objects.filter(name=bank_lists.READ_JOB).update(state="failed")
    assert bank_lists.is_stuck(statement)
    bank_lists.read_again(statement, by=treasurer)
    bank_lists.read_again(statement, by=treasurer)
    assert Job.objects.filter(name=bank_lists.READ_JOB, state="queued").count() == 1
    jobs.run_queued_jobs()
    statement.refresh_from_db()
    assert statement.state == StatementState.READY
    with pytest.raises(Refused, match="不必再读"):
        bank_lists.read_again(statement, by=treasurer)


# --- the columns of an unknown layout ---------------------------------------------------------------------------


def test_an_unknown_header_waits_for_a_person_and_is_known_ever_after(treasurer):
    statement = read_list(treasurer, ROW, header=OTHER, before=[["某银行明细"]])
    assert (statement.state, statement.head[:2]) == (
        StatementState.MAPPING, [[1, "某银行明细", "", "", ""], [2, *OTHER]],
    )  # fmt: skip
    assigned(statement, treasurer, header=1)
    assert (statement.state, statement.layout, lines(statement)) == (
        StatementState.READY, "free", [("演示甲公司", 500_000, LineState.OPEN)],
    )  # fmt: skip
    later = read_list(treasurer, ("2023-01-06", "1", "演示乙公司", ""), header=OTHER)
    assert (later.state, lines(later)) == (StatementState.READY, [("演示乙公司", 100, LineState.OPEN)])


def test_wrong_columns_say_so_and_can_be_assigned_anew(treasurer):
    statement = read_list(treasurer, ROW, header=OTHER)
    assigned(statement, treasurer, COLUMNS | {"amount": [3], "summary": [1]})
    assert (statement.state, statement.sentence) == (StatementState.MAPPING, "第2行的金额“会费”不是金额。")
    assert assigned(statement, treasurer).state == StatementState.READY


def test_assigning_twice_or_too_late(treasurer):
    statement = read_list(treasurer, ROW, header=OTHER)
    facts = {"by": treasurer, "version": statement.version, "header": 0}
    bank_lists.assign_columns(statement, columns=COLUMNS, **facts)
    bank_lists.assign_columns(statement, columns=COLUMNS, **facts)
    assert Job.objects.filter(name=bank_lists.READ_JOB, state="queued").count() == 1
    assert kinds().count("members.bank_list.assigned") == 1
    with pytest.raises(Refused, match="不必再对应列"):
        bank_lists.assign_columns(statement, columns=COLUMNS | {"payer_name": [3]}, **facts)
    jobs.run_queued_jobs()
    bank_lists.assign_columns(statement, columns=COLUMNS, **facts)


def test_assigning_what_somebody_assigned_meanwhile(treasurer):
    statement = read_list(treasurer, ROW, header=OTHER)
    version = statement.version
    assigned(statement, treasurer, COLUMNS | {"amount": [3], "summary": [1]})
    with pytest.raises(Refused, match="刚被别人对应过"):
        bank_lists.assign_columns(statement, by=treasurer, version=version, header=0, columns=COLUMNS)


# --- giving up --------------------------------------------------------------------------------------------------


def test_a_list_given_up_can_come_again(treasurer):
    statement = read_list(treasurer, paid())
    bank_lists.discard(statement, by=treasurer)
    bank_lists.discard(statement, by=treasurer)
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (0, 0)
    assert kinds().count("members.bank_list.discarded") == 1
    assert read_list(treasurer, paid()).line_count == 1


def test_a_list_with_booked_money_is_not_given_up(treasurer):
    bill = make_unit_with_bill()
    statement = read_list(treasurer, paid(), paid("演示乙公司"))
    line = statement.lines.get(payer_name="演示甲公司")
    bank_lines.claim(line, [(bill.pk, 500_000)], by=treasurer, version=line.version)
    before = contents()
    with pytest.raises(Refused, match="已有入账的款项"):
        bank_lists.discard(statement, by=treasurer)
    assert contents() == before
    assert Payment.objects.count() == 1


def test_a_list_that_is_not_read_is_given_up_with_its_file(
    treasurer, django_capture_on_commit_callbacks, tmp_path
):
    statement = read_list(treasurer, ROW, header=OTHER)
    with django_capture_on_commit_callbacks(execute=True):
        bank_lists.discard(statement, by=treasurer)
    assert [p for p in (tmp_path / "attachments").rglob("*") if p.is_file()] == []


# --- matching as it is kept ---------------------------------------------------------------------------------------


def test_bills_that_come_later_are_found_when_asked(treasurer):
    statement = read_list(treasurer, paid("演示旧名公司"))
    unit = make_organization("演示甲公司", people=False)
    unit.alternative_names.create(kind="former", name="演示旧名公司")
    bill = make_bill(unit)
    for _ in range(2):
        bank_matching.ask_for_match()
    assert Job.objects.filter(name=bank_matching.MATCH_JOB, state="queued").count() == 1
    jobs.run_queued_jobs()
    line = statement.lines.get()
    assert (line.suggested, line.score, line.why) == (bill, 90, ["曾用名相同", "金额等于应缴"])
    assert bank_matching.match_open_lines() == 0


def test_two_lists_do_not_suggest_one_bill_twice(treasurer):
    make_unit_with_bill()
    read_list(treasurer, paid())
    read_list(treasurer, paid(day="20230106"))
    assert sorted(BankLine.objects.values_list("suggested", flat=True), key=bool)[0] is None


def test_matching_takes_as_many_queries_for_thirty_lines_as_for_one(treasurer, queries):
    counted = []
    for number in (1, 30):
        rows = [paid(f"演示{n:03d}公司") for n in range(number)]
        for n in range(number):
            make_unit_with_bill(f"演示{n:03d}公司" if number > 1 else f"演示{n:03d}有限公司", year=2023)
        read_list(treasurer, *rows, name=f"{number}.csv")
        BankLine.objects.update(score=1)
        with queries() as captured:
            bank_matching.match_open_lines()
        counted.append(len(captured))
    assert counted[0] == counted[1]
    assert connection.vendor == "postgresql"


# --- the desk -----------------------------------------------------------------------------------------------------


def test_todos_and_the_number_beside_the_menu(treasurer, secretary):
    read_list(treasurer, paid())
    read_list(treasurer, ROW, header=OTHER)
    assert [(t.title, t.action) for t in desk.desk.todos_for(treasurer)] == [
        ("1 份银行流水待对应列", "去对应"), ("1 笔银行流水待认领", "去认领"),
    ]  # fmt: skip
    assert [t for t in desk.desk.todos_for(secretary) if "流水" in t.title] == []
    entries = [e for g in desk.desk.menu_for(treasurer, "/") if g["label"] == "会费" for e in g["entries"]]
    assert [(e["label"], e["count"], e["due"]) for e in entries if e["label"] == "银行流水"] == [
        ("银行流水", 1, True)
    ]


def test_a_list_of_ccb_with_serials(treasurer):
    statement = read_list(
        treasurer, ccb("演示甲公司", "1", serial="A1"), ccb("演示甲公司", "1", serial="A1"), header=CCB
    )
    assert statement.line_count == 2
