"""Accounts: their list, correcting them, switching them off and on, and a lost second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from association.domain import account_state as domain
from association.domain import accounts
from association.domain.editing import Conflict
from association.errors import Refused
from association.models import Activity, Delivery, FactorReset, Notice, User
from tests.conftest import signed_in_client
from tests.factories import PASSWORD, make_user
from tests.forms import filled
from tests.races import at_once

pytestmark = pytest.mark.django_db


def fresh(user):
    return User.objects.get(pk=user.pk)


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__email", flat=True))


@pytest.fixture
def second(db):
    return make_user("高明远", "second@test.cn", roles=["administrator"])


@pytest.fixture
def keyed(stranger):
    """`stranger` with an authenticator app."""
    Authenticator.objects.create(user=stranger, type=Authenticator.Type.TOTP, data={})
    return stranger


# --- the list ---------------------------------------------------------------------------------------------


def names(response):
    return [row["name"] for row in response.context["rows"]]


def test_the_list_finds_people_by_name_pinyin_address_duty_and_state(
    as_user, administrator, secretary, stranger
):
    User.objects.filter(pk=stranger.pk).update(is_active=False, mobile="13812345678")
    client, page = as_user(administrator), reverse("association:people")
    asked = {"q=陈思": ["陈思远"], "q=csy": ["陈思远"], "q=138123": ["路人甲"], "q=secretary@": ["陈思远"],
             "role=administrator": ["唐立新"], "role=none": ["路人甲"], "state=off": ["路人甲"],
             "role=any&q=tang": ["唐立新"], "role=waiting": []}  # fmt: skip
    assert {query: names(client.get(f"{page}?{query}")) for query in asked} == asked


def test_the_list_masks_addresses_and_shows_twenty_a_page(as_user, administrator):
    for n in range(25):
        make_user(f"某人{n}", f"person{n}@test.cn", mobile=f"139000000{n:02d}")
    client = as_user(administrator)
    body = client.get("/people/?page=1").content.decode()
    assert len(names(client.get("/people/"))) == 20
    assert ("person3@test.cn" in body, "13900000003" in body, "139****" in body) == (False, False, True)


def test_the_list_asks_as_much_for_one_row_as_for_thirty(as_user, administrator, queries):
    client = as_user(administrator)
    client.get("/people/")
    with queries() as few:
        client.get("/people/?q=tang")
    for n in range(30):
        make_user(f"某人{n}", f"person{n}@test.cn", roles=["auditor"])
    with queries() as many:
        client.get("/people/?q=mou")
    assert len(many) == len(few) <= 20


@pytest.mark.parametrize(
    "query", ["page=99999999999", "sort=password", "columns=name", "role=king", "q=%00", "q=%25"]
)
def test_odd_addresses_of_the_list_are_answered(as_user, administrator, query):
    assert as_user(administrator).get(f"/people/?{query}").status_code in (200, 400, 422)


def test_the_auditor_reads_and_changes_nothing(as_user, auditor, stranger):
    User.objects.filter(pk=stranger.pk).update(mobile="13812345678")
    client = as_user(auditor)
    body = client.get(f"/people/{stranger.pk}/").content.decode()
    assert ("138 1234 5678" in body, "138****5678" in body, "授予职责" in body) == (False, True, False)
    assert client.post(f"/people/{stranger.pk}/deactivate/", {"basis": "x"}).status_code == 403


def test_the_page_of_an_account_asks_as_much_for_many_duties(
    as_user, administrator, second, stranger, queries
):
    client = as_user(administrator)
    client.get(f"/people/{stranger.pk}/")
    with queries() as few:
        client.get(f"/people/{stranger.pk}/")
    for role in ("auditor", "treasurer", "president"):
        accounts.confirm_role(accounts.grant_role(stranger, role, by=second), by=administrator)
    with queries() as many:
        client.get(f"/people/{stranger.pk}/")
    # Notices and records are more by then; the duties themselves cost one query.
    assert len(many) <= len(few) + 1 <= 21


# --- open and correct -------------------------------------------------------------------------------------


def test_an_account_is_opened_by_mobile_alone(as_user, administrator):
    answer = as_user(administrator).post(
        "/people/new/", {"full_name": "单新人", "mobile": "+86 138-1234-5678"}
    )
    user = User.objects.get(mobile="13812345678")
    assert answer["Location"] == f"/people/{user.pk}/"
    assert (user.email, user.has_usable_password(), user.pinyin_initials) == (None, False, "sxr")
    again = as_user(administrator).post("/people/new/", {"full_name": "没有地址"})
    assert again.status_code == 422


def test_correcting_a_number_takes_its_mark_and_tells_the_person(as_user, administrator, second, stranger):
    User.objects.filter(pk=stranger.pk).update(mobile="13812345678", mobile_verified_at="2022-01-01T00:00Z")
    client, page = as_user(administrator), f"/people/{stranger.pk}/correct/"
    data = filled(client.get(page), mobile="13987654321", basis="本人要求")
    assert [client.post(page, data).status_code for _ in range(1)] == [303]
    user = fresh(stranger)
    assert (user.mobile, user.mobile_verified_at) == ("13987654321", None)
    assert told("association.account_corrected") == ["second@test.cn", "stranger@test.cn"]
    activity = Activity.objects.get(kind="association.account.corrected")
    assert (activity.sentence, activity.basis) == ("更正路人甲的账号：手机", "本人要求")


def test_a_former_address_is_told_and_opens_the_account_no_more(client, administrator, stranger):
    changes = {"full_name": "路人甲", "email": "new@test.cn", "mobile": ""}
    domain.correct_account(
        stranger, by=administrator, seen=domain.fingerprint(stranger), changes=changes, basis="x"
    )
    assert "stranger@test.cn" in Delivery.objects.values_list("address", flat=True)
    client.post("/accounts/login/", {"login": "stranger@test.cn", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post("/accounts/login/", {"login": "new@test.cn", "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_the_second_of_two_who_correct_sees_both_values(as_user, administrator, second, stranger):
    one, two, page = as_user(administrator), as_user(second), f"/people/{stranger.pk}/correct/"
    first, other = one.get(page), two.get(page)
    one.post(page, filled(first, full_name="路人乙", basis="x"))
    conflict = two.post(page, filled(other, full_name="路人丙", basis="x"))
    body = conflict.content.decode()
    assert (conflict.status_code, "路人乙" in body, "路人丙" in body) == (409, True, True)
    assert fresh(stranger).full_name == "路人乙"
    # The form holds what was typed, and sent again as it stands it is saved.
    again = {field.html_name: field.value() for field in conflict.context["form"]}
    assert (again["full_name"], 'value="路人丙"' in body) == ("路人丙", True)
    assert (two.post(page, again).status_code, fresh(stranger).full_name) == (303, "路人丙")
    with pytest.raises(Conflict):
        domain.correct_account(stranger, by=second, seen="old", changes={"full_name": "路人丁"}, basis="x")


def test_an_address_of_somebody_else_is_refused(as_user, administrator, secretary, stranger):
    client, page = as_user(administrator), f"/people/{stranger.pk}/correct/"
    answer = client.post(page, filled(client.get(page), email="secretary@test.cn", basis="x"))
    assert (answer.status_code, "已有账号使用" in answer.content.decode()) == (422, True)
    assert fresh(stranger).email == "stranger@test.cn"


# --- off and on -------------------------------------------------------------------------------------------


def test_switched_off_everybody_is_out_at_once_and_stays_out_of_old_sessions(
    administrator, second, secretary
):
    client = signed_in_client(secretary)
    for _ in range(2):
        domain.deactivate_account(secretary, by=administrator, basis="离职")
    assert client.get("/members/").status_code == 302
    assert told("association.account_switched") == ["second@test.cn", "secretary@test.cn"]
    domain.reactivate_account(secretary, by=second, basis="返聘")
    assert client.get("/members/").status_code == 302
    assert signed_in_client(fresh(secretary)).get("/members/").status_code == 200
    kinds = Activity.objects.about(secretary).values_list("kind", flat=True)
    assert [k for k in kinds if "account" in k] == [
        "association.account.reactivated",
        "association.account.deactivated",
    ]


def test_nobody_switches_themselves_off(as_user, administrator, second):
    assert (
        as_user(administrator).post(f"/people/{administrator.pk}/deactivate/", {"basis": "x"}).status_code
        == 422
    )
    assert fresh(administrator).is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_switch_each_other_off_leave_one():
    one, two = (make_user(f"管理{n}", f"a{n}@test.cn", roles=["administrator"]) for n in range(2))
    results = at_once(
        lambda: domain.deactivate_account(two, by=one, basis="x"),
        lambda: domain.deactivate_account(one, by=two, basis="x"),
    )
    assert sorted(type(r).__name__ for r in results) == ["Refused", "User"]
    assert User.objects.filter(is_active=True).count() == 1


def test_a_deploy_signs_nobody_out(secretary):
    """An account whose sessions were never ended keeps Django's own mark of a session."""
    plain = super(User, secretary)._get_session_auth_hash()
    assert secretary.get_session_auth_hash() == plain


