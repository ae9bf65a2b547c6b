"""The addresses of the members app, one module a room."""

from members.urls import (
    applications,
    bank,
    bills,
    cases,
    certificates,
    growth,
    paying,
    people,
    reminders,
    roster,
)

app_name = "members"
urlpatterns = [
    *applications.urlpatterns,
    *bank.urlpatterns,
    *bills.urlpatterns,
    *cases.urlpatterns,
    *certificates.urlpatterns,
    *growth.urlpatterns,
    *paying.urlpatterns,
    *people.urlpatterns,
    *reminders.urlpatterns,
    *roster.urlpatterns,
]
