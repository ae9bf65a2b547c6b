"""The demonstration's mailbox: what would have been sent, for everyone to read. Outside a demonstration it is none."""

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe

from association.gateways.files import written
from association.web import respond

SHOWN = 50


@require_safe
def demo_mailbox(request):
    """Open to visitors, because who signs in needs the code that was sent."""
    if not settings.DEMO:
        raise Http404
    address = request.GET.get("to", "").strip().lower()[:254]
    return respond(
        request, "association/mailbox.html", letters=written(SHOWN, address), address=address, shown=SHOWN
    )
