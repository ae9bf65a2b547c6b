"""Files on records: taken in, handed out through one door, removed, and refused."""

import hashlib
import re
import uuid

import pytest
from django.core.files.storage import storages
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from association.choices import AttachmentState
from association.domain import attachments as domain
from association.errors import Refused
from association.models import Activity, Attachment, StoredFile
from tests.factories import files
from tests.factories.attachments import added, attach_url, body, list_url, send, stored_names, upload, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_units")]


def test_a_document_is_stored_and_handed_out_to_be_saved(park_unit, member, as_user):
    client = as_user(member)
    response = send(client, park_unit)
    assert (response.status_code, response["Location"]) == (303, list_url(park_unit))
    attachment = Attachment.objects.get()
    facts = (attachment.owner, attachment.kind, attachment.name, attachment.media_type, attachment.state)
    assert facts == (park_unit, "证照", "营业执照.pdf", "application/pdf", AttachmentState.READY)
    assert (attachment.size, attachment.sha256) == (len(files.PDF), hashlib.sha256(files.PDF).hexdigest())
    assert attachment.uploaded_by == member
    handed = client.get(url("download", attachment))
    assert (handed.status_code, body(handed)) == (200, files.PDF)
    headers = {name: handed[name] for name in ("Content-Type", "Content-Disposition", "Content-Length")}
    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename*=utf-8''%E8%90%A5%E4%B8%9A%E6%89%A7%E7%85%A7.pdf",
        "Content-Length": str(len(files.PDF)),
    }


def test_what_is_handed_out_cannot_act(park_unit, member, as_user):
    handed = as_user(member).get(url("download", added(park_unit, member)))
    names = (
        "X-Content-Type-Options",
        "Content-Security-Policy",
        "Cache-Control",
        "X-Frame-Options",
        "Cross-Origin-Resource-Policy",
    )
    assert [handed[name] for name in names] == [
        "nosniff",
        "default-src 'none'; frame-ancestors 'none'; sandbox",
        "no-store, private",
        "DENY",
        "same-origin",
    ]


def test_the_name_in_the_store_tells_nothing(park_unit, member):
    added(park_unit, member)
    (name,) = stored_names()
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{30}", name)


def test_each_step_leaves_one_sentence(park_unit, member):
    attachment = added(park_unit, member)
    domain.remove(attachment, by=member)
    domain.remove(attachment, by=member)
    about = Activity.objects.about(park_unit).filter(kind__startswith="association.attachment")
    sentences = [(a.kind, a.sentence, a.by) for a in about.order_by("pk")]
    assert sentences == [
        ("association.attachment.added", "上传附件“营业执照.pdf”", member),
        ("association.attachment.removed", "移除附件“营业执照.pdf”", member),
    ]


def test_the_same_bytes_twice_are_two_attachments(park_unit, member, as_user):
    first, second = added(park_unit, member), added(park_unit, member)
    assert (first.sha256, len(stored_names())) == (second.sha256, 2)
    domain.remove(first, by=member)
    assert as_user(member).get(url("download", first)).status_code == 404
    assert body(as_user(member).get(url("download", second))) == files.PDF


def test_a_form_sent_twice_attaches_once(park_unit, member, as_user):
    client, key = as_user(member), str(uuid.uuid4())
    answers = [send(client, park_unit, upload(), _key=key) for _ in range(2)]
    assert [a["Location"] for a in answers] == [list_url(park_unit)] * 2
    assert (Attachment.objects.count(), len(stored_names())) == (1, 1)


