"""The addresses of the members app, one module a room."""

from members.urls import (
    bills,
    paying,
    roster,
)

app_name = "members"
urlpatterns = [
    *bills.urlpatterns,
    *paying.urlpatterns,
    *roster.urlpatterns,
]
