"""Check-in and attendance on the desk."""

from django.urls import path

from events.views import attendance, doors, online, turnout

urlpatterns = [
    path("<id:pk>/attendance/", attendance.attendance, name="attendance"),
    path("<id:pk>/attendance/live/", attendance.live, name="attendance_live"),
    path("<id:pk>/attendance/new/", attendance.walk_in, name="walk_in"),
    path("<id:pk>/attendance/of/<id:registration>/", attendance.check_in, name="check_in"),
    path("<id:pk>/attendance/minimum/", attendance.minimum, name="minimum"),
    path("<id:pk>/attendance/screen/", attendance.screen, name="venue_screen"),
    path("<id:pk>/attendance/code/", attendance.renew_code, name="venue_code"),
    path("<id:pk>/attendance/sheet/", attendance.sheet, name="attendance_sheet"),
    path("<id:pk>/attendance/seats/", attendance.seats, name="seat_cards"),
    path("<id:pk>/attendance/export/", attendance.export, name="participants_export"),
    path("<id:pk>/attendance/online/", online.online, name="online"),
    path("<id:pk>/attendance/online/add/", online.add_all, name="online_add_all"),
    path("<id:pk>/door/", doors.doors, name="doors"),
    path("attendance/<id:pk>/undo/", attendance.undo, name="attendance_undo"),
    path("attendance/online/template/", online.template, name="online_template"),
    path("attendance/online/<id:pk>/", online.row, name="online_row"),
    path("attendance/online/<id:pk>/match/", online.match, name="online_match"),
    path("attendance/online/<id:pk>/add/", online.add, name="online_add"),
    path("attendance/online/<id:pk>/ignore/", online.ignore, name="online_ignore"),
    path("doors/<id:pk>/revoke/", doors.revoke, name="door_revoke"),
    path("turnout/", turnout.turnout, name="turnout"),
    path("turnout/<id:pk>/", turnout.unit, name="turnout_unit"),
]
