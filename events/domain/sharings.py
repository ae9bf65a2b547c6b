"""Whose number may be told to the other unit: named by each side with the consent the law asks for, taken back any time
(个人信息保护法 §15, §23)."""

from django.db.models import Q
from django.utils.timezone import localdate, now

from association.domain.activities import record, verb
from association.errors import Refused
from events import permissions, sharing_words
from events.choices import SharingBasis
from events.domain.telling import tell_shared
from events.models import ContactSharing, Match
from members.choices import Purpose
from members.models import Consent, Contact, ContactRole

AMONG = {"purpose": Purpose.SHARE_CONTACT}


def nameable(user, organization):
    """People of the unit whose number the person may have told to another unit: they themselves, and colleagues who
    have agreed to that once for all; never anybody else's."""
    roles = ContactRole.objects.current().filter(organization=organization)
    people = Contact.objects.filter(pk__in=roles.values("contact"))
    allowed = [c.pk for c in people.select_related("user") if c.user_id == user.pk or _standing(c)]
    return people.filter(pk__in=allowed).order_by("pinyin_full", "pk")


def _standing(contact) -> Consent | None:
    """The consent by which the person lets their number be told to other units; None when their last word is no."""
    latest = _last_word(contact)
    return latest if latest and latest.given else None


def _last_word(contact) -> Consent | None:
    of_person = Q(contact=contact) | (Q(user=contact.user_id) if contact.user_id else Q())
    return Consent.objects.filter(of_person, **AMONG).order_by("-pk").first()


def share(match, organization, contact, *, by) -> ContactSharing:
    """Enter, inside a verb, that `contact` of the unit may be told to the other side; an earlier one is replaced.

    Raises Refused (422) for somebody who is neither the person acting nor has agreed to it.
    """
    if not nameable(by, organization).filter(pk=contact.pk).exists():
        raise Refused(
            f"只能提供你自己的联系方式，或已同意向其他单位提供联系方式的同事的；{contact}还没有同意。",
            status=422,
        )
    standing = None if contact.user_id == by.pk else _standing(contact)
    match.sharings.filter(organization=organization, withdrawn_at__isnull=True).update(
        withdrawn_by=by, withdrawn_at=now()
    )
    receiver = match.other_of(organization).name
    return ContactSharing.objects.create(
        match=match, organization=organization, contact=contact, given_by=by, given_at=now(),
        basis=SharingBasis.STANDING if standing else SharingBasis.OWN, consent=standing,
        wording=sharing_words.wording(receiver), version=sharing_words.VERSION,
    )  # fmt: skip


def shown(match) -> dict[int, ContactSharing]:
    """Key of a unit → the sharing by which its contact may be seen by the other side today; three queries.

    Nothing before both sides agreed and nothing after the match has ended. A person who took their word back, here or
    for all units, or who serves the unit no more, is not shown.
    """
    if match.agreed_at is None or match.ended_at is not None:
        return {}
    standing = match.sharings.filter(withdrawn_at__isnull=True).select_related("contact", "organization")
    return {one.organization_id: one for one in standing if _holds(one)}


def _holds(sharing) -> bool:
    serves = ContactRole.objects.current().filter(
        organization=sharing.organization_id, contact=sharing.contact_id
    )
    last = _last_word(sharing.contact)
    taken_back = last is not None and not last.given
    if sharing.basis == SharingBasis.OWN:
        taken_back = taken_back and last.at > sharing.given_at
    return not taken_back and serves.exists()


def sees(user, match) -> bool:
    """Whether the person may see the contacts that the match has unlocked: who acts for one of the two units, whoever
    is named by one of them, and those who keep the market."""
    named = match.sharings.filter(withdrawn_at__isnull=True, contact__user=user)
    return permissions.can_keep_matching(user) or permissions.serves_party(user, match) or named.exists()


def _locked(match) -> Match:
    found = Match.objects.select_for_update(of=("self",)).select_related("posting", "owner", "asker")
    return found.get(pk=match.pk)


@verb
def name_contact(match, *, organization, contact, by) -> ContactSharing:
    """Name another person of one's own side, with their consent. Doing it twice changes nothing.

    Raises Refused once the match has ended, before one's own side agreed, and (422) as `share` does.
    """
    match = _locked(match)
    if match.ended_at or match.has_lapsed or not match.has_agreed(organization):
        raise Refused(f"这项对接{match.state.label}，不能更换联系人。")
    standing = match.sharings.filter(organization=organization, withdrawn_at__isnull=True).first()
    if standing and standing.contact_id == contact.pk and _holds(standing):
        return standing
    made = share(match, organization, contact, by=by)
    record("events.match.contact_named", match, by=by, sentence=f"{organization.name}更换了这项对接的联系人")
    if match.agreed_at:
        tell_shared(match, [made], by=by)
    return made


@verb
def withdraw(match, *, organization, by) -> None:
    """Take back that the unit's contact is told to the other side: from now on they see nothing of it.

    By the person themselves, who acts for the unit, or the secretariat at their wish. Doing it twice changes nothing.
    """
    match = _locked(match)
    standing = match.sharings.filter(organization=organization, withdrawn_at__isnull=True)
    if standing.update(withdrawn_by=by, withdrawn_at=now()):
        sentence = f"{organization.name}撤回向对方提供联系方式"
        record("events.match.contact_withdrawn", match, by=by, sentence=sentence, basis=f"{localdate()}")
