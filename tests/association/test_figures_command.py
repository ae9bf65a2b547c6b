"""`manage.py figures`: the numbers of the records beside the published ones."""

import json

import pytest
from django.core.management import CommandError, call_command

from association.desk import Figure, desk
from association.management.commands import figures
from association.models import User
from tests.factories import make_user

PUBLISHED = [
    {"key": "a.people", "label": "参会人员", "op": "eq", "article": 2, "demo": 2, "app": "a", "counts": "人"},
    {"key": "a.many", "label": "活动", "op": "gt", "article": 2, "demo": 3, "app": "a", "counts": "场"},
    {
        "key": "a.absent",
        "label": "没有登记的数字",
        "op": "eq",
        "article": 9,
        "demo": 9,
        "app": "a",
        "counts": "项",
    },
]


@pytest.fixture
def registered(db, monkeypatch, tmp_path):
    """Three figures over two accounts; what was published about 2022 lies in a folder of the test's own."""
    make_user("甲", "one@test.cn")
    make_user("乙", "two@test.cn")
    named = [("a.people", "人员"), ("a.many", "活动数"), ("a.other", "未公布的数字")]
    found = {key: Figure(key, label, lambda year: User.objects.order_by("pk")) for key, label in named}
    monkeypatch.setattr(desk, "figures", found)
    monkeypatch.setattr(figures, "PUBLISHED", tmp_path)
    (tmp_path / "figures-2022.json").write_text(json.dumps({"year": 2022, "figures": PUBLISHED}), "utf-8")


def printed(capfd, *arguments):
    call_command("figures", *arguments)
    said = capfd.readouterr()
    return said.out, said.err


def test_json_holds_the_figures_and_nothing_else(registered, capfd):
    out, err = printed(capfd, "2022", "--json")
    assert json.loads(out) == {
        "year": 2022,
        "figures": [
            {"key": "a.people", "label": "参会人员", "value": 2, "article": 2, "op": "eq", "demo": 2},
            {"key": "a.many", "label": "活动", "value": 2, "article": 2, "op": "gt", "demo": 3},
            {
                "key": "a.other",
                "label": "未公布的数字",
                "value": 2,
                "article": None,
                "op": None,
                "demo": None,
            },
        ],
    }
    assert err == ""


def test_the_table_is_aligned_and_says_what_agrees(registered, capfd):
    out, _ = printed(capfd, "2022")
    assert out.splitlines() == [
        "统计项        系统  已公布  演示值  结果",
        "参会人员         2       2       2  一致",
        "活动             2     > 2       3  不符",
        "未公布的数字     2",
    ]


def test_a_year_without_published_figures_says_so_beside_the_numbers(registered, capfd):
    out, err = printed(capfd, "2023", "--json")
    assert [row["article"] for row in json.loads(out)["figures"]] == [None, None, None]
    assert err.startswith("没有找到 2023 年度已公布的数字")


@pytest.mark.parametrize(
    ("value", "op", "article", "demo", "in_demo", "expected"),
    [
        (86, "eq", 86, 86, True, True),
        (86, "eq", 86, 85, True, False),
        (86, "eq", 86, 85, False, True),
        (86, "eq", 87, 86, True, False),
        (123, "gt", 120, 123, True, True),
        (120, "gt", 120, 120, True, False),
        (37, "ge", 37, 37, True, True),
        (101, "gt", 100, None, True, True),
    ],
)
def test_a_figure_agrees_with_what_was_published(settings, value, op, article, demo, in_demo, expected):
    settings.DEMO = in_demo
    assert figures.agrees({"value": value, "op": op, "article": article, "demo": demo}) is expected


@pytest.mark.parametrize("year", ["1989", "2101", "-1"])
def test_it_refuses_a_senseless_year(registered, year):
    with pytest.raises(CommandError, match="1990 至 2100"):
        call_command("figures", "--", year)


def test_full_width_characters_take_two_columns():
    assert [figures.width(text) for text in ("会员（2022）", "abc", "", "·")] == [12, 3, 0, 1]
