"""The addresses of the events app on the desk, one module a room."""

from events.urls import (
    attendance,
    board,
    deals,
    events,
    invitations,
    matching,
    petitions,
    projects,
    registrations,
    visits,
)

app_name = "events"
urlpatterns = [
    *attendance.urlpatterns,
    *board.urlpatterns,
    *deals.urlpatterns,
    *events.urlpatterns,
    *invitations.urlpatterns,
    *matching.urlpatterns,
    *petitions.urlpatterns,
    *projects.urlpatterns,
    *registrations.urlpatterns,
    *visits.urlpatterns,
]
