"""A bare Django that takes the lock of an event's row and gives it back: what a registration is measured against."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpResponse
from django.urls import path

from association.wsgi import application as whole

if whole:  # The apps are ready now, and found their middleware; none of it is wanted from here on.
    settings.MIDDLEWARE, settings.ROOT_URLCONF = [], __name__
application = get_wsgi_application()


def locked(request, pk):
    from events.domain import seats  # noqa: PLC0415  (models cannot be imported before the apps are ready)

    with transaction.atomic():
        return HttpResponse(str(seats.locked_event(pk).pk))


urlpatterns = [path("<int:pk>/", locked)]
