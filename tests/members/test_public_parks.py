"""The public directory: parks of today's members, in words of the public tier, and gone the moment they are not public."""

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from association.choices import AttachmentState, FileRole
from association.domain import attachments as files
from association.models import Activity, Attachment, StoredFile
from members.domain import memberships, organizations, parks
from members.models import Organization, Park
from members.photos import COVER, LOGO, PHOTO
from tests.factories import make_organization, make_user
from tests.races import at_once


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture
def park(park_unit):
    return park_unit.parks.get()


def text(response):
    return response.content.decode()


def names(visitor, **query):
    """The names of the parks on a page of the directory."""
    page = visitor.get("/parks/", query)
    assert page.status_code == 200
    return re.findall(r'<h3><a href="/parks/\d+/">([^<]+)</a>', text(page))


def address(park):
    return f"/parks/{park.pk}/"


def change(park, by, **changes):
    park = Park.objects.get(pk=park.pk)
    return parks.update_park(park, by=by, version=park.version, changes=changes)


def picture(park, kind=PHOTO, *, state=AttachmentState.READY, roles=(FileRole.DISPLAY, FileRole.THUMBNAIL)):
    """A picture as it is once it has been redrawn; the drawing itself is tested elsewhere."""
    found = Attachment.objects.create(
        content_type=ContentType.objects.get_for_model(park), object_id=park.pk, kind=kind, name="李某某家门口.jpg",
        media_type="image/jpeg", size=3, sha256="0" * 64, state=state,
    )  # fmt: skip
    for role in roles:
        name = storages["attachments"].save(uuid.uuid4().hex, ContentFile(f"{role} {kind}".encode()))
        StoredFile.objects.create(
            attachment=found, role=role, stored_name=name, media_type="image/jpeg", size=3,
            sha256=uuid.uuid4().hex * 2,
        )  # fmt: skip
    return found


def photo_url(park, photo, name="photo"):
    return reverse(f"parks:{name}", args=[park.pk, photo.key])


# --- who is listed ----------------------------------------------------------------------------------------------


def test_only_parks_of_todays_members_are_listed(visitor, park_unit, secretary):
    today = localdate()
    make_organization("演示候选", park="候选园区", joined=None)
    make_organization("演示已退", park="已退园区", left=today)
    make_organization("演示将入", park="将入园区", joined=today + timedelta(days=1))
    make_organization("演示将退", park="将退园区", left=today + timedelta(days=1))
    again = make_organization("演示再入", park="再入园区", left=today - timedelta(days=90))
    memberships.join(again, by=secretary, on=today - timedelta(days=30), basis="决议")
    assert sorted(names(visitor)) == sorted(["莱锦文化创意产业园", "将退园区", "再入园区"])
    statuses = {p.name: visitor.get(address(p)).status_code for p in Park.objects.all()}
    assert {name for name, status in statuses.items() if status == 200} == set(names(visitor))
    assert set(statuses.values()) == {200, 404}


def test_a_unit_that_left_takes_its_parks_along_at_once(visitor, park_unit, park, secretary):
    photo = picture(park)
    asked = [address(park), photo_url(park, photo), photo_url(park, photo, "thumbnail")]
    assert [visitor.get(a).status_code for a in asked] == [200, 200, 200]
    memberships.leave(park_unit, by=secretary, on=localdate(), reason="withdrawal", basis="申请")
    assert [visitor.get(a).status_code for a in asked] == [404, 404, 404]
    assert names(visitor) == []
    assert f"parks/{park.pk}/" not in text(visitor.get("/sitemap-parks.xml"))


def test_a_withdrawn_park_is_gone_at_once_and_comes_back(visitor, park, secretary):
    photo = picture(park)
    asked = [address(park), photo_url(park, photo), photo_url(park, photo, "thumbnail")]
    parks.withdraw_park(park, by=secretary)
    assert [visitor.get(a).status_code for a in asked] == [404, 404, 404]
    assert (names(visitor), names(visitor, q="莱锦")) == ([], [])
    assert f"parks/{park.pk}/" not in text(visitor.get("/sitemap-parks.xml"))
    assert "莱锦" not in text(visitor.get("/"))
    parks.publish_park(park, by=secretary)
    assert [visitor.get(a).status_code for a in asked] == [200, 200, 200]


