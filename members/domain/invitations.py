"""Verbs on invitations: a link says who is invited to what, the code that goes to the person's own address lets them in."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import now

from association import sms
from association.chinese import normalise
from association.domain import accounts
from association.domain.activities import record, verb
from association.domain.notices import notify
from association.domain.outbox import post_mail, post_sms
from association.errors import Refused
from association.models import User
from members import permissions
from members.choices import ContactDuty
from members.domain.contacts import assign_duty
from members.domain.search_keys import contact_keys
from members.models import Contact, ContactRole, Invitation, Organization

LASTS = timedelta(days=7)
# More than a unit needs in a day; the letters and text messages go to people who did not ask for them.
MOST_A_DAY = 20
SMS = "members.invitation"
TAKEN = "这个{what}已用于另一个账号，不能用来开通。请联系秘书处核对后处理。"
sms.register(SMS, "{{ inviter }}邀请您登录协会网站，办理{{ unit }}的资料。请打开对方发来的链接。")


def hashed(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def address(token: str) -> str:
    """The whole address of the link, as it is passed on."""
    return settings.SITE_URL + reverse("members:invitation", args=[token])


@verb
def invite(organization, contact, *, by, duty) -> tuple[Invitation, str]:
    """Invite a contact without an account to take a duty; gives the invitation and the link's secret, shown only now.

    Asked again for the same, the open invitation gets a new link and seven days more; the former link is dead.
    Raises Refused for a duty that `by` may not give, a person with an account, and one who cannot be reached.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    _refuse_duty(organization, duty, by)
    if contact.user_id:
        raise Refused(f"{contact.name}已有账号，直接给职责即可，不需要邀请。")
    if not contact.mobile and not contact.email:
        raise Refused(f"{contact.name}没有登记手机或邮箱，先补上再邀请。", status=422)
    _refuse_haste(organization)
    token, until = secrets.token_urlsafe(16), now() + LASTS
    same = organization.invitations.unfinished().filter(contact=contact, duty=duty).first()
    invitation = same or Invitation(organization=organization, contact=contact, duty=duty)
    invitation.token_hash, invitation.expires_at, invitation.invited_by = hashed(token), until, by
    invitation.save()
    sentence = f"{'重新邀请' if same else '邀请'}{contact.name}任{ContactDuty(duty).label}"
    record("members.invitation.sent", organization, contact, by=by, sentence=sentence)
    _post(invitation, token, by)
    return invitation, token


def _refuse_duty(organization, duty, by):
    if duty not in permissions.duties_to_give(by, organization):
        raise Refused(f"{ContactDuty(duty).label}的变更要由秘书处办理。", status=422)


def _refuse_haste(organization):
    since = now() - timedelta(days=1)
    if organization.invitations.filter(expires_at__gt=since + LASTS).count() >= MOST_A_DAY:
        raise Refused(f"今天已发出 {MOST_A_DAY} 份邀请，请明天再发。", status=429)


def _post(invitation, token, by):
    contact, unit = invitation.contact, invitation.organization
    if contact.email:
        subject = f"【{settings.ASSOCIATION_NAME}】{by}邀请你办理{unit}的资料"
        post_mail(
            to=contact.email, subject=subject, text=_letter(invitation, token, by), secret=True, kind=SMS
        )
    if contact.mobile:
        values = {"inviter": by.full_name, "unit": unit.name}
        post_sms(to=contact.mobile, template=SMS, values=sms.fitted(SMS, values), kind=SMS)


def _letter(invitation, token, by) -> str:
    contact = invitation.contact
    return (
        f"{contact.name}，您好：\n\n{by}邀请你在{settings.ASSOCIATION_NAME}的网站上担任{invitation.organization}的"
        f"{invitation.get_duty_display()}。\n\n打开下面的链接，用发到你手机或邮箱的验证码登录。"
        f"链接七天内有效，只有你收得到验证码，请不要转发。\n\n{address(token)}\n\n"
        "如果你不认识邀请人，不必理会这封信。"
    )


