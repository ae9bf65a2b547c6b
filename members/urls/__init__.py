"""The addresses of the members app, one module a room."""

from members.urls import reminders, roster

app_name = "members"
urlpatterns = [*roster.urlpatterns, *reminders.urlpatterns]
