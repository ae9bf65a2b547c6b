from django.urls import path

from members.views import bill_runs, bills, dues_publications, fees, own_dues

urlpatterns = [
    # --- fee standards ----------------------------------------------------------------------------------
    path("fees/", fees.standards, name="fee_standards"),
    path("fees/new/", fees.add, name="fee_standard_add"),
    path("fees/<id:pk>/", fees.standard, name="fee_standard"),
    path("fees/<id:pk>/edit/", fees.edit, name="fee_standard_edit"),
    path("fees/<id:pk>/discard/", fees.discard, name="fee_standard_discard"),
    path("fees/<id:pk>/adopt/", fees.adopt, name="fee_standard_adopt"),
    path("fees/<id:pk>/publish/", fees.publish, name="fee_standard_publish"),
    # --- the yearly run ---------------------------------------------------------------------------------
    path("bills/runs/", bill_runs.bill_runs, name="bill_runs"),
    path("bills/runs/<id:pk>/", bill_runs.bill_run, name="bill_run"),
    path("bills/runs/<id:pk>/progress/", bill_runs.progress, name="bill_run_progress"),
    path("bills/runs/<id:pk>/confirm/", bill_runs.confirm, name="bill_run_confirm"),
    path("bills/runs/<id:pk>/discard/", bill_runs.discard, name="bill_run_discard"),
    path("bills/runs/<id:pk>/refresh/", bill_runs.refresh, name="bill_run_refresh"),
    path("bills/runs/<id:pk>/resume/", bill_runs.resume, name="bill_run_resume"),
    # --- bills ------------------------------------------------------------------------------------------
    path("bills/", bills.bills, name="bills"),
    path("bills/export/", bills.export, name="bills_export"),
    path("bills/<id:pk>/", bills.bill, name="bill"),
    path("bills/<id:pk>/print/", bills.print_bill, name="bill_print"),
    path("bills/<id:pk>/void/", bills.void, name="bill_void"),
    path("<id:pk>/bills/add/", bills.issue, name="bill_issue"),
    path("<id:pk>/charges/add/", bills.charge, name="charge_add"),
    # --- a unit's own -----------------------------------------------------------------------------------
    path("own/dues/", own_dues.own_dues, name="own_dues"),
    path("<id:pk>/dues/", own_dues.organization_dues, name="organization_dues"),
    path("<id:pk>/dues/statement/", own_dues.statement, name="dues_statement"),
    # --- what the members are told of a year ------------------------------------------------------------
    path("dues/", dues_publications.publications, name="dues_publications"),
    path("dues/<id:pk>/", dues_publications.publication, name="dues_publication"),
    path("dues/publish/<id:year>/", dues_publications.publish, name="dues_publish"),
]
