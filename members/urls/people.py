from django.urls import path

from members.views import people, person_requests

urlpatterns = [
    # --- a person's own side ----------------------------------------------------------------------------
    path("me/policy/", people.policy, name="policy"),
    path("me/policy/agree/", people.policy_agree, name="policy_agree"),
    path("me/consents/<slug:purpose>/give/", people.consent_give, name="consent_give"),
    path("me/consents/<slug:purpose>/withdraw/", people.consent_withdraw, name="consent_withdraw"),
    path("me/requests/", people.my_requests, name="my_requests"),
    path("me/requests/new/", people.request_file, name="request_file"),
    path("me/requests/<id:pk>/withdraw/", people.request_withdraw, name="request_withdraw"),
    path("me/requests/<id:pk>/copy/", people.request_copy, name="request_copy"),
    # --- those who handle them --------------------------------------------------------------------------
    path("requests/", person_requests.person_requests, name="person_requests"),
    path("requests/<id:pk>/", person_requests.person_request, name="person_request"),
    path("requests/<id:pk>/verify/", person_requests.request_verify, name="request_verify"),
    path("requests/<id:pk>/complete/", person_requests.request_complete, name="request_complete"),
    path("requests/<id:pk>/refuse/", person_requests.request_refuse, name="request_refuse"),
    path("requests/<id:pk>/remake/", person_requests.request_remake, name="request_remake"),
    path("requests/<id:pk>/erase/", person_requests.request_erase, name="request_erase"),
    path("contact-views/", person_requests.contact_views, name="contact_views"),
]
