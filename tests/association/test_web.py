"""The frame of every view: who is let in, page or fragment, and a form that counts once."""

import uuid

import pytest
from django.urls import reverse

from association.choices import Role
from association.models import Submission
from members.models import Organization, Park
from tests.factories import make_organization, make_user, next_code
from tests.races import at_once

CREATE = "/members/new/"
HTMX = {"HX-Request": "true"}


def new_unit(name="新单位", **fields):
    return {"name": name, "category": "other", "credit_code": next_code()} | fields


# --- respond ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_browser_gets_the_page_and_htmx_the_fragment(secretary, as_user):
    client = as_user(secretary)
    page = client.get(reverse("members:districts"))
    part = client.get(reverse("members:districts"), headers=HTMX)
    assert (page.status_code, part.status_code) == (200, 200)
    assert "<html" in page.content.decode()
    assert "<html" not in part.content.decode()
    assert "按区概览" in part.content.decode()


@pytest.mark.django_db
def test_a_boosted_link_gets_the_whole_page(secretary, as_user):
    page = as_user(secretary).get(reverse("members:districts"), headers=HTMX | {"HX-Boosted": "true"})
    assert "<html" in page.content.decode()


@pytest.mark.django_db
def test_caches_are_told_that_pages_differ_and_are_private(secretary, as_user):
    page = as_user(secretary).get(reverse("members:districts"))
    assert {part.strip() for part in page["Vary"].split(",")} >= {"HX-Request", "Cookie"}
    assert page["Cache-Control"] == "no-store, private"


@pytest.mark.django_db
def test_a_form_with_errors_answers_422_beside_the_fields(secretary, as_user):
    page = as_user(secretary).post(CREATE, new_unit("", credit_code="911100000000000000"))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"name", "credit_code"}
    assert Organization.objects.count() == 0


@pytest.mark.django_db
def test_after_a_post_the_browser_is_sent_on_by_303_and_htmx_by_header(secretary, as_user):
    client = as_user(secretary)
    page = client.post(CREATE, new_unit("甲"))
    part = client.post(CREATE, new_unit("乙"), headers=HTMX)
    first, second = Organization.objects.order_by("pk")
    assert (page.status_code, page["Location"]) == (303, f"/members/{first.pk}/")
    assert (part.status_code, part["HX-Redirect"], part.content) == (200, f"/members/{second.pk}/", b"")


# --- require ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_visitor_is_sent_to_sign_in_and_back_again(as_user):
    page = as_user(None).get("/members/districts/?as_of=2022-12-31")
    assert (page.status_code, page["Location"]) == (
        302,
        "/accounts/login/?next=/members/districts/%3Fas_of%3D2022-12-31",
    )


@pytest.mark.django_db
def test_who_may_not_is_told_so(stranger, as_user):
    page = as_user(stranger).get(reverse("members:districts"))
    assert page.status_code == 403


@pytest.mark.django_db
def test_a_duty_that_ended_today_opens_nothing_any_more(secretary, as_user):
    client = as_user(secretary)
    assert client.get(reverse("members:districts")).status_code == 200
    secretary.role_assignments.update(until=secretary.role_assignments.get().since)
    assert client.get(reverse("members:districts")).status_code == 403


@pytest.mark.django_db
def test_an_account_switched_off_is_a_visitor(secretary, as_user):
    client = as_user(secretary)
    type(secretary).objects.update(is_active=False)
    assert client.get(reverse("members:districts")).status_code == 302


# --- idempotent -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_form_sent_twice_creates_once_and_leads_to_the_same_place(secretary, as_user):
    client, data = as_user(secretary), new_unit(_key=str(uuid.uuid4()))
    first, second = client.post(CREATE, data), client.post(CREATE, data)
    unit = Organization.objects.get()
    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] == second["Location"] == f"/members/{unit.pk}/"


@pytest.mark.django_db
def test_a_second_sending_with_other_data_creates_nothing(secretary, as_user):
    """Back, change, send again: the key was used; the person is led to what the first sending made."""
    client, key = as_user(secretary), str(uuid.uuid4())
    client.post(CREATE, new_unit("先", _key=key))
    client.post(CREATE, new_unit("后", _key=key))
    assert [u.name for u in Organization.objects.all()] == ["先"]


