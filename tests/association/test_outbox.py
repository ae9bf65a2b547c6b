"""Sending from rows: claimed, handed over, written down; once, in order, and until it is done."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from association import gateways, jobs, sms, tasks
from association.choices import AddressHealth, DeliveryState
from association.domain import outbox, sending
from association.domain.notices import notify
from association.gateways import Failed, Temporary
from association.models import Activity, AddressState, Delivery
from tests.races import at_once

SENT, QUEUED, FAILED, HELD, SENDING = (
    DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.FAILED, DeliveryState.HELD, DeliveryState.SENDING,
)  # fmt: skip


class Way:
    """A gateway that keeps what it is handed, in order, and raises what a test puts into `problems`."""

    def __init__(self):
        self.taken, self.problems, self.opened, self.before = [], [], 0, lambda delivery: None

    def __enter__(self):
        self.opened += 1
        return self

    def __exit__(self, *problem):
        return None

    def send(self, delivery):
        self.before(delivery)
        problem = self.problems.pop(0) if self.problems else None
        if problem is not None:
            raise problem
        self.taken.append(delivery.message_id)


@pytest.fixture
def way(monkeypatch):
    found = Way()
    monkeypatch.setattr(gateways, "gateway_for", lambda channel: found)
    monkeypatch.setattr(gateways, "is_local", lambda channel: False)
    return found


@pytest.fixture
def code_template(monkeypatch):
    monkeypatch.setitem(sms._templates, "test_code", "您的验证码是{{ code }}，五分钟内有效。")
    return "test_code"


def letter(to="zhang@test.cn", **more):
    return outbox.post_mail(to=to, subject="标题", text="正文", **more)


def message(**more):
    return outbox.post_sms(to="13800000001", template="test_code", values={"code": "123456"}, **more)


def states():
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def make_due():
    Delivery.objects.update(send_after=timezone.now() - timedelta(seconds=1))


def at(hour, minute=0, day=23):
    """A moment in Shanghai."""
    return time_machine.travel(datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC) if hour >= 8 else
                               datetime(2026, 11, day - 1, hour + 16, minute, tzinfo=UTC), tick=False)  # fmt: skip


# --- sending ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_posted_is_sent_once(way):
    first, second = letter(), letter("li@test.cn")
    assert sending.send_due() is False
    assert sending.send_due() is False
    assert (way.taken, states(), way.opened) == ([first.message_id, second.message_id], [SENT, SENT], 1)
    sent = Delivery.objects.first()
    assert (sent.attempts, sent.last_error, sent.claimed_at, sent.begun_at) == (1, "", None, None)
    assert sent.sent_at is not None
    assert sent.text == "正文"


@pytest.mark.django_db
def test_every_letter_has_a_message_id_of_its_own(way):
    assert len({letter().message_id for _ in range(20)}) == 20
    assert letter().message_id.endswith("@example.cn>")


@pytest.mark.django_db
def test_the_urgent_goes_first_then_the_oldest(way):
    slow, quick, later_quick = letter(), letter(urgent=True), letter(urgent=True)
    sending.send_due()
    assert way.taken == [quick.message_id, later_quick.message_id, slow.message_id]


@pytest.mark.django_db
def test_a_run_ends_when_its_time_is_over_and_says_that_more_is_due(way):
    letter(), letter()
    assert sending.send_due(seconds=0) is True
    assert states() == [QUEUED, QUEUED]


@pytest.mark.django_db
def test_what_a_run_claimed_and_did_not_reach_waits_again(way, monkeypatch):
    clock = iter([0.0, 1.0, 1.0, 99.0, 99.0, 99.0, 99.0])
    monkeypatch.setattr(sending.time, "monotonic", lambda: next(clock))
    for _ in range(3):
        letter()
    assert sending.send_due(seconds=20) is True
    assert states() == [SENT, QUEUED, QUEUED]
    assert (
        list(Delivery.objects.filter(state=QUEUED).values_list("attempts", "claimed_at")) == [(0, None)] * 2
    )


@pytest.mark.django_db
def test_a_secret_is_wiped_once_it_has_left(way, code_template):
    letter(secret=True), message(secret=True, urgent=True)
    sending.send_due()
    assert (
        list(Delivery.objects.values_list("state", "subject", "text", "html", "values"))
        == [(SENT, "", "", "", {})] * 2
    )


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_held_while_a_server_thinks(way):
    held = []
    way.before = lambda delivery: held.append(connection.in_atomic_block)
    letter()
    sending.send_due()
    assert held == [False]


@pytest.mark.django_db
def test_batches_are_bounded(way, monkeypatch, queries):
    monkeypatch.setattr(sending, "BATCH", 2)
    for _ in range(5):
        letter()
    sending.send_due()
    assert (len(way.taken), way.opened, states()) == (5, 3, [SENT] * 5)


# --- two at once --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_letter_once(way, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 3)
    ids = [letter().message_id for _ in range(30)]
    at_once(sending.send_due, sending.send_due, sending.send_due)
    sending.send_due()
    assert sorted(way.taken) == sorted(ids)
    assert states() == [SENT] * 30


@pytest.mark.django_db(transaction=True)
def test_one_delivery_sent_by_hand_twice_at_once_goes_once(way):
    pk = letter().pk
    assert sorted(at_once(lambda: sending.send_one(pk), lambda: sending.send_one(pk))) == [False, True]
    assert len(way.taken) == 1


@pytest.mark.django_db
def test_while_one_run_is_at_it_another_sends_the_urgent_only(way):
    waiting, code = letter(), letter(urgent=True)
    sending.cache.add("outbox.sender.0", True, 60)
    assert sending.run() is False
    assert (way.taken, waiting.pk) == ([code.message_id], Delivery.objects.get(state=QUEUED).pk)
    sending.cache.delete("outbox.sender.0")
    assert sending.run() is False
    assert states() == [SENT, SENT]


@pytest.mark.django_db
def test_a_run_frees_its_slot_even_when_it_fails(way, monkeypatch):
    monkeypatch.setattr(sending, "send_due", lambda **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sending.run()
    assert sending.cache.get("outbox.sender.0") is None


@pytest.mark.django_db
def test_a_run_asks_for_another_while_more_is_due(way, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "announce", lambda task, **arguments: asked.append(task))
    monkeypatch.setattr(sending, "run", lambda: True)
    tasks.send_deliveries()
    monkeypatch.setattr(sending, "run", lambda: False)
    tasks.send_deliveries()
    assert asked == ["association.send_deliveries"]


# --- not now ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_temporary_failure_waits_longer_each_time(way, monkeypatch):
    monkeypatch.setattr(sending.random, "uniform", lambda low, high: 1.0)
    letter()
    pauses = []
    for _ in range(4):
        way.problems = [Temporary("邮件服务器暂时不收（451）。")]
        make_due()
        before = timezone.now()
        sending.send_due()
        row = Delivery.objects.get()
        pauses.append(round((row.send_after - before).total_seconds()))
        assert (row.state, row.last_error) == (QUEUED, "邮件服务器暂时不收（451）。")
    assert pauses == [30, 120, 480, 1800]
    make_due()
    sending.send_due()
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.last_error) == (SENT, 5, "")


@pytest.mark.django_db
def test_the_pauses_are_spread(way):
    pauses = set()
    for _ in range(10):
        row = letter()
        way.problems = [Temporary("暂时")]
        sending.send_due()
        row.refresh_from_db()
        pauses.add(round((row.send_after - row.created_at).total_seconds(), 2))
    assert len(pauses) > 5
    assert 23 < min(pauses) <= max(pauses) < 38


@pytest.mark.django_db
def test_one_refused_for_now_does_not_hold_up_the_others(way):
    for _ in range(3):
        letter()
    way.problems = [Temporary("暂时")]
    sending.send_due()
    assert states() == [QUEUED, SENT, SENT]


@pytest.mark.django_db
def test_an_away_server_is_tried_once_and_everything_waits(way):
    for _ in range(30):
        letter()
    way.problems = [Temporary("邮件服务器连不上。", away=True)] * 30
    assert sending.send_due() is False
    assert len(way.problems) == 29
    assert states() == [QUEUED] * 30
    waiting = Delivery.objects.filter(send_after__gt=timezone.now(), last_error="邮件服务器连不上。")
    assert waiting.count() == 30
    assert sorted(set(Delivery.objects.values_list("attempts", flat=True))) == [0, 1]


@pytest.mark.django_db
def test_after_an_hour_away_everything_arrives_once_and_soon(way, monkeypatch):
    """Simulated minute by minute: an away server is asked again within ten minutes of its return."""
    start = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        ids = [letter().message_id for _ in range(45)]
        way.problems = [Temporary("邮件服务器连不上。", away=True)] * 10_000
        minutes = 0
        while states().count(SENT) < 45:
            if minutes == 60:
                way.problems = []
            clock.shift(timedelta(seconds=15))
            minutes += 0.25
            tasks.sweep_deliveries()
            assert minutes < 75, "still not sent a quarter of an hour after the server's return"
    assert sorted(way.taken) == sorted(ids)


@pytest.mark.django_db
def test_after_a_day_it_is_given_up(way):
    row = letter()
    Delivery.objects.update(give_up_at=timezone.now() + timedelta(seconds=5))
    way.problems = [Temporary("邮件服务器连不上。", away=True)]
    sending.send_due()
    row.refresh_from_db()
    assert (row.state, row.last_error) == (FAILED, "邮件服务器连不上。")


@pytest.mark.django_db
def test_what_waits_behind_an_away_server_is_given_up_in_its_time_too(way, monkeypatch):
    urgent, waiting = letter(urgent=True), letter(secret=True)
    Delivery.objects.filter(pk=waiting.pk).update(give_up_at=timezone.now())
    way.problems = [Temporary("连不上。", away=True)]
    Delivery.objects.filter(pk=urgent.pk).update(give_up_at=timezone.now() + timedelta(hours=1))
    monkeypatch.setattr(sending, "BATCH", 1)
    sending.send_due()
    waiting.refresh_from_db()
    assert (states(), waiting.text, waiting.last_error) == ([QUEUED, FAILED], "", "连不上。")


# --- never --------------------------------------------------------------------------------------------------


def bounce(way, **more):
    way.problems = [Failed("收件地址被退回（550）。", health=AddressHealth.BOUNCING)]
    row = letter(**more)
    sending.send_due()
    row.refresh_from_db()
    return row


@pytest.mark.django_db
def test_a_refused_address_fails_at_once_and_is_remembered(way):
    row = bounce(way)
    assert (row.state, row.attempts, row.bounced, row.last_error) == (
        FAILED,
        1,
        True,
        "收件地址被退回（550）。",
    )
    known = AddressState.objects.get()
    assert (known.channel, known.address, known.state) == ("email", "zhang@test.cn", "bouncing")
    assert known.reason == "收件地址被退回（550）。"


@pytest.mark.django_db
def test_to_a_remembered_address_nothing_is_sent_but_a_code(way):
    bounce(way)
    plain, code = letter(), letter(urgent=True, secret=True)
    assert (plain.state, plain.last_error) == (FAILED, outbox.REFUSING)
    assert code.state == QUEUED
    sending.send_due()
    code.refresh_from_db()
    assert (code.state, AddressState.objects.count()) == (SENT, 0)


@pytest.mark.django_db
def test_a_blocked_address_gets_not_even_a_code(way, code_template):
    AddressState.objects.create(channel="sms", address="13800000001", state=AddressHealth.BLOCKED)
    row = message(urgent=True, secret=True)
    assert (row.state, row.text, row.values) == (FAILED, "", {})


@pytest.mark.django_db
def test_a_refused_text_says_nothing_about_the_address(way):
    way.problems = [Failed("邮件被退回（554）。")]
    letter()
    sending.send_due()
    assert (states(), AddressState.objects.count()) == ([FAILED], 0)


@pytest.mark.django_db
def test_a_mistake_of_the_program_fails_one_and_not_the_others(way):
    way.problems = [KeyError("x")]
    letter(), letter()
    sending.send_due()
    assert states() == [FAILED, SENT]
    assert Delivery.objects.first().last_error == "发送程序出错（KeyError）。"


# --- workers die --------------------------------------------------------------------------------------------


def die_with(row, *, begun, minutes=4, **more):
    long_ago = timezone.now() - timedelta(minutes=minutes)
    Delivery.objects.filter(pk=row.pk).update(
        state=SENDING, claimed_at=long_ago, begun_at=long_ago if begun else None, **more
    )


@pytest.mark.django_db
def test_what_a_dead_worker_held_is_sent_by_another(way):
    row = letter()
    die_with(row, begun=True, attempts=1)
    tasks.sweep_deliveries()
    row.refresh_from_db()
    assert (row.state, row.losses, way.taken) == (SENT, 1, [row.message_id])


@pytest.mark.django_db
def test_what_may_have_been_taken_twice_is_not_risked_again(way):
    row = letter(secret=True)
    die_with(row, begun=True, attempts=2, losses=1)
    tasks.sweep_deliveries()
    row.refresh_from_db()
    assert (row.state, row.last_error, row.losses, row.text) == (FAILED, sending.LOST, 2, "")
    assert way.taken == []


@pytest.mark.django_db
def test_what_was_claimed_and_not_begun_may_be_lost_any_number_of_times(way):
    row = letter()
    for _ in range(5):
        die_with(row, begun=False)
        assert sending.recover_lost() == 1
    row.refresh_from_db()
    assert (row.state, row.losses) == (QUEUED, 0)


@pytest.mark.django_db
def test_a_worker_still_at_work_keeps_what_it_holds(way):
    row = letter()
    die_with(row, begun=True, minutes=2)
    assert sending.recover_lost() == 0
    assert states() == [SENDING]


@pytest.mark.django_db
def test_a_slow_worker_that_was_thought_lost_prevents_the_repeat(way):
    """Its letter was taken after all: what the sweep queued again is not sent a second time."""
    row = letter()

    def thought_lost(delivery):
        Delivery.objects.update(claimed_at=timezone.now() - timedelta(minutes=9))
        sending.recover_lost()
        assert states() == [QUEUED]

    way.before = thought_lost
    sending.send_due()
    assert (states(), way.taken) == ([SENT], [row.message_id])


@pytest.mark.django_db
def test_a_worker_whose_claim_was_taken_away_sends_nothing_and_spoils_nothing(way):
    rows = [letter(), letter()]

    def taken_away(delivery):
        if delivery.pk == rows[0].pk:
            Delivery.objects.filter(pk=rows[1].pk).update(claimed_at=timezone.now(), begun_at=timezone.now())

    way.before = taken_away
    sending.send_due()
    assert (states(), way.taken) == ([SENT, SENDING], [rows[0].message_id])


@pytest.mark.django_db(transaction=True)
def test_a_database_away_for_a_moment_does_not_make_it_twice(way, monkeypatch):
    pauses, real, failures = [], sending._note_sent, [OperationalError("gone"), OperationalError("gone")]
    monkeypatch.setattr(sending.time, "sleep", pauses.append)

    def note(delivery):
        if failures:
            raise failures.pop()
        real(delivery)

    monkeypatch.setattr(sending, "_note_sent", note)
    letter()
    sending.send_due()
    assert (states(), len(way.taken), pauses) == ([SENT], 1, [1, 3])


@pytest.mark.django_db
def test_an_old_code_is_not_sent_after_a_standstill_but_a_letter_is(way, code_template):
    message(secret=True, urgent=True, keep_trying=timedelta(minutes=10)), letter()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        tasks.sweep_deliveries()
    assert states() == [FAILED, SENT]
    assert Delivery.objects.first().text == ""


# --- quiet hours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "minute", "until"),
    [(20, 59, None), (21, 0, (24, 8)), (23, 30, (24, 8)), (0, 5, (23, 8)), (7, 59, (23, 8)), (8, 0, None)],
)
@pytest.mark.django_db
def test_a_text_message_that_can_wait_is_not_sent_at_night(way, code_template, hour, minute, until):
    with at(hour, minute):
        row = message()
        local = timezone.localtime(row.send_after)
        waits = (local.day, local.hour) if row.state == HELD else None
        sending.send_due()
        assert waits == until
        assert states() == ([HELD] if until else [SENT])


@pytest.mark.django_db
def test_in_the_morning_it_is_sent(way, code_template):
    with at(22):
        message()
    with at(8, 0, day=24):
        sending.send_due()
    assert states() == [SENT]


@pytest.mark.django_db
def test_codes_and_letters_know_no_night(way, code_template):
    with at(23):
        message(urgent=True), letter()
        sending.send_due()
    assert states() == [SENT, SENT]


@pytest.mark.django_db
def test_a_text_message_put_off_into_the_night_waits_for_the_morning(way, code_template):
    """Refused at 20:59 it would come again at half past nine."""
    with at(20, 59):
        message()
    with at(21, 30):
        sending.send_due()
        row = Delivery.objects.get()
        assert (row.state, timezone.localtime(row.send_after).hour) == (HELD, 8)


# --- after the commit ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_worker_is_asked_after_the_commit_and_not_before(
    way, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr(jobs, "announce", lambda task, **arguments: asked.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        letter()
        assert asked == []
    assert asked == ["association.send_deliveries"]


@pytest.mark.django_db(transaction=True)
def test_in_a_demonstration_a_code_is_there_at_once_without_a_worker(settings):
    assert settings.DEMO is True
    with transaction.atomic():
        row = letter(urgent=True, secret=True)
        assert list(settings.MAILBOX_DIR.glob("*")) == []
    row.refresh_from_db()
    assert (row.state, len(list(settings.MAILBOX_DIR.glob("*.json")))) == (SENT, 1)


@pytest.mark.django_db
def test_nudges_of_one_kind_are_sent_once(monkeypatch):
    sent, done = [], threading.Event()
    monkeypatch.undo()
    monkeypatch.setattr(jobs, "_nudger", threading.current_thread())

    class Stop(BaseException):
        pass

    def send_task(task, **options):
        sent.append((task, options["kwargs"]))
        if len(sent) == 2:
            done.set()
            raise Stop

    monkeypatch.setattr(jobs.current_app._get_current_object(), "send_task", send_task)
    for _ in range(5):
        jobs.announce("association.send_deliveries")
    jobs.announce("association.run_job", job_id=7)
    with pytest.raises(Stop):
        jobs._send_nudges()
    assert sent == [("association.send_deliveries", {}), ("association.run_job", {"job_id": 7})]


# --- stuck, tidy --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_stuck_is_what_was_due_a_quarter_of_an_hour_ago(way):
    now = timezone.now()
    ages = {"new": 1, "stuck": 16, "off": -60, "held": 16, "claimed": 16, "sent": 16}
    for name, minutes in ages.items():
        letter(f"{name}@test.cn")
        Delivery.objects.filter(address=f"{name}@test.cn").update(send_after=now - timedelta(minutes=minutes))
    Delivery.objects.filter(address="held@test.cn").update(state=HELD)
    Delivery.objects.filter(address="sent@test.cn").update(state=SENT)
    Delivery.objects.filter(address="claimed@test.cn").update(
        state=SENDING, claimed_at=now - timedelta(minutes=16)
    )
    found = outbox.stuck_deliveries().values_list("address", flat=True)
    assert sorted(found) == ["claimed@test.cn", "held@test.cn", "stuck@test.cn"]


@pytest.mark.django_db
def test_tidying_takes_old_texts_and_leaves_the_log(way):
    old, new, waiting = letter(), letter(), letter()
    Delivery.objects.filter(pk__in=[old.pk, new.pk]).update(state=SENT)
    Delivery.objects.filter(pk__in=[old.pk, waiting.pk]).update(
        created_at=timezone.now() - timedelta(days=181)
    )
    tasks.tidy()
    assert [d.text for d in Delivery.objects.order_by("pk")] == ["", "正文", "正文"]
    assert Delivery.objects.get(pk=old.pk).subject == "标题"


@pytest.mark.django_db
def test_tidying_wipes_what_is_left_of_a_code(way):
    row = letter(secret=True)
    Delivery.objects.update(state=FAILED)
    outbox.tidy()
    row.refresh_from_db()
    assert (row.text, row.subject) == ("", "")


# --- staff: the log -----------------------------------------------------------------------------------------


def failed(**more):
    row = letter(**more)
    Delivery.objects.filter(pk=row.pk).update(state=FAILED, attempts=3, losses=1, last_error="没有发出。")
    row.refresh_from_db()
    return row


@pytest.mark.django_db
def test_a_failed_letter_is_sent_again_as_the_same_letter(way, as_user, secretary, member):
    row = failed(user=member)
    answer = as_user(secretary).post(f"/deliveries/{row.pk}/resend/")
    assert (answer.status_code, answer["Location"]) == (303, f"/deliveries/{row.pk}/")
    sending.send_due()
    again = Delivery.objects.get()
    assert (again.state, again.attempts, way.taken) == (SENT, 1, [row.message_id])
    activity = Activity.objects.get(kind="association.delivery.resent")
    assert (activity.by, activity.sentence) == (secretary, "重发给赵联络的邮件“标题”")


@pytest.mark.django_db
def test_sending_again_twice_is_harmless_and_leaves_one_activity(way, as_user, secretary):
    row = failed()
    client = as_user(secretary)
    assert [client.post(f"/deliveries/{row.pk}/resend/").status_code for _ in range(2)] == [303, 303]
    assert (states(), Activity.objects.filter(kind="association.delivery.resent").count()) == ([QUEUED], 1)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_again_once(way):
    row = failed()
    at_once(lambda: outbox.resend(row, by=None), lambda: outbox.resend(row, by=None))
    assert (states(), Activity.objects.filter(kind="association.delivery.resent").count()) == ([QUEUED], 1)


@pytest.mark.django_db
def test_what_cannot_be_sent_again_says_why(way, as_user, secretary):
    sent, code, wiped = letter(), failed(secret=True), failed()
    Delivery.objects.filter(pk=sent.pk).update(state=SENT)
    Delivery.objects.filter(pk=wiped.pk).update(text="")
    bounced = failed(to="li@test.cn")
    AddressState.objects.create(channel="email", address="li@test.cn", state=AddressHealth.BOUNCING)
    client = as_user(secretary)
    for row, sentence in (
        (sent, "已经发出"),
        (code, "内容已经清除"),
        (wiped, "内容已经清除"),
        (bounced, "先解除标记"),
    ):
        answer = client.post(f"/deliveries/{row.pk}/resend/")
        assert (answer.status_code, sentence in answer.content.decode()) == (409, True)
    assert states() == [SENT, FAILED, FAILED, FAILED]


@pytest.mark.django_db
def test_a_mark_on_an_address_is_taken_off_once(way, as_user, administrator, member):
    row = bounce(way, user=member)
    client = as_user(administrator)
    for _ in range(2):
        assert client.post(f"/deliveries/{row.pk}/clear/").status_code == 303
    assert AddressState.objects.count() == 0
    activity = Activity.objects.get(kind="association.address.cleared")
    assert activity.sentence == "解除地址的退信标记：给赵联络的邮件“标题”"
    assert letter().state == QUEUED


@pytest.mark.parametrize("address", ["resend", "clear"])
@pytest.mark.django_db
def test_verbs_are_no_links_and_none_of_a_members(way, as_user, secretary, member, address):
    row = failed()
    assert as_user(secretary).get(f"/deliveries/{row.pk}/{address}/").status_code == 405
    assert as_user(member).post(f"/deliveries/{row.pk}/{address}/").status_code == 403
    assert states() == [FAILED]


@pytest.mark.django_db
def test_the_log_shows_addresses_in_full_to_the_secretariat_only(way, as_user, secretary, administrator):
    row = letter("zhangsan@test.cn")
    for person, address in ((secretary, "zhangsan@test.cn"), (administrator, "z****@test.cn")):
        client = as_user(person)
        for page in ("/deliveries/", f"/deliveries/{row.pk}/"):
            text = client.get(page).content.decode()
            assert (address in text, "zhangsan@test.cn" in text) == (True, person == secretary)
    texts = [as_user(p).get(f"/deliveries/{row.pk}/").content.decode() for p in (secretary, administrator)]
    assert ["正文只有秘书处能看" in text for text in texts] == [False, True]


@pytest.mark.django_db
def test_who_may_not_see_addresses_cannot_find_them_by_guessing(way, as_user, secretary, administrator):
    letter("zhangsan@test.cn")
    found = [
        "还没有" not in (text := as_user(p).get("/deliveries/?q=zhangsan@test.cn").content.decode())
        and "没有符合条件的记录" not in text
        for p in (secretary, administrator)
    ]
    assert found == [True, False]


@pytest.mark.django_db
def test_a_code_is_shown_to_nobody_even_while_it_waits(way, as_user, secretary):
    row = outbox.post_mail(to="a@test.cn", subject="验证码 654321", text="验证码 654321", secret=True)
    client = as_user(secretary)
    for page in ("/deliveries/", f"/deliveries/{row.pk}/"):
        assert "654321" not in client.get(page).content.decode()
    assert "验证码或链接" in client.get("/deliveries/").content.decode()


@pytest.mark.django_db
def test_the_log_is_filtered(way, as_user, secretary, member, code_template, tellable):
    notify([member], tellable("test.news", "园区通气会"))
    failed(to="li@test.cn"), message()
    client = as_user(secretary)

    def count(query):
        text = client.get(f"/deliveries/?{query}").content.decode()
        return text.count("<tr data-row")

    found = {
        q: count(q)
        for q in ("", "state=failed", "channel=sms", "kind=test.news", "q=通气会", "q=赵联络", "state=x")
    }
    assert found == {
        "": 3, "state=failed": 1, "channel=sms": 1, "kind=test.news": 1, "q=通气会": 1, "q=赵联络": 1, "state=x": 3
    }  # fmt: skip


@pytest.mark.django_db
def test_the_log_costs_the_same_for_one_and_for_many(way, as_user, secretary, member, queries):
    def cost():
        client = as_user(secretary)
        client.get("/deliveries/")
        with queries() as captured:
            client.get("/deliveries/")
        return len(captured)

    letter(user=member)
    one = cost()
    for n in range(30):
        letter(f"p{n}@test.cn", user=member)
    assert cost() == one <= 20


@pytest.mark.django_db
def test_posting_costs_the_same_whatever_was_sent_before(way, queries):
    with queries() as captured:
        letter()
    assert len(captured) <= 2


@pytest.mark.django_db
def test_a_channel_without_gateway_is_told_apart(settings):
    settings.DEMO, settings.SMS_GATEWAY_URL = False, ""
    assert gateways.sends_sms() is False
    settings.SMS_GATEWAY_URL = "https://sms.example.cn/"
    assert gateways.sends_sms() is True
