"""The files of a unit: on its page, for its own people and the secretariat."""

import pytest
from django.urls import reverse

from association.domain import attachments as domain
from members.attachments import KINDS
from tests.factories import files
from tests.factories.attachments import attach_url, body, send, upload, url

pytestmark = pytest.mark.django_db


def page_of(client, unit):
    return client.get(reverse("members:organization_files", args=[unit.pk]))


def test_the_secretariat_adds_a_licence_on_the_units_page(park_unit, secretary, member, as_user):
    client = as_user(secretary)
    page = page_of(client, park_unit).content.decode()
    assert [kind in page for kind in KINDS] == [True] * len(KINDS)
    here = reverse("members:organization_files", args=[park_unit.pk])
    assert send(client, park_unit, next=here)["Location"] == here
    assert "营业执照.pdf" in page_of(client, park_unit).content.decode()
    assert "营业执照.pdf" in page_of(as_user(member), park_unit).content.decode()


def test_the_units_own_people_read_but_do_not_add(park_unit, secretary, member, as_user):
    attachment = domain.add(park_unit, upload(files.PDF), by=secretary, kind="证照")
    client = as_user(member)
    assert body(client.get(url("download", attachment))) == files.PDF
    assert (send(client, park_unit).status_code, client.post(url("detach", attachment)).status_code) == (
        403,
        403,
    )
    assert attach_url(park_unit) not in page_of(client, park_unit).content.decode()


def test_another_unit_knows_nothing_of_them(park_unit, secretary, other_member, as_user):
    attachment = domain.add(park_unit, upload(files.PDF), by=secretary, kind="证照")
    client = as_user(other_member)
    answers = [page_of(client, park_unit), client.get(url("download", attachment)), send(client, park_unit)]
    assert [a.status_code for a in answers] == [404] * 3
