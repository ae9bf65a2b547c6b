"""Verbs on a park's logo and photographs."""

from association.choices import AttachmentState
from association.domain import attachments
from association.domain.activities import record, verb
from association.errors import Refused
from association.models import Attachment
from members.models import Park
from members.photos import COVER, LOGO, MOST_PHOTOS, PHOTO, PHOTOS, attached


@verb
def set_logo(park, upload, *, by) -> Attachment:
    """Put a picture in the place of the park's logo. Raises Refused for what is no picture."""
    park = _locked(park)
    attachments.refuse_other_than_pictures([upload])
    for former in attached([park], LOGO):
        attachments.remove(former, by=by)
    added = attachments.add(park, upload, by=by, kind=LOGO)
    record("members.park.logo_set", park.organization, by=by, sentence=f"更换园区“{park.name}”的标识")
    return added


@verb
def add_photos(park, uploads, *, by) -> list[Attachment]:
    """Add photographs to the park, all of them or none; the first one ever becomes the cover.

    Raises Refused for what is no picture and when there would be more than twenty.
    """
    park = _locked(park)
    uploads = list(uploads)
    present = list(attached([park], *PHOTOS).exclude(state=AttachmentState.REFUSED))
    if len(present) + len(uploads) > MOST_PHOTOS:
        room = MOST_PHOTOS - len(present)
        raise Refused(
            f"每个园区最多 {MOST_PHOTOS} 张照片，已有 {len(present)} 张，还可以上传 {max(room, 0)} 张。",
            status=422,
        )
    attachments.refuse_other_than_pictures(uploads)
    kinds = [PHOTO] * len(uploads)
    if not any(photo.kind == COVER for photo in present):
        kinds[:1] = [COVER]
    added = [attachments.add(park, file, by=by, kind=kind) for file, kind in zip(uploads, kinds, strict=True)]
    sentence = f"给园区“{park.name}”上传 {len(added)} 张照片"
    record("members.park.photos_added", park.organization, by=by, sentence=sentence)
    return added


@verb
def make_cover(photo, *, by) -> Attachment:
    """Make one of a park's photographs its cover. Doing it twice changes nothing."""
    park = _locked(photo.owner)
    photo = attached([park], *PHOTOS).filter(pk=photo.pk, state=AttachmentState.READY).first()
    if photo is None:
        raise Refused("这张照片已被移除或还没有处理好，不能设为封面。")
    if photo.kind == COVER:
        return photo
    attached([park], COVER).update(kind=PHOTO)
    attached([park], PHOTO).filter(pk=photo.pk).update(kind=COVER)
    photo.kind = COVER
    record("members.park.cover_chosen", park.organization, by=by, sentence=f"更换园区“{park.name}”的封面照片")
    return photo


def _locked(park):
    return Park.objects.select_for_update(of=("self",)).select_related("organization").get(pk=park.pk)
