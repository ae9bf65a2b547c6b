"""The export log: who took what out, visible to those who watch and to each person for their own."""

import pytest
from django.urls import reverse

from association.domain import exports as domain
from association.models import ExportJob
from tests.members.test_exports_form import post

pytestmark = pytest.mark.django_db


def log(client, query=""):
    response = client.get(f"{reverse('members:exports')}{query}")
    assert response.status_code == 200
    return response


def people(response):
    return [row.person.full_name for row in response.context["page"]]


@pytest.fixture
def two_exports(secretary, president, as_user, park_unit):
    post(as_user(secretary), ["name", "liaison_mobile"], "?district=110105", unmasked="on", reason="走访通知")
    post(as_user(president), ["name"])


def test_log_says_who_what_and_why(two_exports, auditor, as_user):
    text = log(as_user(auditor)).content.decode()
    for said in (
        "陈思远",
        "会员名册_20221231.xlsx",
        "区：朝阳区",
        "用途：走访通知",
        "单位名称、联络员手机",
        "2 列",
    ):
        assert said in text


def test_watchers_see_all_and_others_their_own(
    two_exports, secretary, secretary_general, administrator, auditor, president, treasurer, as_user
):
    for watcher in (secretary, secretary_general, administrator, auditor):
        assert people(log(as_user(watcher))) == ["何景行", "陈思远"]
    assert people(log(as_user(president))) == ["何景行"]
    assert people(log(as_user(treasurer))) == []
    assert people(log(as_user(secretary), "?mine=1")) == ["陈思远"]


def test_only_people_with_a_duty_open_it(two_exports, member, stranger, as_user):
    assert as_user(None).get(reverse("members:exports")).status_code == 302
    for person in (member, stranger):
        assert as_user(person).get(reverse("members:exports")).status_code == 403


def test_nobody_else_is_offered_the_file(two_exports, secretary, auditor, as_user):
    download = reverse("members:export_download", args=[ExportJob.objects.get(person=secretary).pk])
    assert download not in log(as_user(auditor)).content.decode()


def test_empty_log_says_what_to_do(secretary, as_user):
    assert "还没有导出过" in log(as_user(secretary)).content.decode()


def test_log_costs_the_same_for_one_and_thirty(secretary, as_user, park_unit, queries, monkeypatch):
    monkeypatch.setattr(domain, "MOST_RECENT", 100)
    client = as_user(secretary)
    post(client)
    log(client)
    with queries() as one:
        log(client)
    for _ in range(29):
        post(client)
    with queries() as thirty:
        assert len(people(log(client))) == 20
    assert len(thirty) == len(one)


@pytest.mark.parametrize("page", ["0", "-1", "999999999", "x"])
def test_odd_pages_are_brought_into_range(page, two_exports, secretary, as_user):
    assert len(people(log(as_user(secretary), f"?page={page}"))) == 2
