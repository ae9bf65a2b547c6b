"""The applicant's files, by a door of their own: the usual one asks for an account."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from association.errors import Refused
from association.limits import limited
from association.models import Attachment
from association.views.uploads import hand_out
from association.web import respond
from members.domain import drafts
from members.forms.applications import FileForm
from members.views import joining_rows as rows
from members.views.joining import PAGE, applicant, to_page


def fetch(application, key) -> Attachment:
    """A file of this application and no other, else 404."""
    return get_object_or_404(Attachment.objects.about(application).prefetch_related("files"), key=key)


@require_POST
@limited("guest_upload", per_address="120/10m")
@applicant
def add(request, application):
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            added = drafts.add_file(application, given["file"], kind=given["kind"])
        except Refused as refused:
            if refused.status != 422:
                raise
            form.add_error("file", refused.sentence)
        else:
            messages.success(request, f"已上传“{added.name}”。")
            return to_page(request, application)
    context = rows.page(application)
    for slot in context["slots"]:
        if slot["kind"] == form.data.get("kind"):
            form.auto_id = slot["form"].auto_id
            slot["form"] = form
    return respond(request, PAGE, form=form, **context)


@require_safe
@applicant
def download(request, application, key):
    """The file itself: handed out here even where files have an address of their own, whose links are made for
    accounts. It is saved and not shown, unless the house drew it itself."""
    response = hand_out(fetch(application, key), "download")
    if response is None:
        raise Http404
    return response


@require_POST
@applicant
def remove(request, application, key):
    attachment = fetch(application, key)
    drafts.remove_file(application, attachment)
    messages.success(request, f"已移除“{attachment.name}”。")
    return to_page(request, application)
