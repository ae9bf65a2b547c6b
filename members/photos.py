"""A park's logo and photographs: attachments of the park under kinds of their own, shown once they are redrawn."""

from django.contrib.contenttypes.models import ContentType

from association.choices import AttachmentState
from association.models import Attachment
from members.models import Park

LOGO, PHOTO, COVER = "标识", "照片", "封面"
PHOTOS = (COVER, PHOTO)
MOST_PHOTOS = 20


def photos_of(park) -> list[Attachment]:
    """The park's photographs that are ready, the cover first, then in the order in which they came."""
    return sort_photos(pictures_of([park], *PHOTOS).get(park.pk, []))


def logo_of(park) -> Attachment | None:
    """The park's logo, if it is ready."""
    return logos_of([park]).get(park.pk)


def logos_of(parks) -> dict[int, Attachment]:
    """Key of the park → its logo, for parks that have one; one look at the database however many there are."""
    return {pk: found[-1] for pk, found in pictures_of(parks, LOGO).items()}


def covers_of(parks) -> dict[int, Attachment]:
    """Key of the park → its cover or else its first photograph, for parks that have one."""
    return {pk: sort_photos(found)[0] for pk, found in pictures_of(parks, *PHOTOS).items()}


def sort_photos(photos) -> list[Attachment]:
    return sorted(photos, key=lambda photo: (photo.kind != COVER, photo.pk))


def pictures_of(parks, *kinds) -> dict[int, list[Attachment]]:
    """Key of the park → its ready pictures of these kinds, oldest first, with their files at hand."""
    found: dict[int, list] = {}
    for picture in (
        attached(parks, *kinds).filter(state=AttachmentState.READY).prefetch_related("files").order_by("pk")
    ):
        found.setdefault(picture.object_id, []).append(picture)
    return found


def attached(parks, *kinds):
    """Attachments of the parks under these kinds that were not removed, whatever their state."""
    content_type = ContentType.objects.get_for_model(Park)
    return Attachment.objects.present().filter(
        content_type=content_type, object_id__in=[park.pk for park in parks], kind__in=kinds
    )
