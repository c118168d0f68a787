from django.urls import path

from metrics.views import api, flags, imports, incidents, kpis, tokens

app_name = "metrics"
urlpatterns = [
    path("kpis/", kpis.kpi_list, name="kpi_list"),
    path("define/", kpis.kpi_define, name="kpi_define"),
    path("kpis/<slug:slug>/", kpis.kpi_detail, name="kpi_detail"),
    path("kpis/<slug:slug>/edit/", kpis.kpi_edit, name="kpi_edit"),
    path("kpis/<slug:slug>/approve/", kpis.kpi_approve, name="kpi_approve"),
    path("kpis/<slug:slug>/retire/", kpis.kpi_retire, name="kpi_retire"),
    path("kpis/<slug:slug>/check/", kpis.kpi_check, name="kpi_check"),
    path("kpis/<slug:slug>/series.csv", kpis.series_csv, name="series_csv"),
    path("kpis/<slug:slug>/import/", imports.series_upload, name="series_upload"),
    path("kpis/<slug:slug>/value/", imports.series_value, name="series_value"),
    path("kpis/<slug:slug>/api/", api.kpi_api, name="kpi_api"),
    path("api/v1/kpis/<slug:slug>/points/", api.points, name="api_points"),
    path("api/v1/kpis/<slug:slug>/points/bulk/", api.points_bulk, name="api_points_bulk"),
    path("api/v1/openapi.json", api.description, name="api_description"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/<int:pk>/rotate/", tokens.token_rotate, name="token_rotate"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("imports/<int:pk>/", imports.import_preview, name="import_preview"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("incidents/<int:pk>/", incidents.incident_detail, name="incident_detail"),
    path("flags/", flags.flag_list, name="flag_list"),
    path("flags/<int:pk>/acknowledge/", flags.flag_acknowledge, name="flag_acknowledge"),
    path("flags/<int:pk>/dismiss/", flags.flag_dismiss, name="flag_dismiss"),
    path("flags/<int:pk>/reopen/", flags.flag_reopen, name="flag_reopen"),
]
