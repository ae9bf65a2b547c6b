"""The addresses of the members app, one module a room."""

from members.urls import (
    applications,
    bills,
    paying,
    roster,
)

app_name = "members"
urlpatterns = [
    *applications.urlpatterns,
    *bills.urlpatterns,
    *paying.urlpatterns,
    *roster.urlpatterns,
]
