from django.urls import path

from process.views import documents, templates

app_name = "process"
urlpatterns = [
    path("documents/", documents.document_list, name="document_list"),
    path("documents/new/", documents.document_new, name="document_new"),
    path("documents/new/<slug:template>/", documents.document_create, name="document_create"),
    path("documents/preview/", documents.document_preview, name="document_preview"),
    path("documents/<int:pk>/", documents.document_detail, name="document_detail"),
    path("documents/<int:pk>/edit/", documents.document_edit, name="document_edit"),
    path("documents/<int:pk>/submit/", documents.document_submit, name="document_submit"),
    path("documents/<int:pk>/withdraw/", documents.document_withdraw, name="document_withdraw"),
    path("documents/<int:pk>/finalise/", documents.document_finalise, name="document_finalise"),
    path("documents/<int:pk>/reopen/", documents.document_reopen, name="document_reopen"),
    path("templates/", templates.template_list, name="template_list"),
    path("templates/new/", templates.template_create, name="template_create"),
    path("templates/<slug:slug>/", templates.template_detail, name="template_detail"),
    path("templates/<slug:slug>/revise/", templates.template_revise, name="template_revise"),
    path("templates/<slug:slug>/approve/", templates.template_approve, name="template_approve"),
    path("templates/<slug:slug>/<int:number>/", templates.template_version, name="template_version"),
]
