from django.urls import path

from members.views import applications

urlpatterns = [
    path("applications/", applications.applications, name="applications"),
    path("applications/<id:pk>/", applications.application, name="application"),
    path("applications/<id:pk>/mend/", applications.mend, name="application_mend"),
    path("applications/<id:pk>/pass/", applications.pass_on, name="application_pass"),
    path("applications/<id:pk>/admit/", applications.admit, name="application_admit"),
    path("applications/<id:pk>/refuse/", applications.refuse, name="application_refuse"),
    path("applications/<id:pk>/expire/", applications.expire, name="application_expire"),
]
