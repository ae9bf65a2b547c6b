"""The addresses of the members app, one module a room."""

from members.urls import bills, roster

app_name = "members"
urlpatterns = [*roster.urlpatterns, *bills.urlpatterns]
