"""Consents: the policy by version with its band, separate ones given and withdrawn; who looked at whose number."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.timezone import localdate

from association import privacy
from association.errors import Refused
from association.models import Activity
from members.choices import Purpose
from members.domain import consents, contact_views, contacts
from members.models import Consent, Contact, ContactView
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BAND = "确认一次就不再提示"


def version():
    return privacy.in_force(localdate())


def body(answer):
    return answer.content.decode()


# --- the policy -----------------------------------------------------------------------------------------------------


def test_the_band_stays_until_the_person_agrees_and_blocks_nothing(as_user, member):
    client = as_user(member)
    assert [BAND in body(client.get(a)) for a in ("/today/", "/notices/", "/about-me/")] == [True] * 3
    page = body(client.get(reverse("members:policy")))
    assert (version().changes in page, "我已阅读并同意" in page) == (True, True)
    for _ in range(2):
        assert client.post(reverse("members:policy_agree"), {"version": version().key}).status_code == 303
    assert BAND not in body(client.get("/today/"))
    consent = Consent.objects.get()
    assert (consent.user, consent.contact, consent.purpose, consent.version, consent.given) == (
        member, member.contact, Purpose.POLICY, version().key, True,
    )  # fmt: skip
    assert [a.sentence for a in Activity.objects.about(consent)] == [f"同意{version().key}版个人信息保护政策"]
    assert f"{version().key} 版</a>" in body(client.get("/about-me/"))


def test_once_agreed_the_band_asks_the_database_nothing(as_user, member, queries, monkeypatch):
    consents.agree(member, key=version().key)
    client = as_user(member)
    client.get("/today/")
    monkeypatch.setattr(consents, "has_agreed", lambda *a: pytest.fail("asked again"))
    with queries() as captured:
        client.get("/today/")
    assert [q for q in captured.captured_queries if "members_consent" in q["sql"]] == []


def test_a_new_version_is_agreed_to_anew(as_user, member, django_capture_on_commit_callbacks):
    consents.agree(member, key=version().key)
    newest = privacy.VERSIONS[0]
    with time_machine.travel(newest.since + timedelta(days=400)):
        newer = privacy.Version("2099-01", localdate(), "又有变化。")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(privacy, "VERSIONS", (newer, *privacy.VERSIONS))
            client = as_user(member)
            page = body(client.get(reverse("members:policy")))
            assert ("又有变化。" in page, f"{version().key} 版" in page, BAND in page) == (True, True, True)
            with pytest.raises(Refused, match="新的一版"):
                consents.agree(member, key="2026-11")
            with django_capture_on_commit_callbacks(execute=True):
                consents.agree(member, key="2099-01")
            assert BAND not in body(client.get("/today/"))
    assert Consent.objects.filter(user=member).count() == 2


def test_a_text_that_is_not_in_force_is_not_agreed_to(as_user, member):
    answer = as_user(member).post(reverse("members:policy_agree"), {"version": "1999-01"})
    assert (answer.status_code, Consent.objects.count()) == (409, 0)
    assert as_user(member).get(reverse("members:policy_agree")).status_code == 405


def test_the_versions_of_old_stand():
    assert [(v.key, v.since) for v in privacy.VERSIONS[-2:]] == [
        ("2026-12", date(2026, 12, 1)),
        ("2026-11", date(2026, 11, 23)),
    ]


# --- each by itself -------------------------------------------------------------------------------------------------


def test_a_consent_is_given_withdrawn_and_given_again(as_user, member):
    client, contact = as_user(member), member.contact
    give, withdraw = (reverse(f"members:consent_{w}", args=["publish_name"]) for w in ("give", "withdraw"))
    assert consents.holds(contact, Purpose.PUBLISH_NAME) is False
    for address, holds in ((give, True), (give, True), (withdraw, False), (withdraw, False), (give, True)):
        assert client.post(address).status_code == 303
        assert consents.holds(contact, Purpose.PUBLISH_NAME) is holds
    assert list(Consent.objects.order_by("pk").values_list("given", flat=True)) == [True, False, True]
    assert consents.holds(contact, Purpose.SHARE_CONTACT) is False
    sentences = [a.sentence for a in Activity.objects.about(member) if a.kind == "members.consent.said"]
    assert sentences == ["同意在公开页面署名", "撤回同意在公开页面署名", "同意在公开页面署名"]
    assert [client.get(a).status_code for a in (give, withdraw)] == [405, 405]
    page = body(client.get("/about-me/"))
    assert ("在公开页面署名" in page, "不同意或撤回" in page, withdraw in page) == (True, True, True)


def test_the_policy_is_none_of_them_and_nobody_speaks_for_another(as_user, member, other_member):
    assert as_user(member).post(reverse("members:consent_give", args=["policy"])).status_code == 404
    consents.give(other_member, Purpose.SHARE_CONTACT)
    assert consents.holds(member.contact, Purpose.SHARE_CONTACT) is False
    assert consents.withdraw(member, Purpose.SHARE_CONTACT) is None


def test_what_a_contact_without_account_said_counts(park_unit, secretary):
    contact = contacts.add_contact(park_unit, by=secretary, duty="publicity", name="林宣传")
    assert consents.holds(contact, Purpose.PUBLISH_NAME) is False
    Consent.objects.create(contact=contact, purpose=Purpose.PUBLISH_NAME, given=True, how="书面")
    assert consents.holds(contact, Purpose.PUBLISH_NAME) is True


# --- who looked -----------------------------------------------------------------------------------------------------


def looks():
    return sorted(ContactView.objects.values_list("contact__name", "viewer__full_name", "place"))


def test_looking_at_full_numbers_is_noted_once_a_day(as_user, secretary, auditor, member, park_unit):
    address = reverse("members:organization_contacts", args=[park_unit.pk])
    as_user(auditor).get(address)
    assert looks() == []
    for _ in range(2):
        as_user(secretary).get(address)
    as_user(member).get(address)
    place = f"{park_unit.name}：联系人"
    assert looks() == [
        ("李代表", "赵联络", place), ("李代表", "陈思远", place), ("赵联络", "赵联络", place), ("赵联络", "陈思远", place),
        ("赵联络", "陈思远", place),
    ]  # fmt: skip
    # Her own entry is not among what she looked at.
    assert ContactView.objects.filter(viewer=member, contact=member.contact).count() == 0
    with time_machine.travel(localdate() + timedelta(days=2)):
        contact_views.record_views(secretary, [member.contact], place)
    assert ContactView.objects.filter(viewer=secretary, contact=member.contact).count() == 2


def test_who_has_neither_number_nor_address_was_not_looked_at(as_user, secretary, park_unit):
    Contact.objects.update(mobile="", email="", landline="", wechat="")
    as_user(secretary).get(reverse("members:organization_contacts", args=[park_unit.pk]))
    assert looks() == []


def test_the_form_of_a_contact_is_a_look_too(as_user, secretary, member, park_unit):
    as_user(secretary).get(reverse("members:contact_edit", args=[park_unit.pk, member.contact.pk]))
    assert looks() == [("赵联络", "陈思远", f"{park_unit.name}：编辑联系人")]


def test_the_person_reads_who_looked_by_duty_and_unit(
    as_user, member, secretary, park_unit, other_unit, other_member
):
    colleague = make_user("同事", "colleague@test.cn", organization=park_unit, duty="clerk")
    for viewer in (secretary, colleague, other_member):
        contact_views.record_views(viewer, [member.contact], "某处")
    page = body(as_user(member).get("/about-me/"))
    said = ["协会秘书处", f"“{park_unit.name}”的联系人", f"“{other_unit.name}”的联系人"]
    assert [w for w in said if w not in page.replace("&quot;", "“")] == []
    assert [w for w in ("陈思远", "同事</td>") if w in page] == []


def test_staff_read_names_and_only_the_newest_fifty(as_user, secretary, treasurer, park_unit):
    contact = contacts.add_contact(
        park_unit, by=secretary, duty="publicity", name="周兼任", mobile="13700001111"
    )
    Contact.objects.filter(pk=contact.pk).update(user=treasurer)
    ContactView.objects.bulk_create(
        ContactView(contact=contact, viewer=secretary, day=date(2022, 1, 1) + timedelta(days=n), place="某处")
        for n in range(60)
    )
    page = body(as_user(treasurer).get("/about-me/"))
    assert (page.count("陈思远（协会秘书处）"), "2022年1月10日" in page, "2022年1月11日" in page) == (
        50,
        False,
        True,
    )


def test_the_auditor_reads_all_by_day_and_person(as_user, auditor, secretary, member, other_member, queries):
    address = reverse("members:contact_views")
    assert [as_user(p).get(address).status_code for p in (secretary, member)] == [403, 403]
    contact_views.record_views(secretary, [member.contact, other_member.contact], "某处")
    ContactView.objects.bulk_create(
        [ContactView(contact=member.contact, viewer=secretary, day=date(2022, 5, 1), place="旧处")]
    )
    client = as_user(auditor)
    assert [word in body(client.get(address)) for word in ("赵联络", "钱联络", "旧处")] == [True] * 3
    by_day = body(client.get(address, {"day": "2022-05-01"}))
    assert ("旧处" in by_day, "某处" in by_day) == (True, False)
    by_name = body(client.get(address, {"q": "钱联"}))
    assert ("钱联络" in by_name, "赵联络</td>" in by_name) == (True, False)
    assert client.get(address, {"day": "明天"}).status_code == 200
    with queries() as few:
        client.get(address)
    ContactView.objects.bulk_create(
        ContactView(
            contact=member.contact, viewer=secretary, day=date(2022, 6, 1) + timedelta(days=n), place="又"
        )
        for n in range(30)
    )
    with queries() as many:
        client.get(address)
    assert len(many) == len(few) <= 20
