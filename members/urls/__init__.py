"""The addresses of the members app, one module a room."""

from members.urls import cases, roster

app_name = "members"
urlpatterns = [*roster.urlpatterns, *cases.urlpatterns]
