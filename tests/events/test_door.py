"""The door: links for volunteers, scans handed in late, twice and many at once, and what a phone gets to know."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from association.errors import Refused
from association.models import Activity
from events import shortcodes
from events.domain import attendance, doors, registrations
from events.models import Attendance, DoorPass, Event, Registration
from tests.factories.doors import expected, make_running, running, scan
from tests.factories.happenings import make_series
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(secretary, secretary_general):
    return make_running(secretary, secretary_general)


@pytest.fixture
def opened(event, secretary):
    """(link, secret) of a volunteer's phone."""
    return doors.open_door(event, by=secretary, label="志愿者甲")


def take(event, *scans, **options):
    return [(a.result, a.text) for a in doors.take_scans(event, list(scans), **options)]


def results(event, *scans, **options):
    return [result for result, _ in take(event, *scans, **options)]


# --- scans ------------------------------------------------------------------------------------------------------------
def test_a_scan_checks_in_and_the_next_says_since_when(event, opened):
    mine = expected(event)
    assert results(event, scan(mine, minutes=5), door=opened[0]) == ["done"]
    row = Attendance.objects.get()
    assert (row.source, row.door, row.by, row.registration) == ("scan", opened[0], None, mine)
    again = take(event, scan(mine, nonce="other"))
    assert again == [
        ("again", f"参加人1（演示来宾单位1）已在 {attendance.clock(row.arrived_at)} 签到，这次不再计。")
    ]
    assert [a.sentence for a in Activity.objects.about(mine).filter(kind="events.attendance.scanned")] == [
        "文科汇第1期签到 1 人（志愿者甲）"
    ]


def test_a_scan_whose_answer_got_lost_is_answered_as_before(event, secretary):
    first = scan(expected(event))
    assert results(event, first, first) == ["done", "done"]
    assert results(event, first) == ["done"]
    attendance.undo(Attendance.objects.get(), by=secretary, reason="扫错了人")
    assert take(event, first) == [("refused", "参加人1（演示来宾单位1）的签到已由工作人员撤销。")]
    assert Attendance.objects.live().count() == 0


def test_short_codes_in_any_writing_and_never_the_wrong_one_of_two(event, monkeypatch):
    mine = expected(event)
    typed = f" {mine.short_code[:3].lower()}-{mine.short_code[3:]} "
    assert results(event, doors.Scan("a", typed, now())) == ["done"]
    other = expected(event, number=2)
    monkeypatch.setattr("events.models.registration.short_code", lambda code: "ABCDEF")
    assert take(event, doors.Scan("b", "ABCDEF", now()))[0][1].startswith("有两位的短码相同")
    assert not other.attendances.exists()


def test_short_codes_are_plain_and_follow_from_the_code():
    codes = {shortcodes.short_code(f"code{n}") for n in range(500)}
    assert (len(codes), all(shortcodes.as_short(code) == code for code in codes)) == (500, True)
    assert [shortcodes.as_short(text) for text in ("ａｂｃ２３４", "abc 23-4", "ABC01I", "ABC23")] == [
        "ABC234",
        "ABC234",
        "",
        "",
    ]


def test_every_code_that_does_not_open_is_told_why(event, secretary, secretary_general):
    other = make_running(secretary, secretary_general, series=make_series("别的系列", by=secretary))
    elsewhere, gone = expected(other), expected(event, number=2)
    registrations.cancel(gone, by=secretary, as_staff=True)
    event.onsite_capacity = 0
    Event.objects.filter(pk=event.pk).update(onsite_capacity=0)
    waits = expected(event, number=3)
    told = take(event, doors.Scan("a", "unknown", now()), *map(scan, (elsewhere, gone, waits)))
    assert told == [
        ("refused", "不认识这个码。请按姓名查找，或请工作人员登记为现场来宾。"),
        ("refused", f"这是“{elsewhere.event}”的报名码，不是本场活动的。"),
        ("refused", "参加人2（演示来宾单位2）的报名已取消。确实到场的，请工作人员登记为现场来宾。"),
        ("refused", "参加人3（演示来宾单位3）还在候补，没有名额。能否入场请工作人员决定。"),
    ]
    assert Attendance.objects.count() == 0


