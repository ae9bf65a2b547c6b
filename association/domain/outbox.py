"""Letters and text messages on their way out: posting one writes a row, a worker sends it afterwards.

Nothing is sent in the transaction of a change. The row is the truth; a nudge after the commit makes it quick, and a
sweep every few seconds sends what no nudge announced (`association.domain.sending`).
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from association import gateways, jobs, quiet, sms
from association.choices import AddressHealth, Channel, DeliveryState
from association.domain import once, sending
from association.domain.activities import record, verb
from association.errors import Refused
from association.formats import clean_mobile
from association.models import AddressState, Delivery
from association.models.notice import WAITING

KEPT = timedelta(days=180)
KEEP_TRYING = timedelta(hours=24)
STUCK_AFTER = timedelta(minutes=15)
ONCE = ("key", "channel", "address")
REFUSING = "此地址曾退信或拒收，没有发送。核对后可解除标记再重发。"


def post_mail(
    *,
    to,
    subject,
    text,
    html="",
    secret=False,
    urgent=False,
    user=None,
    kind="",
    key="",
    keep_trying=KEEP_TRYING,
) -> Delivery:
    """Write a letter to the address `to`; a worker sends it, tried again for at most `keep_trying`.

    `secret` wipes the text once it has left and keeps it out of the log; `urgent` goes before everything else. With
    `key` the address gets one letter, however often this is called, and the first one is given. Raises Refused (422)
    for an address that is none.
    """
    letter = new_letter(mail_address(to), subject, text, html=html, user=user, kind=kind, key=key)
    letter.secret, letter.urgent = secret, urgent
    return _post(letter, keep_trying)


def post_sms(
    *, to, template, values, secret=False, urgent=False, user=None, kind="", key="", keep_trying=KEEP_TRYING
) -> Delivery:
    """Write a text message by the registered `template` to the mobile number `to`; `urgent` ignores quiet hours.

    `key` as for `post_mail`. Raises Refused (422) for a number or a text that no carrier takes, KeyError for an
    unknown template.
    """
    try:
        number = clean_mobile(to)
    except ValueError as error:
        raise Refused(f"{str(error).rstrip('。')}。", status=422) from None
    values = {name: str(values[name]) for name in sms.variables(template) if name in values}
    message = new_sms(number, template, values, user=user, kind=kind, key=key)
    message.secret, message.urgent = secret, urgent
    return _post(message, keep_trying)


def _post(delivery, keep_trying) -> Delivery:
    if not delivery.key:
        return store([delivery], keep_trying=keep_trying)[0]
    with transaction.atomic():
        once.alone(delivery.kind, delivery.key)
        store([delivery], keep_trying=keep_trying)
        return Delivery.objects.get(**{name: getattr(delivery, name) for name in ONCE})


def mail_address(text) -> str:
    """The address in lower case without blanks around it. Raises Refused (422) for what is none; a line break that
    would add a header of somebody's own is none."""
    address = str(text or "").strip(" ").lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused("邮箱地址不正确。", status=422) from None
    return address


def new_letter(address, subject, text, *, html="", user=None, kind="", notice=None, key="") -> Delivery:
    """A letter not yet stored. Line breaks in a subject become blanks: nothing can add a header."""
    return Delivery(
        channel=Channel.EMAIL,
        address=address,
        subject=" ".join(str(subject).split())[:230],
        text=text,
        html=html,
        user=user,
        kind=kind,
        notice=notice,
        key=key,
    )


def new_sms(number, template, values, *, user=None, kind="", notice=None, key="") -> Delivery:
    """A text message not yet stored; raises Refused as `sms.filled` does."""
    return Delivery(
        channel=Channel.SMS,
        address=number,
        text=sms.filled(template, values),
        template=template,
        values=values,
        user=user,
        kind=kind,
        notice=notice,
        key=key,
    )


def store(deliveries, *, keep_trying=KEEP_TRYING) -> list[Delivery]:
    """Store deliveries in the current transaction and have them sent after it; two queries, however many.

    One whose key its address has had already is left out, at the cost of a third query. One to an address that
    refused us before is kept as failed, for the log; a code is tried nevertheless, because somebody waits for it.
    """
    now = timezone.now()
    deliveries = _not_posted(deliveries)
    refusing = _refusing(deliveries)
    for delivery in deliveries:
        delivery.created_at = now
        _date(delivery, now, keep_trying)
        health = refusing.get((delivery.channel, delivery.address))
        if health == AddressHealth.BLOCKED or (health and not delivery.urgent):
            delivery.state, delivery.last_error = DeliveryState.FAILED, REFUSING
            for field, value in (sending.EMPTIED if delivery.secret else {}).items():
                setattr(delivery, field, value)
    stored = Delivery.objects.bulk_create(deliveries, batch_size=1000)
    _announce(stored)
    return stored


