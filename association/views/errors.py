"""Error pages of the house: what happened, and what to do next."""

from django.shortcuts import render


def csrf_failure(request, reason=""):
    return render(request, "403.html", {"sentence": "页面停留太久，请返回上一页刷新后重试。"}, status=403)


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def failed(request):
    return render(request, "500.html", status=500)
