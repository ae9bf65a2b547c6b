"""The addresses of the events app on the desk, one module a room."""

from events.urls import deals, events, matching

app_name = "events"
urlpatterns = [*events.urlpatterns, *deals.urlpatterns, *matching.urlpatterns]
