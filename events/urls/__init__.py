"""The addresses of the events app on the desk, one module a room."""

from events.urls import board, events, visits

app_name = "events"
urlpatterns = [*events.urlpatterns, *board.urlpatterns, *visits.urlpatterns]
