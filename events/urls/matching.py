"""Demand, supply and matches."""

from django.urls import path

from events.views import matches, posting_arrows, postings

urlpatterns = [
    path("market/", postings.market, name="market"),
    path("market/own/", postings.own_market, name="own_market"),
    path("postings/", postings.postings, name="postings"),
    path("postings/new/", postings.posting_add, name="posting_add"),
    path("postings/<id:pk>/", postings.posting, name="posting"),
    path("postings/<id:pk>/edit/", postings.posting_edit, name="posting_edit"),
    path("postings/<id:pk>/submit/", posting_arrows.posting_submit, name="posting_submit"),
    path("postings/<id:pk>/publish/", posting_arrows.posting_publish, name="posting_publish"),
    path("postings/<id:pk>/reject/", posting_arrows.posting_reject, name="posting_reject"),
    path("postings/<id:pk>/extend/", posting_arrows.posting_extend, name="posting_extend"),
    path("postings/<id:pk>/close/", posting_arrows.posting_close, name="posting_close"),
    path("postings/<id:pk>/discard/", posting_arrows.posting_discard, name="posting_discard"),
    path("postings/<id:pk>/interest/", posting_arrows.interest, name="interest"),
    path("postings/<id:pk>/propose/", posting_arrows.propose, name="propose"),
    path("matches/", matches.matches, name="matches"),
    path("matches/<id:pk>/", matches.match, name="match"),
    path("matches/<id:pk>/accept/", matches.match_accept, name="match_accept"),
    path("matches/<id:pk>/decline/", matches.match_decline, name="match_decline"),
    path("matches/<id:pk>/withdraw/", matches.match_withdraw, name="match_withdraw"),
    path("matches/<id:pk>/contact/", matches.match_contact, name="match_contact"),
    path("matches/<id:pk>/hide/", matches.match_hide, name="match_hide"),
    path("matches/<id:pk>/talk/", matches.match_talk, name="match_talk"),
    path("matches/<id:pk>/fail/", matches.match_fail, name="match_fail"),
    path("matches/<id:pk>/terminate/", matches.match_terminate, name="match_terminate"),
    path("matches/<id:pk>/sign/", matches.match_sign, name="match_sign"),
]