# --- a lost second factor ---------------------------------------------------------------------------------


def test_two_administrators_take_a_lost_factor_and_end_the_sessions(keyed, administrator, second):
    client = signed_in_client(keyed)
    assert client.get("/today/").status_code == 200
    reset = domain.propose_reset(keyed, by=administrator, reason="手机遗失，已当面核对")
    assert domain.propose_reset(keyed, by=second, reason="再提").pk == reset.pk
    assert Authenticator.objects.filter(user=keyed).count() == 1
    for _ in range(2):
        domain.confirm_reset(reset, by=second)
    assert Authenticator.objects.filter(user=keyed).count() == 0
    assert client.get("/today/").status_code == 302
    assert told("association.factor_reset_proposed") == ["second@test.cn", "stranger@test.cn"]
    assert told("association.factor_reset_done") == ["administrator@test.cn", "stranger@test.cn"]
    kinds = list(Activity.objects.about(keyed).values_list("kind", flat=True))
    assert kinds == ["association.factor_reset.confirmed", "association.factor_reset.proposed"]


def test_a_verified_phone_is_told_by_text_message(keyed, administrator, second):
    User.objects.filter(pk=keyed.pk).update(mobile="13812345678", mobile_verified_at="2022-01-01T00:00Z")
    domain.confirm_reset(domain.propose_reset(keyed, by=administrator, reason="遗失"), by=second)
    sent = Delivery.objects.filter(address="13812345678").values_list("text", flat=True)
    assert [("重设" in text, len(text) <= 70) for text in sent] == [(True, True)] * 2


