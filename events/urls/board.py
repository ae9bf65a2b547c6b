"""The board of the year."""

from django.urls import path

from events.views import board

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/<int:year>/statistics.xlsx", board.statistics, name="statistics"),
]