def _not_posted(deliveries) -> list[Delivery]:
    """Deliveries without a key, and the first one of each key to each address."""
    keys = {delivery.key for delivery in deliveries if delivery.key}
    posted = set(Delivery.objects.filter(key__in=keys).values_list(*ONCE)) if keys else set()
    found = []
    for delivery in deliveries:
        mark = tuple(getattr(delivery, name) for name in ONCE)
        if not delivery.key or mark not in posted:
            found.append(delivery)
            posted.add(mark)
    return found


def _date(delivery, now, keep_trying):
    delivery.send_after = now
    if delivery.channel == Channel.SMS and not delivery.urgent:
        delivery.send_after = quiet.after(now)
    if delivery.send_after > now:
        delivery.state = DeliveryState.HELD
    delivery.give_up_at = delivery.send_after + keep_trying


def _refusing(deliveries) -> dict:
    """(channel, address) → health, of those addresses that are not in order."""
    addresses = {delivery.address for delivery in deliveries}
    found = AddressState.objects.exclude(state=AddressHealth.OK).filter(address__in=addresses)
    return {
        (channel, address): state
        for channel, address, state in found.values_list("channel", "address", "state")
    }


def _announce(deliveries):
    """After the commit: have a worker look. What goes into a file is sent at once when somebody waits for it."""
    waiting = [d for d in deliveries if d.state == DeliveryState.QUEUED]
    if waiting:
        transaction.on_commit(lambda: jobs.announce("association.send_deliveries"), robust=True)
    for delivery in waiting:
        if delivery.urgent and gateways.is_local(delivery.channel):
            transaction.on_commit(lambda pk=delivery.pk: sending.send_one(pk), robust=True)


@verb
def resend(delivery, *, by) -> Delivery:
    """Send a failed delivery once more, as the same letter. Raises Refused for one that did not fail, for a code, and
    for an address that still counts as refusing; one that waits already stays as it is."""
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if delivery.state in WAITING or delivery.state == DeliveryState.SENDING:
        return delivery
    if delivery.state == DeliveryState.SENT:
        raise Refused("这一件已经发出，不再重发。")
    if delivery.secret or not delivery.text:
        raise Refused("这一件的内容已经清除，不能重发，请在原处重新办理。")
    if _refusing([delivery]):
        raise Refused("此地址有退信或拒收标记，核对地址后先解除标记，再重发。")
    delivery.state, delivery.last_error, delivery.bounced = DeliveryState.QUEUED, "", False
    delivery.attempts = delivery.losses = 0
    _date(delivery, timezone.now(), KEEP_TRYING)
    delivery.save()
    record("association.delivery.resent", delivery, by=by, sentence=f"重发{_named(delivery)}")
    _announce([delivery])
    return delivery


@verb
def clear_address(delivery, *, by) -> None:
    """Take the address of a delivery as in order again. Doing it twice changes nothing."""
    known = AddressState.objects.filter(channel=delivery.channel, address=delivery.address)
    if known.select_for_update().exclude(state=AddressHealth.OK).first() is None:
        return
    known.delete()
    record("association.address.cleared", delivery, by=by, sentence=f"解除地址的退信标记：{_named(delivery)}")


def _named(delivery) -> str:
    """The delivery without its address."""
    person = f"给{delivery.user}的" if delivery.user else ""
    return f"{person}{delivery.get_channel_display()}“{delivery.subject or delivery.text[:30]}”"


def address_state(delivery) -> AddressState | None:
    """What is known against the address of a delivery, if anything."""
    known = AddressState.objects.exclude(state=AddressHealth.OK)
    return known.filter(channel=delivery.channel, address=delivery.address).first()


def tidy(now=None) -> int:
    """Take the text out of deliveries sent or given up half a year ago, and what is left of codes; the log stays.
    Gives how many were emptied."""
    now = now or timezone.now()
    ended = Delivery.objects.filter(state__in=[DeliveryState.SENT, DeliveryState.FAILED])
    codes = ended.filter(secret=True, created_at__gt=now - KEPT).exclude(text="").update(**sending.EMPTIED)
    old = ended.filter(created_at__lt=now - KEPT).exclude(text="")
    return codes + old.update(text="", html="", values={})


def stuck_deliveries(now=None):
    """Deliveries that should long have been sent or given up: due for a quarter of an hour, or in a worker's hands
    for so long. One that waits for its next attempt is not due."""
    limit = (now or timezone.now()) - STUCK_AFTER
    waiting = Delivery.objects.filter(state__in=WAITING, send_after__lt=limit)
    return waiting | Delivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=limit)
