"""A bare Django that takes the lock of an event's row and gives it back: what a registration is measured against."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "association.settings")

from django.conf import settings

settings.MIDDLEWARE, settings.ROOT_URLCONF = [], __name__

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.db import transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

from events.domain import seats  # noqa: E402


def locked(request, pk):
    with transaction.atomic():
        return HttpResponse(str(seats.locked_event(pk).pk))


urlpatterns = [path("<int:pk>/", locked)]