@pytest.mark.django_db
def test_errors_do_not_use_the_key_up(secretary, as_user):
    client, key = as_user(secretary), str(uuid.uuid4())
    assert client.post(CREATE, new_unit("", _key=key)).status_code == 422
    assert Submission.objects.count() == 0
    assert client.post(CREATE, new_unit("补上", _key=key)).status_code == 303
    assert Submission.objects.get().location == f"/members/{Organization.objects.get().pk}/"


@pytest.mark.django_db
def test_a_refusal_does_not_use_the_key_up(secretary, park_unit, as_user):
    client, key = as_user(secretary), str(uuid.uuid4())
    url = reverse("members:join", args=[park_unit.pk])
    assert client.post(url, {"on": "2023-01-01", "basis": "决议", "_key": key}).status_code == 409
    assert Submission.objects.count() == 0


@pytest.mark.django_db
def test_another_persons_key_is_no_key_of_mine(secretary, secretary_general, as_user):
    key = str(uuid.uuid4())
    as_user(secretary).post(CREATE, new_unit("甲", _key=key))
    page = as_user(secretary_general).post(CREATE, new_unit("乙", _key=key))
    assert page["Location"] == f"/members/{Organization.objects.get(name='乙').pk}/"
    assert Organization.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x", "0" * 5000, "'; drop table", "\u0000"])
def test_a_key_that_is_none_is_served_as_new(secretary, as_user, key):
    assert as_user(secretary).post(CREATE, new_unit(_key=key)).status_code == 303
    assert Submission.objects.count() == 0


@pytest.mark.django_db
def test_every_creating_page_carries_a_fresh_key(secretary, park_unit, as_user):
    client, park = as_user(secretary), park_unit.parks.get()
    urls = [
        CREATE,
        *(reverse(f"members:{n}", args=[park_unit.pk]) for n in ("park_add", "contact_add", "join", "post_add", "name_add")),
        reverse("members:recognition_add", args=[park.pk]),
    ]  # fmt: skip
    pages = [client.get(url).content.decode() for url in urls]
    assert [page.count('name="_key"') for page in pages] == [1] * len(urls)
    keys = {page.split('name="_key" value="')[1][:36] for page in pages}
    assert len(keys) == len(urls)


@pytest.mark.django_db
def test_a_get_never_uses_a_key(secretary, as_user):
    as_user(secretary).get(CREATE, {"_key": str(uuid.uuid4())})
    assert Submission.objects.count() == 0


# --- two at once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_double_click_creates_once(as_user):
    secretary = make_user("陈思远", "secretary@test.cn", roles=[Role.SECRETARIAT])
    data = new_unit(_key=str(uuid.uuid4()))
    clients = [as_user(secretary) for _ in range(3)]
    answers = at_once(*[lambda client=client: client.post(CREATE, data) for client in clients])
    unit = Organization.objects.get()
    assert [(a.status_code, a.headers.get("Location")) for a in answers] == [
        (303, f"/members/{unit.pk}/")
    ] * 3


@pytest.mark.django_db(transaction=True)
def test_two_people_who_create_the_same_at_once_both_get_an_answer(as_user):
    """The unique index decides; the second is told in a sentence, not by a failure."""
    people = [
        make_user(name, f"{name}@test.cn", roles=[Role.SECRETARIAT]) for name in ("one", "two", "three")
    ]
    data = new_unit()
    clients = [as_user(person) for person in people]
    answers = at_once(
        *[lambda client=client: client.post(CREATE, data | {"_key": str(uuid.uuid4())}) for client in clients]
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 303
    assert set(statuses[1:]) <= {409, 422}
    assert Organization.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_parks_of_one_name_at_once_are_one_park(as_user):
    secretary = make_user("陈思远", "secretary@test.cn", roles=[Role.SECRETARIAT])
    unit = make_organization("单位", people=False)
    url, data = reverse("members:park_add", args=[unit.pk]), {"name": "同名园区", "district": "110105"}
    clients = [as_user(secretary) for _ in range(3)]
    answers = at_once(
        *[lambda client=client: client.post(url, data | {"_key": str(uuid.uuid4())}) for client in clients]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
    assert Park.objects.count() == 1
