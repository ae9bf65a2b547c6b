from django.urls import path

from members.views import certificates

urlpatterns = [
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/issue/", certificates.issue_all, name="certificates_issue"),
    path("certificates/progress/", certificates.progress, name="certificates_progress"),
    path("<id:pk>/certificate/", certificates.certificate, name="certificate"),
    path("<id:pk>/certificate/issue/", certificates.issue, name="certificate_issue"),
    path("<id:pk>/certificate/mail/", certificates.mail, name="certificate_mail"),
    path("<id:pk>/certificate/files/<slug:shape>/", certificates.file, name="certificate_file"),
]
