"""Lists of the online room: read, matched, and what is left settled by hand."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate, now

from association import integrity
from association.errors import Refused
from association.exchange.sheet import Sheet, SheetRow
from association.formats import BEIJING
from events.domain import attendance
from events.domain import online_attendance as domain
from events.domain.online_attendance import Visit
from events.exchange import online as sheet
from events.models import Attendance, Event, OnlineList, OnlineRow
from tests.factories.doors import expected, make_running, running
from tests.races import at_once

pytestmark = pytest.mark.django_db
HEADERS = ["姓名", "手机号", "单位名称", "参会方式", "进入时间", "离开时间", "时长(分钟)"]
DAY = date(2022, 5, 6)


@pytest.fixture
def event(secretary, secretary_general):
    return make_running(secretary, secretary_general)


@pytest.fixture
def take(event, secretary):
    def taken(*visits, digest="1"):
        return domain.import_online(event, list(visits), by=secretary, filename="名单.csv", digest=digest)

    return taken


def visit(number=1, **fields):
    given = {"full_name": f"参加人{number}", "unit_name": f"演示来宾单位{number}", "minutes": 60}
    return Visit(number=number + 1, **given | fields)


def parsed(*rows, headers=HEADERS):
    lines = [SheetRow(n, list(cells)) for n, cells in enumerate(rows, 2)]
    return sheet.parse(Sheet("csv", "", headers, 1, lines), day=DAY)


# --- reading ----------------------------------------------------------------------------------------------------------
def test_a_row_is_read_in_the_ways_in_which_platforms_write():
    (one,) = parsed(["王小明", "+86 199-0000-0001", "演示单位 ", "线上", "14:05", "15:35", None]).visits
    assert one == Visit(
        2, "王小明", "演示单位", "19900000001", "online", datetime(2022, 5, 6, 14, 5, tzinfo=BEIJING), 90
    )
    minutes = [
        parsed(["甲", None, "乙", "线上", None, None, text]).visits[0].minutes
        for text in ("65.4", "1小时5分", "45分钟", "0")
    ]
    assert minutes == [65, 65, 45, 0]
    hidden = parsed(["甲", "199****0001", "乙", "线上", "2022/5/6 14:00:30", None, None]).visits[0]
    assert (hidden.mobile, hidden.minutes, hidden.entered_at.minute) == ("", None, 0)


def test_somebody_who_came_back_is_one_person_with_all_their_minutes():
    found = parsed(
        ["甲", None, "演示单位", "线上", "14:30", None, "20"], ["甲", "19900000001", "演示单位", "线上", "14:00", None, "30"],
        ["甲", "19900000002", "演示单位", "线上", None, None, "5"], ["乙", None, "演示单位", "线下", None, None, None],
    ).visits  # fmt: skip
    assert [(v.full_name, v.mobile, v.minutes, v.mode) for v in found] == [
        ("甲", "19900000001", 50, "online"), ("甲", "19900000002", 5, "online"), ("乙", "", None, "onsite"),
    ]  # fmt: skip
    assert (found[0].entered_at.hour, found[0].entered_at.minute) == (14, 0)


def test_what_cannot_be_read_is_named_by_row():
    wrong = parsed(
        ["", None, "演示", "线上", None, None, None], ["甲", "123", "演示", "线上", None, None, None], ["甲", None, "演示", "旁听", None, None, None],
        ["甲", None, "演示", "线上", "昨天", None, None], ["甲", None, "演示", "线上", "15:00", "14:00", None], ["甲", None, "演示", "线上", None, None, "很久"],
    )  # fmt: skip
    assert wrong.sentence == (
        "第2行「姓名」没有填写；第3行「手机号」手机号应为11位数字，以13至19开头；第4行「参会方式」应填线上或线下；"
        "第5行「进入时间」应写作 2023-01-10 14:30 的样子；第6行的离开时间与进入时间对不上；还有 1 处。"
    )
    assert parsed(["甲"], headers=["姓名"]).sentence == "第1行的表头缺少“单位名称”“参会方式”。"


# --- matching -----------------------------------------------------------------------------------------------------------
def test_matched_by_number_then_by_name_and_unit_and_the_rest_waits(event, take, park_unit):
    by_number = expected(event, mode="online", organization=park_unit)
    by_name = expected(event, number=2, mode="online")
    found = take(
        visit(1, full_name="写错的", mobile=by_number.mobile), visit(2, unit_name="演示来宾单位２"), visit(3), visit(4, minutes=9)
    )  # fmt: skip
    assert (found.people, found.matched, found.short) == (4, 2, 1)
    rows = Attendance.objects.order_by("pk").values_list(
        "registration", "mode", "source", "minutes", "organization"
    )
    assert list(rows) == [
        (by_number.pk, "online", "import", 60, park_unit.pk),
        (by_name.pk, "online", "import", 60, None),
    ]
    assert [r.full_name for r in OnlineRow.objects.open()] == ["参加人3", "参加人4"]


def test_two_of_one_name_are_nobodys_guess(event, take, secretary):
    for number in (1, 2):
        expected(event, number=number, full_name="李明", unit_name="演示来宾单位")
    take(visit(1, full_name="李明", unit_name="演示来宾单位"))
    assert (Attendance.objects.count(), OnlineRow.objects.open().count()) == (0, 1)


def test_on_site_stays_on_site_and_gets_its_minutes(event, take, secretary):
    mine = expected(event)
    attendance.check_in(mine, by=secretary)
    take(visit(1, mobile=mine.mobile, minutes=30))
    row = Attendance.objects.get()
    assert (row.mode, row.source, row.minutes) == ("onsite", "desk", 30)


def test_the_same_list_twice_and_a_longer_one_add_nobody(event, take):
    expected(event, mode="online")
    first = take(visit(1), visit(3))
    assert take(visit(1), visit(3)) == first
    take(visit(1, minutes=80), visit(3, minutes=80), digest="2")
    assert (Attendance.objects.get().minutes, OnlineRow.objects.count(), OnlineList.objects.count()) == (
        80,
        1,
        2,
    )
    take(visit(1, minutes=5), digest="3")
    assert Attendance.objects.get().minutes == 80


def test_too_few_minutes_are_kept_and_not_counted(event, take):
    expected(event, mode="online")
    take(visit(1, minutes=9))
    assert (Attendance.objects.live().count(), Attendance.objects.counted().count()) == (1, 0)


def test_no_list_before_the_event_or_after_it_is_archived(event, take):
    running(event, since=-100, until=200)
    with pytest.raises(Refused, match="还没有开始"):
        take(visit(1))
    running(event, since=200, until=-100)
    Event.objects.filter(pk=event.pk).update(archived_at=now())
    with pytest.raises(Refused, match="已归档"):
        take(visit(1))


@pytest.mark.django_db(transaction=True)
def test_one_list_sent_twice_at_once_is_taken_once(event, take):
    expected(event, mode="online")
    at_once(lambda: take(visit(1), visit(3)), lambda: take(visit(1), visit(3)))
    assert (Attendance.objects.count(), OnlineRow.objects.count()) == (1, 1)


# --- what is left -------------------------------------------------------------------------------------------------------
@pytest.fixture
def left(event, take):
    take(visit(5, mobile="19900020005"), visit(6, minutes=40))
    return list(OnlineRow.objects.open())


def emptied(row):
    row.refresh_from_db()
    return (row.state, row.full_name, row.mobile, row.unit_name)


def test_a_row_is_said_to_be_somebody_registered(event, left, secretary):
    mine = expected(event, mode="online", full_name="参加人伍")
    found = domain.match(left[0], by=secretary, registration=mine)
    assert domain.match(left[0], by=secretary, registration=mine) == found
    assert (found.registration, found.minutes, found.full_name) == (mine, 60, "参加人伍")
    assert emptied(left[0]) == ("matched", "", "", "")
    with pytest.raises(Refused, match="这一行已由陈思远办过：已对上"):
        domain.ignore(left[0], by=secretary)


def test_a_row_is_said_to_be_somebody_who_was_there(event, left, secretary):
    there, _ = attendance.add_walk_in(event, by=secretary, full_name="参加人五", unit_name="演示来宾单位")
    assert domain.match(left[0], by=secretary, attendance_row=there).pk == there.pk
    there.refresh_from_db()
    assert (there.mode, there.minutes, Attendance.objects.count()) == ("onsite", 60, 1)


def test_a_row_is_added_as_new_or_left_out_once(event, left, secretary, park_unit):
    OnlineRow.objects.filter(pk=left[0].pk).update(unit_name=park_unit.name)
    made = domain.add(left[0], by=secretary)
    assert domain.add(left[0], by=secretary) == made
    assert (made.organization, made.mobile, made.registration, made.mode) == (
        park_unit,
        "19900020005",
        None,
        "online",
    )
    domain.ignore(left[1], by=secretary)
    domain.ignore(left[1], by=secretary)
    assert (emptied(left[0]), emptied(left[1])) == (("added", "", "", ""), ("ignored", "", "", ""))
    assert Attendance.objects.count() == 1
    keys = ["events.online_rows_settled", "events.attendance_once_a_person"]
    assert [f.offenders for f in integrity.verify(only=keys)] == [[], []]


def test_all_that_is_left_is_added_once_and_nobody_twice(event, left, secretary):
    attendance.add_walk_in(event, by=secretary, full_name="参加人6", unit_name="演示来宾单位6")
    assert (domain.add_all(event, by=secretary), domain.add_all(event, by=secretary)) == (2, 0)
    rows = Attendance.objects.order_by("full_name").values_list("full_name", "mode")
    assert list(rows) == [("参加人5", "online"), ("参加人6", "onsite")]


# --- pages ----------------------------------------------------------------------------------------------------------------
CSV = "姓名*,手机号,单位名称*,参会方式*,进入时间,离开时间,时长(分钟)\n参加人1,,演示来宾单位1,线上,,,50\n路人,,演示外单位,线上,,,50\n"


def upload(client, event, text):
    file = SimpleUploadedFile("名单.csv", text.encode("utf-8-sig"))
    return client.post(f"/events/{event.pk}/attendance/online/", {"file": file})


def test_from_the_upload_to_the_last_row(event, secretary, member, as_user):
    mine, client = expected(event, mode="online"), as_user(secretary)
    assert upload(as_user(member), event, CSV).status_code == 403
    assert upload(client, event, CSV).status_code == 303
    assert Attendance.objects.get().registration == mine
    row = OnlineRow.objects.open().get()
    page = client.get(f"/events/attendance/online/{row.pk}/", {"q": "参加人"}).content.decode()
    assert f'value="r{mine.pk}"' in page
    paths = [f"/events/attendance/online/{row.pk}/{verb}/" for verb in ("match", "add", "ignore")]
    assert [client.get(path).status_code for path in paths] == [405, 405, 405]
    assert client.post(paths[0], {"to": "x"}).status_code == 422
    assert client.post(paths[0], {"to": f"r{mine.pk}"}).status_code == 303
    assert client.post(paths[1]).status_code == 409
    assert client.get("/events/attendance/online/template/").content[:2] == b"PK"


def test_a_file_with_errors_is_not_taken_in(event, secretary, as_user):
    answer = upload(as_user(secretary), event, CSV.replace("线上", "旁听"))
    assert (answer.status_code, "第2行「参会方式」应填线上或线下" in answer.content.decode()) == (422, True)
    assert (OnlineList.objects.count(), Attendance.objects.count()) == (0, 0)


def test_rows_that_wait_stand_on_the_workbench(event, left, secretary, as_user):
    text = as_user(secretary).get("/today/").content.decode()
    is_today = localdate(event.starts_at) == localdate()
    assert ("线上名单里有 2 人待核对" in text, "今天的活动：文科汇第1期" in text) == (True, is_today)
