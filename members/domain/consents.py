"""Verbs on consents: each a row of its own, given or withdrawn; the latest one holds (个人信息保护法 §14–16)."""

from django.utils.timezone import localdate

from association import privacy
from association.domain.activities import record, verb
from association.errors import Refused
from association.models import User
from members.choices import Purpose
from members.consents import SEPARATE
from members.models import Consent, Contact

ON_PAGE = "登录后在网页上确认"


def holds(contact, purpose) -> bool:
    """Whether the person of `contact` consents to `purpose` today: their latest word on it was yes.

    A contact without an account has said nothing, unless a consent was entered for the contact itself.
    """
    latest = Consent.objects.filter(purpose=purpose).order_by("-pk")
    of_contact = latest.filter(contact=contact).first()
    of_user = latest.filter(user=contact.user_id).first() if contact.user_id else None
    found = max(filter(None, (of_contact, of_user)), key=lambda consent: consent.pk, default=None)
    return found is not None and found.given


def has_agreed(user, version) -> bool:
    """Whether the person has agreed to this version of the privacy policy."""
    return Consent.objects.filter(user=user, purpose=Purpose.POLICY, version=version.key, given=True).exists()


def current(user) -> dict:
    """Purpose → the person's latest consent for it, or None; of the purposes that are consented to each by itself."""
    rows = (
        Consent.objects.filter(user=user, purpose__in=SEPARATE).order_by("purpose", "-pk").distinct("purpose")
    )
    latest = {row.purpose: row for row in rows}
    return {purpose: latest.get(purpose) for purpose in SEPARATE}


@verb
def agree(user, *, key: str) -> Consent:
    """The person agrees to the version `key` of the privacy policy. Doing it twice changes nothing.

    Raises Refused when another version is in force by now: then the person has read another text.
    """
    version = privacy.in_force(localdate())
    if version.key != key:
        raise Refused("个人信息保护政策刚刚换了新的一版，请看过新版再同意。")
    _lock(user)
    same = Consent.objects.filter(user=user, purpose=Purpose.POLICY, version=key, given=True).first()
    return same or _note(user, Purpose.POLICY, True, f"同意{key}版个人信息保护政策", version=key)


@verb
def give(user, purpose) -> Consent:
    """The person consents to one purpose by itself. Doing it twice changes nothing."""
    return _say(user, purpose, given=True)


@verb
def withdraw(user, purpose) -> Consent | None:
    """The person takes a consent back; what was done before stays lawful. Doing it twice changes nothing.

    Gives None when they never gave it.
    """
    return _say(user, purpose, given=False)


def _say(user, purpose, *, given):
    _lock(user)
    latest = Consent.objects.filter(user=user, purpose=purpose).order_by("-pk").first()
    if (latest is not None and latest.given) == given:
        return latest
    label = Purpose(purpose).label
    version = privacy.in_force(localdate()).key
    return _note(user, purpose, given, f"{'同意' if given else '撤回同意'}{label}", version=version)


def _note(user, purpose, given, sentence, *, version):
    contact = Contact.objects.filter(user=user).first()
    consent = Consent.objects.create(
        user=user, contact=contact, purpose=purpose, version=version, given=given, how=ON_PAGE
    )
    record("members.consent.said", user, consent, by=user, sentence=sentence)
    return consent


def _lock(user):
    """Of two clicks at once the second sees what the first has said."""
    User.objects.select_for_update().get(pk=user.pk)