def test_a_withdrawn_park_is_not_named_on_the_page_of_its_sister(visitor, park_unit, park, secretary):
    sister = parks.add_park(park_unit, by=secretary, name="莱锦二期", district="110101")
    assert "莱锦二期" in text(visitor.get(address(park)))
    parks.withdraw_park(sister, by=secretary)
    assert "莱锦二期" not in text(visitor.get(address(park)))
    assert names(visitor, q="二期") == []


# --- what is told -----------------------------------------------------------------------------------------------

PUBLIC = {
    "english_name": "Laijin Park", "address": "八里庄东里1号", "transport": "地铁6号线十里堡站",
    "introduction": "由旧棉纺厂改造。", "website": "https://park.example.cn/a",
}  # fmt: skip
INNER = {
    "owner_name": "某产权单位", "land_use": "工业用地", "former_use": "京棉二厂", "boundaries": "东至某路",
    "rentable_area": 23456, "public_area": 3456, "culture_area": 2345, "parking_spaces": 777,
}  # fmt: skip


def test_a_park_page_tells_the_public_tier_and_nothing_else(visitor, park_unit, park, secretary, treasurer):
    change(
        park,
        secretary,
        **PUBLIC,
        **INNER,
        park_type="old_factory",
        platforms=["finance"],
        facilities=["theatre"],
    )
    parks.report_year(
        park,
        by=secretary,
        year=2022,
        tenants=8765,
        culture_tenants=7654,
        tenant_revenue=987654,
        rented_area=20202,
    )
    parks.add_recognition(park, by=secretary, level="model", year=2020, note="内部备注")
    organizations.add_name(park_unit, by=secretary, kind="former", name="京棉创意园", park=park)
    organizations.add_name(park_unit, by=secretary, kind="short", name="内部简称", park=park)
    inner = {
        "bank_name": "某银行", "bank_account": "6222020200009999", "invoice_title": "抬头文字", "email": "unit@unit.cn",
        "introduction": "单位简介文字", "registered_address": "注册地址文字", "registered_capital": 4321,
    }  # fmt: skip
    unit = Organization.objects.get(pk=park_unit.pk)
    changes = inner | {"phone": "010-88886666"}
    organizations.update_organization(unit, by=treasurer, version=unit.version, changes=changes)
    page = text(visitor.get(address(park)))
    shown = [*PUBLIC.values(), "曾用名：京棉创意园", "老旧厂房改造", "内容创作生产", "3.0 万㎡", "投融资服务", "剧场",
             "2020 年度北京市级文化产业示范园区", "演示运营公司01", "010-88886666"]  # fmt: skip
    assert [word for word in shown if word.removeprefix("https://") not in page] == []
    unit.refresh_from_db()
    secret = [*INNER.values(), *inner.values(), "8765", "7654", "987654", "98.8", "20202", "内部备注", "内部简称",
              "23,456", "2.3 万", "8,765", unit.credit_code, unit.member_number, "王法人", "李代表", "赵联络"]  # fmt: skip
    secret += list(unit.contact_roles.values_list("contact__mobile", flat=True))
    assert len(secret) > 25
    assert [word for word in map(str, secret) if word in page] == []


def test_the_directory_tells_no_more_than_the_park_page(visitor, park, secretary):
    change(park, secretary, **INNER)
    page = text(visitor.get("/parks/"))
    assert [str(word) for word in INNER.values() if str(word) in page] == []
    assert "演示运营公司01" in page


SCRIPT = '"><script>alert(1)</script>'


