from django.urls import path

from members.views import joining, joining_files

app_name = "join"
urlpatterns = [
    path("", joining.home, name="home"),
    path("start/", joining.start, name="start"),
    path("open/<id:pk>/", joining.reopen, name="open"),
    path("<slug:token>/", joining.application, name="application"),
    path("<slug:token>/form/", joining.edit, name="edit"),
    path("<slug:token>/form/<slug:name>/", joining.save_field, name="field"),
    path("<slug:token>/print/", joining.print_form, name="print"),
    path("<slug:token>/submit/", joining.submit, name="submit"),
    path("<slug:token>/withdraw/", joining.withdraw, name="withdraw"),
    path("<slug:token>/files/add/", joining_files.add, name="file_add"),
    path("<slug:token>/files/<uuid:key>/", joining_files.download, name="file"),
    path("<slug:token>/files/<uuid:key>/remove/", joining_files.remove, name="file_remove"),
]
