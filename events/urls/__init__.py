"""The addresses of the events app on the desk, one module a room."""

from events.urls import (
    deals,
    events,
    matching,
    projects,
    registrations,
)

app_name = "events"
urlpatterns = [
    *deals.urlpatterns,
    *events.urlpatterns,
    *matching.urlpatterns,
    *projects.urlpatterns,
    *registrations.urlpatterns,
]
