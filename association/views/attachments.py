"""The one door to attached files: the list of a record, adding, removing, and the files themselves."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from association import attachments, uploads
from association.domain import attachments as domain
from association.errors import Refused
from association.forms.attachments import UploadForm
from association.limits import limited
from association.models import Attachment
from association.views.uploads import hand_out, stored_for
from association.web import back, go, idempotent, require, respond, signed_in, to_sign_in

PAGE = "association/attachments/list.html"


def fetch_owner(request, content_type, object_id):
    """The record with its files as far as the person may know of it, else 404."""
    owner = attachments.find_owner(request.user, content_type, object_id)
    if owner is None:
        raise Http404
    return owner


def fetch(request, key) -> Attachment:
    """The attachment as far as the person may know of it, else 404."""
    attachment = get_object_or_404(Attachment.objects.present().prefetch_related("files"), key=key)
    if not attachments.can_see_file(request.user, attachment.owner, attachment):
        raise Http404
    return attachment


def panel(user, owner, form=None) -> dict:
    """What the list of a record's files shows to a person; also behind the tag that puts it on other pages."""
    may_add = attachments.can_add(user, owner)
    if may_add and form is None:
        form = UploadForm(kinds=attachments.kinds_for(user, owner))
    files = list(Attachment.objects.about(owner).select_related("uploaded_by").prefetch_related("files"))
    if sees_file := attachments.policy_for(owner).can_see_file:
        files = [file for file in files if sees_file(user, owner, file)]
    removable = may_add and attachments.policy_for(owner).can_remove
    for file in files:
        file.may_be_removed = may_add and (not removable or bool(removable(user, owner, file)))
    return {
        "owner": owner,
        "content_type": ContentType.objects.get_for_model(owner).pk,
        "attachments": files,
        "is_waiting": any(not a.is_ready and not a.reason for a in files),
        "may_add": may_add,
        "form": form if may_add else None,
    }


@require_safe
@require(signed_in)
def attached(request, content_type, object_id):
    """The files of one record; htmx asks for the list alone while a picture is being redrawn."""
    owner = fetch_owner(request, content_type, object_id)
    return respond(request, PAGE, "files", next=request.GET.get("next", ""), **panel(request.user, owner))


@require_POST
@require(signed_in)
@limited("upload", per_person="60/10m", per_address="300/10m")
@idempotent
def attach(request, content_type, object_id):
    owner = fetch_owner(request, content_type, object_id)
    if not attachments.can_add(request.user, owner):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES, kinds=attachments.kinds_for(request.user, owner))
    if form.is_valid():
        try:
            given = form.cleaned_data
            added = domain.add(owner, given["file"], kind=given.get("kind", ""), by=request.user)
        except Refused as refused:
            if refused.status != 422:
                raise
            form.add_error("file", refused.sentence)
        else:
            messages.success(request, f"已上传“{added.name}”。")
            return go(request, back(request, "association:attached", content_type, object_id))
    return respond(request, PAGE, next=request.POST.get("next", ""), **panel(request.user, owner, form))


@require_POST
@require(signed_in)
def detach(request, key):
    attachment = fetch(request, key)
    if not attachments.can_remove(request.user, attachment.owner, attachment):
        raise PermissionDenied
    domain.remove(attachment, by=request.user)
    messages.success(request, f"已移除“{attachment.name}”。")
    return go(
        request, back(request, "association:attached", attachment.content_type_id, attachment.object_id)
    )


@require_safe
def download(request, key):
    """The file itself: a redrawn picture opens in the browser, everything else is saved."""
    return _hand_out(request, key, "download")


@require_safe
def thumbnail(request, key):
    return _hand_out(request, key, "thumbnail")


def _hand_out(request, key, which):
    """The file, or the way to it where files have an address of their own.

    A visitor who may not see the file is asked to sign in, whether there is such a file or not.
    """
    try:
        attachment = fetch(request, key)
    except Http404:
        if request.user.is_authenticated:
            raise
        return to_sign_in(request)
    if uploads.is_apart() and stored_for(attachment, which):
        response = HttpResponseRedirect(uploads.address(attachment.key, which, request.user))
    else:
        response = hand_out(attachment, which)
    if response is None:
        raise Http404
    return response
