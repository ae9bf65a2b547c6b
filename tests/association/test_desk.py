"""The workbench: menu, to-dos, search and figures that the apps register."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from association.desk import Desk, Hit, Todo
from association.desk import desk as the_desk
from association.models import Job, User

TODAY = "2022-11-23T10:00:00+08:00"


def anybody(user):
    return True


def nobody(user):
    return False


@pytest.fixture
def desk():
    return Desk()


# --- menu -------------------------------------------------------------------------------------------------


def test_the_menu_is_grouped_and_ordered(desk):
    desk.menu("治理", "理事会", "association:figures", allowed=anybody)
    desk.menu("会员", "后", "members:districts", allowed=anybody, order=20)
    desk.menu("会员", "先", "members:roster", allowed=anybody, order=10)
    desk.menu("", "今日", "association:today", allowed=anybody)
    found = [(group["label"], [e["label"] for e in group["entries"]]) for group in desk.menu_for(None, "/")]
    assert found == [("", ["今日"]), ("会员", ["先", "后"]), ("治理", ["理事会"])]


def test_who_may_not_open_a_page_does_not_see_its_entry(desk):
    desk.menu("会员", "名册", "members:roster", allowed=nobody)
    assert desk.menu_for(None, "/") == []


@pytest.mark.parametrize(
    ("path", "current"),
    [("/members/", "名册"), ("/members/5/edit/", "名册"), ("/members/districts/", "按区"), ("/today/", None)],
)
def test_the_entry_of_the_longest_matching_address_is_the_current_one(desk, path, current):
    desk.menu("会员", "名册", "members:roster", allowed=anybody)
    desk.menu("会员", "按区", "members:districts", allowed=anybody)
    entries = [e for group in desk.menu_for(None, path) for e in group["entries"]]
    assert next((e["label"] for e in entries if e["current"]), None) == current


def test_an_entry_shows_its_number_and_whether_it_is_due(desk):
    desk.menu("会员", "待审", "members:roster", allowed=anybody, count=lambda user: 3, due=True)
    desk.menu("会员", "空", "members:districts", allowed=anybody, count=lambda user: 0, due=True)
    desk.menu("会员", "无", "association:figures", allowed=anybody)
    entries = desk.menu_for(None, "/")[0]["entries"]
    assert [(e["count"], e["due"]) for e in entries] == [(3, True), (0, False), (None, False)]


@pytest.mark.django_db
def test_the_menu_of_the_house_is_each_persons_own(secretary, treasurer, auditor, stranger, member, as_user):
    def labels(user):
        return {e["label"] for group in the_desk.menu_for(user, "/") for e in group["entries"]}

    assert {"名册", "按区概览"} <= labels(secretary) & labels(treasurer) & labels(auditor)
    assert {"名册", "按区概览"}.isdisjoint(labels(stranger) | labels(member))


@pytest.mark.django_db
def test_every_menu_entry_opens(secretary, administrator, auditor, treasurer, as_user):
    for person in (secretary, administrator, auditor, treasurer):
        client = as_user(person)
        opened = {
            e["url"]: client.get(e["url"]).status_code
            for group in the_desk.menu_for(person, "/")
            for e in group["entries"]
        }
        assert opened == dict.fromkeys(opened, 200)


# --- to-dos -----------------------------------------------------------------------------------------------


def test_the_oldest_deadline_comes_first_and_none_comes_last(desk):
    due = [None, date(2022, 12, 1), date(2022, 11, 1)]
    desk.todo(lambda user: [Todo(f"事{n}", "/", "办", due=day) for n, day in enumerate(due)])
    assert [t.title for t in desk.todos_for(None)] == ["事2", "事1", "事0"]


@time_machine.travel(TODAY, tick=False)
@pytest.mark.parametrize(
    ("due", "words"),
    [
        (None, ("待处理", "info")),
        (date(2022, 11, 23), ("今天到期", "warn")),
        (date(2022, 11, 24), ("剩 1 个工作日", "info")),
        (date(2022, 11, 28), ("剩 3 个工作日", "info")),
        (date(2022, 11, 22), ("超期 1 个工作日", "late")),
        (date(2022, 11, 18), ("超期 3 个工作日", "late")),
        (date(2099, 11, 24), ("剩 28125 个工作日", "info")),
    ],
)
def test_the_time_left_is_said_in_working_days(due, words):
    assert Todo("事", "/", "办", due=due).remaining == words


def test_sources_are_asked_for_the_person(desk):
    desk.todo(lambda user: [Todo(f"{user}的事", "/", "办")])
    assert [t.title for t in desk.todos_for("陈思远")] == ["陈思远的事"]


@pytest.mark.django_db
def test_incomplete_profiles_wait_for_the_secretariat_only(secretary, treasurer, park_unit, as_user):
    park_unit.contact_roles.filter(duty="liaison").delete()
    assert "1 家会员的资料待完善" in as_user(secretary).get("/today/").content.decode()
    assert "资料待完善" not in as_user(treasurer).get("/today/").content.decode()


@pytest.mark.django_db
def test_failed_background_work_is_shown_to_those_who_see_to_it(secretary, administrator, treasurer, as_user):
    Job.objects.create(name="test.work", state="failed")
    shown = [
        "1 项后台任务" in as_user(person).get("/today/").content.decode()
        for person in (secretary, administrator, treasurer)
    ]
    assert shown == [True, True, False]


# --- search -----------------------------------------------------------------------------------------------


def test_hits_of_every_source_are_shown(desk):
    desk.search(lambda user, text, limit: [Hit(text, "/a", "甲")])
    desk.search(lambda user, text, limit: [Hit(str(limit), "/b", "乙")])
    assert [(h.title, h.kind) for h in desk.hits_for(None, "莱锦")] == [("莱锦", "甲"), ("20", "乙")]


@pytest.mark.django_db
def test_the_search_page_shows_what_was_asked_and_found(secretary, park_unit, as_user):
    body = as_user(secretary).get("/search/", {"q": "莱锦"}).content.decode()
    assert "莱锦文化创意产业园" in body
    assert f'href="/members/{park_unit.pk}/"' in body


@pytest.mark.django_db
def test_odd_searches_find_nothing_and_break_nothing(secretary, park_unit, as_user):
    client = as_user(secretary)
    texts = [
        "",
        "   ",
        "\u3000",
        "不存在的名字",
        "长" * 800,
        "%",
        "_",
        "'\"<script>alert(1)",
        "\\",
        "{{ 1 }}",
    ]
    pages = {text: client.get("/search/", {"q": text}) for text in texts}
    assert {text: page.status_code for text, page in pages.items()} == dict.fromkeys(texts, 200)
    bodies = "".join(page.content.decode() for page in pages.values())
    assert ("莱锦" in bodies, "<script>alert" in bodies) == (False, False)


# --- figures ----------------------------------------------------------------------------------------------


def test_a_figure_is_the_number_of_its_rows(desk, db):
    User.objects.create_user("a@test.cn", "甲")
    desk.figure("test.users", "账号", lambda year: User.objects.all())
    assert desk.figures["test.users"].value(2022) == 1


@pytest.mark.django_db
def test_every_figure_opens_and_lists_as_many_rows_as_it_counts(secretary, park_unit, other_unit, as_user):
    client = as_user(secretary)
    for key, figure in the_desk.figures.items():
        page = client.get(reverse("association:figure", args=[2022, key]))
        assert page.status_code == 200
        assert len(page.context["rows"]) == figure.value(2022)
    assert the_desk.figures["members.at_year_end"].value(2022) == 2


@pytest.mark.django_db
@time_machine.travel(TODAY)
def test_today_shows_what_counts_something_this_year_and_nothing_else(secretary, park_unit, as_user):
    page = as_user(secretary).get("/today/")
    shown = {row["figure"].key: row["value"] for row in page.context["figures"]}
    counted = {key: figure.value(2022) for key, figure in the_desk.figures.items() if figure.is_news_in(2022)}
    assert shown == {key: value for key, value in counted.items() if value}
    assert (shown["members.at_year_end"], 0 in counted.values()) == (1, True)


@pytest.mark.django_db
def test_years_that_cannot_be_are_not_found_or_brought_to_this_year(secretary, as_user):
    client = as_user(secretary)
    key = "members.at_year_end"
    asked = {
        year: client.get(f"/figures/{year}/{key}/").status_code for year in (1989, 2101, 10**17, 0, 2022)
    }
    assert asked == {1989: 404, 2101: 404, 10**17: 404, 0: 404, 2022: 200}
    assert client.get("/figures/2022/no.such.figure/").status_code == 404
    for year in ("abc", "-1", "9" * 5000, "002022123", "２０２２", "1e3", ""):
        assert client.get("/figures/", {"year": year}).status_code == 200
