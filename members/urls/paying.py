"""Addresses of money: payments, slips, waivers, receipts; each below the menu entry that it belongs to."""

from django.urls import path

from members.views import paying, receipts, slips, waivers

urlpatterns = [
    path("paying/", paying.paying, name="paying"),
    path("paying/bills/<id:pk>/add/", paying.payment_add, name="payment_add"),
    path("paying/payments/<id:pk>/refund/", paying.payment_refund, name="payment_refund"),
    # --- slips ------------------------------------------------------------------------------------------
    path("paying/bills/<id:pk>/slip/", slips.slip_add, name="slip_add"),
    path("paying/slips/<id:pk>/", slips.slip, name="slip"),
    path("paying/slips/<id:pk>/replace/", slips.slip_replace, name="slip_replace"),
    path("paying/slips/<id:pk>/withdraw/", slips.slip_withdraw, name="slip_withdraw"),
    path("paying/slips/<id:pk>/accept/", slips.slip_accept, name="slip_accept"),
    path("paying/slips/<id:pk>/reject/", slips.slip_reject, name="slip_reject"),
    # --- waivers ----------------------------------------------------------------------------------------
    path("waivers/", waivers.waivers, name="waivers"),
    path("waivers/bills/<id:pk>/ask/", waivers.waiver_ask, name="waiver_ask"),
    path("waivers/<id:pk>/", waivers.waiver, name="waiver"),
    path("waivers/<id:pk>/withdraw/", waivers.waiver_withdraw, name="waiver_withdraw"),
    path("waivers/<id:pk>/decide/", waivers.waiver_decide, name="waiver_decide"),
    # --- receipts ---------------------------------------------------------------------------------------
    path("receipts/", receipts.receipts, name="receipts"),
    path("receipts/due/", receipts.receipts_due, name="receipts_due"),
    path("receipts/export/", receipts.receipts_export, name="receipts_export"),
    path("receipts/bills/<id:pk>/add/", receipts.receipt_record, name="receipt_record"),
    path("receipts/<id:pk>/", receipts.receipt, name="receipt"),
    path("receipts/<id:pk>/void/", receipts.receipt_void, name="receipt_void"),
]
