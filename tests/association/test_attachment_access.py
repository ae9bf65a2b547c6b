"""Who may see, add and remove files; what others have does not exist."""

import uuid

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from association import attachments
from association.models import Attachment
from members.models import Organization
from tests.factories import files
from tests.factories.attachments import added, attach_url, body, list_url, send, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_units")]


def test_addresses_of_others_files_do_not_exist(park_unit, member, other_member, stranger, as_user):
    attachment = added(park_unit, member)
    for person in (other_member, stranger):
        client = as_user(person)
        asked = [client.get(url("download", attachment)), client.get(url("thumbnail", attachment))]
        asked += [
            client.get(list_url(park_unit)),
            client.post(url("detach", attachment)),
            send(client, park_unit),
        ]
        assert [answer.status_code for answer in asked] == [404] * 5
        assert not any("营业执照" in a.content.decode() for a in asked)
    assert (Attachment.objects.present().count(), Attachment.objects.count()) == (1, 1)


def test_a_visitor_is_asked_to_sign_in_whether_the_file_is_there_or_not(park_unit, member, as_user):
    there, not_there = (
        url("download", added(park_unit, member)),
        reverse("association:download", args=[uuid.uuid4()]),
    )
    for address in (there, not_there, list_url(park_unit)):
        response = as_user(None).get(address)
        assert (response.status_code, response["Location"]) == (
            302,
            f"{reverse('account_login')}?next={address}",
        )
    assert as_user(None).post(attach_url(park_unit)).status_code == 302


def test_who_sees_may_not_therefore_add_or_remove(park_unit, member, president, as_user):
    attachment, client = added(park_unit, member), as_user(president)
    assert body(client.get(url("download", attachment))) == files.PDF
    assert (send(client, park_unit).status_code, client.post(url("detach", attachment)).status_code) == (
        403,
        403,
    )
    assert 'type="file"' not in client.get(list_url(park_unit)).content.decode()
    assert Attachment.objects.present().count() == 1


def test_without_registration_nobody_may(park_unit, member, secretary, as_user, monkeypatch):
    attachment = added(park_unit, member)
    monkeypatch.delitem(attachments._policies, Organization)
    client = as_user(secretary)
    answers = [
        client.get(url("download", attachment)),
        client.get(list_url(park_unit)),
        send(client, park_unit),
    ]
    assert [a.status_code for a in answers] == [404] * 3


@pytest.mark.parametrize("content_type", [0, 999_999_999_999])
def test_a_list_of_nothing_does_not_exist(secretary, as_user, content_type):
    assert as_user(secretary).get(f"/files/of/{content_type}/1/").status_code == 404
    known = ContentType.objects.get_for_model(Organization).pk
    assert as_user(secretary).get(f"/files/of/{known}/999999999999999999/").status_code == 404


def test_verbs_are_posts(park_unit, secretary, as_user):
    attachment, client = added(park_unit, secretary), as_user(secretary)
    assert client.get(attach_url(park_unit)).status_code == 405
    assert client.get(url("detach", attachment)).status_code == 405
    assert client.post(url("download", attachment)).status_code == 405


def test_removed_means_gone_for_everyone_but_the_fact_stays(park_unit, member, as_user):
    attachment, client = added(park_unit, member), as_user(member)
    assert client.post(url("detach", attachment))["Location"] == list_url(park_unit)
    attachment.refresh_from_db()
    assert (attachment.removed_by, attachment.removed_at is not None) == (member, True)
    answers = [client.get(url("download", attachment)), client.post(url("detach", attachment))]
    assert [a.status_code for a in answers] == [404, 404]
    assert "还没有附件" in client.get(list_url(park_unit)).content.decode()
