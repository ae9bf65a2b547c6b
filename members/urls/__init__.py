"""The addresses of the members app, one module a room."""

from members.urls import people, roster

app_name = "members"
urlpatterns = [*roster.urlpatterns, *people.urlpatterns]
