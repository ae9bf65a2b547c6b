"""Certificates on pages: a unit's own, its files, issuing, the list of who waits, and the public verify page."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.urls import reverse
from django.utils.timezone import localdate, now

from association.models import Delivery
from members.certificates import files
from members.domain import certificates, memberships
from members.models import Certificate
from tests.factories import FOUNDED, make_organization, make_user

pytestmark = pytest.mark.django_db
WECHAT = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50"}


@pytest.fixture
def unit(db):
    return make_organization("演示运营公司01")


@pytest.fixture
def certificate(unit, secretary):
    return certificates.issue(unit, by=secretary, reason="入会")


@pytest.fixture
def manager(unit):
    return make_user("孙管理", "manager@test.cn", organization=unit, duty="manager")


@pytest.fixture
def undrawn(monkeypatch):
    """Files that are quick to make; how they are drawn is tested elsewhere. Counts the drawings."""
    drawn = []
    for key, shape in list(files.SHAPES.items()):

        def draw(printed, key=key):
            drawn.append(key)
            return f"{key} {printed.number}".encode()

        monkeypatch.setitem(
            files.SHAPES,
            key,
            files.Shape(key, shape.label, shape.ending, shape.media_type, draw, shape.suffix),
        )
    return drawn


def page(name, *args):
    return reverse(f"members:{name}", args=args)


def file_of(unit, shape):
    return page("certificate_file", unit.pk, shape)


# --- the unit's own page ------------------------------------------------------------------------------------


def test_the_tab_shows_the_certificate_and_former_ones_with_the_reason(
    unit, certificate, manager, as_user, secretary
):
    certificates.reissue(unit, by=secretary, reason="补发：遗失", seen=certificate.pk)
    text = as_user(manager).get(page("organization_membership", unit.pk)).content.decode()
    assert f"{unit.member_number}-02" in text
    assert "另发新证：补发：遗失" in text
    assert file_of(unit, "a4-pdf") in text
    assert page("certificate_issue", unit.pk) not in text
    assert (
        page("certificate_issue", unit.pk)
        in as_user(secretary).get(page("organization_membership", unit.pk)).content.decode()
    )


def test_the_page_shows_the_picture_and_offers_the_files(unit, certificate, manager, as_user):
    text = as_user(manager).get(page("certificate", unit.pk)).content.decode()
    for shape in ("a4-pdf", "a4-png", "phone-png"):
        assert file_of(unit, shape) in text
    assert "长按图片" not in text


def test_in_wechat_the_picture_is_kept_by_a_long_press_and_the_rest_mailed(
    unit, certificate, manager, as_user
):
    text = as_user(manager).get(page("certificate", unit.pk), **WECHAT).content.decode()
    assert "长按图片，保存到手机。" in text
    assert "download" not in text
    answer = as_user(manager).post(page("certificate_mail", unit.pk))
    assert (answer.status_code, answer.headers["Location"]) == (303, page("certificate", unit.pk))
    letter = Delivery.objects.get(address="manager@test.cn", subject__contains="会员证下载")
    assert page("certificate", unit.pk) in letter.text
    assert certificate.token not in letter.text


def test_a_certificate_that_holds_no_longer_is_not_handed_out(unit, certificate, manager, as_user, undrawn):
    Certificate.objects.update(issued_on=FOUNDED, valid_until=localdate() - timedelta(days=1))
    assert as_user(manager).get(file_of(unit, "phone-png")).status_code == 404
    assert "已过期" in as_user(manager).get(page("certificate", unit.pk)).content.decode()
    assert undrawn == []


def test_without_a_certificate_the_page_says_so(unit, manager, as_user):
    assert "现在没有会员证" in as_user(manager).get(page("certificate", unit.pk)).content.decode()
    assert as_user(manager).get(file_of(unit, "a4-pdf")).status_code == 404
    assert as_user(manager).post(page("certificate_mail", unit.pk)).status_code == 404


# --- files --------------------------------------------------------------------------------------------------


def test_a_file_has_its_name_and_is_drawn_once(unit, certificate, manager, as_user, undrawn):
    client = as_user(manager)
    for _ in range(2):
        answer = client.get(file_of(unit, "a4-pdf"))
        assert (answer.content, answer.headers["Content-Type"]) == (
            f"a4-pdf {certificate.number}".encode(),
            "application/pdf",
        )
    assert undrawn == ["a4-pdf"]
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=\"{unit.member_number}.pdf\"; filename*=UTF-8''%E4%BC%9A%E5%91%98%E8%AF%81_{unit.member_number}.pdf"
    )
    assert (
        client.get(file_of(unit, "phone-png") + "?show").headers["Content-Disposition"].startswith("inline")
    )


def test_what_is_printed_decides_what_is_kept(unit, certificate, undrawn):
    shape = files.SHAPES["a4-png"]
    files.content(certificate, shape)
    Certificate.objects.update(name="演示改正名称")
    files.content(Certificate.objects.get(), shape)
    assert undrawn == ["a4-png", "a4-png"]


def test_an_unknown_shape_is_no_page(unit, certificate, manager, as_user):
    assert as_user(manager).get(file_of(unit, "a3-gif")).status_code == 404


def test_old_drawings_are_swept_and_made_again(unit, certificate, undrawn, monkeypatch):
    shape, store = files.SHAPES["a4-png"], storages["certificates"]
    files.content(certificate, shape)
    assert files.sweep() == 0
    monkeypatch.setattr(files.timezone, "now", lambda: now() + timedelta(days=31))
    assert (files.sweep(), store.listdir("")[1]) == (1, [])
    files.content(certificate, shape)
    assert undrawn == ["a4-png"] * 2


def test_the_real_files_are_what_they_say(unit, certificate, manager, as_user):
    begins = {"a4-pdf": b"%PDF-", "a4-png": b"\x89PNG", "phone-png": b"\x89PNG"}
    client = as_user(manager)
    for shape, start in begins.items():
        assert client.get(file_of(unit, shape)).content.startswith(start)


# --- issuing ------------------------------------------------------------------------------------------------


def test_the_secretariat_issues_the_first_and_another(unit, secretary, as_user):
    client, address = as_user(secretary), page("certificate_issue", unit.pk)
    assert client.post(address, {"kind": "补发"}).status_code == 422
    assert client.post(address, {"kind": "首次签发"}).status_code == 303
    first = certificates.present_of(unit)
    form = {"kind": "补发", "note": "遗失", "seen": first.pk}
    for _ in range(2):
        assert client.post(address, form).status_code == 303
    assert list(unit.certificates.values_list("reason", flat=True)) == ["补发：遗失", "首次签发"]


def test_who_is_no_member_is_refused_in_words(secretary, as_user):
    unit = make_organization("演示未入会", joined=None)
    answer = as_user(secretary).post(page("certificate_issue", unit.pk), {"kind": "首次签发"})
    assert (answer.status_code, "现在不是会员" in answer.content.decode()) == (409, True)


def test_the_list_says_who_waits_and_why(unit, certificate, secretary, as_user):
    other = make_organization("演示无证公司")
    Certificate.objects.update(grade=50)
    client = as_user(secretary)
    text = client.get(page("certificates")).content.decode()
    assert (unit.name in text, other.name in text, "内容已变" in text) == (True, True, True)
    text = client.get(page("certificates") + "?need=changed").content.decode()
    assert (unit.name in text, other.name in text) == (True, False)


def test_one_list_many_rows_as_many_queries(secretary, as_user, queries):
    client = as_user(secretary)
    make_organization("演示公司00", people=False)
    client.get(page("certificates"))
    cache.clear()
    with queries() as few:
        client.get(page("certificates"))
    for n in range(30):
        make_organization(f"演示公司{n + 1:02d}", people=False)
    cache.clear()
    with queries() as many:
        client.get(page("certificates"))
    assert len(many) == len(few) <= 20


def test_all_are_issued_in_the_background_with_progress(unit, secretary, as_user, run_jobs):
    client = as_user(secretary)
    assert client.get(page("certificates_issue")).status_code == 405
    assert client.post(page("certificates_issue")).status_code == 303
    assert "0 / 1" in client.get(page("certificates")).content.decode()
    bar = client.get(page("certificates_progress"), headers={"HX-Request": "true"})
    assert "0 / 1 家" in bar.content.decode()
    run_jobs()
    done = client.get(page("certificates_progress"), headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == page("certificates")
    assert certificates.present_of(unit).reason == "批量签发"


# --- the public page ----------------------------------------------------------------------------------------


def verified(client, token):
    return client.get(reverse("verify:certificate", args=[token]))


def main_text(answer):
    body = re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def day(value):
    return f"{value.year}年{value.month}月{value.day}日"


def test_anybody_sees_that_it_holds_and_nothing_else(certificate, client):
    answer = verified(client, certificate.token)
    until = f"发证日期 {day(certificate.issued_on)} 有效期至 {day(certificate.valid_until)}"
    assert main_text(answer) == (
        f"会员证核验 有效 这张会员证现在有效。 单位名称 {certificate.name} 会员编号 {certificate.member_number} "
        f"级别 会员单位 {until}"
    )
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.cookies == {}


def test_a_former_one_says_since_when_and_not_why(certificate, unit, client, secretary):
    memberships.leave(unit, by=secretary, on=localdate(), reason="expulsion", basis="测试除名")
    answer = verified(client, certificate.token)
    assert f"已失效 自 {day(localdate())}起失效。" in main_text(answer)
    assert not re.search("除名|退会|测试", main_text(answer))


def test_an_expired_one_says_so(certificate, client):
    Certificate.objects.update(issued_on=FOUNDED, valid_until=localdate() - timedelta(days=1))
    assert "已过期 有效期已过。" in main_text(verified(client, certificate.token))


@pytest.mark.parametrize("token", ["x", "A" * 32, "A" * 300, "..", "会员证"])
def test_unknown_tokens_get_one_page(certificate, client, token):
    answer = client.get(f"/verify/{token}/")
    assert (answer.status_code, "没有查到这张会员证" in answer.content.decode()) == (404, True)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_guessing_is_slowed_down_by_address(client):
    statuses = [verified(client, f"{n:032d}").status_code for n in range(62)]
    assert (set(statuses[:60]), statuses[60:]) == ({404}, [429, 429])


def test_it_cannot_be_posted_to(certificate, client):
    assert client.post(reverse("verify:certificate", args=[certificate.token])).status_code == 405


def test_the_code_leads_to_the_page_of_this_site(certificate, settings):
    settings.SITE_URL = "https://huiyuan.example.cn"
    assert files.printed_on(certificate).address == f"https://huiyuan.example.cn/verify/{certificate.token}/"