def test_the_moment_of_the_scan_counts_and_no_later_one_than_now(event):
    early, late, ahead = (expected(event, number=n) for n in (1, 2, 3))
    running(event, since=200, until=-30)
    told = take(event, scan(early, minutes=261), scan(late, minutes=29), scan(ahead, minutes=31))
    assert [result for result, _ in told] == ["refused", "refused", "done"]
    assert (told[0][1].startswith("扫码是在"), "请秘书处补录" in told[1][1]) == (True, True)
    running(event)
    future = doors.Scan("f", late.code, now() + timedelta(days=1))
    assert results(event, future) == ["done"]
    assert late.attendances.get().arrived_at <= now()


def test_on_site_wins_and_the_desk_and_the_door_know_of_one_another(event, secretary):
    online, named = expected(event), expected(event, number=2)
    words = {"full_name": online.full_name, "unit_name": online.unit_name, "mobile": online.mobile}
    attendance.add_walk_in(event, by=secretary, mode="online", **words)
    words = {"full_name": named.full_name, "unit_name": named.unit_name}
    attendance.add_walk_in(event, by=secretary, **words)
    assert results(event, scan(online), scan(named)) == ["done", "again"]
    rows = Attendance.objects.order_by("pk").values_list("mode", "registration", "source")
    assert list(rows) == [("onsite", online.pk, "scan"), ("onsite", named.pk, "desk")]


def test_an_event_that_is_off_takes_no_scan(event):
    mine = expected(event)
    Event.objects.filter(pk=event.pk).update(cancelled_at=now(), cancel_reason="另有安排")
    with pytest.raises(Refused, match="已取消，不能签到"):
        take(event, scan(mine))


@pytest.mark.django_db(transaction=True)
def test_two_phones_that_scan_one_person_at_once_enter_them_once(event):
    mine = expected(event)
    found = at_once(
        lambda: results(event, scan(mine, nonce="a")), lambda: results(event, scan(mine, nonce="b"))
    )
    assert (sorted(found), Attendance.objects.count()) == ([["again"], ["done"]], 1)


def many(event, number):
    """So many confirmed registrations, written at once."""
    return Registration.objects.bulk_create(
        Registration(
            event=event, mode="onsite", full_name=f"来宾{n}", unit_name=f"演示单位{n}", mobile=f"1990002{n:04d}",
            source="staff", confirmed_at=now(),
        )
        for n in range(number)
    )  # fmt: skip


def test_a_hundred_scans_cost_as_many_queries_as_one(event):
    people, costs = many(event, 101), []
    for batch in (people[:1], people[1:]):
        with CaptureQueriesContext(connection) as captured:
            assert set(results(event, *(scan(r, short=r.pk % 2 == 0) for r in batch))) == {"done"}
        costs.append(len(captured))
    assert abs(costs[0] - costs[1]) <= 1
    assert costs[1] < 20
    with pytest.raises(Refused, match="一次最多交 100 个签到"):
        take(event, *(scan(r) for r in people))


# --- links ------------------------------------------------------------------------------------------------------------
def post(client, token, rows, **options):
    body = rows if isinstance(rows, str) else json.dumps({"scans": rows})
    return client.post(f"/door/{token}/scans/", body, content_type="application/json", **options)


def as_row(registration, nonce="n", at=None):
    return {"nonce": nonce, "value": registration.code, "at": int((at or now()).timestamp() * 1000)}


def test_a_volunteer_without_an_account_gets_names_and_no_numbers(event, opened, client):
    mine = expected(event)
    page = client.get(f"/door/{opened[1]}/")
    assert (page.status_code, "camera=(self)" in page.headers["Permissions-Policy"]) == (200, True)
    text = client.get(f"/door/{opened[1]}/names/").content.decode()
    found = json.loads(text)
    assert found["people"] == [
        [shortcodes.fingerprint(mine.code), mine.short_code, "参加人1", "演示来宾单位1", "", 0]
    ]
    assert (mine.code in text, mine.mobile in text, mine.mobile[-4:] in text) == (False, False, False)
    answer = post(client, opened[1], [as_row(mine)]).json()
    assert ([a["result"] for a in answer["answers"]], answer["arrived"]) == (["done"], 1)
    assert client.get(f"/door/{opened[1]}/names/").json()["people"][0][5] > 0


def test_without_a_link_with_a_wrong_one_and_with_one_taken_back_there_is_no_door(
    event, opened, secretary, client
):
    mine = expected(event)
    doors.revoke(opened[0], by=secretary)
    doors.revoke(opened[0], by=secretary)
    assert DoorPass.objects.get().revoked_by == secretary
    for token in (opened[1], "x" * 22, "worker"):
        got = [client.get(f"/door/{token}/{path}").status_code for path in ("", "names/")]
        assert [*got, post(client, token, [as_row(mine)]).status_code] == [404, 404, 404]
    assert Attendance.objects.count() == 0
    assert opened[1] not in str(DoorPass.objects.values_list().get())


