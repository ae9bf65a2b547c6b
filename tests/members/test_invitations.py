"""Invitations by link: who may invite whom to what, what the link shows, and that only the code lets anybody in."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from association.errors import Refused
from association.models import Activity, Delivery, Notice, User
from members.domain import contacts, invitations
from members.models import Contact, Invitation
from tests.conftest import signed_in_client
from tests.factories import make_organization, make_user, next_mobile
from tests.races import at_once

pytestmark = pytest.mark.django_db
MOBILE = "13812345678"


def url(name, *args):
    return reverse(f"members:{name}", args=args)


def link_of(token):
    return url("invitation", token)


def codes(address=MOBILE):
    """Codes that were sent to the address, the last one last."""
    texts = Delivery.objects.filter(address=address).order_by("pk").values_list("text", flat=True)
    return [m[1] for m in (re.search(r"验证码是(\d{6})", text) for text in texts) if m]


def activities(unit):
    found = Activity.objects.about(unit).filter(kind__startswith="members.invitation").order_by("pk")
    return [a.sentence for a in found]


@pytest.fixture(autouse=True)
def _letters_stay(monkeypatch):
    """What goes out stays in its row, so that the code can be read there."""
    monkeypatch.setattr("association.domain.sending.send_one", lambda pk: None)


@pytest.fixture
def contact(park_unit, secretary):
    return contacts.add_contact(
        park_unit, by=secretary, duty="publicity", name="林晓园", mobile=MOBILE, email="lin@test.cn"
    )


@pytest.fixture
def manager(park_unit):
    return make_user("甲经理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def invited(park_unit, contact, secretary):
    """(invitation, secret of its link)"""
    return invitations.invite(park_unit, contact, by=secretary, duty="manager")


def ask_for_code(token, client=None):
    client = client or Client()
    answer = client.post(link_of(token))
    return client, answer


def come_in(token, client=None):
    """Open the link, ask for the code, type it."""
    client, answer = ask_for_code(token, client)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (
        302,
        "/accounts/login/code/confirm/",
    )
    answer = client.post(answer["Location"], {"code": codes()[-1]}, follow=True)
    return client, answer


# --- the way in -------------------------------------------------------------------------------------------


def test_link_and_code_give_account_number_and_duty(park_unit, contact, invited, secretary):
    invitation, token = invited
    client, answer = come_in(token)
    assert answer.redirect_chain[-1][0] == f"/members/{park_unit.pk}/"
    contact.refresh_from_db()
    user, invitation = contact.user, Invitation.objects.get()
    assert (user.full_name, user.mobile, user.email, user.has_usable_password()) == (
        "林晓园", MOBILE, "lin@test.cn", False,
    )  # fmt: skip
    assert user.mobile_verified_at is not None
    assert invitation.accepted_at is not None
    assert sorted(contact.roles.current().values_list("duty", flat=True)) == ["manager", "publicity"]
    assert client.get(url("colleague_add", park_unit.pk)).status_code == 200
    assert activities(park_unit) == ["邀请林晓园任会员管理员", "林晓园接受邀请，用验证码登录，任会员管理员"]
    told = Notice.objects.get(kind="members.invitation_accepted")
    assert (told.recipient, told.title) == (secretary, "林晓园接受了邀请，任演示运营公司01的会员管理员")


def test_the_page_behind_the_link_says_what_is_needed_and_no_more(invited, park_unit):
    _invitation, token = invited
    answer = Client().get(link_of(token))
    body = answer.content.decode()
    shown = [word in body for word in (park_unit.name, "林晓园", "138****5678", "会员管理员", "陈思远")]
    hidden = [word in body for word in (MOBILE, "138 1234 5678", "lin@test.cn", "李代表")]
    assert (answer.status_code, shown, hidden) == (200, [True] * 5, [False] * 4)
    assert (User.objects.filter(mobile=MOBILE).exists(), codes()) == (False, [])


def test_the_page_that_asks_for_the_code_keeps_the_number_from_who_has_only_the_link(invited):
    client, answer = ask_for_code(invited[1])
    body = client.get(answer["Location"]).content.decode()
    assert ("138 1234 5678" in body, MOBILE in body, "邀请里登记的手机" in body) == (False, False, True)


def test_the_link_alone_lets_nobody_in(invited, contact):
    client, answer = ask_for_code(invited[1])
    wrong = "000000" if codes()[-1] != "000000" else "111111"
    client.post(answer["Location"], {"code": wrong})
    assert "_auth_user_id" not in client.session
    contact.refresh_from_db()
    assert (contact.user, Invitation.objects.get().accepted_at) == (None, None)


def test_by_mail_where_there_is_no_number(park_unit, contact, secretary):
    Contact.objects.filter(pk=contact.pk).update(mobile="")
    _, token = invitations.invite(park_unit, contact, by=secretary, duty="clerk")
    body = Client().get(link_of(token)).content.decode()
    assert "l****@test.cn" in body
    client, answer = ask_for_code(token)
    letter = Delivery.objects.filter(address="lin@test.cn").latest("pk")
    code = re.search(r"\b(\d{6})\b", letter.text)[1]
    client.post(answer["Location"], {"code": code})
    contact.refresh_from_db()
    assert (contact.user.email, contact.user.mobile) == ("lin@test.cn", "")


def test_the_code_may_be_asked_for_twice_and_is_one_account(invited):
    ask_for_code(invited[1])
    client, _ = come_in(invited[1])
    assert User.objects.filter(mobile=MOBILE).count() == 1
    assert "_auth_user_id" in client.session


def test_who_is_signed_in_as_somebody_else_is_told_and_signed_out(invited, stranger, contact):
    client = signed_in_client(stranger)
    assert "现在以路人甲登录" in client.get(link_of(invited[1])).content.decode()
    come_in(invited[1], client)
    contact.refresh_from_db()
    assert client.session["_auth_user_id"] == str(contact.user_id) != str(stranger.pk)


def test_an_ordinary_sign_in_accepts_nothing(invited, contact):
    """Only the code of this invitation does; the account may have been opened by an earlier try."""
    _client, _ = ask_for_code(invited[1])
    user = User.objects.get(mobile=MOBILE)
    Client().force_login(user)
    contact.refresh_from_db()
    assert contact.user is None


# --- dead links -------------------------------------------------------------------------------------------


def revoke(invitation, token):
    invitations.revoke(invitation, by=invitation.invited_by)
    return token


def grow_old(invitation, token):
    Invitation.objects.update(expires_at=timezone.now())
    return token


def accept_it(invitation, token):
    come_in(token)
    return token


def send_again(invitation, token):
    invitations.invite(invitation.organization, invitation.contact, by=invitation.invited_by, duty="manager")
    return token


def lose_the_right_to_invite(invitation, token):
    invitation.invited_by.role_assignments.update(until=timezone.localdate())
    return token


def be_switched_off(invitation, token):
    User.objects.filter(pk=invitation.invited_by_id).update(is_active=False)
    return token


def get_an_account_otherwise(invitation, token):
    Contact.objects.filter(pk=invitation.contact_id).update(user=make_user("别的账号", "else@test.cn"))
    return token


def guess(invitation, token):
    return "A" * len(token)


def cut_short(invitation, token):
    return token[:-1]


WAYS_TO_DIE = [
    revoke, grow_old, accept_it, send_again, lose_the_right_to_invite, be_switched_off, get_an_account_otherwise,
    guess, cut_short,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS_TO_DIE, ids=lambda way: way.__name__)
def test_all_dead_links_lead_to_one_page_and_send_nothing(invited, way):
    token = way(*invited)
    sent = len(codes())
    client = Client()
    shown, asked = client.get(link_of(token)), client.post(link_of(token))
    assert [(a.status_code, "这个邀请链接不能用了" in a.content.decode()) for a in (shown, asked)] == [
        (404, True)
    ] * 2
    assert len(codes()) == sent


def test_a_link_is_dead_after_seven_days(invited):
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert Client().get(link_of(invited[1])).status_code == 404


def test_taken_back_while_the_code_was_on_its_way(invited, contact, secretary):
    client, answer = ask_for_code(invited[1])
    invitations.revoke(invited[0], by=secretary)
    page = client.post(answer["Location"], {"code": codes()[-1]}, follow=True)
    assert "邀请已经失效" in page.content.decode()
    contact.refresh_from_db()
    assert contact.user is None
    assert client.get(f"/members/{invited[0].organization_id}/").status_code == 404


def test_only_the_hash_of_the_link_is_kept_and_the_log_shows_none(invited, as_user, secretary):
    invitation, token = invited
    assert invitation.token_hash == invitations.hashed(token) != token
    letter = Delivery.objects.get(address="lin@test.cn")
    assert (token in letter.text, letter.secret) == (True, True)
    assert (
        token
        not in as_user(secretary).get(reverse("association:delivery", args=[letter.pk])).content.decode()
    )
    message = Delivery.objects.get(address=MOBILE)
    assert (token in message.text, len(message.text) <= 70) == (False, True)


# --- an account that is somebody else's -------------------------------------------------------------------


def test_a_number_of_another_account_is_refused_in_words(invited, contact):
    make_user("同号的人", "same@test.cn", mobile=MOBILE)
    _, answer = ask_for_code(invited[1])
    assert (answer.status_code, "请联系秘书处" in answer.content.decode()) == (409, True)
    assert codes() == []
    contact.refresh_from_db()
    assert contact.user is None


def test_a_changed_number_gets_the_code_and_the_account(invited, contact):
    ask_for_code(invited[1])
    Contact.objects.filter(pk=contact.pk).update(mobile="13987654321")
    client, answer = ask_for_code(invited[1])
    client.post(answer["Location"], {"code": codes("13987654321")[-1]})
    contact.refresh_from_db()
    assert contact.user.mobile == "13987654321"


# --- who invites whom -------------------------------------------------------------------------------------


def test_a_manager_adds_a_colleague_in_one_step(as_user, manager, park_unit):
    client = as_user(manager)
    data = {"name": "单新人", "mobile": "+86 138-1234-5678", "duty": "clerk"}
    answer = client.post(url("colleague_add", park_unit.pk), data)
    invitation = Invitation.objects.get()
    assert answer["Location"] == url("invitation_sent", invitation.pk)
    first, again = (client.get(answer["Location"]).content.decode() for _ in range(2))
    link = re.search(r">(http[^<]+/members/invited/[\w-]{22}/)<", first)[1]
    assert "/members/invited/" not in again
    # No duty before the code has been typed.
    assert invitation.contact.roles.count() == 0
    come_in(link.rstrip("/").rpartition("/")[2])
    assert list(invitation.contact.roles.values_list("duty", flat=True)) == ["clerk"]


def test_a_manager_invites_to_no_duty_beyond_their_own(as_user, manager, park_unit, contact):
    client = as_user(manager)
    for duty in ("representative", "head", "king", ""):
        data = {"name": "单新人", "mobile": next_mobile(), "duty": duty}
        assert client.post(url("colleague_add", park_unit.pk), data).status_code == 422
        assert (
            client.post(url("contact_invite", park_unit.pk, contact.pk), {"duty": duty, "x": 1}).status_code
            == 422
        )
    with pytest.raises(Refused):
        invitations.invite(park_unit, contact, by=manager, duty="representative")
    assert Invitation.objects.count() == 0


def test_people_of_other_units_are_out_of_reach(as_user, manager, other_unit, park_unit, invited):
    client, person = as_user(manager), other_unit.contact_roles.get(duty="liaison").contact
    assert client.post(url("contact_invite", park_unit.pk, person.pk), {"duty": "clerk"}).status_code == 404
    assert client.post(url("colleague_add", other_unit.pk), {"name": "单新人"}).status_code == 404
    other = as_user(make_user("丙经理", "other@test.cn", organization=other_unit, duty="manager"))
    for page in ("invitation_resend", "invitation_revoke"):
        assert other.post(url(page, invited[0].pk)).status_code == 404
    assert other.get(url("invitation_sent", invited[0].pk)).status_code == 404


def test_who_has_an_account_gets_the_duty_at_once(as_user, manager, park_unit, secretary):
    colleague = make_user("乙同事", "colleague@test.cn", organization=park_unit, duty="publicity")
    answer = as_user(manager).post(
        url("contact_invite", park_unit.pk, colleague.contact.pk), {"duty": "reporter"}
    )
    assert answer["Location"] == url("organization_contacts", park_unit.pk)
    assert colleague.contact.roles.filter(duty="reporter").count() == 1
    assert Invitation.objects.count() == 0
    assert Notice.objects.get(kind="members.duty_given").recipient == colleague
    with pytest.raises(Refused):
        invitations.invite(park_unit, colleague.contact, by=secretary, duty="clerk")


def test_somebody_who_cannot_be_reached_is_not_invited(park_unit, contact, secretary):
    Contact.objects.filter(pk=contact.pk).update(mobile="", email="")
    with pytest.raises(Refused):
        invitations.invite(park_unit, contact, by=secretary, duty="clerk")


def test_no_more_than_twenty_invitations_a_day(park_unit, secretary):
    for n in range(20):
        invitations.invite_colleague(
            park_unit, by=secretary, duty="clerk", name=f"某人{n}", mobile=next_mobile()
        )
    with pytest.raises(Refused) as refused:
        invitations.invite_colleague(
            park_unit, by=secretary, duty="clerk", name="多一人", mobile=next_mobile()
        )
    assert (refused.value.status, Contact.objects.filter(name="多一人").count()) == (429, 0)


def test_no_more_than_five_codes_an_hour_for_one_link(invited):
    """Each to a new browser: the limit is the link's, not the visitor's."""
    answers = [ask_for_code(invited[1])[1].status_code for _ in range(6)]
    assert (answers, len(codes())) == ([302] * 5 + [429], 5)


# --- again, and back --------------------------------------------------------------------------------------


def test_sent_again_there_is_one_invitation_with_a_new_link(as_user, secretary, invited, park_unit):
    answer = as_user(secretary).post(url("invitation_resend", invited[0].pk))
    assert answer["Location"] == url("invitation_sent", invited[0].pk)
    assert Invitation.objects.get().token_hash != invited[0].token_hash
    assert activities(park_unit) == ["邀请林晓园任会员管理员", "重新邀请林晓园任会员管理员"]


def test_taking_back_twice_is_harmless_and_a_colleagues_number_is_forgotten(park_unit, manager):
    invitation, _ = invitations.invite_colleague(
        park_unit, by=manager, duty="clerk", name="单新人", mobile=MOBILE
    )
    for _ in range(2):
        invitations.revoke(invitation, by=manager)
    assert (invitation.contact.name, Contact.objects.get(name="单新人").mobile) == ("单新人", "")
    assert activities(park_unit) == ["邀请单新人任经办人", "撤回对单新人任经办人的邀请"]


def test_what_was_accepted_is_not_taken_back(invited, secretary):
    come_in(invited[1])
    with pytest.raises(Refused):
        invitations.revoke(invited[0], by=secretary)


def test_the_tab_lists_open_invitations_for_those_who_keep_it(as_user, manager, invited, park_unit):
    page = url("organization_contacts", park_unit.pk)
    clerk = make_user("乙同事", "clerk@test.cn", organization=park_unit, duty="clerk")
    assert "已发出的邀请" in as_user(manager).get(page).content.decode()
    assert "已发出的邀请" not in as_user(clerk).get(page).content.decode()


def test_the_tab_asks_as_much_for_one_invitation_as_for_many(as_user, secretary, park_unit, invited, queries):
    client, page = as_user(secretary), url("organization_contacts", park_unit.pk)
    client.get(page)
    with queries() as one:
        client.get(page)
    for n in range(12):
        invitations.invite_colleague(
            park_unit, by=secretary, duty="clerk", name=f"某人{n}", mobile=next_mobile()
        )
    with queries() as many:
        client.get(page)
    assert len(many) == len(one) <= 25


def test_verbs_refuse_get(as_user, secretary, invited):
    client = as_user(secretary)
    for page in ("invitation_resend", "invitation_revoke"):
        assert client.get(url(page, invited[0].pk)).status_code == 405
    assert Invitation.objects.open().count() == 1


# --- two at once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_accepted_and_taken_back_at_once_is_one_of_the_two():
    secretary = make_user("陈思远", "secretary@test.cn", roles=["secretariat"])
    unit = make_organization("单位")
    invitation, _ = invitations.invite_colleague(
        unit, by=secretary, duty="clerk", name="单新人", mobile=MOBILE
    )
    user = invitations.prepare_account(invitation)
    results = at_once(
        lambda: invitations.accept(invitation, user=user),
        lambda: invitations.revoke(invitation, by=secretary),
    )
    assert sorted(type(r).__name__ for r in results) == ["Invitation", "Refused"]
    stored = Invitation.objects.get()
    assert (stored.accepted_at is None) != (stored.revoked_at is None)
    assert stored.contact.roles.count() == (1 if stored.accepted_at else 0)


@pytest.mark.django_db(transaction=True)
def test_accepted_twice_at_once_is_one_duty_and_one_activity():
    secretary = make_user("陈思远", "secretary@test.cn", roles=["secretariat"])
    unit = make_organization("单位")
    invitation, _ = invitations.invite_colleague(
        unit, by=secretary, duty="clerk", name="单新人", mobile=MOBILE
    )
    user = invitations.prepare_account(invitation)
    results = at_once(*[lambda: invitations.accept(invitation, user=user)] * 3)
    assert [r for r in results if isinstance(r, Exception)] == []
    assert (Contact.objects.get(user=user).roles.count(), len(activities(unit))) == (1, 2)
