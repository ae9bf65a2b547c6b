"""Pictures as they are once they have been redrawn; the drawing itself is tested elsewhere."""

import uuid
from hashlib import sha256

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from association.choices import AttachmentState, FileRole
from association.models import Attachment, StoredFile


def ready_picture(owner, by, kind="", name="照片.jpg") -> Attachment:
    """An attachment of the record with both redrawn files in the store, each with words of its own."""
    data = {role: f"jpg {role}".encode() for role in (FileRole.DISPLAY, FileRole.THUMBNAIL)}
    picture = Attachment.objects.create(
        content_type=ContentType.objects.get_for_model(owner), object_id=owner.pk, name=name, kind=kind,
        media_type="image/jpeg", size=3, sha256=sha256(b"jpg").hexdigest(), state=AttachmentState.READY,
        uploaded_by=by, width=1600, height=900,
    )  # fmt: skip
    for role, content in data.items():
        stored = storages["attachments"].save(uuid.uuid4().hex, ContentFile(content))
        StoredFile.objects.create(
            attachment=picture, role=role, stored_name=stored, media_type="image/jpeg", size=len(content),
            sha256=sha256(content).hexdigest(),
        )  # fmt: skip
    return picture
