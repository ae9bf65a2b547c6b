"""The door of an event: a volunteer's phone, and checking in by oneself. The phone's worker has these addresses for its
scope, and only the pages of links are kept by it."""

from django.urls import path

from events.views import doors, here

app_name = "door"
urlpatterns = [
    path("worker.js", doors.worker, name="worker"),
    path("here/<id:pk>/", here.here, name="here"),
    path("<str:token>/", doors.door, name="door"),
    path("<str:token>/names/", doors.names, name="names"),
    path("<str:token>/scans/", doors.scans, name="scans"),
]
