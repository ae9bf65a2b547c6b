"""The yearly figures of the roster: what counts, what does not, and the pages that show it."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate

from association.desk import desk
from members.choices import RecognitionLevel
from members.domain import memberships, parks
from tests.factories import FOUNDED, make_organization

FOUNDING, LISTED, YEAR_END = "members.founding", "members.founding_municipal_2020", "members.at_year_end"


def counted(key, year=2022):
    return [unit.name for unit in desk.figures[key].queryset(year)]


def recognise(unit, level=RecognitionLevel.MUNICIPAL, year=2020, place=0):
    return parks.add_recognition(unit.parks.all()[place], by=None, level=level, year=year)


def leave(unit, on):
    memberships.leave(unit, by=None, on=on, reason="withdrawal", basis="申请")


# --- what counts --------------------------------------------------------------------------------------------
def test_founding_members_are_those_of_that_day_whatever_came_later(db):
    stayed, left = make_organization("留下的"), make_organization("后来退会的")
    leave(left, date(2022, 6, 1))
    leave(make_organization("当日已退的", joined=date(2021, 5, 1)), FOUNDED)
    make_organization("次日入会的", joined=FOUNDED + timedelta(days=1))
    make_organization("从未入会的", joined=None)
    assert counted(FOUNDING) == counted(FOUNDING, 2023) == [stayed.name, left.name]
    assert counted(FOUNDING, 2021) == []


def test_the_municipal_list_of_2020_is_counted_by_unit_at_any_level(db):
    levels = [RecognitionLevel.MODEL, RecognitionLevel.MODEL_NOMINEE, RecognitionLevel.MUNICIPAL]
    units = [make_organization(f"单位{level}", park=f"园区{level}") for level in levels]
    for unit, level in zip(units, levels, strict=True):
        recognise(unit, level)
    assert counted(LISTED) == [unit.name for unit in units]


def test_two_parks_on_the_list_are_one_unit(db, park_unit):
    parks.add_park(park_unit, by=None, name="二期", district="110105")
    recognise(park_unit, place=0)
    recognise(park_unit, place=1)
    assert counted(LISTED) == [park_unit.name]


@pytest.mark.parametrize(
    ("level", "year"),
    [(RecognitionLevel.MUNICIPAL, 2022), (RecognitionLevel.OTHER, 2020), (RecognitionLevel.NATIONAL, 2020)],
)
def test_another_list_or_year_does_not_count(park_unit, level, year):
    recognise(park_unit, level, year)
    assert counted(LISTED) == []


def test_a_listed_park_whose_unit_joined_later_does_not_count(db):
    recognise(make_organization("后来的", park="园区", joined=date(2022, 3, 1)))
    assert counted(LISTED) == []


def test_the_year_ends_with_the_last_day(db):
    leave(make_organization("年末当日退会"), date(2022, 12, 31))
    leave(make_organization("次年首日退会"), date(2023, 1, 1))
    make_organization("年末当日入会", joined=date(2022, 12, 31))
    assert counted(YEAR_END) == ["次年首日退会", "年末当日入会"]
    assert counted(YEAR_END, 2021) == []


def test_the_present_year_is_counted_as_of_today(db):
    make_organization("今天入会", joined=localdate())
    assert counted(YEAR_END, localdate().year) == ["今天入会"]
    assert counted(YEAR_END, localdate().year + 1) == []


# --- the pages ----------------------------------------------------------------------------------------------
def test_the_page_lists_the_rows_with_their_addresses(as_user, auditor, park_unit):
    recognise(park_unit)
    park_unit.refresh_from_db()
    page = as_user(auditor).get(f"/figures/2022/{LISTED}/")
    assert page.context["rows"] == [
        {
            "url": f"/members/{park_unit.pk}/",
            "cells": [
                ("单位", "演示运营公司01"),
                ("园区", "莱锦文化创意产业园"),
                ("会员编号", "BCIPA-2022-0001"),
                ("所属区", "朝阳区"),
                ("入会日期", "2022年1月26日"),
                ("认定", "2020 北京市级文化产业园区"),
            ],
        }
    ]
    assert "共 1 条" in page.content.decode()


def test_the_overview_names_every_figure_and_its_value(as_user, auditor, park_unit):
    page = as_user(auditor).get("/figures/?year=2022")
    shown = {
        row["figure"].key: row["value"]
        for row in page.context["rows"]
        if row["figure"].key.startswith("members.")
    }
    assert shown == {FOUNDING: 1, LISTED: 0, YEAR_END: 1, "members.joined": 1, "members.left": 0}
    assert f'href="/figures/2022/{FOUNDING}/"' in page.content.decode()


@pytest.mark.parametrize(
    "asked", ["", "?year=", "?year=abc", "?year=-5", "?year=99999999999999999999", "?year=２０２２"]
)
def test_a_senseless_year_shows_the_present_one(as_user, auditor, asked):
    page = as_user(auditor).get(f"/figures/{asked}")
    assert (page.status_code, page.context["year"]) == (200, localdate().year)


def test_an_empty_figure_says_what_to_do(as_user, auditor):
    page = as_user(auditor).get(f"/figures/2022/{FOUNDING}/")
    assert "2022 年度没有计入的记录" in page.content.decode()


@pytest.mark.parametrize("path", ["2022/members.nothing/", f"1/{FOUNDING}/", f"99999/{FOUNDING}/"])
def test_there_is_no_such_figure(as_user, auditor, path):
    assert as_user(auditor).get(f"/figures/{path}").status_code == 404


@pytest.mark.parametrize(("asked", "number"), [("1", 1), ("2", 2), ("99", 2), ("-3", 2), ("x", 1)])
def test_pages_stay_in_range(as_user, auditor, db, asked, number):
    for place in range(21):
        make_organization(f"单位{place:02d}", people=False)
    page = as_user(auditor).get(f"/figures/2022/{FOUNDING}/?page={asked}").context["page"]
    assert (page.number, page.paginator.count) == (number, 21)


@pytest.mark.parametrize("path", ["", f"2022/{FOUNDING}/"])
def test_who_may_see_figures(as_user, member, stranger, auditor, path):
    assert [as_user(user).get(f"/figures/{path}").status_code for user in (None, stranger, member, auditor)] == [
        302, 403, 403, 200,
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["", f"2022/{FOUNDING}/", f"2022/{LISTED}/", f"2022/{YEAR_END}/"])
def test_many_rows_ask_no_more_queries_than_one(as_user, auditor, queries, park_unit, path):
    recognise(park_unit)
    client = as_user(auditor)
    client.get(f"/figures/{path}")
    with queries() as few:
        client.get(f"/figures/{path}")
    for place in range(29):
        recognise(make_organization(f"单位{place:02d}", park=f"园区{place:02d}", people=False))
    with queries() as many:
        client.get(f"/figures/{path}")
    assert len(many) == len(few)
