"""The addresses of the members app, one module a room."""

from members.urls import applications, roster

app_name = "members"
urlpatterns = [*applications.urlpatterns, *roster.urlpatterns]
