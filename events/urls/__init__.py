"""The addresses of the events app on the desk, one module a room."""

from events.urls import events, petitions

app_name = "events"
urlpatterns = [*events.urlpatterns, *petitions.urlpatterns]