def test_scripts_in_names_and_texts_stay_text(visitor, park_unit, park, secretary):
    change(
        park, secretary, name=f"园{SCRIPT}", introduction=f"简介{SCRIPT}", address=SCRIPT, transport=SCRIPT
    )
    organizations.add_name(park_unit, by=secretary, kind="former", name=f"旧{SCRIPT}", park=park)
    for asked in ("/", "/parks/", "/parks/?q=<script>", address(park), "/sitemap-parks.xml"):
        page = text(visitor.get(asked))
        assert "<script" not in page, asked
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text(visitor.get(address(park)))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://x.example/"])
def test_only_web_addresses_become_links(visitor, park, url):
    Park.objects.filter(pk=park.pk).update(website=url)
    assert f'href="{url}' not in text(visitor.get(address(park)))


def test_links_to_the_parks_own_site_give_no_credit(visitor, park, secretary):
    change(park, secretary, website="https://park.example.cn/")
    link = re.search(r'<a href="https://park.example.cn/"[^>]*>[^<]*</a>', text(visitor.get(address(park))))[
        0
    ]
    assert link == '<a href="https://park.example.cn/" rel="noopener nofollow external">park.example.cn</a>'


def test_a_shared_page_says_what_it_is(visitor, park, secretary):
    change(park, secretary, introduction="由旧棉纺厂改造的园区。" * 30)
    photo = picture(park)
    page = text(visitor.get(address(park)))
    told = dict(re.findall(r'<meta (?:property|name)="([a-z:]+)" content="([^"]*)">', page))
    assert told["og:title"] == "莱锦文化创意产业园"
    assert told["og:image"] == f"http://testserver{photo_url(park, photo)}"
    assert told["og:description"] == told["description"]
    assert len(told["description"]) == 110
    assert f'<link rel="canonical" href="http://testserver{address(park)}">' in page


# --- searching and narrowing ------------------------------------------------------------------------------------


@pytest.fixture
def several(park_unit, other_unit, secretary):
    """莱锦 (朝阳, 老旧厂房, 02), 嘉诚胡同 (东城), 郎园Station with a former name and an operator with a short name."""
    change(park_unit.parks.get(), secretary, park_type="old_factory")
    unit = make_organization("演示运营公司03", park="郎园Station", district="110105")
    third = unit.parks.get()
    change(third, secretary, industries=["03", "06"], park_type="new", english_name="Langyuan Station")
    organizations.add_name(unit, by=secretary, kind="former", name="京棉仓库", park=third)
    organizations.add_name(unit, by=secretary, kind="short", name="首创郎园")
    parks.add_recognition(third, by=secretary, level="municipal", year=2022)
    return {"莱锦": "莱锦文化创意产业园", "嘉诚": "嘉诚胡同创意工场", "郎园": "郎园Station"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"district": "110105"}, ["莱锦", "郎园"]),
        ({"district": "110101"}, ["嘉诚"]),
        ({"type": "old_factory"}, ["莱锦"]),
        ({"industry": "03"}, ["郎园"]),
        ({"industry": "02"}, ["嘉诚", "莱锦"]),
        ({"district": "110105", "industry": "02"}, ["莱锦"]),
        ({"level": "municipal"}, ["郎园"]),
        ({"level": "municipal_any"}, ["郎园"]),
        ({"level": "national"}, []),
        ({"q": "莱锦"}, ["莱锦"]),
        ({"q": "创意"}, ["嘉诚", "莱锦"]),
        ({"q": "创意 胡同"}, ["嘉诚"]),
        ({"q": "laijin"}, ["莱锦"]),
        ({"q": "LJWH"}, ["莱锦"]),
        ({"q": "ｓｔａｔｉｏｎ"}, ["郎园"]),
        ({"q": "langyuan station"}, ["郎园"]),
        ({"q": "京棉仓库"}, ["郎园"]),
        ({"q": "jmck"}, ["郎园"]),
        ({"q": "首创郎园"}, ["郎园"]),
        ({"q": "scly"}, ["郎园"]),
        ({"q": "运营公司02"}, ["嘉诚"]),
        ({"q": "公司"}, ["嘉诚", "郎园", "莱锦"]),
        ({"q": "\u200b莱\u200b锦"}, ["莱锦"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"q": "没有的"}, []),
        ({"q": "   "}, ["嘉诚", "郎园", "莱锦"]),
    ],
)
def test_parks_are_found_by_what_is_public_of_them(visitor, several, query, found):
    assert sorted(names(visitor, **query)) == sorted(several[key] for key in found)


