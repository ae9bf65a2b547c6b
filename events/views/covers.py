"""The picture of an event: set, described, taken off."""

from django.contrib import messages
from django.views.decorators.http import require_http_methods, require_POST

from association.limits import limited
from association.web import go, idempotent, require, settle
from events import covers, permissions
from events.domain import covers as domain
from events.forms.visits import CoverForm
from events.views.events import fetch


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
@limited("upload", per_person="60/10m", per_address="300/10m", methods=["POST"])
@idempotent
def cover(request, pk):
    event = fetch(request, pk)
    kept = covers.kept(event)
    initial = {"alt": kept.alt if kept else ""}
    form = CoverForm(request.POST or None, request.FILES or None, initial=initial, is_kept=kept is not None)

    def act():
        return _save(request, event, form.cleaned_data)

    said = "封面已保存；新的图片处理好就能看到。"
    return settle(request, form, "events/cover.html", act, said=said, to=event, event=event, cover=kept)


def _save(request, event, given):
    if given["picture"]:
        domain.set_cover(event, given["picture"], by=request.user, alt=given["alt"])
    else:
        domain.describe_cover(event, by=request.user, alt=given["alt"])


@require_POST
@require(permissions.can_keep_events)
def remove(request, pk):
    event = fetch(request, pk)
    domain.remove_cover(event, by=request.user)
    messages.success(request, "封面已取下。")
    return go(request, event)