@verb
def invite_colleague(organization, *, by, duty, name, mobile) -> tuple[Invitation, str]:
    """Enter a new person of the unit and invite them, in one step; the duty begins when they accept.

    Who of the unit already bears the name and number is not entered twice. Raises Refused as `invite` does.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    name = normalise(name)
    contact = people_of(organization).filter(name=name, mobile=mobile).first()
    if contact is None:
        contact = Contact(name=name, mobile=mobile)
        for key, value in contact_keys(contact).items():
            setattr(contact, key, value)
        contact.save()
    return invite(organization, contact, by=by, duty=duty)


def people_of(organization):
    """Contacts who hold or held a duty at the unit or are invited to one."""
    unfinished = Invitation.objects.unfinished().filter(organization=organization)
    served = ContactRole.objects.filter(organization=organization)
    return Contact.objects.filter(Q(pk__in=served.values("contact")) | Q(pk__in=unfinished.values("contact")))


@verb
def revoke(invitation, *, by) -> Invitation:
    """Take an invitation back; its link is dead at once. Doing it twice changes nothing.

    Raises Refused when it was accepted meanwhile: then the duty is ended instead.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if invitation.revoked_at:
        return invitation
    if invitation.accepted_at:
        raise Refused("对方已经接受邀请，不能撤回；不再需要时请结束其职责。")
    invitation.revoked_at = now()
    invitation.save(update_fields=["revoked_at"])
    contact = invitation.contact
    _forget(contact)
    sentence = f"撤回对{contact.name}任{invitation.get_duty_display()}的邀请"
    record("members.invitation.revoked", invitation.organization, contact, by=by, sentence=sentence)
    return invitation


def _forget(contact):
    """Of somebody entered only to be invited nothing but the name stays: the purpose of the number is gone."""
    if contact.user_id or contact.roles.exists() or contact.invitations.unfinished().exists():
        return
    contact.mobile = contact.email = ""
    contact.version += 1
    contact.save(update_fields=["mobile", "email", "version", "updated_at"])


def usable(token: str) -> Invitation | None:
    """The invitation behind a link; None when it is unknown, too old, accepted or revoked, when whoever sent it may no
    longer invite, or when the contact has got an account meanwhile."""
    rows = Invitation.objects.open().select_related("organization", "contact", "invited_by", "account")
    invitation = rows.filter(token_hash=hashed(token)).first()
    if invitation is None or not _stands(invitation):
        return None
    return invitation


def _stands(invitation) -> bool:
    by = invitation.invited_by
    may = by.is_active and invitation.duty in permissions.duties_to_give(by, invitation.organization)
    return may and invitation.contact.user_id in (None, invitation.account_id)


@verb
def prepare_account(invitation) -> User:
    """The account that the invited person will sign in to with the code; opened when there is none.

    It belongs to nobody's records yet, and nobody can sign in to it but by a code to the contact's own address.
    Doing it twice gives the same. Raises Refused when the number or the address belongs to somebody else's account.
    """
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=invitation.contact_id)
    if contact.user_id:
        return contact.user
    opened = User.objects.filter(invitations__contact=contact).first()
    others = User.objects.exclude(pk=opened.pk if opened else None)
    mobile, email = contact.mobile, contact.email.lower()
    if mobile and others.filter(mobile=mobile).exists():
        raise Refused(TAKEN.format(what="手机号"))
    if email and others.filter(email=email).exists():
        if not mobile:
            raise Refused(TAKEN.format(what="邮箱"))
        email = ""
    user = opened or accounts.open_account(
        full_name=contact.name, email=email, mobile=mobile, by=invitation.invited_by
    )
    if opened and (opened.mobile, opened.email) != (mobile, email or None):
        user.mobile, user.email, user.mobile_verified_at = mobile, email or None, None
        user.save()
    Invitation.objects.filter(pk=invitation.pk).update(account=user)
    return user


@verb
def accept(invitation, *, user) -> Invitation:
    """The person has typed the code: the contact gets the account, and the duty begins. Twice changes nothing.

    Raises Refused when the invitation was taken back or grew old meanwhile, or is not this account's.
    """
    Organization.objects.select_for_update().get(pk=invitation.organization_id)
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("organization", "invited_by")
    invitation = rows.get(pk=invitation.pk)
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=invitation.contact_id)
    if invitation.accepted_at and contact.user_id == user.pk:
        return invitation
    invitation.contact = contact
    if not invitation.is_open or invitation.account_id != user.pk or not _stands(invitation):
        raise Refused("邀请已经失效，请联系邀请你的人重新发送。")
    if Contact.objects.filter(user=user).exclude(pk=contact.pk).exists():
        raise Refused("这个账号已属于另一位联系人，请联系秘书处核对。")
    contact.user = user
    contact.version += 1
    contact.save(update_fields=["user", "version", "updated_at"])
    invitation.accepted_at = now()
    invitation.save(update_fields=["accepted_at"])
    assign_duty(invitation.organization, contact, by=user, duty=invitation.duty)
    duty = invitation.get_duty_display()
    sentence = f"{contact.name}接受邀请，用验证码登录，任{duty}"
    record("members.invitation.accepted", invitation.organization, contact, by=user, sentence=sentence)
    notify([invitation.invited_by], "members.invitation_accepted", about=invitation.organization, by=user,
           url=reverse("members:organization_contacts", args=[invitation.organization_id]),
           organization=invitation.organization, person=contact, duty=duty)  # fmt: skip
    return invitation