def test_numbers_codes_and_withdrawn_parks_find_nothing(visitor, park_unit, park, secretary):
    hidden = parks.add_park(park_unit, by=secretary, name="不公开的仓库", district="110105")
    parks.withdraw_park(hidden, by=secretary)
    park_unit.refresh_from_db()
    asked = [
        park_unit.credit_code,
        park_unit.member_number,
        "不公开的仓库",
        "bgkdck",
        park_unit.credit_code[:8],
    ]
    assert [names(visitor, q=word) for word in asked] == [[], [], [], [], []]


def test_the_state_lies_in_the_address_and_each_pill_takes_itself_away(visitor, several):
    page = text(visitor.get("/parks/", {"q": "园", "district": "110105", "industry": "02", "page": "9"}))
    pills = re.findall(r'<a class="pill" href="([^"]*)"><b>([^<]*)</b> ([^<]*)<', page)
    assert [(label, value) for _, label, value in pills] == [
        ("搜索", "园"),
        ("区", "朝阳区"),
        ("主导产业", "内容创作生产"),
    ]
    assert pills[0][0] == "/parks/?district=110105&amp;industry=02"
    assert '<option value="110105" selected>' in page
    assert 'value="园"' in page
    assert "1 个园区</h2>" in page


def test_the_map_counts_what_the_other_filters_leave(visitor, several):
    page = text(visitor.get("/parks/", {"district": "110101", "q": "创意"}))
    tiles = dict(re.findall(r'<a class="tile[^"]*" href="([^"]*)"[^>]*><title>[^：]*：(\d+) 个园区', page))
    assert tiles["/parks/?q=%E5%88%9B%E6%84%8F&amp;district=110105"] == "1"
    assert tiles["/parks/?q=%E5%88%9B%E6%84%8F&amp;district=110101"] == "1"
    assert sum(int(n) for n in tiles.values()) == 2
    assert page.count('aria-current="true"') == 1
    table = re.findall(r'<th scope="row"><a href="[^"]*">([^<]+)</a></th><td class="num">(\d+)', page)
    assert [row for row in table if row[1] != "0"] == [("东城区", "1"), ("朝阳区", "1")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "district=999999",
        "district=110105'--",
        "type=x",
        "industry=99",
        "level=%27",
        "q=" + "长" * 101,
        "district=%00",
    ],
)
def test_what_the_directory_does_not_know_is_said(visitor, query):
    page = visitor.get(f"/parks/?{query}")
    assert page.status_code in (400, 422)
    assert ("没有这样的筛选条件" in text(page)) == (page.status_code == 422)


@pytest.mark.parametrize(
    "page", ["0", "-1", "x", "1e9", "٣", "1000000000", "9" * 30, "999999999999999999999", ""]
)
def test_any_page_number_gives_a_page(visitor, several, page):
    assert len(names(visitor, page=page)) == 3