def test_the_link_ends_with_the_event_but_takes_what_was_scanned_before(event, opened, client):
    mine = expected(event)
    running(event, since=200, until=-60)
    assert client.get(f"/door/{opened[1]}/names/").json()["people"] == []
    answer = post(client, opened[1], [as_row(mine, at=now() - timedelta(minutes=90))])
    assert answer.json()["answers"][0]["result"] == "done"
    running(event, since=26 * 60, until=-25 * 60)
    assert client.get(f"/door/{opened[1]}/").status_code == 404


def test_names_are_given_out_from_the_day_before(event, opened, client):
    expected(event)
    running(event, since=-25 * 60, until=27 * 60)
    assert client.get(f"/door/{opened[1]}/names/").json()["people"] == []
    running(event, since=-23 * 60, until=27 * 60)
    assert len(client.get(f"/door/{opened[1]}/names/").json()["people"]) == 1


@pytest.mark.parametrize(
    "body",
    ["[]", "{}", '{"scans": 1}', '{"scans": [1]}', '{"scans": [{"nonce": "a", "value": "b"}]}', '{"scans": [{"nonce": "a", "value": "b", "at": 1e400}]}',
     '{"scans": [{"nonce": "a", "value": "b", "at": true}]}', '{"scans": [{"nonce": "", "value": "b", "at": 1}]}',
     '{"scans": [{"nonce": "a", "value": "\\u0000", "at": 1}]}', '{"scans": [{"nonce": "a", "value": "b", "at": NaN}]}',
     json.dumps({"scans": [{"nonce": "a", "value": "b" * 101, "at": 1}]}), "[" * 100_000],
)  # fmt: skip
def test_what_no_page_of_ours_would_send_is_refused_as_json(opened, client, body):
    answer = post(client, opened[1], body)
    assert (answer.status_code, "格式不对" in answer.json()["error"]) == (422, True)


def test_the_token_against_forged_forms_is_asked_of_the_phone_too(event, opened):
    client = Client(enforce_csrf_checks=True)
    mine = expected(event)
    assert post(client, opened[1], [as_row(mine)]).status_code == 403
    csrf = client.get(f"/door/{opened[1]}/names/").json()["csrf"]
    assert post(client, opened[1], [as_row(mine)], HTTP_X_CSRFTOKEN=csrf).status_code == 200


def test_without_a_script_the_short_code_is_typed_into_the_form(event, opened, client):
    mine = expected(event)
    answer = client.post(f"/door/{opened[1]}/scans/", {"value": mine.short_code}, follow=True)
    assert ("参加人1（演示来宾单位1）已签到" in answer.content.decode(), mine.attendances.count()) == (
        True,
        1,
    )


def test_staff_make_links_open_them_here_and_take_them_back(event, secretary, member, as_user):
    path, client = f"/events/{event.pk}/door/", as_user(secretary)
    assert as_user(member).post(path, {"label": "x"}).status_code == 403
    page = client.post(path, {"label": "志愿者乙"})
    token = page.context["address"].rstrip("/").rsplit("/", 1)[1]
    assert client.get(f"/door/{token}/").status_code == 200
    assert token not in client.get(path).content.decode()
    here = client.post(path, {"label": "志愿者丙", "here": "1"})
    assert (here.status_code, here.headers["Location"].startswith("/door/")) == (303, True)
    door = DoorPass.objects.get(label="志愿者乙")
    assert client.get(f"/events/doors/{door.pk}/revoke/").status_code == 405
    client.post(f"/events/doors/{door.pk}/revoke/")
    assert client.get(f"/door/{token}/").status_code == 404


def test_an_event_that_is_over_gives_out_no_links(event, secretary):
    running(event, since=200, until=-1)
    with pytest.raises(Refused, match="已经结束，不用再发签到链接"):
        doors.open_door(event, by=secretary, label="志愿者")


def test_the_worker_is_a_script_and_no_other_page_may_ask_for_the_camera(event, secretary, as_user, client):
    worker = client.get("/door/worker.js")
    assert (worker.headers["Content-Type"], b"addEventListener" in worker.content) == (
        "text/javascript; charset=utf-8",
        True,
    )
    page = as_user(secretary).get(f"/events/{event.pk}/attendance/")
    assert "camera=()" in page.headers["Permissions-Policy"]
