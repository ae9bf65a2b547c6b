from django.urls import path

from members.views import verify

app_name = "verify"
urlpatterns = [path("<str:token>/", verify.certificate, name="certificate")]