def test_pages_follow_each_other_without_gap(visitor, secretary):
    unit = make_organization("演示多园公司")
    for number in range(45):
        parks.add_park(unit, by=secretary, name=f"园区{number:02d}", district="110105")
    found = [names(visitor, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in found] == [20, 20, 5, 5]
    assert sorted({name for page in found for name in page}) == [f"园区{n:02d}" for n in range(45)]
    assert "第 41–45 个，共 45 个" in text(visitor.get("/parks/", {"page": 3}))
    assert 'href="?page=2" rel="next"' in text(visitor.get("/parks/"))


@pytest.mark.parametrize("asked", ["/parks/", "/", "/parks/?q=园&district=110105"])
def test_as_many_queries_for_thirty_rows_as_for_one(visitor, park_unit, secretary, queries, asked):
    first = parks.add_park(park_unit, by=secretary, name="园区00", district="110105")
    picture(first)
    with queries() as one:
        visitor.get(asked)
    for number in range(1, 30):
        added = parks.add_park(park_unit, by=secretary, name=f"园区{number:02d}", district="110105")
        parks.add_recognition(added, by=secretary, level="municipal", year=2020)
        picture(added)
    cache.clear()  # otherwise the second look finds what the first one counted
    with queries() as thirty:
        visitor.get(asked)
    assert len(thirty) == len(one) <= 20


def test_a_park_page_asks_the_same_however_much_it_shows(visitor, park_unit, park, secretary, queries):
    visitor.get(address(park))  # what is kept until anything changes is there now
    with queries() as little:
        visitor.get(address(park))
    for number in range(12):
        picture(park)
        parks.add_recognition(park, by=secretary, level="other", year=2000 + number)
        parks.add_park(park_unit, by=secretary, name=f"园区{number:02d}", district="110105")
    with queries() as much:
        visitor.get(address(park))
    assert len(much) == len(little) <= 20


# --- pictures ---------------------------------------------------------------------------------------------------


def body(response):
    return b"".join(response.streaming_content)


def test_a_picture_may_be_kept_and_can_do_nothing(visitor, park):
    photo = picture(park)
    shown = visitor.get(photo_url(park, photo))
    assert (shown.status_code, body(shown)) == (200, b"display \xe7\x85\xa7\xe7\x89\x87")
    headers = {
        name: shown[name] for name in ("Cache-Control", "X-Content-Type-Options", "Content-Security-Policy")
    }
    assert headers == {
        "Cache-Control": "public, max-age=86400, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }
    assert (shown["Content-Type"], "Vary" in shown.headers, len(shown.cookies)) == ("image/jpeg", False, 0)
    assert shown["Content-Disposition"].startswith("inline; ")
    assert "%E6" not in shown["Content-Disposition"]
    again = visitor.get(photo_url(park, photo), headers={"If-None-Match": shown["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    small = visitor.get(photo_url(park, photo, "thumbnail"))
    assert body(small).startswith(b"thumbnail")
    assert small["ETag"] != shown["ETag"]


def test_the_upload_as_it_came_is_never_given_out(visitor, park):
    only_original = picture(park, roles=(FileRole.ORIGINAL,))
    waiting = picture(park, state=AttachmentState.PROCESSING)
    paper = picture(park, kind="证明材料")
    asked = [photo_url(park, found) for found in (only_original, waiting, paper)]
    assert [visitor.get(a).status_code for a in asked] == [404, 404, 404]
    assert [
        str(found.key) in text(visitor.get(address(park))) for found in (only_original, waiting, paper)
    ] == [False] * 3


def test_a_picture_is_found_under_its_own_park_only(visitor, park, other_unit):
    photo, other = picture(park), other_unit.parks.get()
    unit_file = picture(park)
    Attachment.objects.filter(pk=unit_file.pk).update(
        content_type=ContentType.objects.get_for_model(Organization), object_id=park.pk
    )
    asked = [photo_url(other, photo), photo_url(park, unit_file), f"/parks/{park.pk}/photos/{uuid.uuid4()}/"]
    assert [visitor.get(a).status_code for a in asked] == [404, 404, 404]


def test_a_removed_picture_is_gone(visitor, park, secretary):
    photo = picture(park)
    files.remove(photo, by=secretary)
    assert visitor.get(photo_url(park, photo)).status_code == 404
    assert str(photo.key) not in text(visitor.get(address(park)))


def test_a_picture_missing_from_the_store_is_404(visitor, park):
    photo = picture(park)
    storages["attachments"].delete(photo.files.get(role=FileRole.DISPLAY).stored_name)
    assert visitor.get(photo_url(park, photo)).status_code == 404


def test_the_cover_comes_first_and_stands_in_the_list(visitor, park):
    logo, photo, cover = picture(park, LOGO), picture(park), picture(park, COVER)
    page = text(visitor.get(address(park)))
    shown = re.findall(r'<li><a href="([^"]*)"><img', page)
    assert shown == [photo_url(park, cover), photo_url(park, photo)]
    assert f'class="park__logo" src="{photo_url(park, logo, "thumbnail")}"' in page
    assert f'src="{photo_url(park, cover, "thumbnail")}"' in text(visitor.get("/parks/"))


# --- putting on and taking off ----------------------------------------------------------------------------------


@pytest.fixture
def manager(park_unit):
    return make_user("冯管理", "manager@test.cn", organization=park_unit, duty="manager")


def press(client, park, verb):
    return client.post(reverse(f"members:park_{verb}", args=[park.pk]))


def activities(park):
    kinds = ("members.park.withdrawn", "members.park.published")
    return list(
        Activity.objects.about(park).filter(kind__in=kinds).order_by("pk").values_list("sentence", flat=True)
    )


@pytest.mark.parametrize("who", ["secretary", "manager"])
def test_secretariat_and_managers_decide(request, as_user, park, who):
    person = request.getfixturevalue(who)
    client = as_user(person)
    tab = reverse("members:organization_parks", args=[park.organization_id])
    assert "从公开名录撤下" in text(client.get(tab))
    answer = press(client, park, "withdraw")
    assert (answer.status_code, answer["Location"]) == (303, tab)
    assert "未在公开名录展示" in text(client.get(tab))
    press(client, park, "publish")
    assert Park.objects.get(pk=park.pk).is_public is True
    said = ["从公开名录撤下“莱锦文化创意产业园”", "在公开名录展示“莱锦文化创意产业园”"]
    assert activities(park) == said
    assert set(Activity.objects.about(park).filter(sentence__in=said).values_list("by", flat=True)) == {
        person.pk
    }


def test_others_do_not(as_user, park, other_unit, treasurer, auditor, stranger, park_unit):
    foreign = make_user("卫他人", "foreign@test.cn", organization=other_unit, duty="manager")
    clerk = make_user("钱经办", "clerk@test.cn", organization=park_unit, duty="clerk")
    statuses = [
        press(as_user(person), park, "withdraw").status_code
        for person in (None, stranger, foreign, clerk, treasurer, auditor)
    ]
    assert statuses == [302, 404, 404, 403, 403, 403]
    assert Park.objects.get(pk=park.pk).is_public is True
    assert activities(park) == []


def test_reading_the_address_decides_nothing(as_user, secretary, park):
    client = as_user(secretary)
    asked = [reverse(f"members:park_{verb}", args=[park.pk]) for verb in ("withdraw", "publish")]
    assert [client.get(a).status_code for a in asked] == [405, 405]
    assert Park.objects.get(pk=park.pk).is_public is True


def test_a_manager_whose_unit_left_decides_no_more(as_user, manager, park_unit, park, secretary):
    memberships.leave(park_unit, by=secretary, on=localdate(), reason="withdrawal", basis="申请")
    assert press(as_user(manager), park, "withdraw").status_code == 403


def test_twice_is_harmless(park, secretary):
    for _ in range(2):
        parks.withdraw_park(park, by=secretary)
    for _ in range(2):
        parks.publish_park(park, by=secretary)
    assert len(activities(park)) == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(secretary, park):
    results = at_once(*[lambda: parks.withdraw_park(park, by=secretary)] * 3)
    assert [found.is_public for found in results] == [False] * 3
    assert len(activities(park)) == 1


def test_history_keeps_who_decided(park, secretary):
    parks.withdraw_park(park, by=secretary)
    told = (
        Park.pgh_event_model.objects.filter(pgh_obj_id=park.pk)
        .order_by("pgh_id")
        .values_list("is_public", flat=True)
    )
    assert list(told)[-2:] == [True, False]
