from django.urls import path

from members.views import (
    contacts,
    districts,
    exports,
    imports,
    memberships,
    organizations,
    parks,
    printing,
    roster,
)

app_name = "members"
urlpatterns = [
    path("", roster.roster, name="roster"),
    path("filters/", roster.filters, name="roster_filters"),
    path("columns/", roster.columns, name="roster_columns"),
    path("views/", roster.views, name="roster_views"),
    path("tag/", roster.tag, name="tag"),
    path("districts/", districts.districts, name="districts"),
    path("print/", printing.print_roster, name="print"),
    # --- export -----------------------------------------------------------------------------------------
    path("export/", exports.export, name="export"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<id:pk>/progress/", exports.export_progress, name="export_progress"),
    path("exports/<id:pk>/download/", exports.export_download, name="export_download"),
    # --- import -----------------------------------------------------------------------------------------
    path("imports/", imports.imports, name="imports"),
    path("imports/template/", imports.import_template, name="import_template"),
    path("imports/<id:pk>/", imports.import_batch, name="import"),
    path("imports/<id:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<id:pk>/errors/", imports.import_errors, name="import_errors"),
    path("imports/<id:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<id:pk>/recheck/", imports.import_recheck, name="import_recheck"),
    path("imports/<id:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<id:pk>/discard/", imports.import_discard, name="import_discard"),
    # --- one unit ---------------------------------------------------------------------------------------
    path("own/", organizations.own, name="own"),
    path("new/", organizations.create, name="organization_create"),
    path("<id:pk>/", organizations.organization, name="organization"),
    path("<id:pk>/parks/", organizations.parks, name="organization_parks"),
    path("<id:pk>/contacts/", organizations.contacts, name="organization_contacts"),
    path("<id:pk>/recognitions/", organizations.recognitions, name="organization_recognitions"),
    path("<id:pk>/membership/", organizations.membership, name="organization_membership"),
    path("<id:pk>/files/", organizations.files, name="organization_files"),
    path("<id:pk>/timeline/", organizations.timeline, name="organization_timeline"),
    path("<id:pk>/edit/", organizations.edit, name="organization_edit"),
    path("<id:pk>/names/add/", organizations.add_name, name="name_add"),
    path("names/<id:pk>/remove/", organizations.remove_name, name="name_remove"),
    # --- parks ------------------------------------------------------------------------------------------
    path("<id:pk>/parks/add/", parks.add, name="park_add"),
    path("parks/<id:pk>/edit/", parks.edit, name="park_edit"),
    path("parks/<id:pk>/main/", parks.make_main, name="park_main"),
    path("parks/<id:pk>/year/", parks.report_year, name="park_year"),
    path("parks/<id:pk>/recognitions/add/", parks.add_recognition, name="recognition_add"),
    path("recognitions/<id:pk>/remove/", parks.remove_recognition, name="recognition_remove"),
    # --- people -----------------------------------------------------------------------------------------
    path("<id:pk>/contacts/add/", contacts.add, name="contact_add"),
    path("<id:pk>/contacts/<id:contact>/edit/", contacts.edit, name="contact_edit"),
    path("duties/<id:pk>/end/", contacts.end_duty, name="duty_end"),
    # --- membership -------------------------------------------------------------------------------------
    path("<id:pk>/join/", memberships.join, name="join"),
    path("<id:pk>/leave/", memberships.leave, name="leave"),
    path("<id:pk>/posts/add/", memberships.add_post, name="post_add"),
    path("posts/<id:pk>/end/", memberships.end_post, name="post_end"),
]
