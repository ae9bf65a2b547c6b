"""The changed fields behind a sentence of the timeline."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from association import timelines
from association.models import Activity
from association.web import require, respond, signed_in


@require_safe
@require(signed_in)
def changes(request, pk, content_type, object_id):
    """What one activity changed in one record; only for those who may see that record, field by field."""
    activity = get_object_or_404(
        Activity, pk=pk, subjects__content_type=content_type, subjects__object_id=object_id
    )
    found = timelines.changes_for(request.user, activity, content_type, object_id)
    if found is None:
        raise Http404
    return respond(request, "association/changes.html", "changes", activity=activity, changes=found)
