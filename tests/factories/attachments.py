"""Sending files to records and getting them back."""

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from association.domain import attachments as domain
from tests.factories import files


def upload(data=files.PDF, name="营业执照.pdf", content_type="application/octet-stream"):
    return SimpleUploadedFile(name, data, content_type)


def attach_url(owner):
    return reverse("association:attach", args=[ContentType.objects.get_for_model(owner).pk, owner.pk])


def list_url(owner):
    return reverse("association:attached", args=[ContentType.objects.get_for_model(owner).pk, owner.pk])


def url(name, attachment):
    return reverse(f"association:{name}", args=[attachment.key])


def send(client, owner, file=None, **fields):
    return client.post(attach_url(owner), {"file": file or upload(), "kind": "证照"} | fields)


def body(response):
    return b"".join(response.streaming_content)


def stored_names():
    return sorted(domain.stored_names(storages["attachments"]))


def added(owner, by, data=files.PDF, name="营业执照.pdf"):
    return domain.add(owner, upload(data, name), by=by, kind="证照")