def test_after_sending_the_person_is_back_where_they_were(park_unit, member, as_user):
    client = as_user(member)
    assert send(client, park_unit, upload(), next="/members/")["Location"] == "/members/"
    assert send(client, park_unit, upload(), next="https://evil.example/")["Location"] == list_url(park_unit)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (files.SVG, "标志.png", "SVG 可能带有脚本，不能上传，请导出为 PNG。"),
        (files.HTML, "照片.jpg", "网页文件可能带有脚本，不能上传，请另存为 PDF。"),
        (files.PDF + files.HTML, "a.pdf", "PDF 中夹带了其他内容，请重新导出后上传。"),
        (files.pixel_bomb(), "a.png", "图片超过 2500 万像素，请缩小后上传。"),
        (b"", "a.pdf", "文件是空的，请检查后重新上传。"),
        (files.PDF, "a.exe", "文件内容是 PDF，与文件名不符，请核对后重新上传。"),
    ],
)
def test_what_does_not_come_in_leaves_nothing(park_unit, member, as_user, data, name, sentence):
    response = send(as_user(member), park_unit, upload(data, name, "image/png"))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert (Attachment.objects.count(), StoredFile.objects.count(), stored_names()) == (0, 0, [])


def test_the_size_limit_is_exact(park_unit, member, settings):
    settings.UPLOAD_MAX_BYTES = 2**20
    data = files.PDF[:-6] + b" " * (2**20 - len(files.PDF)) + b"%%EOF\n"
    assert added(park_unit, member, data).size == 2**20
    with pytest.raises(Refused) as caught:
        added(park_unit, member, data[:9] + b" " + data[9:])
    assert (caught.value.sentence, caught.value.status) == ("文件超过 1 MB，请压缩或拆分后上传。", 422)


def test_a_body_beyond_every_form_is_not_even_read(park_unit, member, as_user, settings):
    settings.UPLOAD_MAX_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = send(as_user(member), park_unit, upload(bytes(3000)))
    assert response.status_code == 413


def test_a_missing_file_and_a_foreign_kind_are_told_beside_the_fields(park_unit, member, as_user):
    response = as_user(member).post(attach_url(park_unit), {"kind": "证照"})
    assert (response.status_code, "请选择文件。" in response.content.decode()) == (422, True)
    response = send(as_user(member), park_unit, kind="工资表")
    assert (response.status_code, "请从列出的种类中选择。" in response.content.decode()) == (422, True)
    assert Attachment.objects.count() == 0


def test_a_full_disk_is_told_and_leaves_no_row(park_unit, member, as_user, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(storages["attachments"]), "save", full)
    response = send(as_user(member), park_unit)
    assert response.status_code == 503
    assert "服务器存储空间不足" in response.content.decode()
    assert Attachment.objects.count() == 0


def test_a_change_that_fails_takes_its_file_along(park_unit, member, monkeypatch):
    monkeypatch.setattr(domain, "record", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        added(park_unit, member)
    assert (Attachment.objects.count(), stored_names()) == (0, [])


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\照片.jpg", "照片.jpg"),
        ("\u202egpj.exe.pdf", "gpj.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ("a\x00.pdf", "a.pdf"),
        ('<script>"x".pdf', "_script__x_.pdf"),
        ("ＣＯＮ.pdf", "_CON.pdf"),
        ("...", "未命名"),
        (".pdf", "未命名.pdf"),
        ("  营业 \u3000 执照 . pdf ", "营业 执照.pdf"),
        ("无后缀", "无后缀"),
        ("长" * 300 + ".pdf", "长" * 58 + ".pdf"),
        ("a." + "b" * 100, "a." + "b" * 20),
        ("", "未命名"),
    ],
)
def test_hostile_names(name, cleaned):
    assert domain.clean_name(name) == cleaned
    assert domain.clean_name(cleaned) == cleaned


@given(st.text() | st.text("./\\: a长\u202e", max_size=300))
def test_any_name_becomes_one_that_can_be_saved(name):
    cleaned = domain.clean_name(name)
    assert domain.clean_name(cleaned) == cleaned
    assert 0 < len(cleaned.encode()) <= 200
    assert not set(cleaned) & set('/\\<>:"|?*\r\n\x00\u202e')
    assert cleaned == cleaned.strip(" .")
