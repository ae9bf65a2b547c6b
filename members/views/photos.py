"""A park's logo, photographs and papers: one page to look, and the verbs of those who keep it."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from association.errors import Refused
from association.forms.attachments import UploadForm
from association.limits import limited
from association.models import Attachment
from association.web import go, idempotent, require, respond, signed_in
from members import permissions, photos
from members.attachments import PARK_KINDS
from members.domain import photos as domain
from members.forms.photos import LogoForm, PhotosForm
from members.models import Park
from members.views.organizations import ask

PAGE, TEMPLATE = "members:park_photos", "members/parks/photos.html"


def _park(request, pk):
    """The park with the question asked whether the person keeps it."""
    park = get_object_or_404(Park.objects.visible_to(request.user).select_related("organization"), pk=pk)
    ask(permissions.can_edit_organization(request.user, park.organization))
    return park


def _context(park, *, logo_form=None, photos_form=None) -> dict:
    papers = photos.attached([park], *PARK_KINDS).select_related("uploaded_by").prefetch_related("files")
    shown = list(
        photos.attached([park], photos.LOGO, *photos.PHOTOS).prefetch_related("files").order_by("pk")
    )
    kept = photos.sort_photos([p for p in shown if p.kind != photos.LOGO])
    return {
        "park": park,
        "organization": park.organization,
        "logo": next((p for p in reversed(shown) if p.kind == photos.LOGO), None),
        "photos": kept,
        "room": max(photos.MOST_PHOTOS - sum(not p.reason for p in kept), 0),
        "most": photos.MOST_PHOTOS,
        "is_waiting": any(not p.is_ready and not p.reason for p in shown),
        "cover_kind": photos.COVER,
        "logo_form": logo_form or LogoForm(),
        "photos_form": photos_form or PhotosForm(),
        "papers": papers.order_by("-pk"),
        "papers_form": UploadForm(kinds=PARK_KINDS),
        "content_type": ContentType.objects.get_for_model(Park).pk,
        "next": reverse(PAGE, args=[park.pk]),
    }


def _mend(form, field, refused):
    """Put what can be mended beside the field; anything else is for the error page."""
    if refused.status != 422:
        raise refused
    form.add_error(field, refused.sentence)


@require_safe
@require(signed_in)
def park_photos(request, pk):
    """htmx asks for the pictures alone while some of them are being redrawn."""
    return respond(request, TEMPLATE, "pictures", **_context(_park(request, pk)))


@require_POST
@require(signed_in)
@limited("upload", per_person="60/10m", per_address="300/10m")
@idempotent
def set_logo(request, pk):
    park = _park(request, pk)
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            domain.set_logo(park, form.cleaned_data["logo"], by=request.user)
        except Refused as refused:
            _mend(form, "logo", refused)
        else:
            messages.success(request, "标识已上传，处理好就能看到。")
            return go(request, PAGE, park.pk)
    return respond(request, TEMPLATE, form=form, **_context(park, logo_form=form))


@require_POST
@require(signed_in)
@limited("upload", per_person="60/10m", per_address="300/10m")
@idempotent
def add_photos(request, pk):
    park = _park(request, pk)
    form = PhotosForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            added = domain.add_photos(park, form.cleaned_data["photos"], by=request.user)
        except Refused as refused:
            _mend(form, "photos", refused)
        else:
            messages.success(request, f"已上传 {len(added)} 张照片，处理好就能看到。")
            return go(request, PAGE, park.pk)
    return respond(request, TEMPLATE, form=form, **_context(park, photos_form=form))


@require_POST
@require(signed_in)
def make_cover(request, key):
    content_type = ContentType.objects.get_for_model(Park)
    photo = Attachment.objects.present().filter(key=key, content_type=content_type).first()
    if photo is None:
        raise Http404
    park = _park(request, photo.object_id)
    domain.make_cover(photo, by=request.user)
    messages.success(request, "已设为封面。")
    return go(request, PAGE, park.pk)
