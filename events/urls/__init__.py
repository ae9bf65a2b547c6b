"""The addresses of the events app on the desk, one module a room."""

from events.urls import attendance, events, registrations

app_name = "events"
urlpatterns = [*events.urlpatterns, *registrations.urlpatterns, *attendance.urlpatterns]
