from django.urls import path

from members.views import dues_board, reminders, unit_value

urlpatterns = [
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/sent/", reminders.sent, name="reminders_sent"),
    path("dues/board/", dues_board.board, name="dues_board"),
    path("dues/board/data/", dues_board.data, name="dues_data"),
    path("dues/rows/", dues_board.rows, name="dues_rows"),
    path("<id:pk>/value/", unit_value.value, name="organization_value"),
]
