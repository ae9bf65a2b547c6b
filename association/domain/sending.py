"""Sending what is due: claim a few, hand each over, write down what became of it.

A claim is a short transaction of its own, so that several workers share the work and none holds a transaction while
a server thinks. Each message is marked as begun before it is handed over: of one whose worker vanished it is known
whether it may have been taken, and such a one is repeated once at most, with the Message-ID it had.
"""

import random
import time
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from association import gateways, quiet
from association.choices import AddressHealth, Channel, DeliveryState
from association.models import AddressState, Delivery
from association.models.notice import WAITING

log = structlog.get_logger(__name__)

BATCH = 50
# A run ends after so many seconds and asks for another: other work of the same worker has its turn, and a worker that
# is told to stop is not killed with letters in hand.
RUN_SECONDS = 5
# Longer than a run with the slowest server; after it the slot of a dead worker is free again.
SLOT_SECONDS = min(150, settings.OUTBOX_LOST_AFTER)
# Seconds until the next attempt. An away server is asked often, so that everything is out minutes after its return.
PAUSES = [30, 120, 480, 1800, 7200, 14400]
AWAY_PAUSES = [30, 60, 120, 240, 480]
MAX_LOSSES = 2
# What is left of a code's text once it has gone or been given up.
EMPTIED = {"subject": "", "text": "", "html": "", "values": {}}
EXPIRED = "已过时效，没有发送。"
UNSURE = "对方收完正文后没有回音，不知是否收到。"
LOST = "发送进程两次中途消失，不知对方是否收到。"


def run() -> bool:
    """One turn of a worker: send what is due if fewer than `settings.OUTBOX_SENDERS` runs are at it, else only what
    is urgent; gives whether another turn should follow. The slots lie in the cache: losing them costs nothing but
    that a few more send side by side."""
    for number in range(settings.OUTBOX_SENDERS):
        slot = f"outbox.sender.{number}"
        if cache.add(slot, True, SLOT_SECONDS):
            try:
                return send_due()
            finally:
                cache.delete(slot)
    send_due(urgent_only=True)
    return False


