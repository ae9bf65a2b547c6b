from django.urls import path

from members.views import bank_lines, bank_lists

urlpatterns = [
    path("bank/", bank_lists.statements, name="bank_statements"),
    path("bank/match/", bank_lists.match, name="bank_match"),
    path("bank/<id:pk>/", bank_lists.statement, name="bank_statement"),
    path("bank/<id:pk>/progress/", bank_lists.progress, name="bank_progress"),
    path("bank/<id:pk>/columns/", bank_lists.columns, name="bank_columns"),
    path("bank/<id:pk>/again/", bank_lists.again, name="bank_again"),
    path("bank/<id:pk>/discard/", bank_lists.discard, name="bank_discard"),
    path("bank/<id:pk>/confirm/", bank_lines.confirm, name="bank_confirm"),
    path("bank/lines/<id:pk>/", bank_lines.line, name="bank_line"),
    path("bank/lines/<id:pk>/claim/", bank_lines.claim, name="bank_claim"),
    path("bank/lines/<id:pk>/ignore/", bank_lines.ignore, name="bank_ignore"),
    path("bank/lines/<id:pk>/reopen/", bank_lines.take_back, name="bank_reopen"),
]
