"""The public site of the association itself: the same for every visitor, without a cookie, kept until anything changes."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from association import privacy, public_pages
from association.public_pages import MOST_PAGES, Page, Shelf
from members.domain import organizations, parks

PAGES = ["/", "/about/", "/privacy/", "/privacy/2026-11/", "/privacy/2026-12/", "/accessibility/", "/parks/", "/robots.txt",
         "/sitemap.xml", "/sitemap-pages.xml", "/sitemap-parks.xml", "/activities/"]  # fmt: skip
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def keeping(monkeypatch):
    monkeypatch.setattr(public_pages, "SECONDS", 60)


@pytest.fixture
def visitor():
    return Client()


def text(response):
    return response.content.decode()


# --- what visitors are told -----------------------------------------------------------------------------------


def test_the_first_page_answers_the_four_questions(visitor, park_unit, settings):
    settings.SITE = {"phone": "010-12345678", "email": "office@example.cn"}
    page = text(visitor.get("/"))
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", page)
    assert page.count("<h1") == 1
    assert headings == ["各区的会员园区", "能得到什么服务", "近期活动", "近期：新加入的园区", "如何入会"]
    assert "秘书处，电话 010-12345678，邮箱 office@example.cn" in page
    assert "莱锦文化创意产业园</a>" in page


def test_the_numbers_of_the_first_page_are_counted_and_lead_to_their_rows(
    visitor, park_unit, other_unit, secretary
):
    parks.withdraw_park(other_unit.parks.get(), by=secretary)
    parks.add_recognition(park_unit.parks.get(), by=secretary, level="municipal", year=2020)
    page = text(visitor.get("/"))
    figures = re.findall(r'<(a|div) class="figure"(?: href="([^"]*)")?><b>([\d,]+)</b><span>([^<]+)', page)
    assert figures == [
        ("div", "", "2", "会员单位"),
        ("a", "/parks/", "1", "个园区在公开名录"),
        ("a", "/parks/?level=municipal_any", "1", "个园区获市级及以上认定"),
        ("a", "/parks/#districts", "1", "个区有会员园区"),
    ]
    for _, address, number, _ in figures[1:3]:
        assert f"{number} 个园区</h2>" in text(visitor.get(address))


@pytest.mark.django_db
def test_an_empty_house_says_so(visitor):
    assert "名录里还没有园区" in text(visitor.get("/"))
    assert "没有找到园区" in text(visitor.get("/parks/"))


def test_who_is_signed_in_sees_the_same_page_with_the_way_to_the_workbench(as_user, secretary):
    page = as_user(secretary).get("/")
    assert "进入工作台" in text(page)
    assert page["Cache-Control"] == "no-store, private"
    assert 'class="appearance"' not in text(page)


@pytest.mark.django_db
def test_the_footer_shows_the_numbers_that_are_set(visitor, settings):
    settings.SITE = {"icp": "京ICP备12345678号-1", "police": "", "phone": "010-12345678", "address": ""}
    footer = text(visitor.get("/about/")).partition("<footer>")[2]
    assert "京ICP备12345678号-1" in footer
    assert "电话：010-12345678" in footer
    assert "beian.mps.gov.cn" not in footer
    assert "地址：" not in footer
    for name in ("privacy", "accessibility"):
        assert f'href="{reverse(f"association:{name}")}"' in footer


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES[:6])
def test_every_page_has_a_title_a_language_and_one_heading(visitor, address):
    page = text(visitor.get(address))
    assert '<html lang="zh-CN"' in page
    assert len(re.findall(r"<title>[^<]+ · 北京文化产业园区协会</title>", page)) == 1
    assert page.count("<h1") == 1
    assert '<link rel="icon"' in page
    assert "<script" not in page


# --- the same for all, without a cookie -------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_visitors_get_no_cookie_and_may_keep_the_page(visitor, address):
    page = visitor.get(address)
    assert (page.status_code, len(page.cookies)) == (200, 0)
    assert page["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert page["X-Frame-Options"] == "DENY"
    assert "csrfmiddlewaretoken" not in text(page)


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_who_has_the_page_already_gets_304(visitor, address, keeping):
    for _ in range(2):
        page = visitor.get(address)
        again = visitor.get(address, headers={"If-None-Match": page["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", page["ETag"])
        assert visitor.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_second_visitor_costs_no_query(park_unit, keeping, queries):
    first = Client().get("/")
    with queries() as captured:
        second = Client().get("/")
    assert (len(captured), second.content) == (0, first.content)
    assert {
        n for n in {*first.headers, *second.headers} if first.headers.get(n) != second.headers.get(n)
    } <= {"X-Request-Id"}


def test_a_verb_is_seen_at_once(park_unit, secretary, keeping, django_capture_on_commit_callbacks):
    assert "莱锦文化创意产业园" in text(Client().get("/parks/"))
    with django_capture_on_commit_callbacks(execute=True):
        parks.withdraw_park(park_unit.parks.get(), by=secretary)
    assert "莱锦文化创意产业园" not in text(Client().get("/parks/"))


def test_midnight_leaves_the_page_behind(park_unit, secretary, keeping):
    with time_machine.travel(date(2024, 3, 1)):
        assert Client().get("/").status_code == 200
        kept_then = len(public_pages.shelf.pages)
    with time_machine.travel(date(2024, 3, 2)):
        assert Client().get("/").status_code == 200
    assert (kept_then, len(public_pages.shelf.pages)) == (1, 2)


def test_colours_sizes_and_addresses_are_kept_apart(park_unit, keeping):
    large = Client()
    large.cookies["text_size"] = "large"
    assert 'data-size=""' in text(Client().get("/"))
    assert 'data-size="large"' in text(large.get("/"))
    assert 'data-size=""' in text(Client().get("/"))
    assert "没有找到园区" in text(Client().get("/parks/?district=110119"))
    assert "没有找到园区" not in text(Client().get("/parks/"))


def test_nobody_gets_the_page_of_who_is_signed_in(as_user, secretary, keeping):
    as_user(secretary).get("/")
    assert public_pages.shelf.pages == {}
    assert "进入工作台" not in text(Client().get("/"))
    assert "进入工作台" in text(as_user(secretary).get("/"))


@pytest.mark.django_db
def test_a_refusal_is_not_kept(visitor, keeping):
    assert visitor.get("/parks/?district=x").status_code == 422
    assert visitor.get("/parks/999999/").status_code == 404
    assert public_pages.shelf.pages == {}


def test_made_up_addresses_do_not_fill_the_memory():
    shelf = Shelf()
    for number in range(MOST_PAGES + 50):
        shelf.put(("name", number), Page("mark", 0, b"", {}))
    assert len(shelf.pages) == MOST_PAGES
    assert ("name", 0) not in shelf.pages


@pytest.mark.django_db
def test_a_foreign_host_is_refused_before_any_page(visitor, keeping):
    visitor.raise_request_exception = False
    visitor.get("/about/")
    assert visitor.get("/about/", headers={"Host": "evil.example"}).status_code == 400


# --- colours and size without an account -----------------------------------------------------------------------


@pytest.mark.django_db
def test_large_type_is_set_and_taken_back(visitor):
    answer = visitor.post("/appearance/", {"text_size": "large", "next": "/about/"}, headers=HERE)
    assert (answer.status_code, answer["Location"]) == (303, "/about/")
    cookie = answer.cookies["text_size"]
    assert (cookie.value, cookie["samesite"], bool(cookie["httponly"])) == ("large", "Lax", True)
    assert "theme" not in answer.cookies
    assert 'data-size="large"' in text(visitor.get("/about/"))
    visitor.post("/appearance/", {"text_size": ""}, headers=HERE)
    assert 'data-size=""' in text(visitor.get("/about/"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://testserver"}, 303),
        ({"Referer": "http://testserver/parks/"}, 303),
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver.evil.example"}, 403),
        ({"Origin": "https://testserver"}, 403),
        ({"Referer": "http://evil.example/?http://testserver/"}, 403),
    ],
)
def test_the_form_is_taken_from_our_own_pages_only(headers, status):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/appearance/", {"theme": "dark"}, headers=headers)
    assert (answer.status_code, list(answer.cookies)) == (status, ["theme"] if status == 303 else [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"]
)
def test_the_form_leads_nowhere_else(visitor, target):
    answer = visitor.post("/appearance/", {"theme": "dark", "next": target}, headers=HERE)
    assert (answer.status_code, answer["Location"]) == (303, "/")


@pytest.mark.django_db
def test_another_way_of_showing_is_refused(visitor):
    answer = visitor.post("/appearance/", {"theme": "neon"}, headers=HERE)
    assert (answer.status_code, len(answer.cookies)) == (422, 0)
    assert "没有这种显示方式。" in text(answer)


# --- policy, search engines, errors ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_policy_says_which_version_it_is(visitor):
    with time_machine.travel(date(2026, 11, 25)):
        first = text(visitor.get("/privacy/"))
    page = text(visitor.get("/privacy/2026-12/"))
    assert "2026-11 版，自2026年11月23日起施行。" in first
    assert "2026-12 版，自2026年12月1日起施行。" in page
    duties = [
        "谁在处理",
        "哪些信息",
        "保存多久",
        "交给谁",
        "敏感个人信息",
        "单独同意",
        "注销账号",
        "撤回同意",
        "查阅、复制",
    ]
    assert [word for word in duties if word not in page] == []
    assert visitor.get("/privacy/1999-01/").status_code == 404
    assert visitor.get("/privacy/..%2f..%2fbase/").status_code == 404


def test_the_version_in_force_is_the_newest_that_has_begun(monkeypatch):
    older, newer = privacy.Version("a", date(2026, 11, 23), ""), privacy.Version("b", date(2027, 5, 1), "")
    monkeypatch.setattr(privacy, "VERSIONS", (newer, older))
    days = (date(2020, 1, 1), date(2026, 11, 23), date(2027, 4, 30), date(2027, 5, 1))
    assert [privacy.in_force(day).key for day in days] == ["a", "a", "a", "b"]


@pytest.mark.django_db
def test_an_earlier_version_stays_readable_and_says_so(visitor, monkeypatch):
    newer = privacy.Version("2027-05", date(2027, 5, 1), "短信服务商有变。")
    monkeypatch.setattr(privacy, "VERSIONS", (newer, *privacy.VERSIONS))
    with time_machine.travel(date(2027, 6, 1)):
        page = text(visitor.get("/privacy/2026-11/"))
    assert "这是以前的一版" in page
    assert "短信服务商有变。" in page


def test_every_version_has_its_text(settings):
    folder = settings.BASE_DIR / "templates/public/privacy"
    assert sorted(p.stem for p in folder.glob("*.html")) == sorted(v.key for v in privacy.VERSIONS)
    assert [v.since for v in privacy.VERSIONS] == sorted((v.since for v in privacy.VERSIONS), reverse=True)


def locations(response):
    return [
        found.text for found in ElementTree.fromstring(response.content).iter() if found.tag.endswith("}loc")
    ]


def test_the_sitemap_leads_to_pages_that_stand(visitor, park_unit, other_unit):
    lists = locations(visitor.get("/sitemap.xml"))
    found = [address for listed in lists for address in locations(visitor.get(listed))]
    own = [f"http://testserver/parks/{unit.parks.get().pk}/" for unit in (park_unit, other_unit)]
    assert lists == [f"http://testserver/sitemap-{name}.xml" for name in ("pages", "parks", "activities")]
    assert found[-2:] == own
    assert [address for address in found if visitor.get(address).status_code != 200] == []


@pytest.mark.django_db
def test_a_list_that_there_is_not_is_404(visitor):
    addresses = ["/sitemap-nothing.xml", "/sitemap-parks.xml?p=9", "/sitemap-parks.xml?p=x"]
    assert [visitor.get(address).status_code for address in addresses] == [404, 404, 404]


@pytest.mark.django_db
def test_search_engines_stay_out_of_the_workbench(visitor):
    lines = text(visitor.get("/robots.txt")).splitlines()
    assert {"Disallow: /members/", "Disallow: /accounts/", "Disallow: /admin/", "Disallow: /files/"} <= set(
        lines
    )
    assert not [line for line in lines if line.startswith("Disallow: /parks")]
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"


@pytest.mark.django_db
def test_visitors_read_of_an_error_in_the_public_frame(visitor, as_user, stranger):
    page, inside = visitor.get("/no/such/page/"), as_user(stranger).get("/no/such/page/")
    assert (page.status_code, inside.status_code) == (404, 404)
    assert '<nav aria-label="主导航">' in text(page)
    assert '<nav aria-label="主导航">' not in text(inside)
    assert [text(p).count("<h1") for p in (page, inside)] == [1, 1]


def test_the_units_former_name_is_not_told_by_the_first_page(visitor, park_unit, secretary):
    """The first page says of a park its name, its district and the day; of the unit nothing."""
    park_unit.refresh_from_db()
    changes = {"name": "改过名的公司", "credit_code": park_unit.credit_code}
    organizations.update_organization(park_unit, by=secretary, version=park_unit.version, changes=changes)
    page = text(visitor.get("/"))
    assert [word for word in ("演示运营公司01", "改过名的公司", park_unit.credit_code) if word in page] == []
