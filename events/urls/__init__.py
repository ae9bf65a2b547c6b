"""The addresses of the events app on the desk, one module a room."""

from events.urls import deals, events, projects

app_name = "events"
urlpatterns = [*events.urlpatterns, *deals.urlpatterns, *projects.urlpatterns]
