from django.urls import path

from research.views import report_sections, reports

app_name = "research"
urlpatterns: list = [
    path("reports/", reports.report_list, name="report_list"),
    path("reports/new/", reports.report_build, name="report_build"),
    path("reports/<int:pk>/", reports.report_detail, name="report_detail"),
    path("reports/<int:pk>/preview/", reports.report_preview, name="report_preview"),
    path("reports/<int:pk>/csv/", reports.report_csv, name="report_csv"),
    path("reports/<int:pk>/rebuild/", reports.report_rebuild, name="report_rebuild"),
    path("reports/<int:pk>/cancel/", reports.report_cancel, name="report_cancel"),
    path("reports/<int:pk>/discard/", reports.report_discard, name="report_discard"),
    path("reports/<int:pk>/publish/", reports.report_publish, name="report_publish"),
    path("reports/<int:pk>/title/", report_sections.report_rename, name="report_rename"),
    path("reports/<int:pk>/sections/new/", report_sections.section_add, name="section_add"),
    path("reports/sections/<int:pk>/", report_sections.section_card, name="section_card"),
    path("reports/sections/<int:pk>/edit/", report_sections.section_edit, name="section_edit"),
    path("reports/sections/<int:pk>/show/", report_sections.section_show, name="section_show"),
    path("reports/sections/<int:pk>/move/", report_sections.section_move, name="section_move"),
    path("reports/sections/<int:pk>/remove/", report_sections.section_remove, name="section_remove"),
]
