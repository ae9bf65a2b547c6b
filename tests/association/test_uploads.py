"""Files on an address of their own: who gets a link, how long it lives, and that nothing else lives there."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from association import attachments, uploads
from association.domain import attachments as domain
from association.models import Attachment
from tests.factories import files
from tests.factories.attachments import added, body, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_units")]
HOST = "files.test.cn"


@pytest.fixture(autouse=True)
def _apart(settings):
    settings.UPLOADS_HOST = HOST
    settings.ALLOWED_HOSTS = ["testserver", HOST]


@pytest.fixture
def attachment(park_unit, member):
    return added(park_unit, member)


@pytest.fixture
def there():
    """A browser at the uploads address that is signed in nowhere."""
    return Client(HTTP_HOST=HOST, raise_request_exception=False)


def link(client, attachment, which="download"):
    """The address that the main address leads to, without scheme and host."""
    response = client.get(url(which, attachment))
    assert (response.status_code, response.headers["Cache-Control"]) == (302, "no-store, private")
    _, _, rest = response.headers["Location"].partition("://")
    host, _, path = rest.partition("/")
    assert host == HOST
    return f"/{path}"


def test_the_main_address_leads_to_a_link_that_gives_the_file(attachment, member, as_user, there):
    response = there.get(link(as_user(member), attachment))
    assert (response.status_code, body(response)) == (200, files.PDF)
    wanted = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "no-store, private",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Content-Type": "application/pdf",
    }
    assert {name: response.headers.get(name) for name in wanted} == wanted
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert "geolocation=()" in response.headers["Permissions-Policy"]


def test_no_cookie_is_read_or_set_there(attachment, member, as_user, django_assert_num_queries):
    client = as_user(member)
    address = link(client, attachment)
    client.cookies["theme"] = "dark"
    response = client.get(address, HTTP_HOST=HOST)
    assert (response.status_code, dict(response.cookies), "Cookie" in response.get("Vary", "")) == (
        200,
        {},
        False,
    )
    with django_assert_num_queries(0):
        assert client.get("/today/", HTTP_HOST=HOST).status_code == 404


def test_a_redrawn_picture_opens_in_the_browser(park_unit, member, as_user, there, run_jobs):
    picture = added(park_unit, member, files.picture(), "照片.jpg")
    assert as_user(member).get(url("thumbnail", picture)).status_code == 404
    run_jobs()
    for which in ("download", "thumbnail"):
        response = there.get(link(as_user(member), picture, which))
        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
        assert response.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    "path",
    ["/", "/today/", "/members/", "/accounts/login/", "/static/base.css", "/livez", "/readyz", "/admin/", "/files/",
     "/files/../../etc/passwd", "/files/%2e%2e/%2e%2e/etc/passwd/", "//files/x", "/files/x/download/y/", "/favicon.ico",
     f"/files/{uuid.UUID(int=1)}/", f"/files/{uuid.UUID(int=1)}/download/", f"/files/{uuid.UUID(int=1)}/detach/x/",
     f"/files/{uuid.UUID(int=1)}/download/x/y/", "/files/\x00/download/x/", "/files/\ufffd/download/%ff/"],
)  # fmt: skip
def test_nothing_else_lives_there(there, path):
    response = there.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not response.cookies


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_files_are_only_read(attachment, member, as_user, there, method):
    assert getattr(there, method)(link(as_user(member), attachment)).status_code == 405


def test_a_link_dies_after_five_minutes(attachment, member, as_user, there):
    client = as_user(member)
    address = link(client, attachment)
    with time_machine.travel(timezone.now() + timedelta(seconds=290)):
        assert there.get(address).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(seconds=310)):
        assert there.get(address).status_code == 404


def changed(text):
    yield text[:-2] + ("A" if text[-2] != "A" else "B") + "/"
    head, _, token = text.rstrip("/").rpartition("/")
    yield f"{head}/x{token}/"
    yield f"{head}/{token[:-1]}/"
    yield f"{head}/{token.replace(':', '.')}/"
    yield text.replace("/download/", "/thumbnail/")


def test_a_changed_link_opens_nothing(attachment, member, as_user, there):
    address = link(as_user(member), attachment)
    assert [there.get(other).status_code for other in changed(address)] == [404] * 5


def test_a_link_opens_its_own_file_only(attachment, park_unit, other_unit, member, as_user, there):
    address = link(as_user(member), attachment)
    foreign = Attachment.objects.create(
        content_type=attachment.content_type, object_id=other_unit.pk, name="x.pdf", media_type="application/pdf",
        size=3, sha256="0" * 64, state="ready",
    )  # fmt: skip
    for key in (foreign.key, added(park_unit, member).key, uuid.uuid4()):
        assert there.get(address.replace(str(attachment.key), str(key))).status_code == 404


def test_a_key_signed_for_something_else_opens_nothing(attachment, member, there):
    from django.core import signing  # noqa: PLC0415  (the attacker's own)

    token = signing.dumps([attachment.key.hex, "download", member.pk])
    assert there.get(f"/files/{attachment.key}/download/{token}/").status_code == 404


def test_who_lost_the_right_lost_the_link(attachment, park_unit, member, as_user, there):
    address = link(as_user(member), attachment)
    park_unit.contact_roles.all().delete()
    assert there.get(address).status_code == 404


def test_a_closed_account_and_a_removed_file_end_the_link(attachment, member, secretary, as_user, there):
    address = link(as_user(member), attachment)
    member.is_active = False
    member.save()
    assert there.get(address).status_code == 404
    address = link(as_user(secretary), attachment)
    assert there.get(address).status_code == 200
    domain.remove(attachment, by=secretary)
    assert there.get(address).status_code == 404


def test_a_missing_file_is_not_found(attachment, member, as_user, there):
    address = link(as_user(member), attachment)
    storages["attachments"].delete(attachment.files.get().stored_name)
    assert there.get(address).status_code == 404


def test_without_the_right_there_is_no_link(attachment, other_member, as_user):
    assert as_user(other_member).get(url("download", attachment)).status_code == 404
    page = as_user(None).get(url("download", attachment))
    assert page.headers["Location"] == f"{reverse('account_login')}?next={url('download', attachment)}"


@pytest.mark.parametrize(
    "host", ["FILES.test.cn", "files.test.cn.", "files.test.cn:443", "files.test.cn:8000"]
)
def test_spellings_of_the_host_lead_to_no_page(host):
    assert Client(HTTP_HOST=host).get("/accounts/login/").status_code == 404


def test_foreign_and_forwarded_hosts_do_not_count(attachment, member, as_user):
    client = as_user(member)
    address = link(client, attachment)
    assert client.get(address, HTTP_X_FORWARDED_HOST=HOST).status_code == 404
    assert Client(HTTP_HOST="evil.test", raise_request_exception=False).get(address).status_code == 400
    leads_to = client.get(url("download", attachment), HTTP_X_FORWARDED_HOST="evil.test")["Location"]
    assert leads_to.startswith(f"{uploads.origin()}/")


def test_a_port_counts_where_the_setting_names_one(settings):
    settings.UPLOADS_HOST = "testserver:8001"
    assert Client(HTTP_HOST="testserver:8001").get("/accounts/login/").status_code == 404
    assert Client(HTTP_HOST="testserver:8000").get("/accounts/login/").status_code == 200


def test_without_an_uploads_address_files_come_from_the_main_one(attachment, member, as_user, settings):
    settings.UPLOADS_HOST = ""
    response = as_user(member).get(url("download", attachment))
    assert (response.status_code, response.headers["Cross-Origin-Resource-Policy"]) == (200, "same-origin")
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_nginx_is_told_which_file_to_send(attachment, member, as_user, there, settings):
    settings.FILES_ACCEL_PREFIX = "/stored/"
    address = link(as_user(member), attachment)
    response = there.get(address)
    stored = attachment.files.get().stored_name
    assert (response.status_code, response.content, response.headers["X-Accel-Redirect"]) == (
        200,
        b"",
        f"/stored/{stored}",
    )
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    storages["attachments"].delete(stored)
    assert there.get(address).status_code == 404


def test_pages_name_the_main_address(attachment):
    assert attachments.address(attachment) == url("download", attachment)
    assert attachments.address(attachment, "thumbnail") == url("thumbnail", attachment)
