"""Error pages of the house: what happened, and what to do next."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def csrf_failure(request, reason=""):
    return render(request, "403.html", {"sentence": "页面停留太久，请返回上一页刷新后重试。"}, status=403)


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def away():
    """The page for as long as the database is away; it asks nothing of the request, whose person lies there too."""
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})


def failed(request):
    # A session is loaded before any view, where no refusal is turned into a page.
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return away()
    return render(request, "500.html", status=500)