def test_the_same_administrator_the_person_and_a_withdrawn_reset_are_refused(keyed, administrator, second):
    reset = domain.propose_reset(keyed, by=administrator, reason="遗失")
    for wrong in (administrator, keyed):
        with pytest.raises(Refused):
            domain.confirm_reset(reset, by=wrong)
    with pytest.raises(Refused):
        domain.propose_reset(administrator, by=administrator, reason="自己")
    for _ in range(2):
        domain.withdraw_reset(reset, by=administrator)
    with pytest.raises(Refused):
        domain.confirm_reset(reset, by=second)
    assert Authenticator.objects.filter(user=keyed).count() == 1


def test_without_a_factor_there_is_nothing_to_reset(stranger, administrator):
    with pytest.raises(Refused):
        domain.propose_reset(stranger, by=administrator, reason="遗失")


def test_a_reset_goes_through_the_pages_of_two(as_user, keyed, administrator, second):
    one, two = as_user(administrator), as_user(second)
    assert one.post(f"/people/{keyed.pk}/reset/", {"basis": ""}).status_code == 422
    assert one.post(f"/people/{keyed.pk}/reset/", {"basis": "当面核对"}).status_code == 303
    reset = FactorReset.objects.get()
    assert "待确认的重设：路人甲" in two.get("/today/").content.decode()
    confirm = f"/resets/{reset.pk}/confirm/"
    assert (one.post(confirm).status_code, two.get(confirm).status_code) == (422, 405)
    assert two.post(confirm).status_code == 303
    assert not Authenticator.objects.filter(user=keyed).exists()


@pytest.mark.django_db(transaction=True)
def test_a_reset_confirmed_and_withdrawn_at_once_is_one_of_the_two():
    admins = [make_user(f"管理{n}", f"a{n}@test.cn", roles=["administrator"]) for n in range(3)]
    person = make_user("路人甲", "stranger@test.cn")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    reset = domain.propose_reset(person, by=admins[0], reason="遗失")
    results = at_once(
        lambda: domain.confirm_reset(reset, by=admins[1]), lambda: domain.withdraw_reset(reset, by=admins[2])
    )
    assert sorted(type(r).__name__ for r in results) == ["FactorReset", "Refused"]