def send_due(seconds: float = RUN_SECONDS, *, urgent_only: bool = False) -> bool:
    """Send what is due, the urgent first, for so many seconds; gives whether more is due."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sent = [_send_batch(channel, end, urgent_only) for channel in Channel]
        if not any(sent):
            return False
    return Delivery.objects.due().exists()


def send_one(pk) -> bool:
    """Send one delivery now, if it waits and is due; gives whether it was handed over or given up here."""
    claim = timezone.now()
    claimed = (
        Delivery.objects.due()
        .filter(pk=pk)
        .order_by()
        .update(state=DeliveryState.SENDING, claimed_at=claim, begun_at=None)
    )
    if not claimed:
        return False
    delivery = Delivery.objects.get(pk=pk)
    with gateways.gateway_for(delivery.channel) as way:
        _hand_over(way, delivery, claim)
    return True


def _send_batch(channel, end, urgent_only) -> bool:
    claim = timezone.now()
    if channel == Channel.SMS and (morning := quiet.after(claim)) > claim:
        _hold(claim, morning)
    batch = _claim(channel, claim, urgent_only)
    if not batch:
        return False
    away = None
    try:
        with gateways.gateway_for(channel) as way:
            while batch and away is None and time.monotonic() < end:
                away = _hand_over(way, batch.pop(0), claim)
    finally:
        _give_back(channel, claim)
    if away is not None:
        _put_off_all(channel, *away)
    return True


def _hold(now, morning):
    """Text messages that fell into the night while they waited for another attempt."""
    late = Delivery.objects.due(now).filter(channel=Channel.SMS, urgent=False).order_by()
    late.update(state=DeliveryState.HELD, send_after=morning)


def _claim(channel, claim, urgent_only) -> list[Delivery]:
    """Take a few due rows that no other worker holds."""
    with transaction.atomic():
        due = Delivery.objects.due(claim).filter(channel=channel)
        due = due.filter(urgent=True) if urgent_only else due
        rows = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=DeliveryState.SENDING, claimed_at=claim, begun_at=None
        )
    return rows


def _give_back(channel, claim):
    """What was claimed and not begun waits again; nothing is known to be wrong with it."""
    Delivery.objects.filter(
        channel=channel, state=DeliveryState.SENDING, claimed_at=claim, begun_at__isnull=True
    ).update(state=DeliveryState.QUEUED, claimed_at=None)


def _hand_over(way, delivery, claim) -> tuple | None:
    """Send one claimed delivery. Gives until when and why the others need not be tried either, if so."""
    now = timezone.now()
    mine = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, claimed_at=claim)
    if not mine.filter(begun_at__isnull=True).update(begun_at=now, attempts=F("attempts") + 1):
        return None
    delivery.attempts += 1
    try:
        way.send(delivery)
    except gateways.Temporary as problem:
        moment = (_doubt if problem.in_doubt else _put_off)(mine, delivery, problem)
        return (moment, problem.reason) if problem.away else None
    except gateways.Failed as problem:
        _give_up(mine, delivery, problem.reason)
        _mark(delivery, problem.health, problem.reason)
    except Exception as error:
        log.exception("delivery.failed", delivery=delivery.pk)
        _give_up(mine, delivery, f"发送程序出错（{type(error).__name__}）。")
    else:
        _surely(_note_sent, delivery)
    return None


def _surely(note, delivery):
    """Write down what happened in the world even if the database is away for a moment: else it would happen twice."""
    for pause in (1, 3, 10):
        try:
            note(delivery)
            return
        except OperationalError:
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
    note(delivery)


def _note_sent(delivery):
    """It left, whoever held the claim at the end: a worker that was thought lost must not cause a repeat."""
    free = {"claimed_at": None, "begun_at": None} | (EMPTIED if delivery.secret else {})
    Delivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.SENT).update(
        state=DeliveryState.SENT, sent_at=timezone.now(), last_error="", bounced=False, **free
    )
    if delivery.urgent:
        # Only these are tried at an address that bounced; it is in order again.
        here = AddressState.objects.filter(channel=delivery.channel, address=delivery.address)
        here.filter(state=AddressHealth.BOUNCING).delete()


def _give_up(rows, delivery, reason, **marks):
    free = {"claimed_at": None, "begun_at": None} | (EMPTIED if delivery.secret else {})
    rows.update(state=DeliveryState.FAILED, last_error=reason[:200], **free, **marks)


def _doubt(mine, delivery, problem):
    """The connection broke off when the whole text had left. It may have been taken, so it is repeated once at most: a
    server that thinks longer than we wait would otherwise take the same letter for a whole day. Gives the moment."""
    moment = timezone.now() + timedelta(seconds=PAUSES[1] * settings.OUTBOX_PACE)
    if delivery.losses >= MAX_LOSSES - 1:
        _give_up(mine, delivery, UNSURE, losses=F("losses") + 1)
    else:
        free = {"claimed_at": None, "begun_at": None, "last_error": UNSURE, "losses": F("losses") + 1}
        mine.update(state=DeliveryState.QUEUED, send_after=moment, **free)
    return moment


def _put_off(mine, delivery, problem):
    """Wait for the next attempt, or give up when it would come too late; gives its moment."""
    pauses = AWAY_PAUSES if problem.away else PAUSES
    pause = pauses[min(delivery.attempts, len(pauses)) - 1] * settings.OUTBOX_PACE
    moment = timezone.now() + timedelta(seconds=pause * random.uniform(0.8, 1.2))
    if moment > delivery.give_up_at:
        _give_up(mine, delivery, problem.reason)
    else:
        free = {"claimed_at": None, "begun_at": None, "last_error": problem.reason[:200]}
        mine.update(state=DeliveryState.QUEUED, send_after=moment, **free)
    return moment


def _put_off_all(channel, moment, reason):
    """Where nothing goes through, the others wait as well, instead of being tried one by one."""
    now = timezone.now()
    waiting = Delivery.objects.due(now).filter(channel=channel).order_by()
    expired = waiting.filter(give_up_at__lte=now)
    expired.filter(secret=True).update(**EMPTIED)
    expired.update(state=DeliveryState.FAILED, last_error=reason[:200])
    waiting.filter(give_up_at__gt=now).update(send_after=moment, last_error=reason[:200])


def _mark(delivery, health, reason):
    if health is None:
        return
    Delivery.objects.filter(pk=delivery.pk).update(bounced=True)
    AddressState.objects.update_or_create(
        channel=delivery.channel,
        address=delivery.address,
        defaults={"state": health, "reason": reason[:200], "since": timezone.now()},
    )


def drop_stale_codes() -> int:
    """Codes that nobody waits for any more are not sent after all, say after a long standstill; gives how many."""
    stale = Delivery.objects.filter(state__in=WAITING, secret=True, give_up_at__lt=timezone.now())
    return stale.update(state=DeliveryState.FAILED, last_error=EXPIRED, **EMPTIED)


def recover_lost() -> int:
    """What a vanished worker held waits again; gives how many. What it had begun may have been taken: a second time
    that is not risked."""
    limit = timezone.now() - timedelta(seconds=settings.OUTBOX_LOST_AFTER)
    lost = Delivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=limit)
    given_up = 0
    for delivery in lost.filter(begun_at__isnull=False, losses__gte=MAX_LOSSES - 1):
        _give_up(lost.filter(pk=delivery.pk), delivery, LOST, losses=F("losses") + 1)
        given_up += 1
    free = {"state": DeliveryState.QUEUED, "claimed_at": None}
    begun = lost.filter(begun_at__isnull=False).update(**free, begun_at=None, losses=F("losses") + 1)
    return given_up + begun + lost.update(**free)
