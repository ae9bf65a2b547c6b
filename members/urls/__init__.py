"""The addresses of the members app, one module a room."""

from members.urls import paying, roster

app_name = "members"
urlpatterns = [*roster.urlpatterns, *paying.urlpatterns]
