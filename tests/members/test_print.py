"""The roster on paper: order, day, filters, what is never printed, and the limit."""

from datetime import date

import pytest
from django.urls import reverse

from association.models import ExportJob
from members.views import printing
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


def sheet(client, **query):
    response = client.get(reverse("members:print"), query)
    assert response.status_code == 200
    return response


def printed(response):
    """The names on the sheet in their order."""
    rows = str(response.context["rows"]).split("\n")
    return [row.split("</td><td>")[2] for row in rows if row]


@pytest.fixture
def three_units(db):
    for name in ("丁一文化公司", "王二文化公司", "陈三文化公司"):
        make_organization(name, park=f"{name[:1]}园")


def test_by_strokes_unless_by_pinyin(three_units, secretary, as_user):
    client = as_user(secretary)
    assert printed(sheet(client)) == ["丁一文化公司", "王二文化公司", "陈三文化公司"]
    assert printed(sheet(client, order="pinyin")) == ["陈三文化公司", "丁一文化公司", "王二文化公司"]
    assert printed(sheet(client, order="password")) == ["丁一文化公司", "王二文化公司", "陈三文化公司"]


def test_title_count_and_columns(three_units, secretary, as_user):
    text = sheet(as_user(secretary), as_of="2022-12-31").content.decode()
    assert "<h1>会员名册（截至2022年12月31日）</h1>" in text
    assert "共 3 家，按姓氏笔画排列" in text
    head = "".join(
        f'<th scope="col">{header}</th>'
        for header in ("序号", "会员编号", "单位名称", "园区", "区", "级别", "会员代表", "职务")
    )
    assert f"<tr>{head}</tr>" in text


def test_no_telephone_number_is_printed(park_unit, president, as_user):
    numbers = park_unit.contact_roles.values_list("contact__mobile", flat=True)
    text = sheet(as_user(president)).content.decode()
    assert [number in text for number in numbers] == [False, False]
    assert "李代表" in text


def test_day_and_filters_are_those_of_the_address(three_units, secretary, as_user):
    make_organization("后来的公司", joined=date(2022, 6, 1), district="110101")
    client = as_user(secretary)
    assert len(printed(sheet(client, as_of="2022-01-26"))) == 3
    assert printed(sheet(client, district="110101")) == ["后来的公司"]
    assert "区：东城区" in sheet(client, district="110101").content.decode()


def test_names_are_written_not_run(secretary, as_user):
    make_organization("<script>alert(1)</script>公司", credit_code="")
    text = sheet(as_user(secretary)).content.decode()
    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt;公司</td>" in text


def test_too_many_are_refused_with_a_sentence(three_units, secretary, as_user, monkeypatch):
    monkeypatch.setattr(printing, "MOST", 2)
    response = as_user(secretary).get(reverse("members:print"))
    assert response.status_code == 422
    assert "一次最多打印 2 家单位" in response.content.decode()


def test_wrong_filter_is_refused_with_a_sentence(secretary, as_user):
    response = as_user(secretary).get(reverse("members:print"), {"as_of": "x"})
    assert response.status_code == 422
    assert "筛选条件有误" in response.content.decode()


def test_empty_sheet_leads_back(secretary, as_user):
    assert "没有符合条件的单位" in sheet(as_user(secretary)).content.decode()


def test_who_may_print(auditor, member, stranger, as_user, park_unit):
    assert as_user(None).get(reverse("members:print")).status_code == 302
    assert [as_user(p).get(reverse("members:print")).status_code for p in (auditor, member, stranger)] == [
        200,
        403,
        403,
    ]


def test_printing_is_a_reading(three_units, secretary, as_user):
    assert as_user(secretary).post(reverse("members:print")).status_code == 405
    sheet(as_user(secretary))
    assert ExportJob.objects.count() == 0


def test_sheet_costs_the_same_for_one_and_thirty(park_unit, secretary, as_user, queries):
    client = as_user(secretary)
    sheet(client)
    with queries() as one:
        sheet(client)
    for number in range(29):
        make_organization(f"单位{number}", park=f"园区{number}")
    with queries() as thirty:
        assert len(printed(sheet(client))) == 30
    assert len(thirty) == len(one)
